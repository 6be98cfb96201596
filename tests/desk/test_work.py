"""Work is claimed, given back and completed by whoever may do it, once."""

from typing import Any

import pytest

from duban.desk import people, work
from duban.errors import AlreadyDone, InvalidForm, NotFound, NotYourWork
from duban.model.people import Membership
from duban.store.people import Absence
from tests.desk.small import a_small_bureau, an_errand, clerk, facts_of, task_at


def test_completing_work_opens_the_next(database_url: str) -> None:
    """The step, its data and what it led to are one transaction."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        who = clerk(house.desk)
        first = work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, who)
        house.settle()
        second = work.complete(house.desk, number, task_at(house.desk, number, "check"), {}, who)
        data = work_data(house.desk, number)

        assert (first.element, first.opened, first.is_open) == ("ask", (), True)
        assert (second.element, second.is_open) == ("check", False)
        assert {key: value for key, value in data["ask"].items() if key != "_at"} == {
            "what": "取件",
            "_by": who,
            "_unit": "PCS01",
        }


def work_data(desk: Any, number: str) -> Any:
    from duban.desk import cases

    return cases.show(desk, number).data


def test_a_form_that_does_not_fit_changes_nothing(database_url: str) -> None:
    """The clerk mends it and tries again; no partial state stays."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        before = facts_of(house.desk, number)
        with pytest.raises(InvalidForm) as caught:
            work.complete(
                house.desk, number, task_at(house.desk, number, "ask"), {"when": 3, "_by": "me"}, clerk(house.desk)
            )

        assert caught.value.fields == {"_by": "这一栏由系统填写"}
        assert facts_of(house.desk, number) == before


def test_long_words_are_kept_beside_the_case(database_url: str) -> None:
    """State stays small, and words can be destroyed without touching facts."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        task = task_at(house.desk, number, "ask")
        work.complete(house.desk, number, task, {"what": "取" * 300, "note": "短"}, clerk(house.desk))
        state = house.desk.store.read(lambda record: record.cases.load(number).state)
        house.settle()
        sheet = work.show(house.desk, number, task_at(house.desk, number, "check"))

        assert "取取".encode() not in state
        assert (sheet.seen["ask"]["what"], sheet.seen["ask"]["note"]) == ("取" * 300, "短")


def test_only_the_role_in_the_unit_may_do_it(database_url: str) -> None:
    """Another station's clerk does not sign for this one."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        task = task_at(house.desk, number, "ask")

        with pytest.raises(NotYourWork, match="role unit_clerk of PCS01"):
            work.complete(house.desk, number, task, {"what": "取件"}, clerk(house.desk, "PCS02"))
        with pytest.raises(NotFound):
            work.complete(house.desk, number, task, {"what": "取件"}, "nobody")


def test_a_claimed_item_is_left_to_who_claimed_it(database_url: str) -> None:
    """Two people must not do the same thing; the second sees who is at it."""
    with a_small_bureau(database_url) as house:
        desk, number = house.desk, an_errand(house)
        task, who = task_at(house.desk, number, "ask"), clerk(house.desk)
        other = clerk(desk, role="officer")
        since = house.clock.now().date()
        people.appoint(desk, Membership(person=other, unit="PCS01", role="unit_clerk", since=since))
        claimed = work.claim(desk, number, task, who)
        with pytest.raises(NotYourWork, match=f"in the hands of {who}"):
            work.complete(desk, number, task, {"what": "取件"}, other)
        work.give_back(desk, number, task, who)
        done = work.complete(desk, number, task, {"what": "取件"}, other)

        assert (claimed.claimed_by, done.element) == (who, "ask")
        assert facts_of(desk, number).count("work_claimed") == facts_of(desk, number).count("work_returned") == 1


def test_claiming_again_writes_nothing(database_url: str) -> None:
    """A double click is not two facts."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        task, who = task_at(house.desk, number, "ask"), clerk(house.desk)
        work.claim(house.desk, number, task, who)
        work.claim(house.desk, number, task, who)

        assert facts_of(house.desk, number).count("work_claimed") == 1


def test_two_people_complete_one_item(database_url: str) -> None:
    """The second learns that it is done; nothing happens twice."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        task, who = task_at(house.desk, number, "ask"), clerk(house.desk)
        work.complete(house.desk, number, task, {"what": "取件"}, who)
        before = facts_of(house.desk, number)

        with pytest.raises(AlreadyDone):
            work.complete(house.desk, number, task, {"what": "取件"}, who)
        assert facts_of(house.desk, number) == before


def test_a_substitute_does_the_work_of_the_absent(database_url: str) -> None:
    """The duty does not rest because its holder is on leave."""
    with a_small_bureau(database_url) as house:
        desk, number = house.desk, an_errand(house)
        task, who, other = task_at(desk, number, "ask"), clerk(desk), clerk(desk, "PCS02")
        today = house.clock.now().date()
        work.claim(desk, number, task, who)
        people.leave(desk, Absence(person=who, since=today, until=today, substitute=other, why="年休"))

        assert work.complete(desk, number, task, {"what": "取件"}, other).element == "ask"


def test_lists_and_counts_are_of_what_a_person_may_do(database_url: str) -> None:
    """Nobody reads a list of other people's duties to find their own."""
    with a_small_bureau(database_url) as house:
        desk, number = house.desk, an_errand(house)
        task, who = task_at(desk, number, "ask"), clerk(desk)
        an_errand(house, unit="PCS02")
        mine = [item.number for item in work.list_(desk, person=who)]
        before = work.counts(desk, who)
        work.claim(desk, number, task, who)

        assert mine == [number]
        assert (before.mine, before.unit, work.counts(desk, who).mine) == (0, 1, 1)
        assert (work.may_do(desk, number, who), work.may_do(desk, number, clerk(desk, "PCS02"))) == (
            frozenset({task}),
            frozenset(),
        )
