"""Decisions: DMN files read into tables and expressions that decide over a case's data (docs/decisions-language.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from duban.engine.boxed import Logic
from duban.engine.dmn import Found, read_files
from duban.engine.feel.cells import Knowledge
from duban.engine.feel.values import plain
from duban.engine.tables import DecisionError, coerced
from duban.errors import DiagramError, Problem

__all__ = ["Decided", "Decision", "DecisionError", "parse_decisions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a decision came to; JSON values, times as ISO text."""

    outputs: Mapping[str, Any]
    """Output name to value, null where no row matched; to the list of values under the policies that list rows."""
    value: Any
    """The same as DMN has it: one value, a context, or a list of these."""
    rules: tuple[str, ...]
    """Ids of the rows chosen (their numbers, where the file gives no ids), in the order of the result."""
    inputs: Mapping[str, Any]
    """Input expression to the value that was asked about."""
    required: Mapping[str, Decided] = field(default_factory=dict)
    """Id to result of the decisions that had to be made first, in that order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A decision that can be made."""

    id: str
    name: str
    """What other decisions call its result by."""
    file: str
    names: frozenset[str]
    """Top-level names of the case's data that it and what it requires read."""
    paths: frozenset[str]
    """The same with what is read of them: ``route.unit``."""
    logic: Logic = field(repr=False)
    requires: tuple[Decision, ...] = field(repr=False)
    knowledge: Mapping[str, Knowledge] = field(repr=False)
    typed: tuple[tuple[str, str], ...] = field(repr=False)
    """Input data that is a time, with its type: texts are read as such."""

    def decide(self, data: Mapping[str, Any]) -> Decided:
        """Return what it comes to over *data*.

        Raises:
            DecisionError: The rows that match contradict the hit policy, or a value is none of those listed.
        """
        made: dict[str, Decided] = {}
        self._make(data, {}, made)
        result = made.pop(self.id)
        return Decided(
            outputs=result.outputs, value=result.value, rules=result.rules, inputs=result.inputs, required=made
        )

    def _make(self, data: Mapping[str, Any], results: dict[str, Any], made: dict[str, Decided]) -> None:
        """Make the required decisions, then this one; *results* are FEEL values by id."""
        for required in self.requires:
            if required.id not in results:
                required._make(data, results, made)
        env = {**data, **self.knowledge, **{required.name: results[required.id] for required in self.requires}}
        for name, type_ in self.typed:
            env[name] = self._read_time(name, type_, env.get(name))
        ruling = self._evaluated(env)
        outputs = ruling.outputs
        if outputs is None:
            outputs = ruling.value if isinstance(ruling.value, dict) else {self.name: ruling.value}
        results[self.id] = ruling.value
        made[self.id] = Decided(
            outputs=plain(dict(outputs)), value=plain(ruling.value), rules=ruling.rules, inputs=ruling.inputs
        )

    def _evaluated(self, env: Mapping[str, Any]) -> Any:
        try:
            return self.logic.evaluate(env)
        except DecisionError:
            raise
        except Exception as error:
            raise DecisionError(f"decision {self.name} ({self.id}): {type(error).__name__}: {error}") from error

    def _read_time(self, name: str, type_: str, value: Any) -> Any:
        made = coerced(value, type_)
        if made is None and value is not None:
            raise DecisionError(f"decision {self.name} ({self.id}): {name} is a {type_}, not {value!r}")
        return made


def parse_decisions(files: Mapping[str, bytes]) -> Mapping[str, Decision]:
    """Return the decisions of the DMN files among *files*, by id.

    Raises:
        DiagramError: With every problem: file, element, line, and for a cell its table, row and column.
    """
    found, problems = read_files({name: data for name, data in files.items() if name.endswith(".dmn")})
    problems += list(_cycles(found))
    if problems:
        raise DiagramError(problems)
    made: dict[str, Decision] = {}
    for id_ in found:
        _link(id_, found, made)
    return MappingProxyType(made)


def _cycles(found: Mapping[str, Found]) -> Iterator[Problem]:
    """Yield a problem for each decision that requires itself, directly or through others."""
    for id_, decision in found.items():
        seen: set[str] = set()
        waiting = list(decision.requires)
        while waiting:
            other = waiting.pop()
            if other in found and other not in seen:
                seen.add(other)
                waiting.extend(found[other].requires)
        if id_ in seen:
            yield Problem(
                file=decision.file,
                element=id_,
                line=decision.line,
                message="the decision requires itself",
                rule="decision",
            )


def _link(id_: str, found: Mapping[str, Found], made: dict[str, Decision]) -> Decision:
    """Return the decision *id_* with those that it requires."""
    if id_ in made:
        return made[id_]
    draft = found[id_]
    requires = tuple(_link(required, found, made) for required in draft.requires)
    given = {required.name for required in requires} | draft.knowledge.keys()
    made[id_] = Decision(
        id=id_,
        name=draft.name,
        file=draft.file,
        names=(draft.names - given).union(*(required.names for required in requires)),
        paths=frozenset(path for path in draft.paths if path.partition(".")[0] not in given).union(
            *(required.paths for required in requires)
        ),
        logic=draft.logic,
        requires=requires,
        knowledge=draft.knowledge,
        typed=draft.typed,
    )
    return made[id_]
