"""Decision tables: which rows match, and what each hit policy makes of them (DMN 8.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from duban.engine.feel.cells import Cell
from duban.engine.feel.functions import FEEL_FUNCTIONS
from duban.engine.feel.values import date_of, duration_of, equal, instant_of, kind, plain, text_of, time_of
from duban.errors import BureauError


class DecisionError(BureauError):
    """A decision cannot be made on this data."""


class HitPolicy(StrEnum):
    """What to make of several rows that match."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


LISTED = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
"""Policies that give a list of rows."""
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})
"""What COLLECT may make of its list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What one piece of decision logic came to."""

    value: Any
    """As FEEL has it: one value for one output, a context for several, a list for the listing policies."""
    outputs: Mapping[str, Any] | None = None
    """Output name to value, of a table; a list of values under the listing policies."""
    rules: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A column that is asked."""

    label: str
    cell: Cell
    type: str | None
    """FEEL type that its values have, if the table says so."""
    allowed: Cell | None
    """Test that its values pass, if the table lists the values."""

    def read(self, table: Table, env: Mapping[str, Any]) -> Any:
        """Return its value over *env*.

        Raises:
            DecisionError: The value has another type than the column, or is none of the values listed.
        """
        value = self.cell.run(env, None)
        if value is None:
            return None
        made = coerced(value, self.type)
        if made is None:
            raise table.error(f"column {self.label} takes a {self.type}, not {_shown(value)}")
        if self.allowed is not None and not _passes(self.allowed, env, made):
            raise table.error(f"column {self.label} takes {self.allowed.text}, not {_shown(value)}")
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A column that answers."""

    name: str
    allowed: Cell | None
    """Test that its values pass, if the table lists the values."""
    order: tuple[Any, ...]
    """The values listed, the most important first."""
    default: Cell | None
    """Its value when no row matches."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A row."""

    id: str
    number: int
    """Its place in the table, from 1."""
    tests: tuple[tuple[int, Cell], ...]
    """Column and test, of the columns that matter to it."""
    answers: tuple[Cell, ...]

    def matches(self, env: Mapping[str, Any], values: Sequence[Any]) -> bool:
        """Tell whether every column's value passes."""
        for column, test in self.tests:  # noqa: SIM110  most rows fail at once; all(…) costs a generator each
            if test.run(env, values[column]) is not True:
                return False
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A decision table."""

    id: str
    name: str
    policy: HitPolicy
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, env: Mapping[str, Any]) -> Ruling:
        """Return what the table decides over *env*.

        Raises:
            DecisionError: The rows that match contradict the hit policy, or a value is none of those listed.
        """
        values = [column.read(self, env) for column in self.inputs]
        asked = {column.cell.text: plain(value) for column, value in zip(self.inputs, values, strict=True)}
        hits = self._hits(env, values)
        if not hits:
            return self._without_hit(env, asked)
        rows = [(rule, self._answers(rule, env)) for rule in hits]
        chosen = _POLICIES[self.policy](self, rows)
        return self._ruling([answers for _, answers in chosen], tuple(rule.id for rule, _ in chosen), asked)

    def error(self, message: str) -> DecisionError:
        """Return the error that says *message* of this table."""
        return DecisionError(f"table {self.name} ({self.id}): {message}")

    def _hits(self, env: Mapping[str, Any], values: Sequence[Any]) -> list[Rule]:
        hits: list[Rule] = []
        for rule in self.rules:
            if not rule.matches(env, values):
                continue
            hits.append(rule)
            if self.policy is HitPolicy.FIRST:
                break
        return hits

    def _answers(self, rule: Rule, env: Mapping[str, Any]) -> tuple[Any, ...]:
        answers = tuple(cell.run(env, None) for cell in rule.answers)
        for column, answer in zip(self.outputs, answers, strict=True):
            if column.allowed is not None and answer is not None and not _passes(column.allowed, env, answer):
                raise self.error(
                    f"row {rule.number}: column {column.name} gives {column.allowed.text}, not {_shown(answer)}"
                )
        return answers

    def _without_hit(self, env: Mapping[str, Any], asked: Mapping[str, Any]) -> Ruling:
        if any(column.default for column in self.outputs):
            answers = tuple(column.default.run(env, None) if column.default else None for column in self.outputs)
            return self._ruling([answers], (), asked)
        if self.policy in LISTED:
            return self._ruling([], (), asked)
        return Ruling(value=None, outputs={column.name: None for column in self.outputs}, inputs=asked)

    def _ruling(self, rows: list[tuple[Any, ...]], rules: tuple[str, ...], asked: Mapping[str, Any]) -> Ruling:
        names = [column.name for column in self.outputs]
        if self.aggregation is not None:
            value = _aggregated(self.aggregation, [answers[0] for answers in rows])
            return Ruling(value=value, outputs={names[0]: value}, rules=rules, inputs=asked)
        shaped = [row[0] if len(names) == 1 else dict(zip(names, row, strict=True)) for row in rows]
        if self.policy in LISTED:
            columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
            return Ruling(value=shaped, outputs=columns, rules=rules, inputs=asked)
        return Ruling(value=shaped[0], outputs=dict(zip(names, rows[0], strict=True)), rules=rules, inputs=asked)


# -- hit policies ---------------------------------------------------------------------------------

_Row = tuple[Rule, tuple[Any, ...]]


def _unique(table: Table, rows: list[_Row]) -> list[_Row]:
    if len(rows) > 1:
        raise table.error(f"{_numbers(rows)} match; hit policy UNIQUE allows one")
    return rows


def _any(table: Table, rows: list[_Row]) -> list[_Row]:
    for row in rows[1:]:
        if equal(list(row[1]), list(rows[0][1])) is not True:
            raise table.error(f"{_numbers([rows[0], row])} match and answer differently; hit policy ANY forbids that")
    return rows[:1]


def _first(_: Table, rows: list[_Row]) -> list[_Row]:
    return rows[:1]


def _all(_: Table, rows: list[_Row]) -> list[_Row]:
    return rows


def _by_importance(table: Table, rows: list[_Row]) -> list[_Row]:
    return sorted(
        rows, key=lambda row: [_rank(column, answer) for column, answer in zip(table.outputs, row[1], strict=True)]
    )


def _most_important(table: Table, rows: list[_Row]) -> list[_Row]:
    return _by_importance(table, rows)[:1]


_POLICIES: Mapping[HitPolicy, Callable[[Table, list[_Row]], list[_Row]]] = MappingProxyType(
    {
        HitPolicy.UNIQUE: _unique,
        HitPolicy.ANY: _any,
        HitPolicy.FIRST: _first,
        HitPolicy.PRIORITY: _most_important,
        HitPolicy.RULE_ORDER: _all,
        HitPolicy.OUTPUT_ORDER: _by_importance,
        HitPolicy.COLLECT: _all,
    }
)


def _rank(column: Output, answer: Any) -> int:
    """Return the place of *answer* among the values listed for *column*; without a list all are alike."""
    return next((at for at, listed in enumerate(column.order) if equal(listed, answer) is True), len(column.order))


def _numbers(rows: list[_Row]) -> str:
    numbers = [str(rule.number) for rule, _ in rows]
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


def _aggregated(aggregation: str, values: list[Any]) -> Any:
    """Return the sum, least, greatest or number of *values*; of none, null or 0."""
    if aggregation == "COUNT":
        return len(values)
    return FEEL_FUNCTIONS[aggregation.lower()].call(values) if values else None


# -- values ---------------------------------------------------------------------------------------

_READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "date": date_of,
        "time": time_of,
        "date and time": instant_of,
        "days and time duration": duration_of,
        "years and months duration": duration_of,
    }
)


def coerced(value: Any, type_: str | None) -> Any:
    """Return *value* as one of *type_*, reading times from texts; None if it is none.

    Lists and contexts are let through: editors call a column "string" by default, and a list of texts is
    asked about by ``list contains(?, …)``.
    """
    if type_ is None or isinstance(value, list | tuple | dict) or (type_ == "string" and isinstance(value, str)):
        return value
    if type_ in _READERS and isinstance(value, str):
        value = _READERS[type_](value)
    return value if kind(value).removesuffix(" with offset") == type_ else None


def _passes(test: Cell, env: Mapping[str, Any], value: Any) -> bool:
    """Tell whether *value*, or every item of it, passes *test*."""
    items = value if isinstance(value, list | tuple) else [value]
    return all(test.run(env, item) is True for item in items)


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{text_of(value)}"
