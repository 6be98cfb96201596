"""Rows: what a decision can come to, as far as its cells are literals: a table's rows, a context through a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from duban.engine.boxed import Context, Literal
from duban.engine.gate.cover import OTHER, literals
from duban.engine.tables import LISTED, Output, Rule, Table

Row = Mapping[str, Any]
_PATH: Final = re.compile(r"\w+(\.\w+)*")


def outputs_of(decision: Any) -> frozenset[str]:
    """Return the names of what *decision* gives; nothing if that cannot be told."""
    logic = getattr(decision, "logic", None)
    if isinstance(logic, Table):
        return frozenset(_name(logic, column) for column in logic.outputs)
    if isinstance(logic, Context):
        names = [name for name, _ in logic.entries]
        return frozenset(name for name in names if name) if all(names) else frozenset()
    return frozenset()


def rows_of(decision: Any) -> tuple[Row, ...]:
    """Return the outputs of each row of *decision*; nothing if they cannot be listed.

    That a row always answers is another rule's business (decision-complete).
    """
    logic = getattr(decision, "logic", None)
    if isinstance(logic, Table) and logic.policy not in LISTED:
        rows = [dict(_literals(logic, rule.answers)) for rule in logic.rules]
        return tuple([*rows, dict(_defaults(logic))] if _has_defaults(logic) else rows)
    return _through(logic, decision) if isinstance(logic, Context) else ()


def conditions_of(decision: Any) -> tuple[Mapping[str, frozenset[Any]], ...]:
    """Return for each row of :func:`rows_of` the values that what it asks must have, where only literals decide."""
    logic = getattr(decision, "logic", None)
    if not isinstance(logic, Table) or logic.policy in LISTED:
        return ()
    rows = [dict(_asked(logic, rule)) for rule in logic.rules]
    return tuple([*rows, {}] if _has_defaults(logic) else rows)


def _asked(table: Table, rule: Rule) -> Iterator[tuple[str, frozenset[Any]]]:
    for column, cell in rule.tests:
        path = table.inputs[column].cell.text.strip()
        named = [value for value in literals(cell.text) if isinstance(value, str | bool)]
        closed = cell.run({}, OTHER) is not True and not cell.names and "null" not in cell.text
        if named and closed and _PATH.fullmatch(path):
            yield path, frozenset(value for value in named if cell.run({}, value) is True)


def _through(context: Context, decision: Any) -> tuple[Row, ...]:
    """Return the rows of a context that puts together what other decisions gave: those of its main table.

    The main one is that from which most entries are read; what comes from elsewhere stays unknown.
    """
    cells = {name: logic.cell for name, logic in context.entries if name and isinstance(logic, Literal)}
    best: tuple[Row, ...] = ()
    most = 0
    for required in decision.requires:
        own = {name: cell for name, cell in cells.items() if cell.names == frozenset({required.name})}
        rows = rows_of(required)
        if rows and len(own) > most:
            most = len(own)
            single = len(outputs_of(required)) == 1
            best = tuple(_evaluated(own, required.name, _alone(row) if single else row) for row in rows)
    return best


def _alone(row: Row) -> Any:
    return next(iter(row.values()), None)


def _evaluated(cells: Mapping[str, Any], name: str, value: Any) -> Row:
    return {entry: _plain(cell.run({name: value}, None)) for entry, cell in cells.items()}


def _literals(table: Table, answers: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for column, cell in zip(table.outputs, answers, strict=False):
        if not cell.names:
            yield _name(table, column), _plain(cell.run({}, None))


def _defaults(table: Table) -> Iterator[tuple[str, Any]]:
    """Yield what comes out where no row matches."""
    for column in table.outputs:
        if column.default is None:
            yield _name(table, column), None
        elif not column.default.names:
            yield _name(table, column), _plain(column.default.run({}, None))


def _has_defaults(table: Table) -> bool:
    """Tell whether the table says itself what comes out where no row matches."""
    return any(column.default is not None for column in table.outputs)


def _name(table: Table, column: Output) -> str:
    return column.name or table.name


def _plain(value: Any) -> Any:
    """Return numbers as a condition compares them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, str | bool | int | float | None) else str(value)
