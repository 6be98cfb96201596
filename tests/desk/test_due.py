"""Timers fire once, in order, as of when they were due."""

from datetime import datetime, timedelta

from sqlalchemy import update

from duban.desk import due, work
from duban.desk.due import Fired
from duban.store import Unit, schema
from duban.store.instants import micros
from duban.testing import House, a_bureau, a_case
from tests.desk.small import a_small_bureau, an_errand, clerk, facts_of, task_at


def an_errand_to_check(house: House) -> str:
    number = an_errand(house)
    work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
    house.settle()
    return number


def break_state(record: Unit, number: str) -> None:
    case = record.cases.load(number)
    record.wire.change(update(schema.case_).where(schema.case_.c.id == case.id).values(state=b"\xff broken"))


def test_a_timer_fires_when_its_time_comes_and_not_before(database_url: str) -> None:
    """A reminder on the wrong day is no reminder."""
    with a_small_bureau(database_url) as house:
        number = an_errand_to_check(house)
        house.clock.move(hours=23)
        early = facts_of(house.desk, number).count("timer_fired")
        house.clock.move(hours=1)

        assert (early, facts_of(house.desk, number).count("timer_fired")) == (0, 1)


def test_firing_twice_changes_nothing(database_url: str) -> None:
    """The ticker and the sweep may both look."""
    with a_small_bureau(database_url) as house:
        number = an_errand_to_check(house)
        house.clock.jump(hours=30)
        before = facts_of(house.desk, number)

        assert due.fire(house.desk) == Fired()
        assert facts_of(house.desk, number) == before


def test_a_house_that_slept_says_when_it_noticed(database_url: str) -> None:
    """A server that slept over a weekend cannot rewrite history."""
    with a_small_bureau(database_url) as house:
        number = an_errand_to_check(house)
        armed = house.clock.now()
        house.clock.jump(days=3)
        facts = house.desk.store.read(lambda record: record.journal.of(record.cases.load(number).id))
        fired = next(fact for fact in facts if fact.kind == "timer_fired")

        assert (fired.at, fired.noticed_at) == (armed + timedelta(hours=24), armed + timedelta(days=3))


def test_a_case_that_cannot_tick_does_not_hold_up_the_others(database_url: str) -> None:
    """One broken case must not silence everybody's deadlines."""
    with a_small_bureau(database_url) as house:
        broken, sound = an_errand_to_check(house), an_errand_to_check(house)
        house.desk.store.write(lambda record: break_state(record, broken))
        house.clock.jump(days=2)
        troubles = house.desk.store.read(lambda record: record.incidents.list_())

        assert [(each.number, each.task, each.reason) for each in troubles] == [(broken, 0, "tick")]
        assert facts_of(house.desk, sound).count("timer_fired") == 1
        assert facts_of(house.desk, broken).count("timer_fired") == 0


def test_a_timer_that_the_state_does_not_know_stops_nobody(database_url: str) -> None:
    """A row that was moved by hand must not be tried for ever: the others are due, too."""
    with a_small_bureau(database_url) as house:
        strange, sound = an_errand_to_check(house), an_errand_to_check(house)
        case = house.desk.store.read(lambda record: record.cases.load(strange).id)
        earlier = micros(house.clock.now())
        house.desk.store.write(
            lambda record: record.wire.change(update(schema.due).where(schema.due.c.case_id == case).values(at=earlier))
        )
        fired = due.fire(house.desk)
        troubles = house.desk.store.read(lambda record: record.incidents.list_())
        house.clock.jump(hours=30)

        assert (fired, [(each.number, each.reason) for each in troubles]) == (Fired(failed=1), [(strange, "tick")])
        assert "its state does not know" in troubles[0].message
        assert facts_of(house.desk, sound).count("timer_fired") == 1


def test_lists_show_what_runs(database_url: str) -> None:
    """The nearest time comes first, with its case."""
    with a_small_bureau(database_url, at="2026-03-02T09:00+08:00") as house:
        number = an_errand_to_check(house)
        [timer] = due.list_(house.desk, number=number)

        assert (timer.number, timer.element, timer.at) == (
            number,
            "late",
            datetime.fromisoformat("2026-03-03T09:00+08:00"),
        )
        assert due.list_(house.desk, before=house.clock.now()) == []


def test_missed_deadlines_are_a_list_of_their_own(database_url: str) -> None:
    """What is over and still owed is the first page that a leader opens; reminders are not duties."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        house.clock.move(days=4)
        missed = [(timer.number, timer.name) for timer in due.list_(house.desk, missed=True)]
        running = [timer.name for timer in due.list_(house.desk, named=True, warnings=False) if timer.number == number]
        of_case = [timer.name for timer in due.list_(house.desk, number=number) if not timer.warning]

        assert (missed, running, of_case) == ([(number, "B.sign")], ["X2.notice"], ["B.sign", "X2.notice"])
