"""Happenings of the sample year: people begin, ask and answer, by a chance that seed, case and day decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from duban.desk import happenings
from duban.desk.habits import outside
from duban.desk.happenings import Happenings
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar
from duban.store.due import Running
from duban.testing import House, a_bureau, a_case

TODAY = date(2026, 3, 3)


def today(on: date, slot: int, quarters: int) -> tuple[date, int]:
    """Let everything happen at the first moment of the day."""
    assert slot == 0
    assert quarters >= 0
    return on, 0


def of(house: House, *, seed: int = 1, later: Callable[[date, int, int], tuple[date, int]] = today) -> Happenings:
    return Happenings(house.desk, Calendar(house.desk.bureau.settings.years), seed=seed, later=later)


def numbers(house: House, kind: str) -> list[str]:
    return [case.number for case in house.desk.store.read(lambda record: record.cases.list_(kind=kind))]


def always(monkeypatch: pytest.MonkeyPatch, **shares: Any) -> None:
    """Let nothing happen but what is said."""
    quiet = {"INITIATIVES": (), "OCCASIONS": {}, "CALLBACKS": 0.0, "REVIEWS": 0.0, "REEXAMS": 0.0}
    for name, value in {**quiet, **shares}.items():
        monkeypatch.setattr(outside, name, value)


def test_who_may_begin_something_begins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A station's head whistles; the case knows for which unit."""
    whistle = next(each for each in outside.INITIATIVES if each.kind == "whistle")
    always(monkeypatch, INITIATIVES=(replace(whistle, units=("PCS02",), share=1.0),))
    with a_bureau() as house:
        happening = of(house)
        happening.morning(TODAY)
        moved = happening.take(TODAY, 0)
        house.settle()

        assert moved == {*numbers(house, "whistle")}
        assert len(moved) == 1
        works = house.desk.store.read(lambda record: record.worklist.of(record.cases.load(moved.copy().pop()).id))
        assert [(work.element, work.unit) for work in works] == [("blow", "PCS02")]


def test_nothing_begins_on_a_rest_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holidays are holidays, in a sample too."""
    monkeypatch.setattr(outside, "CALLBACKS", 1.0)
    sunday = date(2026, 3, 8)
    with a_bureau() as house:
        happening = of(house)
        happening.morning(sunday)

        assert happening.take(sunday, 0) == set()


def test_an_answer_comes_while_its_limit_runs_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came yesterday does not come again today; what comes too late changes nothing."""
    occasion = replace(outside.OCCASIONS["X5.finish"], share=1.0)
    always(monkeypatch, OCCASIONS={"X5.finish": occasion})
    with a_bureau() as house:
        number = a_case(house, at="first_contact")
        happening = of(house)
        happening.morning(TODAY)
        first = happening.take(TODAY, 0)
        happening.morning(TODAY)

        assert first == {number}
        assert happening.take(TODAY, 0) == set()
        assert of(house)._say("云信〔2026〕00001", replace(occasion, message="sms.reply"), of(house)._luck(1)) is None


def test_a_business_line_hands_somebody_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """C3: callbacks are not only for petitions."""
    always(monkeypatch, CALLBACKS=1.0)
    with a_bureau() as house:
        happening = of(house)
        happening.morning(TODAY)

        assert happening.take(TODAY, 0) == {*numbers(house, "callback")}
        assert len(numbers(house, "callback")) == 1


def test_the_same_seed_gives_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted year goes on as if it had not been interrupted."""
    days = [date(2026, 3, n) for n in range(2, 31)]

    def planned(house: House, seed: int) -> list[int]:
        happening = of(house, seed=seed)
        for on in days:
            happening._plan_day(on)
        return [len(happening._planned[on, 0]) for on in days]

    monkeypatch.setattr(happenings, "write", None)  # nothing is done: only planned
    with a_bureau() as house:
        assert planned(house, 7) == planned(house, 7)
        assert planned(house, 7) != planned(house, 8)


def test_the_nearest_name_of_an_occasion_counts() -> None:
    """One limit may stand at two waits; a limit may sit on an activity that itself is waited for."""

    def running(name: str, element: str, attached: str | None = None) -> Running:
        at = datetime(2026, 3, 3, tzinfo=SHANGHAI).astimezone(UTC)
        place = {"task": 1, "scope": "", "warning": False, "why": {}, "case": 1, "number": "n", "fired_at": None} | {
            "interrupting": False
        }
        return Running(name=name, element=element, attached=attached, at=at, **place)  # type: ignore[arg-type]  # a table of values

    found = [
        happenings._occasion(running("C.sms", "sms_over")),
        happenings._occasion(running("C.sms", "visit_over")),
        happenings._occasion(running("W.r.sign", "t_outside_report", "outside_report")),
        happenings._occasion(running("B.gate", "t_gate")),
    ]

    assert [occasion and occasion.payload.__name__ for occasion in found] == [
        "_rates",
        "_confirms_visit",
        "_reports",
        None,
    ]


def test_on_the_last_days_somebody_begins_what_nobody_is_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The year ends with an open case of every kind that people begin; what is open already is left alone."""
    always(monkeypatch)
    with a_bureau() as house:
        happening = Happenings(house.desk, Calendar(house.desk.bureau.settings.years), seed=1, later=today, last=TODAY)
        happening.morning(TODAY)
        moved = happening.take(TODAY, 0)
        happening.morning(TODAY)

        begun = [kind.id for kind in house.desk.bureau.settings.kinds.values() if kind.open_by]
        assert {number for kind in begun for number in numbers(house, kind)} == moved
        assert [len(numbers(house, kind)) for kind in begun] == [1] * len(begun)
        assert happening.take(TODAY, 0) == set()
