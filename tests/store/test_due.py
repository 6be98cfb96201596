"""Times due: claimed once, put off, kept when they passed."""

from __future__ import annotations

import threading

from duban.model.facts import Kind
from duban.store import Snapshot, Store, Unit
from duban.store.due import Claimed
from tests.store.builders import NOW, a_case, due, happening, later, outcome


def armed(unit: Unit, number: str, *dues: tuple[int, float]) -> Snapshot:
    """Open a case with timers: task and days from now."""
    return a_case(unit, number, step=outcome(armed=tuple(due(task, later(days=days)) for task, days in dues)))


def test_what_is_due_is_claimed_by_case_in_order_of_time(store: Store) -> None:
    """A tick fires everything that is due in a case at once."""
    one = store.write(lambda unit: armed(unit, "1", (1, 3), (2, 1), (3, 9)))
    two = store.write(lambda unit: armed(unit, "2", (1, 2)))

    claimed = store.write(lambda unit: unit.due.claim(later(days=4), limit=10, holder="a", until=later(days=5)))

    assert claimed == [
        Claimed(case=one.id, at=later(days=1), tasks=(2, 1)),
        Claimed(case=two.id, at=later(days=2), tasks=(1,)),
    ]


def test_what_one_holds_no_other_gets_until_the_hold_ends(store: Store) -> None:
    """A process that died with a claim in hand must not stop the clock."""
    store.write(lambda unit: armed(unit, "1", (1, 1)))

    def claim(days: float, holder: str) -> int:
        until = later(days=days, minutes=5)
        return len(store.write(lambda unit: unit.due.claim(later(days=days), limit=10, holder=holder, until=until)))

    assert [claim(2, "a"), claim(2, "b"), claim(2.1, "b")] == [1, 0, 1]


def test_a_claim_takes_no_more_than_asked(store: Store) -> None:
    """The earliest first, the rest in the next round."""
    for number in range(5):
        store.write(lambda unit, n=number: armed(unit, str(n), (1, 5 - n)))  # type: ignore[misc]

    claimed = store.write(lambda unit: unit.due.claim(later(days=9), limit=2, holder="a", until=later(days=10)))

    assert [claim.at for claim in claimed] == [later(days=1), later(days=2)]


def test_two_tickers_share_the_work(store: Store) -> None:
    """SKIP LOCKED on PostgreSQL, one writer on SQLite: nothing is claimed twice and nothing forgotten."""
    store.write_many([lambda unit, n=n: armed(unit, str(n), (1, 1)) for n in range(40)])  # type: ignore[misc]
    claimed: list[int] = []
    lock = threading.Lock()

    def tick(holder: str) -> None:
        while rows := store.write(
            lambda unit: unit.due.claim(later(days=2), limit=3, holder=holder, until=later(days=3))
        ):
            with lock:
                claimed.extend(row.case for row in rows)

    threads = [threading.Thread(target=tick, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == len(set(claimed)) == 40


def test_a_case_that_fails_is_put_off(store: Store) -> None:
    """One broken case must not be tried at every tick."""
    case = store.write(lambda unit: armed(unit, "1", (1, 1), (2, 1.5)))
    store.write(lambda unit: unit.due.put_off(case.id, later(days=3)))

    def claim(days: float) -> int:
        return len(
            store.write(lambda unit: unit.due.claim(later(days=days), limit=9, holder="a", until=later(days=days)))
        )

    assert store.read(lambda unit: unit.due.next_at()) == later(days=3)
    assert [claim(2), claim(3)] == [0, 1]


def test_the_ticker_knows_how_long_it_may_wait(store: Store) -> None:
    """It must not poll; and it must not oversleep a hold that ends."""
    assert store.read(lambda unit: unit.due.next_at()) is None
    store.write(lambda unit: armed(unit, "1", (1, 3)))
    store.write(lambda unit: armed(unit, "2", (1, 1)))
    assert store.read(lambda unit: unit.due.next_at()) == later(days=1)

    store.write(lambda unit: unit.due.claim(later(days=1), limit=1, holder="a", until=later(days=2)))
    assert store.read(lambda unit: unit.due.next_at()) == later(days=2)


def test_a_timer_armed_again_moves(store: Store) -> None:
    """An extension moves the deadline, and frees it from whoever held it."""
    case = store.write(lambda unit: armed(unit, "1", (1, 1)))
    store.write(lambda unit: unit.due.claim(later(days=2), limit=1, holder="a", until=later(days=9)))

    moved = outcome(armed=(due(1, later(days=5), why={"zh": "延长一次"}),))
    store.write(lambda unit: unit.save(case, moved, at=NOW, actor="wang"))

    running = store.read(lambda unit: unit.due.of(case.id))
    assert [(timer.at, timer.why) for timer in running] == [(later(days=5), {"zh": "延长一次"})]
    assert store.read(lambda unit: unit.due.next_at()) == later(days=5)


def fires(*tasks: int) -> tuple[object, ...]:
    """Say that timers of the named deadline fired."""
    return tuple(
        happening(Kind.TIMER_FIRED, task=task, element="sign_late", scope="", name="X4.sign") for task in tasks
    )


def test_a_passed_deadline_stays_until_its_activity_is_left(store: Store) -> None:
    """The duty does not vanish when its limit passes: the list of overdue work must show it."""
    case = store.write(
        lambda unit: a_case(
            unit,
            step=outcome(
                armed=(
                    due(1, later(days=1)),
                    due(2, later(days=1), warning=True),
                    due(3, later(days=1), attached=None),
                )
            ),
            register={"channel": "web"},
        )
    )
    tick = outcome(happenings=fires(1, 2, 3), disarmed=(1, 2, 3))
    case = store.write(lambda unit: unit.save(case, tick, at=later(days=1), noticed_at=later(days=2), actor="system"))

    passed = store.read(lambda unit: unit.due.missed(case.id))
    assert [(timer.task, timer.at, timer.fired_at) for timer in passed] == [(1, later(days=1), later(days=1))]
    assert store.read(lambda unit: (unit.due.of(case.id), unit.due.count(), unit.due.next_at())) == ([], 0, None)
    assert store.read(lambda unit: unit.due.list_(missed=True, warnings=False)) == passed
    assert store.read(lambda unit: unit.register.get(case.id).next_due) == later(days=1)

    elsewhere = outcome(happenings=(happening(left=[["sign", "sub#1", 7, "completed"]], entered=[]),))
    case = store.write(lambda unit: unit.save(case, elsewhere, at=later(days=2), actor="zhang"))
    assert len(store.read(lambda unit: unit.due.missed(case.id))) == 1

    leaves = outcome(happenings=(happening(left=[["sign", "", 7, "completed"]], entered=[]),))
    store.write(lambda unit: unit.save(case, leaves, at=later(days=3), actor="zhang"))
    assert store.read(lambda unit: unit.due.missed(case.id)) == []


def test_a_reminder_that_comes_round_again_runs_on(store: Store) -> None:
    """A cycle keeps its task: fired and armed in one step."""
    case = store.write(lambda unit: armed(unit, "1", (1, 1)))
    tick = outcome(happenings=fires(1), disarmed=(1,), armed=(due(1, later(days=2)),))

    store.write(lambda unit: unit.save(case, tick, at=later(days=1), actor="system"))

    assert [timer.at for timer in store.read(lambda unit: unit.due.of(case.id))] == [later(days=2)]
    assert store.read(lambda unit: unit.due.missed(case.id)) == []


def test_timers_can_be_listed(store: Store) -> None:
    """What runs, in order of time."""
    store.write(
        lambda unit: a_case(unit, "1", step=outcome(armed=(due(1, later(days=2)), due(2, later(days=1), name=None))))
    )

    def listed(unit: Unit) -> tuple[object, ...]:
        return (
            [timer.task for timer in unit.due.list_()],
            [timer.task for timer in unit.due.list_(named=True)],
            [timer.task for timer in unit.due.list_(before=later(days=1.5))],
            unit.due.count(before=later(days=1.5)),
        )

    assert store.read(listed) == ([2, 1], [1], [2], 1)


def test_a_claim_walks_an_index(store: Store) -> None:
    """The time per due case must be the same among ten thousand and a million open cases."""
    store.write_many([lambda unit, n=n: armed(unit, str(n), (1, 1)) for n in range(50)])  # type: ignore[misc]
    sql = "SELECT case_id, task FROM due WHERE fired_at IS NULL AND at <= 1 ORDER BY at LIMIT 10"

    def explain(unit: Unit) -> str:
        if store.url.startswith("sqlite"):
            return str(unit.wire.text(f"EXPLAIN QUERY PLAN {sql}"))
        unit.wire.say("SET LOCAL enable_seqscan = off")  # a table of 50 rows is read whole otherwise
        return str(unit.wire.text(f"EXPLAIN {sql}"))

    plan = store.write(explain)

    assert "ix_due_running" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
