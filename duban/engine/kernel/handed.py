"""What ended tokens handed in: their changes wait in the tree until the last token of the process ends.

A token that ends while others go on cannot be merged yet, and must not stay: a case may live for years. So it
hands in what it changed since it parted from the others, path by path with the value before and after, and is
gone. A later change replaces earlier ones at and below the place that it made or changed, if its branch began
after the earlier one had ended: a reminder of the second round is no conflict with that of the first. What
remains is merged three ways with the last token, as if all had waited for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from duban.engine.kernel.tasks import KernelTask, unpack

Path = tuple[str, ...]
_ENDED: Final = 4
"""Place of the number of the ended token's last task in a stored change."""


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


def hand_in(task: KernelTask, flow: str) -> None:
    """Leave what *task* changed at its parent, where it parted from those that go on."""
    to: KernelTask = task.parent
    changes = list(_changes(unpack(to.box()), task.seen(), (), 0))
    earlier = task.handed + to.handed
    made = {change.path[: change.known + 1] for change in changes}
    kept = [change for change in earlier if change[_ENDED] > task.born or not _under(tuple(change[0]), made)]
    new = [[list(c.path), c.known, _stored(c.before), _stored(c.after), task.id, flow] for c in changes]
    to.handed = new + kept
    task.workflow.has_handed = True


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
        (Change(path=tuple(path), known=known, before=_read(before), after=_read(after)), flow)
        for path, known, before, after, _, flow in task.handed
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


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: Path, known: int) -> Iterator[Change]:
    """Yield everything that differs, mappings key by key; the first *known* keys of *path* were there before."""
    for key in {**before, **after}:
        old, new = before.get(key, GONE), after.get(key, GONE)
        if same(old, new):
            continue
        there = known if old is GONE else len(path) + 1
        if isinstance(new, dict) and new and (old is GONE or isinstance(old, dict)):
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
