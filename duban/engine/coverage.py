"""Coverage: which nodes, flows and decision rows there are to walk, and which of them facts show walked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from duban.engine.boxed import Context
from duban.engine.decisions import Decision
from duban.engine.drawing import Drawing, extension, tag_of
from duban.engine.reading import Reading
from duban.engine.tables import Rule, Table
from duban.model.definition import Definition
from duban.model.facts import Kind

NODE: Final = "node"
FLOW: Final = "flow"
ROW: Final = "row"


class Told(Protocol):
    """A happening or a fact."""

    @property
    def kind(self) -> Kind:
        """What happened."""
        ...

    @property
    def payload(self) -> Mapping[str, Any]:
        """The particulars."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Something that a case can walk: a node, a sequence flow, or a row of a decision table."""

    what: str
    """``node`` · ``flow`` · ``row``."""
    file: str
    element: str
    """Id of the node, of the flow, or of the decision."""
    row: str = ""
    """Of a row: its id, or its number where the file gives none."""
    number: int = field(default=0, compare=False)
    """Of a row: its place in the table, from 1."""
    name: str = field(default="", compare=False)
    """What people read there: the label, else what the flow joins (``a → b``)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What the cases of one definition can walk, in the order of the files: its process and all that it calls."""

    places: tuple[Place, ...]
    levels: Mapping[str, Drawing] = field(repr=False, compare=False)
    process: str
    files: Mapping[str, str] = field(repr=False, compare=False)
    """Decision to the file in which it stands."""

    def covered(self, facts: Iterable[Told]) -> frozenset[Place]:
        """Return the places that the *facts* of any number of this definition's cases show walked."""
        seen: set[Place] = set()
        for fact in facts:
            if fact.kind is Kind.TOKENS_MOVED:
                for element, scope, _, *flow in fact.payload["entered"]:  # older records do not tell the flow
                    seen.update(self._walked(element, scope, flow[0] if flow else None))
            elif fact.kind is Kind.DECISION_MADE:
                decision = fact.payload["decision"]
                file = self.files.get(decision, "")
                seen.update(Place(what=ROW, file=file, element=decision, row=row) for row in fact.payload["rules"])
        return frozenset(place for place in self.places if place in seen)

    def missing(self, facts: Iterable[Told]) -> tuple[Place, ...]:
        """Return the places that none of the *facts* shows walked, in the order of the files."""
        walked = self.covered(facts)
        return tuple(place for place in self.places if place not in walked)

    def _walked(self, element: str, scope: str, flow: str | None) -> Iterator[Place]:
        file = self._file(element, scope)
        yield Place(what=NODE, file=file, element=element)
        if flow is not None:
            yield Place(what=FLOW, file=file, element=flow)

    def _file(self, element: str, scope: str) -> str:
        """Return the file in which *element* of *scope* is drawn; the instance of a loop stands outside itself."""
        level = outer = self.levels[self.process]
        for step in scope.split("/") if scope else ():
            node = level.nodes.get(step.partition("#")[0])
            if node is None:
                break
            outer = level
            level = self.levels.get(node.get("calledElement") or node.get("id"), level)
        return level.file if element in level.nodes else outer.file


def wanted(definition: Definition) -> Plan:
    """Return everything that the cases of *definition* can walk."""
    reading = Reading(definition.files, definition.process)
    decisions = dict(_decisions(reading.used, reading.decisions))
    places = [place for level in reading.used for place in _drawn(level)]
    places += [place for decision in decisions.values() for place in _rows(decision)]
    return Plan(
        places=tuple(places),
        levels={level.id: level for level in reading.used},
        process=definition.process,
        files={id_: decision.file for id_, decision in decisions.items()},
    )


def _drawn(level: Drawing) -> Iterator[Place]:
    names = {id_: node.get("name") or id_ for id_, node in level.nodes.items()}
    for id_ in level.nodes:
        yield Place(what=NODE, file=level.file, element=id_, name=names[id_])
    pairs: set[tuple[str, str]] = set()
    for flow in level.flows:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if (source, target) not in pairs:  # two flows from one step to the same next one cannot be told apart
            pairs.add((source, target))
            joins = f"{names.get(source, source)} → {names.get(target, target)}"
            yield Place(what=FLOW, file=level.file, element=flow.get("id"), name=flow.get("name") or joins)


def _decisions(levels: Iterable[Drawing], known: Mapping[str, Decision]) -> Iterator[tuple[str, Decision]]:
    """Yield the decisions that the business rule tasks of *levels* ask, and those that these require."""
    for level in levels:
        for node in level.nodes.values():
            asked = extension(node, "calledDecisionId") or ""
            if tag_of(node) == "businessRuleTask" and asked in known:
                yield from _with_required(known[asked])


def _with_required(decision: Decision) -> Iterator[tuple[str, Decision]]:
    for required in decision.requires:
        yield from _with_required(required)
    yield decision.id, decision


def _rows(decision: Decision) -> Iterator[Place]:
    for rule in _rules(decision.logic):
        yield Place(
            what=ROW,
            file=decision.file,
            element=decision.id,
            row=rule.id,
            number=rule.number,
            name=f"{decision.name} {rule.number}",
        )


def _rules(logic: Any) -> Iterator[Rule]:
    """Yield the rows whose choice a decision tells: of its table, or of the tables among its entries."""
    if isinstance(logic, Table):
        yield from logic.rules
    elif isinstance(logic, Context):
        for _, entry in logic.entries:
            yield from _rules(entry)
