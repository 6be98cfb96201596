"""What ended tokens handed in: their changes wait in the tree until the last token of the process ends.

A token that ends while others go on cannot be merged yet, and must not stay: a case may live for years. So it
hands in what it changed since it parted from the others, path by path with the value before and after, and is
gone. A later change replaces earlier ones at and below the place that it made or changed, if its branch began
after the earlier one had ended: a reminder of the second round is no conflict with that of the first. What
remains is merged three ways with the last token, as if all had waited for each other.

What came with an event that fired several times is one value each time: that of the last firing stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from duban.engine.kernel.tasks import FIRED, KernelTask, unpack

Path = tuple[str, ...]
_ENDED: Final = 4
"""Place of the number of the ended token's last task in a stored change."""
_FIRED: Final = 6
"""Place of the number of the firing, of a change that came with an event."""


class Gone:
    """Stands for a key that is not there: deleting is a change like any other."""

    def __repr__(self) -> str:
        return "GONE"


GONE: Final = Gone()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What one token changed at one path."""

    path: Path
    known: int
    """How many keys of the path were there before; the others it made."""
    before: Any
    after: Any
    fired: int = 0
    """Number of the firing that brought it, where it came with an event."""


def hand_in(task: KernelTask, flow: str) -> None:
    """Leave what *task* changed at its parent, where it parted from those that go on."""
    to: KernelTask = task.parent
    changes = list(_changes(unpack(to.box()), task.seen(), (), 0, task.workflow.spec.event_keys))
    fired: Mapping[str, int] = task.internal_data.get(FIRED, {})
    earlier = task.handed + to.handed
    changes = [change for change in changes if not _outdone(fired.get(change.path[0], 0), change.path, earlier)]
    made = {change.path[: change.known + 1] for change in changes}
    kept = [
        change
        for change in earlier
        if not _under(tuple(change[0]), made)
        or (change[_ENDED] > task.born and not 0 < _fired(change) < fired.get(change[0][0], 0))
    ]
    to.handed = [_row(change, task.id, flow, fired.get(change.path[0], 0)) for change in changes] + kept
    task.workflow.has_handed = True


def _outdone(fired: int, path: Path, earlier: Sequence[list[Any]]) -> bool:
    """Tell whether a later firing's payload was handed in at *path* already."""
    return fired > 0 and any(_fired(change) > fired and tuple(change[0]) == path for change in earlier)


def _fired(change: list[Any]) -> int:
    """Return the number of the firing that brought a stored change, 0 for other changes."""
    return change[_FIRED] if len(change) > _FIRED else 0


def _row(change: Change, ended: int, flow: str, fired: int) -> list[Any]:
    """Return a change as it is stored."""
    row = [list(change.path), change.known, _stored(change.before), _stored(change.after), ended, flow]
    return [*row, fired] if fired else row


def _under(path: Path, places: set[Path]) -> bool:
    """Tell whether *path* is one of *places* or below one."""
    return any(path[:length] in places for length in range(1, len(path) + 1))


def move(task: KernelTask, to: KernelTask) -> None:
    """Let *to* carry what was handed in at *task*, which is forgotten."""
    if task.handed:
        to.handed = to.handed + task.handed
        task.handed = []


def taken(task: KernelTask) -> list[tuple[Change, str]]:
    """Return every change handed in at *task*, with the flow by which its token came to the end."""
    return [
        (Change(path=tuple(path), known=known, before=_read(before), after=_read(after), fired=sum(fired)), flow)
        for path, known, before, after, _, flow, *fired in task.handed
    ]


def forget(task: KernelTask, paths: Sequence[Path]) -> None:
    """Forget the changes at or around *paths*: a person has chosen what stands there."""
    task.handed = [change for change in task.handed if not any(_touches(tuple(change[0]), path) for path in paths)]


def _touches(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _stored(value: Any) -> list[Any]:
    return [] if value is GONE else [value]


def _read(stored: list[Any]) -> Any:
    return stored[0] if stored else GONE


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path, known: int, whole: frozenset[str] = frozenset()
) -> Iterator[Change]:
    """Yield everything that differs, mappings key by key; the first *known* keys of *path* were there before.

    The values of the keys *whole* are not looked into.
    """
    for key in {**before, **after}:
        old, new = before.get(key, GONE), after.get(key, GONE)
        if same(old, new):
            continue
        there = known if old is GONE else len(path) + 1
        if key not in whole and isinstance(new, dict) and new and (old is GONE or isinstance(old, dict)):
            yield from _changes(old if isinstance(old, dict) else {}, new, (*path, key), there)
        else:
            yield Change(path=(*path, key), known=there, before=old, after=new)


def same(left: Any, right: Any) -> bool:
    """Tell whether two data values are the same: 1, 1.0 and True are three values, at any depth."""
    if left is right:
        return True
    if type(left) is not type(right) or left != right:
        return False
    if isinstance(left, dict):
        return all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return all(map(same, left, right))
    return True
