"""State: the stored form of a case, small, with its version in front; unknown versions are refused, never guessed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from duban.engine.kernel.boxes import Packing, unpacked
from duban.engine.kernel.prune import prune
from duban.engine.kernel.tasks import EMPTY, READY, WAITING, KernelTask, pack, unpack
from duban.engine.kernel.workflow import Case, Instance, Scope
from duban.errors import Corrupted, UnknownState

VERSION: Final = 3
SQUEEZED_FROM: Final = 1_500
"""Bytes from which on a state is squeezed: field names and stamps repeat in every form."""
_WITH_HANDED: Final = 3
_FAST: Final = 1
_DAMAGED: Final = "the stored state is damaged; restore the case's snapshot from its facts"
_ZLIB: Final = b"x"
"""First byte of what zlib wrote with the definition's vocabulary; a packed state begins with another."""


def dump(case: Case) -> bytes:
    """Return the state of *case*, its history pruned, squeezed by its definition's vocabulary when it is large."""
    prune(case)
    packing = Packing()
    main = _dump_instance(case, packing)
    scopes = [[number, *_dump_instance(scope, packing)] for number, scope in case.scopes.items()]
    final = pack(case.final) if case.completed else None
    state = pack((VERSION, case.last_id, case.ends, final, packing.stored(), main, scopes))
    if len(state) < SQUEEZED_FROM:
        return state
    squeezer = zlib.compressobj(_FAST, zdict=case.spec.vocabulary)
    return squeezer.compress(state) + squeezer.flush()


def content(state: bytes, vocabulary: bytes) -> bytes:
    """Return *state* unsqueezed: what two machines must agree on, whichever zlib each has.

    Raises:
        Corrupted: It is damaged.
    """
    if state[:1] != _ZLIB:
        return state
    try:
        unsqueezer = zlib.decompressobj(zdict=vocabulary)
        plain = unsqueezer.decompress(state)
    except zlib.error as error:
        raise Corrupted(_DAMAGED) from error
    if not unsqueezer.eof or unsqueezer.unused_data:
        raise Corrupted(_DAMAGED)
    return plain


def _dump_instance(instance: Instance, packing: Packing) -> list[Any]:
    places = {number: place for place, number in enumerate(instance.tasks)}
    rows = [_dump_task(task, places, packing) for task in instance.tasks.values()]
    stored = [rows, instance.objects or None, instance.established or None]
    return [*stored, instance.heard] if instance.heard else stored


def _dump_task(task: KernelTask, places: Mapping[int, int], packing: Packing) -> list[Any]:
    place = packing.place(task.box())
    parent = -1 if task._parent is None else places[task._parent]
    row = [task.id, parent, task._state | task.triggered, task.task_spec.index, place]
    if task.internal_data or task.handed or task.born != task.id:
        row += [task.id - task.born, task.internal_data]
        if task.handed:
            row.append(task.handed)
    return row


def load(state: bytes, spec: Any, processes: Mapping[str, Any]) -> Case:
    """Return the case that *state* holds, on the prepared specs of its definition.

    Raises:
        UnknownState: It has a version that this release does not know.
        Corrupted: It is no state, or not of this definition.
    """
    plain = content(state, spec.vocabulary)
    try:
        stored = unpack(plain)
        version = stored[0]
    except Exception as error:
        raise Corrupted("this is no stored state; restore the case's snapshot from its facts") from error
    reader = READERS.get(version) if type(version) is int else None  # True would pass for 1
    if reader is None:
        known = ", ".join(map(str, READERS))
        raise UnknownState(
            f"the state has version {version}; this release reads {known}. Use the release that wrote it"
        )
    try:
        return reader(stored, spec, processes)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Corrupted("the stored state does not fit its definition") from error


def _read_1(stored: Any, spec: Any, processes: Mapping[str, Any]) -> Case:
    """Read the first form, in which every box was stored whole."""
    return _read(stored, stored[4], spec, processes)


def _read_3(stored: Any, spec: Any, processes: Mapping[str, Any]) -> Case:
    """Read the forms in which boxes share keys and values; in the second one the limits of time never move."""
    return _read(stored, unpacked(*stored[4]), spec, processes)


def _read(stored: Any, boxes: list[bytes], spec: Any, processes: Mapping[str, Any]) -> Case:
    _, last_id, ends, final, _, main, scopes = stored
    case = Case(spec, processes)
    case.last_id = last_id
    case.ends = ends
    if final is not None:
        case.completed = True
        case.final = unpack(final)
    _load_instance(case, main, boxes)
    for number, *rows in scopes:
        task = case.find(number)
        if task is None:
            raise KeyError(number)
        scope = Scope(processes[task.task_spec.process], task)
        case.scopes[number] = scope
        _load_instance(scope, rows, boxes)
    return case


def _load_instance(instance: Instance, stored: list[Any], boxes: list[bytes]) -> None:
    rows, objects, established, *heard = stored
    instance.objects = objects or {}
    instance.established = established or {}
    instance.heard = heard[0] if heard else {}
    specs = instance.spec.kernel_specs
    tasks = instance.tasks
    numbers = [row[0] for row in rows]
    for number, parent, state, index, place, *rest in rows:
        task: KernelTask = KernelTask.__new__(KernelTask)
        task.workflow = instance
        task.task_spec = specs[index]
        task.id = number
        task._state = state & ~1
        task.triggered = bool(state & 1)
        task._children = []
        task.loose = None
        task.packed = EMPTY if place < 0 else boxes[place]
        task.born = number - rest[0] if rest else number
        task.internal_data = rest[1] if rest else {}
        task.handed = rest[2] if len(rest) == _WITH_HANDED else []
        if task.handed:
            instance.has_handed = True
        if parent < 0:
            task._parent = None
        else:
            task._parent = numbers[parent]
            tasks[numbers[parent]]._children.append(number)
        tasks[number] = task
        if task._state < 64:  # noqa: PLR2004  live
            _revive(instance, task)


def _revive(instance: Instance, task: KernelTask) -> None:
    instance.live[task.id] = task
    if task._state == WAITING:
        if task.task_spec.looks_around:
            instance.case.joins[task.id] = task
    elif task._state == READY and not task.task_spec.manual:
        instance.case.queue.append(task)


READERS: Mapping[int, Callable[[Any, Any, Mapping[str, Any]], Case]] = {1: _read_1, 2: _read_3, 3: _read_3}
"""Version to the function that reads it; one is added with every new version, none is ever taken away."""
