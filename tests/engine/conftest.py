"""Property tests of the engine run without a time limit per example: the machine that tests is slow and shared."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
