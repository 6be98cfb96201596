"""The journal: what stands there stands for ever, and shows when somebody was at it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from duban.errors import BureauError, Corrupted, NotFound, Refused
from duban.model.facts import Kind
from duban.store import Snapshot, Store, Unit
from tests.store.builders import NOW, a_case, happening, later, outcome


def a_case_with_three_facts(unit: Unit) -> Snapshot:
    """Open a case and note two facts."""
    case = a_case(
        unit, step=outcome(happenings=(happening(Kind.CASE_STARTED, data={"ask": "请求查处“三中队”\n\t😀"}),))
    )
    return unit.note(
        case, [happening(Kind.WORK_CLAIMED, task=1), happening(Kind.WORK_RETURNED, task=1)], at=NOW, actor="张伟"
    )


def test_the_chain_can_be_recomputed_from_its_description(store: Store) -> None:
    """An auditor must not need our code; this is the docstring of journal.py in plain Python."""
    case = store.write(a_case_with_three_facts)
    head = bytes(32)

    def rows(unit: Unit) -> list[tuple[object, ...]]:
        return unit.wire.text(
            "SELECT case_id, n, kind, at, noticed_at, actor, definition, payload, prev, hash FROM fact ORDER BY n"
        )

    for *header, payload, prev, found in store.read(rows):
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
        assert prev == head
        head = hashlib.sha256(head + text.encode() + b"\n" + str(payload).encode()).digest()
        assert found == head
    assert head == case.head
    assert store.read(lambda unit: unit.journal.verify(case.id)) == 3


REPLACE = """INSERT OR REPLACE INTO fact
             SELECT seq, case_id, n, 'x', at, noticed_at, actor, definition, payload, prev, hash FROM fact"""
FORBIDDEN = {
    # replacing a row deletes the one before it
    "sqlite": ["UPDATE fact SET actor = 'nobody'", "DELETE FROM fact WHERE n = 1", REPLACE],
    "postgresql": ["UPDATE fact SET actor = 'nobody'", "DELETE FROM fact WHERE n = 1", "TRUNCATE fact"],
}


@pytest.mark.parametrize("place", range(3))
def test_facts_cannot_be_changed_or_deleted(store: Store, place: int) -> None:
    """Not even by our own code, by mistake or by order."""
    case = store.write(a_case_with_three_facts)
    change = FORBIDDEN[store.url.partition(":")[0]][place]

    with pytest.raises(Refused, match="facts are never"):
        store.write(lambda unit: unit.wire.say(change))

    assert store.read(lambda unit: unit.journal.verify(case.id)) == 3


TAMPERING = [
    # a word changed in a payload
    (
        "UPDATE fact SET payload = replace(payload, '三中队', '二中队') WHERE n = 1",
        r"fact 1 \(case_started\) was changed",
    ),
    # somebody else did it
    ("UPDATE fact SET actor = 'li' WHERE n = 2", r"fact 2 \(work_claimed\) was changed"),
    # it happened earlier
    ("UPDATE fact SET at = at - 1 WHERE n = 3", r"fact 3 \(work_returned\) was changed"),
    # a fact cut out
    ("DELETE FROM fact WHERE n = 2", r"fact 2 is missing"),
    # the last one cut off
    ("DELETE FROM fact WHERE n = 3", r"its row counts 3 facts, the journal has 2"),
    # the link rewritten
    ("UPDATE fact SET prev = hash WHERE n = 3", r"fact 3 does not continue fact 2"),
    # the case's head set back
    ("UPDATE case_ SET facts = 2", r"its row counts 2 facts, the journal has 3, and the last hashes agree"),
]


@pytest.mark.parametrize(("change", "said"), TAMPERING)
def test_tampering_past_the_house_is_found_and_named(database_url: str, change: str, said: str) -> None:
    """Whoever owns the server can drop a trigger; the chain still tells which fact it was."""
    with Store(database_url) as store:
        case = store.write(a_case_with_three_facts)
        tamper(database_url, change)

        with pytest.raises(Corrupted, match=said):
            store.read(lambda unit: unit.journal.verify(case.id))


def tamper(url: str, change: str) -> None:
    """Change the database as its owner."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection, connection:
            for trigger in ("fact_is_never_changed", "fact_is_never_deleted"):
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute(change)
        return
    with psycopg.connect(url) as server:
        server.execute("ALTER TABLE fact DISABLE TRIGGER USER")
        server.execute(change.encode())


def test_facts_can_be_asked_for_by_place_and_time(store: Store) -> None:
    """Replay shows a case as it was known at an instant."""
    case = store.write(a_case)
    store.write(lambda unit: unit.note(case, [happening(Kind.WORDS_ADDED, text=1)], at=later(days=2), actor="zhang"))

    def asked(unit: Unit) -> tuple[list[int], list[int], list[int]]:
        everything = unit.journal.since(0)
        return (
            [fact.n for fact in unit.journal.of(case.id, until=later(days=1))],
            [fact.n for fact in unit.journal.of(case.id, after=1)],
            [fact.n for fact in unit.journal.since(everything[0].seq)],
        )

    assert store.read(asked) == ([1], [2], [2])
    assert [fact.n for fact in store.read(lambda unit: unit.journal.since(0, limit=1))] == [1]


def test_payloads_come_back_as_plain_values(store: Store) -> None:
    """Replay works on what JSON can say."""
    payload = {
        "on": date(2026, 2, 24),
        "at": datetime(2026, 2, 2, 9, tzinfo=UTC),
        "n": 1.5,
        "set": {2, 1},
        "none": None,
    }
    case = store.write(lambda unit: a_case(unit, more=(happening(Kind.WORDS_ADDED, **payload),)))

    fact = store.read(lambda unit: unit.journal.of(case.id, after=1))[0]
    assert fact.payload == {"on": "2026-02-24", "at": "2026-02-02T09:00:00Z", "n": 1.5, "set": [1, 2], "none": None}


def test_a_value_that_json_cannot_hold_is_refused_whole(store: Store) -> None:
    """A fact that cannot be read again is no fact."""
    with pytest.raises(BureauError, match="cannot keep this value: a object"):
        store.write(lambda unit: a_case(unit, more=(happening(Kind.WORDS_ADDED, thing=object()),)))

    assert store.read(lambda unit: unit.cases.count()) == 0


def test_a_case_that_is_not_there_has_no_chain(memory: Store) -> None:
    """An empty chain would look sound."""
    with pytest.raises(NotFound, match="no case 7"):
        memory.read(lambda unit: unit.journal.verify(7))
