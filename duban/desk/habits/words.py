"""What habits are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any

Habit = Callable[[Random, date, Mapping[str, Any]], dict[str, Any]]
"""Chance, today, and what the step sees, to what the staff write; fields that the form lacks are left out later."""
Habits = Mapping[str, Habit]
"""Element to habit."""
Pace = Mapping[str, tuple[int, int]]
"""Element to how many quarters of a working day pass before it is done, from … to."""


def pick(luck: Random, **weights: int) -> str:
    """Choose one of the names by its weight."""
    return luck.choices(list(weights), weights=list(weights.values()))[0]
