"""Parts of a graph in which every node leads to every other: where one can go round (Kosaraju's way)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(ways: Mapping[Node, Sequence[Node]]) -> list[set[Node]]:
    """Return the parts of *ways* that hold a circle; targets that are no key of it are left out."""
    inner = {node: [target for target in targets if target in ways] for node, targets in ways.items()}
    back: dict[Node, list[Node]] = {node: [] for node in inner}
    for node, targets in inner.items():
        for target in targets:
            back[target].append(node)
    found: list[set[Node]] = []
    taken: set[Node] = set()
    for root in reversed(list(_finished(inner))):
        part = _reached(root, back, taken)
        taken |= part
        if len(part) > 1 or any(node in inner[node] for node in part):
            found.append(part)
    return found


def _finished(ways: Mapping[Node, Sequence[Node]]) -> Iterator[Node]:
    """Yield every node once all behind it are done."""
    seen: set[Node] = set()
    for root in ways:
        if root in seen:
            continue
        seen.add(root)
        work = [(root, iter(ways[root]))]
        while work:
            node, rest = work[-1]
            target = next((other for other in rest if other not in seen), None)
            if target is None:
                work.pop()
                yield node
            else:
                seen.add(target)
                work.append((target, iter(ways[target])))


def _reached(root: Node, ways: Mapping[Node, Sequence[Node]], taken: set[Node]) -> set[Node]:
    """Return what *root* leads to among what is not *taken*."""
    if root in taken:
        return set()
    part, todo = {root}, [root]
    while todo:
        for target in ways[todo.pop()]:
            if target not in taken and target not in part:
                part.add(target)
                todo.append(target)
    return part
