"""Cover: decision tables answer every question once; found by trying the values that their cells tell apart.

Cells that read other data than their own column cannot be tried: their rows are taken to match sometimes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from duban.engine.feel.cells import Cell
from duban.engine.feel.grammar import Parser
from duban.engine.feel.tokens import FeelError
from duban.engine.feel.values import Interval, text_of
from duban.engine.tables import LISTED, HitPolicy, Input, Rule, Table
from duban.errors import Problem

OTHER: Final = "别的"
"""A text that no cell names."""
MOST: Final = 40_000
"""Most parts of a table that are looked at."""


@dataclass(kw_only=True)
class _Grid:
    """A table as rows of sets of values, column by column."""

    table: Table
    values: list[list[Any]]
    """Per column, the values that its cells tell apart."""
    surely: list[list[frozenset[int]]]
    """Per row and column: the values that pass."""
    maybe: list[bool]
    """Per row: whether it matches can also depend on other data."""
    open_: list[int | None]
    """Per column: which value stands for texts that nobody names."""
    looked: int = 0
    memo: dict[tuple[int, frozenset[int]], tuple[int, ...] | None] = field(default_factory=dict)


def check_cover(decision: Any, known: Mapping[str, frozenset[Hashable] | None]) -> Iterator[Problem]:
    """Yield the gaps and overlaps of a decision's table, and rows that never match.

    Args:
        decision: The decision.
        known: Path of the data to the values that it can have, as far as known.
    """
    table = decision.logic
    if not isinstance(table, Table) or not table.rules or not table.inputs:
        return
    grid = _grid(table, known)

    def told(element: str, rule: str, message: str, *, warning: bool = False) -> Problem:
        return Problem(file=decision.file, element=element, message=message, rule=rule, warning=warning)

    if table.policy not in LISTED and not any(column.default for column in table.outputs):
        gap = _gap(grid)
        if gap is not None:
            unnamed = any(at == grid.open_[column] for column, at in enumerate(gap))
            message = f"no row answers where {_told(grid, gap)}: add a row, or a last row of dashes under FIRST"
            yield told(decision.id, "decision-complete", message, warning=unnamed)
    if table.policy in {HitPolicy.UNIQUE, HitPolicy.ANY}:
        yield from (told(rule, "decision-overlap", message) for rule, message in _overlaps(grid, table.policy))
    for row, rule in enumerate(table.rules):
        if not all(grid.surely[row]):
            message = f"row {rule.number} asks for a value that its column cannot have"
            yield told(rule.id, "decision-dead-row", message)
        elif table.policy is HitPolicy.FIRST and rule.tests and _covered(grid, row):
            message = f"row {rule.number} can never be the answer: the rows above it answer all that it asks"
            yield told(rule.id, "decision-dead-row", message)


# -- the grid -----------------------------------------------------------------------------------------


def _grid(table: Table, known: Mapping[str, frozenset[Hashable] | None]) -> _Grid:
    values: list[list[Any]] = []
    open_: list[int | None] = []
    for at, column in enumerate(table.inputs):
        cells = [cell for rule in table.rules for number, cell in rule.tests if number == at]
        found, other = _values(column, cells, known.get(_path(column)))
        values.append(found)
        open_.append(found.index(OTHER) if other else None)
    return _Grid(
        table=table,
        values=values,
        surely=[[_passing(rule, at, found) for at, found in enumerate(values)] for rule in table.rules],
        maybe=[any(cell.names for _, cell in rule.tests) for rule in table.rules],
        open_=open_,
    )


def _path(column: Input) -> str:
    return column.cell.text.strip()


def _passing(rule: Rule, column: int, values: list[Any]) -> frozenset[int]:
    """Return which *values* pass the row's test in *column*; a test of other data passes all."""
    cell = next((cell for number, cell in rule.tests if number == column), None)
    if cell is None or cell.names:
        return frozenset(range(len(values)))
    return frozenset(at for at, value in enumerate(values) if cell.run({}, value) is True)


def _values(column: Input, cells: list[Cell], known: frozenset[Hashable] | None) -> tuple[list[Any], bool]:
    """Return the values of *column* that make a difference, and whether one stands for all unnamed texts."""
    missing = [None] if any("null" in cell.text for cell in cells) else []
    listed = frozenset() if known is None else known - {None}
    if listed and all(isinstance(value, str | bool) for value in listed):
        return [*sorted(listed, key=repr), *missing], False
    named: list[Any] = []
    for cell in [*cells, *([column.allowed] if column.allowed else [])]:
        named += literals(cell.text)
    kinds = {type(value) for value in named}
    if column.type == "boolean" or kinds == {bool}:
        return [True, False, *missing], False
    found: list[Any] = []
    for value in named:
        found += [other for other in _around(value) if other not in found]
    if all(value >= 0 for value in named if isinstance(value, Decimal | int) and not isinstance(value, bool)):
        found = _counted(found, cells)
    texts = column.type == "string" or str in kinds
    if texts and OTHER not in found:
        found.append(OTHER)
    if column.allowed is not None:
        found = [value for value in found if column.allowed.run({}, value) is True] or found
    if not found:
        found = [OTHER]
    return [*found, *missing], OTHER in found


def _counted(found: list[Any], cells: list[Cell]) -> list[Any]:
    """Return *found* without what is below nothing: counts and figures; but all of it where a cell asks for that."""
    kept = [value for value in found if not isinstance(value, Decimal) or value >= 0]
    below = [value for value in found if isinstance(value, Decimal) and value < 0]
    plain = [cell for cell in cells if not cell.names]
    asked = any(
        any(cell.run({}, value) is True for value in below) and not any(cell.run({}, value) is True for value in kept)
        for cell in plain
    )
    return found if asked else kept


def _around(value: Any) -> list[Any]:
    """Return *value* with what lies just before and behind it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return [value]
    if isinstance(value, Decimal | int):
        return [Decimal(value) - 1, Decimal(value), Decimal(value) + 1]
    if isinstance(value, timedelta):
        return [value - timedelta(seconds=1), value, value + timedelta(seconds=1)]
    if isinstance(value, datetime):
        return [value - timedelta(seconds=1), value, value + timedelta(seconds=1)]
    if isinstance(value, date):
        return [value - timedelta(days=1), value, value + timedelta(days=1)]
    return [value]


def literals(text: str) -> list[Any]:
    """Return the literal values that a test compares with."""
    parser = Parser(text.strip(), frozenset(), frozenset())
    try:
        node = parser.tests()
    except FeelError:
        return []
    if node is None:
        return []
    import ast

    found: list[Any] = [*parser.constants.values()]
    found += [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant) and not _is_key(inner.value)]
    return [bound for value in found for bound in _bounds(value)]


def _is_key(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.startswith("constant "))


def _bounds(value: Any) -> list[Any]:
    if isinstance(value, Interval):
        return [bound for bound in (value.low, value.high) if bound is not None]
    if isinstance(value, int) and not isinstance(value, bool):
        return [Decimal(value)]
    return [value] if isinstance(value, Hashable) else []


# -- questions ----------------------------------------------------------------------------------------


def _gap(grid: _Grid) -> tuple[int, ...] | None:
    """Return a combination of values that no row answers."""
    rows = frozenset(row for row in range(len(grid.surely)) if not grid.maybe[row])
    maybe = [row for row in range(len(grid.surely)) if grid.maybe[row]]
    if maybe:  # they may answer what the others do not: only a table of dashes is surely complete
        rows = frozenset(range(len(grid.surely)))
    return _open(grid, 0, rows)


def _open(grid: _Grid, column: int, rows: frozenset[int]) -> tuple[int, ...] | None:
    """Return values for the columns from *column* on that none of *rows* passes, or None."""
    if not rows:
        return tuple(0 for _ in grid.values[column:])
    if column == len(grid.values):
        return None
    key = (column, rows)
    if key in grid.memo or grid.looked > MOST:
        return grid.memo.get(key)
    grid.looked += 1
    grid.memo[key] = None
    tried: set[frozenset[int]] = set()
    for at in range(len(grid.values[column])):
        left = frozenset(row for row in rows if at in grid.surely[row][column])
        if left in tried:
            continue
        tried.add(left)
        rest = _open(grid, column + 1, left)
        if rest is not None:
            grid.memo[key] = (at, *rest)
            return grid.memo[key]
    return None


def _overlaps(grid: _Grid, policy: HitPolicy) -> Iterator[tuple[str, str]]:
    """Yield the rows that match where an earlier one does (under ANY: and say something else)."""
    rules = grid.table.rules
    for later in range(len(rules)):
        for earlier in range(later):
            if grid.maybe[later] or grid.maybe[earlier]:
                continue
            both = [grid.surely[earlier][at] & grid.surely[later][at] for at in range(len(grid.values))]
            if not all(both) or (policy is HitPolicy.ANY and _same(rules[earlier], rules[later])):
                continue
            example = tuple(min(values) for values in both)
            message = f"rows {rules[earlier].number} and {rules[later].number} both answer where {_told(grid, example)}"
            yield rules[later].id, f"{message}: let one exclude the other, or use FIRST"
            break


def _same(one: Rule, other: Rule) -> bool:
    return [cell.text for cell in one.answers] == [cell.text for cell in other.answers]


def _covered(grid: _Grid, row: int) -> bool:
    """Tell whether the rows above *row* answer all that it asks, or it asks what cannot be."""
    if grid.maybe[row]:
        return False
    above = frozenset(other for other in range(row) if not grid.maybe[other])
    inner = _Grid(
        table=grid.table,
        values=[
            [value for at, value in enumerate(column) if at in grid.surely[row][number]]
            for number, column in enumerate(grid.values)
        ],
        surely=[
            [_renumbered(grid.surely[other][number], grid.surely[row][number]) for number in range(len(grid.values))]
            for other in range(len(grid.surely))
        ],
        maybe=grid.maybe,
        open_=grid.open_,
    )
    return _open(inner, 0, above) is None and inner.looked <= MOST


def _renumbered(passing: frozenset[int], kept: frozenset[int]) -> frozenset[int]:
    order = {at: number for number, at in enumerate(sorted(kept))}
    return frozenset(order[at] for at in passing if at in order)


def _told(grid: _Grid, example: tuple[int, ...]) -> str:
    parts = []
    for column, at in enumerate(example):
        values = grid.values[column]
        if all(grid.surely[row][column] == frozenset(range(len(values))) for row in range(len(grid.surely))):
            continue
        value = values[at]
        shown = "none of the texts named" if value == OTHER else text_of(value)
        parts.append(f"{grid.table.inputs[column].label} is {shown}")
    return " and ".join(parts) or "anything is asked"
