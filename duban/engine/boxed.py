"""Boxed expressions: the logic of decisions that are no tables (DMN 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from duban.engine.feel.cells import Cell, Knowledge
from duban.engine.tables import DecisionError, Ruling


class Logic(Protocol):
    """Something that decides."""

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return what it comes to over *env*."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """An expression."""

    cell: Cell

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return its value."""
        return Ruling(value=self.cell.run(env, None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Named entries, each of which may use those before it; the last may be without name and be the result."""

    entries: tuple[tuple[str | None, Logic], ...]

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return the result, or all entries."""
        values: dict[str, Any] = {}
        rules: tuple[str, ...] = ()
        inputs: dict[str, Any] = {}
        for name, logic in self.entries:
            ruling = logic.evaluate({**env, **values})
            rules += ruling.rules
            inputs.update(ruling.inputs)
            if name is None:
                return Ruling(value=ruling.value, rules=rules, inputs=inputs)
            values[name] = ruling.value
        return Ruling(value=values, rules=rules, inputs=inputs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list."""

    items: tuple[Logic, ...]

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return the list of its values."""
        return Ruling(value=[item.evaluate(env).value for item in self.items])


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation:
    """A call of business knowledge with named arguments."""

    function: str
    bindings: tuple[tuple[str, Logic], ...]

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return what the knowledge comes to.

        Raises:
            DecisionError: There is no such knowledge, or it has no such parameter.
        """
        knowledge = env.get(self.function)
        if not isinstance(knowledge, Knowledge):
            raise DecisionError(f"{self.function} is no business knowledge that this decision requires")
        given = {name: logic.evaluate(env).value for name, logic in self.bindings}
        unknown = given.keys() - set(knowledge.parameters)
        if unknown:
            raise DecisionError(f"{self.function} has no parameter {', '.join(sorted(unknown))}")
        return Ruling(value=knowledge(*(given.get(name) for name in knowledge.parameters)))
