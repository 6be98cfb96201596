"""The smaller nouns of the record: each keeps its promise on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.errors import Conflict, Corrupted, NotFound
from duban.model.outcome import Incident
from duban.model.people import Membership, Person
from duban.store import Store, Unit
from duban.store.cases import Cases
from duban.store.incidents import Open
from duban.store.intake import Receipt
from duban.store.letters import Sent
from duban.store.likeness import Candidate, signed
from duban.store.lists import filled, places
from duban.store.parties import Party
from duban.store.people import Absence
from duban.store.texts import Text
from tests.store.builders import DEFINITION, NOW, a_case, incident, later, outcome

MAY = date(2026, 5, 1)


def test_cases_are_listed_and_counted(store: Store) -> None:
    """By kind, by being open, page by page."""

    def fill(unit: Unit) -> list[int]:
        made = [a_case(unit, str(n), kind="callback" if n else "petition") for n in range(3)]
        unit.save(made[2], outcome(ended=("end",)), at=NOW, actor="zhang")
        return [case.id for case in made]

    one, two, three = store.write(fill)

    def asked(cases: Cases) -> list[list[int]]:
        return [
            [case.id for case in found]
            for found in (
                cases.list_(),
                cases.list_(kind="callback"),
                cases.list_(is_open=True),
                cases.list_(after=one, limit=1),
            )
        ]

    assert store.read(lambda unit: asked(unit.cases)) == [[one, two, three], [two, three], [one, two], [two]]
    assert store.read(lambda unit: (unit.cases.count(is_open=False), unit.cases.count(kind="petition"))) == (1, 1)
    assert store.read(lambda unit: (unit.cases.find("9"), unit.cases.find(99))) == (None, None)
    with pytest.raises(NotFound, match="no case 云信"):
        store.read(lambda unit: unit.cases.load("云信〔2026〕99999"))


def test_an_incident_is_opened_renewed_and_settled(store: Store) -> None:
    """A handler that fails again renews its incident and keeps its first hour."""
    case = store.write(a_case)
    store.write(lambda unit: unit.incidents.open_(case.id, incident(3), at=NOW))
    store.write(lambda unit: unit.incidents.open_(case.id, incident(3, message="still none"), at=later(hours=1)))

    known = Open(
        task=3,
        element="decide",
        scope="",
        reason="no_flow",
        message="still none",
        detail={"flows": ["f1"]},
        case=case.id,
        number=case.number,
        opened_at=NOW,
    )
    assert store.read(lambda unit: (unit.incidents.list_(), unit.incidents.get(case.id, 3))) == ([known], known)
    assert isinstance(known, Incident)
    assert store.write(lambda unit: (unit.incidents.settle(case.id, 3), unit.incidents.settle(case.id, 3))) == (
        True,
        False,
    )
    with pytest.raises(NotFound, match="no open incident at task 3"):
        store.read(lambda unit: unit.incidents.get(case.id, 3))


def test_a_text_is_purged_to_a_stub(store: Store) -> None:
    """The words are gone, the fact that there were words is not."""
    words = "本人身份证号……\n第二段 😀"
    one = store.write(lambda unit: unit.texts.add(words, at=NOW, by="zhang"))
    case = store.write(a_case)
    store.write(lambda unit: unit.texts.adopt([one], case.id))
    assert store.read(lambda unit: unit.texts.of(case.id)[0].words) == words

    store.write(lambda unit: unit.texts.purge(one, at=later(days=1), by="wang", why="《信访工作条例》"))
    store.write(lambda unit: unit.texts.purge(one, at=later(days=2), by="li", why="again"))

    assert store.read(lambda unit: unit.texts.get_many([one, 99])) == {
        one: Text(
            id=one,
            case=case.id,
            words=None,
            at=NOW,
            by="zhang",
            purged_at=later(days=1),
            purged_by="wang",
            purged_why="《信访工作条例》",
        )
    }
    with pytest.raises(NotFound, match="no text 99"):
        store.write(lambda unit: unit.texts.purge(99, at=NOW, by="li", why=""))


def test_the_same_arrival_has_one_receipt(store: Store) -> None:
    """Importing a file twice changes nothing."""
    case = store.write(a_case)
    receipt = Receipt(
        channel="hotline",
        external_id="HT-1",
        digest="d1",
        case=case.id,
        number=case.number,
        repeat_of=None,
        at=NOW,
    )
    store.write(lambda unit: unit.intake.add(receipt))

    assert store.read(lambda unit: unit.intake.find("hotline", "HT-1")) == receipt
    assert store.read(lambda unit: unit.intake.find("web", "HT-1")) is None
    many = [f"HT-{n}" for n in range(1200)]
    assert store.read(lambda unit: unit.intake.find_many("hotline", many)) == {"HT-1": receipt}
    with pytest.raises(Conflict, match="HT-1 of channel hotline was registered before"):
        store.write(lambda unit: unit.intake.add(receipt))


def test_the_likest_case_comes_first(store: Store) -> None:
    """Candidates for repeats, by how many fingerprints they share."""

    def fill(unit: Unit) -> list[int]:
        cases = [a_case(unit, str(n)).id for n in range(3)]
        unit.likeness.add(cases[0], [1, 2, 3])
        unit.likeness.add(cases[1], [2, 3, 2**64 - 1])
        unit.likeness.add(cases[2], [3, 3])
        unit.likeness.add(cases[2], [3])
        return cases

    one, two, three = store.write(fill)

    asked = [2, 3, 2**64 - 1, 77]
    assert store.read(lambda unit: unit.likeness.candidates(asked)) == [
        Candidate(case=two, shared=3),
        Candidate(case=one, shared=2),
        Candidate(case=three, shared=1),
    ]
    assert store.read(lambda unit: unit.likeness.candidates(asked, limit=1, at_least=2)) == [
        Candidate(case=two, shared=3)
    ]
    assert store.read(lambda unit: (unit.likeness.candidates([]), unit.likeness.of(two))) == (
        [],
        frozenset({2, 3, -1}),
    )
    store.write(lambda unit: unit.likeness.forget(two))
    assert store.read(lambda unit: unit.likeness.of(two)) == frozenset()


@given(st.lists(st.integers(), min_size=1, max_size=70))
def test_every_value_of_a_list_has_a_place(values: list[int]) -> None:
    """And none that was not asked for."""
    parameters = filled(values)

    assert len(parameters) == places(values)
    assert list(parameters.values())[: len(values)] == values
    assert set(parameters.values()) == set(values)


@given(st.sets(st.integers(0, 2**64 - 1)))
def test_fingerprints_of_64_bits_fit_and_stay_apart(marks: set[int]) -> None:
    """Databases count from minus 2^63."""
    kept = signed(marks)

    assert len(kept) == len(marks)
    assert all(-(2**63) <= mark < 2**63 for mark in kept)
    assert {mark % 2**64 for mark in kept} == marks


def test_a_definition_is_kept_for_ever(store: Store) -> None:
    """Replay needs the diagram of that day, byte for byte."""
    assert store.write(
        lambda unit: (unit.definitions.add(DEFINITION, at=NOW), unit.definitions.add(DEFINITION, at=NOW))
    ) == (
        True,
        False,
    )
    assert store.read(lambda unit: unit.definitions.get(DEFINITION.digest)) == DEFINITION
    assert store.read(lambda unit: (unit.definitions.digests("petition"), unit.definitions.digests("x"))) == (
        [DEFINITION.digest],
        [],
    )
    with pytest.raises(NotFound, match="definition abc"):
        store.read(lambda unit: unit.definitions.get("abc"))


def test_a_definition_that_was_changed_is_not_used(memory: Store) -> None:
    """Its digest is its identity."""
    memory.write(lambda unit: unit.definitions.add(DEFINITION, at=NOW))
    memory.write(lambda unit: unit.wire.say("UPDATE definition_file SET content = x'00'"))

    with pytest.raises(Corrupted, match="was changed"):
        memory.read(lambda unit: unit.definitions.get(DEFINITION.digest))


def test_people_hold_roles_from_day_to_day(store: Store) -> None:
    """Both days included; a role may be held again later."""

    def fill(unit: Unit) -> None:
        unit.people.put(Person(id="zhangwei", name="张维"))
        unit.people.put(Person(id="zhangwei", name="张伟"))
        unit.people.put(Person(id="wangfang", name="王芳"))
        unit.people.join(Membership(person="zhangwei", unit="U1", role="clerk", since=MAY))
        unit.people.join(Membership(person="zhangwei", unit="U1", role="clerk", since=MAY, until=date(2026, 5, 31)))
        unit.people.join(Membership(person="wangfang", unit="U2", role="clerk", since=date(2026, 6, 1)))

    store.write(fill)

    def holders(unit: Unit, on: date, code: str | None = None) -> list[str]:
        return [person.name for person in unit.people.holders("clerk", code, on=on)]

    assert store.read(
        lambda unit: [
            holders(unit, date(2026, 4, 30)),
            holders(unit, MAY),
            holders(unit, date(2026, 5, 31)),
            holders(unit, date(2026, 6, 1)),
            holders(unit, date(2026, 6, 1), "U1"),
        ]
    ) == [[], ["张伟"], ["张伟"], ["王芳"], []]
    assert store.read(lambda unit: unit.people.memberships("zhangwei", on=MAY)) == [
        Membership(person="zhangwei", unit="U1", role="clerk", since=MAY, until=date(2026, 5, 31))
    ]
    assert store.read(lambda unit: [person.id for person in unit.people.list_()]) == ["wangfang", "zhangwei"]
    with pytest.raises(NotFound, match="no person zhangwie; did you mean zhangwei"):
        store.read(lambda unit: unit.people.get("zhangwie"))
    with pytest.raises(NotFound):
        store.write(lambda unit: unit.people.join(Membership(person="nobody", unit="U1", role="clerk", since=MAY)))


def test_people_are_away(store: Store) -> None:
    """The same first day again corrects the last."""
    away = Absence(person="a", since=MAY, until=date(2026, 5, 9), substitute="b", why="休假")

    def fill(unit: Unit) -> None:
        unit.people.put(Person(id="a", name="甲"))
        unit.people.put(Person(id="b", name="乙"))
        unit.people.leave(Absence(person="a", since=MAY, until=date(2026, 5, 3)))
        unit.people.leave(away)

    store.write(fill)

    assert store.read(
        lambda unit: (
            unit.people.absences(on=date(2026, 5, 9)),
            unit.people.absences("a"),
            unit.people.absences("b"),
            unit.people.absences(on=date(2026, 5, 10)),
        )
    ) == ([away], [away], [], [])


def test_the_parties_of_a_case_are_found_again(store: Store) -> None:
    """The same person's earlier petitions, newest first."""
    wang = Party(name="王某", phone="13900000000", key="k1")
    group = Party(name="李某", role="representative", address="云溪镇")

    def fill(unit: Unit) -> tuple[int, int]:
        one, two = a_case(unit, "1").id, a_case(unit, "2").id
        unit.parties.add(one, wang)
        unit.parties.add(two, group)
        unit.parties.add(two, wang)
        return one, two

    one, two = store.write(fill)

    assert store.read(lambda unit: (unit.parties.of(two), unit.parties.cases("k1"), unit.parties.cases("k2"))) == (
        [group, wang],
        [two, one],
        [],
    )


def test_a_letter_has_one_number_at_every_attempt(store: Store) -> None:
    """A handler that runs twice must not burn a number nor issue two letters."""
    case = store.write(a_case).id

    def run(unit: Unit, body: str) -> str:
        number = unit.letters.reserve(case, "1/7", "notice", lambda: f"告〔2026〕{unit.numbers.next('notice')}号")
        unit.letters.issue(
            case, "1/7", letter="notice", number=number, title="告知书", body=body, to="王某", way="sms", at=NOW
        )
        return number

    assert [store.write(lambda unit: run(unit, "first")), store.write(lambda unit: run(unit, "second"))] == [
        "告〔2026〕1号"
    ] * 2
    issued = store.read(lambda unit: unit.letters.of(case))
    assert [(letter.number, letter.body, letter.issued_at) for letter in issued] == [("告〔2026〕1号", "first", NOW)]
    assert store.read(lambda unit: unit.letters.get("告〔2026〕1号")) == issued[0]
    with pytest.raises(NotFound, match="no letter 9"):
        store.read(lambda unit: unit.letters.get("9"))


def test_a_reserved_number_is_no_letter_yet(memory: Store) -> None:
    """The file shows what was issued."""
    case = memory.write(a_case).id
    memory.write(lambda unit: unit.letters.reserve(case, "1/7", "notice", lambda: "1"))

    assert memory.read(lambda unit: unit.letters.of(case)) == []
    assert memory.read(lambda unit: unit.letters.get("1").issued_at) is None


def test_what_was_sent_is_known_by_its_key(store: Store) -> None:
    """Sending again under the same key must give the same receipt."""
    sent = Sent(key="1/7", way="sms", to="139", title="", body="已受理", receipt="r1", at=NOW)
    again = Sent(key="1/7", way="sms", to="139", title="", body="已受理", receipt="r2", at=later(hours=1))

    assert [
        store.write(lambda unit: unit.letters.keep_sent(sent)),
        store.write(lambda unit: unit.letters.keep_sent(again)),
    ] == [
        True,
        False,
    ]
    assert store.read(lambda unit: (unit.letters.sent("1/7"), unit.letters.sent("x"), unit.letters.list_sent())) == (
        sent,
        None,
        [sent],
    )


def test_a_lease_has_one_holder_and_is_taken_over_when_it_ends(store: Store) -> None:
    """Two `duban serve`: one ticks, the other steps in when it is gone."""

    def take(holder: str, minutes: float) -> bool:
        now, until = later(minutes=minutes), later(minutes=minutes + 1)
        return store.write(lambda unit: unit.leases.take("ticker", holder, now=now, until=until))

    assert [take("a", 0), take("b", 0.5), take("a", 0.9), take("b", 1.5), take("b", 1.9), take("a", 2)] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert store.read(lambda unit: unit.leases.holder("ticker", now=later(minutes=2))) == "b"
    store.write(lambda unit: unit.leases.release("ticker", "a"))
    assert store.read(lambda unit: unit.leases.holder("ticker", now=later(minutes=2))) == "b"
    store.write(lambda unit: unit.leases.release("ticker", "b"))
    assert take("a", 2)


def test_numbers_have_no_gaps(store: Store) -> None:
    """A transaction that fails gives its numbers back."""

    def fail(unit: Unit) -> None:
        unit.numbers.next("n", 5)
        raise ValueError

    assert store.write(lambda unit: [unit.numbers.next("n"), unit.numbers.next("n", 3), unit.numbers.next("m")]) == [
        1,
        2,
        1,
    ]
    with pytest.raises(ValueError):  # noqa: PT011
        store.write(fail)
    assert store.write(lambda unit: unit.numbers.next("n")) == 5
    assert store.read(lambda unit: (unit.numbers.last("n"), unit.numbers.last("x"))) == (5, 0)
