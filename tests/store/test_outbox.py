"""The outbox: calls and messages are tried until they are done, and each is done once."""

from __future__ import annotations

from duban.store import Snapshot, Store, Unit
from duban.store.outbox import Queued, Status
from tests.store.builders import NOW, a_case, call, later, outcome, thrown


def wanting(unit: Unit) -> Snapshot:
    """Open a case that wants one call."""
    return a_case(unit, step=outcome(calls=(call(3),)))


def taken(store: Store, minutes: float, *, hold: float = 5) -> list[Queued]:
    """Claim what is ripe after *minutes*."""
    until = later(minutes=minutes + hold)
    return store.write(lambda unit: unit.outbox.claim(later(minutes=minutes), limit=10, holder="a", until=until))


def test_a_call_carries_what_its_handler_needs(store: Store) -> None:
    """Its key is the same at every attempt, for ever."""
    case = store.write(wanting)

    claimed = taken(store, 1)

    assert claimed == [
        Queued(
            task=3,
            element="notify",
            scope="",
            operator="letters/issue_notice",
            parameters={"letter": "受理告知书"},
            case=case.id,
            number=case.number,
            kind="petition",
            attempts=1,
            next_at=later(minutes=6),
            status=Status.RUNNING,
            error=None,
            wanted_at=NOW,
        )
    ]
    assert claimed[0].key == f"{case.id}/3"


def test_a_call_whose_runner_died_is_taken_again(store: Store) -> None:
    """At least once: the hold ends, and the next one counts a second attempt."""
    store.write(wanting)

    attempts = [[queued.attempts for queued in taken(store, minutes)] for minutes in (1, 2, 6, 7, 12)]

    assert attempts == [[1], [], [2], [], [3]]


def test_a_call_that_failed_waits_and_is_given_up(store: Store) -> None:
    """Back-off is the desk's; the outbox keeps the time and the last error."""
    case = store.write(wanting)
    taken(store, 1)
    store.write(lambda unit: unit.outbox.again(case.id, 3, at=later(minutes=30), error="server busy"))
    assert store.read(lambda unit: unit.outbox.next_at()) == later(minutes=30)
    assert [taken(store, 29), [queued.error for queued in taken(store, 30)]] == [[], ["server busy"]]

    store.write(lambda unit: unit.outbox.give_up(case.id, 3, error="no such number"))
    failed = store.read(lambda unit: unit.outbox.list_(status=Status.FAILED))
    assert [(queued.error, queued.next_at, queued.attempts) for queued in failed] == [("no such number", None, 2)]
    assert store.read(lambda unit: unit.outbox.next_at()) is None

    store.write(lambda unit: unit.outbox.again(case.id, 3, at=later(days=1), attempts=0))
    assert [queued.attempts for queued in taken(store, 60 * 24)] == [1]


def test_a_call_is_done_once(store: Store) -> None:
    """The second of two runners that were both answered learns that it was late."""
    case = store.write(wanting)

    assert store.write(lambda unit: (unit.outbox.done(case.id, 3), unit.outbox.done(case.id, 3))) == (True, False)
    assert store.read(lambda unit: unit.outbox.get(case.id, 3)) is None


def test_calls_may_be_held_back(store: Store) -> None:
    """Nothing is sent at night."""
    step = outcome(calls=(call(3),))
    store.write(lambda unit: unit.save(a_case(unit), step, at=NOW, actor="zhang", calls_at=later(hours=8)))

    assert [taken(store, 0), len(taken(store, 8 * 60))] == [[], 1]


def test_a_message_goes_out_once(store: Store) -> None:
    """Its id is given by the journal, so that a repeated delivery is known."""
    case = store.write(lambda unit: a_case(unit, step=outcome(thrown=(thrown(3), thrown(4, "other")))))

    def claim(minutes: float) -> list[tuple[str, str, int]]:
        until = later(minutes=minutes + 5)
        return [
            (message.id, message.name, message.attempts)
            for message in store.write(
                lambda unit: unit.messages.claim(later(minutes=minutes), limit=9, holder="a", until=until)
            )
        ]

    first, second = f"{case.id}/1.0", f"{case.id}/1.1"
    assert [claim(0), claim(0)] == [[(first, "callback_asked", 1)], []]  # the second waits for the first
    assert store.write(lambda unit: (unit.messages.done(first), unit.messages.done(first))) == (True, False)
    assert [claim(1), claim(2), claim(6)] == [[(second, "other", 1)], [], [(second, "other", 2)]]
    store.write(lambda unit: unit.messages.again(second, at=None, error="nobody waits"))
    given_up = store.read(lambda unit: unit.messages.list_(case=case.id, status=Status.FAILED))
    assert [(message.id, message.error, message.payload) for message in given_up] == [
        (second, "nobody waits", {"tier": 1})
    ]


def test_a_message_reaches_a_case_once(store: Store) -> None:
    """Whoever sends it twice, with the same id, has sent it once."""
    case = store.write(a_case)

    def arrives(unit: Unit) -> bool:
        return unit.messages.first_time(case.id, "sms-77", at=NOW)

    assert [store.write(arrives), store.write(arrives)] == [True, False]
