"""Balance: parallel branches come together where they were parted; tried out with tokens, without data.

Each process level is played as a net: a step takes one token and gives one to each way it chooses. A join that waits
for a branch that nobody walks stands still for ever; two tokens on one way mean that what follows is done twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from duban.engine.checks import event_kinds, incoming, outgoing
from duban.engine.drawing import Drawing, tag_of
from duban.errors import Problem

Marking = frozenset[str]
MOST: Final = 20_000
"""Most positions that are tried for one level."""


def check_balance(level: Drawing) -> Iterator[Problem]:
    """Yield joins of *level* that may wait for ever, and steps at which two tokens meet unjoined."""
    net = _Net(level)
    if not net.parallel:
        return
    told: set[tuple[str, str]] = set()
    for start in net.starts:
        for rule, element, message in _play(net, start):
            first = rule != "unsynchronised" or all(other != rule for other, _ in told)
            if first and (rule, element) not in told:  # what follows two tokens is done twice as well
                told.add((rule, element))
                line = level.nodes[element].sourceline
                yield Problem(file=level.file, element=element, line=line, message=message, rule=rule)


class _Net:
    """A level as places (its flows) and steps."""

    def __init__(self, level: Drawing) -> None:
        self.level = level
        self.tags = {name: tag_of(node) for name, node in level.nodes.items()}
        self.out = {name: [_key(flow) for flow in outgoing(level, node)] for name, node in level.nodes.items()}
        self.into = {name: [_key(flow) for flow in incoming(level, node)] for name, node in level.nodes.items()}
        self.target = {_key(flow): str(flow.get("targetRef")) for flow in level.flows}
        self.parallel = any(
            self.tags[name] in {"parallelGateway", "inclusiveGateway"} and len(flows) > 1
            for name, flows in [*self.out.items(), *self.into.items()]
        )
        self.starts = [
            flow for name, node in level.nodes.items() for flow in self.out[name] if tag_of(node) == "startEvent"
        ]
        self.interrupted = {
            name: [
                flow
                for other in level.nodes.values()
                if _interrupts(other) and other.get("attachedToRef") == name
                for flow in self.out[str(other.get("id"))]
            ]
            for name in level.nodes
        }
        self.ahead = {flow: self._ahead(flow) for flow in self.target}

    def _ahead(self, flow: str) -> frozenset[str]:
        """Return the flows that a token on *flow* can come to."""
        seen: set[str] = set()
        todo = [flow]
        while todo:
            step = self.target[todo.pop()]
            for other in [*self.out.get(step, ()), *self.interrupted.get(step, ())]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return frozenset(seen)

    def moves(self, marking: Marking) -> Iterator[tuple[str, frozenset[str], list[str]]]:
        """Yield what can happen: the step, the flows whose tokens it takes, those to which it gives."""
        for step in dict.fromkeys(self.target[flow] for flow in sorted(marking)):
            here = frozenset(flow for flow in self.into[step] if flow in marking)
            tag = self.tags[step]
            if tag == "parallelGateway":
                if len(here) == len(self.into[step]):
                    yield step, here, self.out[step]
            elif tag == "inclusiveGateway":
                empty = set(self.into[step]) - here
                if not any(empty & self.ahead[flow] for flow in marking - here):
                    for chosen in self._chosen(step):
                        yield step, here, chosen
            else:
                for flow in here:
                    yield from ((step, frozenset({flow}), chosen) for chosen in self._ways(step, tag))

    def _ways(self, step: str, tag: str) -> list[list[str]]:
        instead = [[flow] for flow in self.interrupted[step]]
        if tag in {"exclusiveGateway", "eventBasedGateway"}:
            return [[flow] for flow in self.out[step]]
        return [self.out[step], *instead]

    def _chosen(self, step: str) -> list[list[str]]:
        """Return which flows an inclusive gateway may choose: each alone, and all."""
        flows = self.out[step]
        return [flows] if len(flows) < 2 else [*([flow] for flow in flows), flows]  # noqa: PLR2004  one way is no choice


def _key(flow: Any) -> str:
    return flow.get("id") or f"{flow.get('sourceRef')}>{flow.get('targetRef')}"


def _interrupts(node: Any) -> bool:
    return tag_of(node) == "boundaryEvent" and node.get("cancelActivity") != "false"


def _play(net: _Net, start: str) -> Iterator[tuple[str, str, str]]:
    begun = frozenset({start})
    seen = {begun}
    todo = deque(seen)
    while todo and len(seen) < MOST:
        marking = todo.popleft()
        moved = False
        for step, taken, given in net.moves(marking):
            moved = True
            rest = marking - taken
            twice = next((flow for flow in given if flow in rest), None)
            if twice is not None:
                target = net.target[twice]
                yield (
                    "unsynchronised",
                    target,
                    (
                        f"two tokens can come here one after the other (again through {step}): "
                        "bring the parallel branches together by a parallel gateway before"
                    ),
                )
                continue
            if net.tags[step] == "endEvent" and "terminate" in event_kinds(net.level.nodes[step]):
                rest = frozenset()
            after = rest | frozenset(given)
            if after and after not in seen:
                seen.add(after)
                todo.append(after)
        if not moved and marking:
            yield from _stuck(net, marking)


def _stuck(net: _Net, marking: Marking) -> Iterator[tuple[str, str, str]]:
    for step in dict.fromkeys(net.target[flow] for flow in sorted(marking)):
        missing = [flow for flow in net.into[step] if flow not in marking]
        if net.tags[step] in {"parallelGateway", "inclusiveGateway"} and missing:
            yield (
                "join-waits",
                step,
                (
                    f"it can wait for ever for {', '.join(missing)}: only branches that were parted by a parallel "
                    "gateway all come; join alternatives by an exclusive gateway"
                ),
            )
