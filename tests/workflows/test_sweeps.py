"""The flows only ask the desk; they may run beside the server's own loops."""

import asyncio
from pathlib import Path

import pytest

from duban.opening import Settings, open_desk, prepare
from workflows import deadline_sweep, outbox_sweep


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path}/duban.db")
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    desk = open_desk(Settings.of())
    prepare(desk)
    desk.close()


@pytest.mark.usefixtures("prepared")
def test_a_sweep_with_nothing_to_do_says_so() -> None:
    """The flow's result is what the desk did."""
    swept = asyncio.run(deadline_sweep.sweep.fn()), asyncio.run(outbox_sweep.sweep.fn())

    assert swept == (
        {"cases": 0, "timers": 0, "failed": 0},
        {"done": 0, "retried": 0, "failed": 0, "messages": 0},
    )
