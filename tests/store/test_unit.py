"""Units of work: a step is written whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.errors import Conflict, NotFound
from duban.model.facts import Kind
from duban.store import Snapshot, Store, Unit
from tests.store.builders import (
    DEFINITION,
    NOW,
    a_case,
    call,
    due,
    happening,
    incident,
    later,
    outcome,
    thrown,
    work,
)

Saved = Callable[[Unit], Snapshot]


def test_a_new_case_stands_with_everything_its_first_step_did(store: Store) -> None:
    """Arrival is one transaction: register, work, dues, calls, facts."""
    first = outcome(
        state=b"first", opened=(work(1),), armed=(due(2, later(days=3)),), calls=(call(3),), incidents=(incident(4),)
    )
    case = store.write(lambda unit: a_case(unit, step=first, register={"channel": "web", "ask": "请求查处"}))

    assert (case.version, case.facts, case.is_open, case.family) == (1, 1, True, case.id)
    assert store.read(lambda unit: unit.cases.load(case.number)) == case
    assert store.read(
        lambda unit: (
            [item.task for item in unit.worklist.of(case.id)],
            [timer.task for timer in unit.due.of(case.id)],
            [queued.task for queued in unit.outbox.list_(case=case.id)],
            [trouble.task for trouble in unit.incidents.of(case.id)],
            unit.register.get(case.id).ask,
        )
    ) == ([1], [2], [3], [4], "请求查处")


def test_a_step_replaces_what_waited(store: Store) -> None:
    """The projections say what waits now, not what ever did."""
    case = store.write(
        lambda unit: a_case(
            unit,
            step=outcome(
                opened=(work(1),),
                armed=(due(2, later(days=3)),),
                calls=(call(3), call(4)),
                incidents=(incident(5),),
            ),
        )
    )
    second = outcome(
        state=b"second",
        closed=(1,),
        opened=(work(6, element="review"),),
        disarmed=(2,),
        armed=(due(7, later(days=5)),),
        uncalled=(3,),
        calls=(call(8),),
        settled=(5,),
        thrown=(thrown(9),),
    )

    after = store.write(lambda unit: unit.save(case, second, at=later(hours=1), actor="zhang"))

    assert (after.version, after.state) == (2, b"second")
    assert store.read(
        lambda unit: (
            [item.task for item in unit.worklist.of(case.id)],
            [timer.task for timer in unit.due.of(case.id)],
            [queued.task for queued in unit.outbox.list_(case=case.id)],
            unit.incidents.of(case.id),
            [(message.id, message.task) for message in unit.messages.list_()],
        )
    ) == ([6], [7], [4, 8], [], [(f"{case.id}/2.0", 9)])


def test_a_step_on_an_old_version_writes_nothing(store: Store) -> None:
    """Two people complete one item: the second must look again, and leave no trace."""
    case = store.write(lambda unit: a_case(unit, step=outcome(opened=(work(1),))))
    step = outcome(closed=(1,), opened=(work(2),))
    after = store.write(lambda unit: unit.save(case, step, at=NOW, actor="zhang"))

    with pytest.raises(Conflict, match="changed since version 1 was read"):
        store.write(lambda unit: unit.save(case, step, at=NOW, actor="li"))
    with pytest.raises(Conflict):
        store.write(lambda unit: unit.note(case, [happening()], at=NOW, actor="li"))

    assert store.read(lambda unit: unit.cases.load(case.id)) == after
    assert store.read(lambda unit: [fact.actor for fact in unit.journal.of(case.id)]) == ["system", "zhang"]


def test_steps_that_load_their_case_wait_for_each_other(store: Store) -> None:
    """Eight clerks at one case: each sees what the one before did, and nobody has to repeat anything."""
    case = store.write(a_case)
    errors: list[Exception] = []

    def take_steps(actor: str) -> None:
        try:
            for _ in range(5):
                store.write(lambda unit: unit.save(unit.cases.load(case.id), outcome(), at=NOW, actor=actor))
        except Exception as error:  # noqa: BLE001 (told by the main thread)
            errors.append(error)

    threads = [threading.Thread(target=take_steps, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert store.read(lambda unit: (unit.cases.load(case.number).version, unit.journal.verify(case.id))) == (41, 41)


def test_an_ended_case_keeps_nobody_waiting(store: Store) -> None:
    """Also what the desk itself opened goes with the case."""
    case = store.write(lambda unit: a_case(unit, step=outcome(opened=(work(1),))))
    store.write(lambda unit: unit.incidents.open_(case.id, incident(0), at=NOW))

    end = outcome(closed=(1,), ended=("closed", "archived"))
    after = store.write(lambda unit: unit.save(case, end, at=later(days=1), actor="zhang"))

    assert (after.is_open, after.ended_at, after.end) == (False, later(days=1), "closed archived")
    assert store.read(lambda unit: (unit.worklist.count(), unit.incidents.count(), unit.due.count())) == (0, 0, 0)


def test_facts_say_when_it_happened_and_when_it_was_noticed(store: Store) -> None:
    """A server that slept over a weekend cannot rewrite history."""
    case = store.write(a_case)

    store.write(
        lambda unit: unit.save(
            case,
            outcome(happenings=(happening(Kind.TIMER_FIRED, task=2, name=None),)),
            at=later(days=1),
            noticed_at=later(days=3),
            actor="system",
            more=(happening(Kind.LETTER_ISSUED, number="1"),),
        )
    )

    facts = store.read(lambda unit: unit.journal.of(case.id, after=1))
    assert [(fact.kind, fact.at, fact.noticed_at, fact.n) for fact in facts] == [
        (Kind.TIMER_FIRED, later(days=1), later(days=3), 2),
        (Kind.LETTER_ISSUED, later(days=1), later(days=3), 3),
    ]


def test_a_number_is_given_once(store: Store) -> None:
    """Two petitions with one number would be one to every citizen."""
    store.write(lambda unit: a_case(unit, "1"))

    with pytest.raises(Conflict, match="number 1 is taken"):
        store.write(lambda unit: a_case(unit, "1"))


def test_children_belong_to_the_family_of_the_root(store: Store) -> None:
    """Visibility and legal hold follow the family."""
    root = store.write(lambda unit: a_case(unit, "1"))
    child = store.write(lambda unit: a_case(unit, "1-1", parent=root.id, parent_task=7, kind="callback"))
    grandchild = store.write(lambda unit: a_case(unit, "1-1-1", parent=child.id, kind="callback"))

    assert (child.family, child.parent, child.parent_task, grandchild.family) == (root.id, root.id, 7, root.id)
    assert [case.id for case in store.read(lambda unit: unit.cases.children(root.id))] == [child.id]
    with pytest.raises(NotFound, match="no case 99 to be the parent"):
        store.write(lambda unit: a_case(unit, "2", parent=99))


def test_a_case_without_its_definition_is_refused(store: Store) -> None:
    """Nobody could ever replay it."""
    with pytest.raises(NotFound):
        store.write(lambda unit: a_case(unit, "1", definition="0" * 64))


def test_a_migrated_case_says_so_in_case_and_facts(store: Store) -> None:
    """Which diagram a step ran on is part of the step."""
    case = store.write(a_case)
    other = type(DEFINITION).of("petition", "信访件", {"petition.bpmn": b"<redrawn/>"})

    def migrate(unit: Unit) -> Snapshot:
        unit.definitions.add(other, at=NOW)
        return unit.save(case, outcome(), at=NOW, actor="wang", definition=other.digest)

    after = store.write(migrate)

    assert after.definition == other.digest
    assert store.read(lambda unit: unit.cases.load(case.id)) == after
    assert [fact.definition for fact in store.read(lambda unit: unit.journal.of(case.id))] == [
        DEFINITION.digest,
        other.digest,
    ]


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 7), max_size=4), st.booleans()), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_projections_are_what_the_steps_leave(memory: Store, steps: list[tuple[int, set[int], bool]]) -> None:
    """Whatever an engine opens and closes, worklist and timers hold exactly the rest, and the chain fits."""
    case = memory.write(lambda unit: a_case(unit, f"n{unit.numbers.next('n')}"))
    open_: list[int] = []
    task = 1
    for opens, closes, saves in steps:
        fresh = list(range(task, task + opens))
        task += opens
        closed = tuple(number for place, number in enumerate(open_) if place in closes)
        step = outcome(
            opened=tuple(work(number) for number in fresh),
            armed=tuple(due(number, later(days=number)) for number in fresh),
            closed=closed,
            disarmed=closed,
        )
        before = case
        try:
            case = memory.write(lambda unit, s=step, c=before, ok=saves: _saved_or_failed(unit, c, s, ok=ok))  # type: ignore[misc]
        except RuntimeError:
            continue
        open_ = [number for number in open_ if number not in closed] + fresh

    assert memory.read(lambda unit: [item.task for item in unit.worklist.of(case.id)]) == open_
    assert memory.read(lambda unit: [timer.task for timer in unit.due.of(case.id)]) == open_
    assert memory.read(lambda unit: unit.journal.verify(case.id)) == case.facts == case.version


def _saved_or_failed(unit: Unit, case: Snapshot, step: object, *, ok: bool) -> Snapshot:
    saved = unit.save(case, step, at=NOW, actor="zhang")  # type: ignore[arg-type]
    if not ok:
        raise RuntimeError("after the step was written, before the commit")
    return saved
