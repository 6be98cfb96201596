"""DMN tables: the columns and rows of a decision table read from XML, each cell with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from lxml import etree

from duban.engine.feel.cells import Cell, compile_test, compile_value
from duban.engine.feel.tokens import FeelError
from duban.engine.feel.values import text_of
from duban.engine.tables import AGGREGATIONS, LISTED, HitPolicy, Input, Output, Rule, Table

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "string": "string",
        "number": "number",
        "integer": "number",
        "long": "number",
        "double": "number",
        "boolean": "boolean",
        "date": "date",
        "time": "time",
        "date and time": "date and time",
        "dateTime": "date and time",
        "days and time duration": "days and time duration",
        "dayTimeDuration": "days and time duration",
        "years and months duration": "years and months duration",
        "yearMonthDuration": "years and months duration",
    }
)
"""How editors write the simple types."""

NO_CELL = Cell(text="", names=frozenset(), paths=frozenset(), run=lambda _data, _value: None)
"""Stands where a cell could not be read; the file is refused anyway."""

TIMES = frozenset(TYPES.values()) - {"string", "number", "boolean"}
"""Types that case data holds as texts."""
_POLICIES: Mapping[str, HitPolicy] = MappingProxyType({policy.value: policy for policy in HitPolicy})


class File(Protocol):
    """The file that is being read."""

    names: frozenset[str]
    functions: frozenset[str]
    read: list[Cell]

    def refuse(self, element: etree._Element, message: str) -> None:
        """Note a problem of *element*."""
        ...

    def type_of(self, reference: str | None) -> str | None:
        """Return the FEEL type that *reference* names."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in a file something stands, for problems."""

    file: File
    element: etree._Element
    what: str
    """``table classify, row 3, column track``."""

    def refuse(self, message: str, element: etree._Element | None = None) -> None:
        """Note a problem here."""
        self.file.refuse(self.element if element is None else element, f"{self.what}: {message}")

    def cell(self, compile_: Callable[..., Cell | None], text: str, element: etree._Element) -> Cell:
        """Return *text* compiled, refused with its place if it cannot be read."""
        return self.optional_cell(compile_, text, element) or NO_CELL

    def optional_cell(self, compile_: Callable[..., Cell | None], text: str, element: etree._Element) -> Cell | None:
        """Return *text* compiled; None for a test that every value passes, and for one that cannot be read."""
        try:
            cell = compile_(text.strip(), self.file.names, self.file.functions)
        except FeelError as error:
            shown = " ".join(text.split())
            self.refuse(f"{shown}: {error.message}" if shown else "the cell is empty", element)
            return None
        if cell is not None:
            self.file.read.append(cell)
        return cell


class TableReader:
    """Reads one table."""

    def __init__(self, file: File, element: etree._Element, *, table_id: str, name: str) -> None:
        self.file = file
        self.element = element
        self.table_id = table_id
        self.name = name

    def place(self, what: str, element: etree._Element) -> Place:
        """Return a place inside the table."""
        return Place(file=self.file, element=element, what=f"table {self.name}{what}")

    def table(self) -> Table | None:
        """Return the table; None if it has no such hit policy."""
        policy = self._policy()
        inputs = [self._input(at, column) for at, column in enumerate(self.element.findall("{*}input"), 1)]
        outputs = [self._output(at, column, policy) for at, column in enumerate(self.element.findall("{*}output"), 1)]
        rules = [
            self._rule(number, row, inputs, outputs) for number, row in enumerate(self.element.findall("{*}rule"), 1)
        ]
        self._check(policy, outputs, rules)
        if policy is None:
            return None
        return Table(
            id=self.table_id,
            name=self.name,
            policy=policy,
            aggregation=self.element.get("aggregation") if policy is HitPolicy.COLLECT else None,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            rules=tuple(rules),
        )

    def _policy(self) -> HitPolicy | None:
        written = self.element.get("hitPolicy") or "UNIQUE"
        policy = _POLICIES.get(written.upper())
        if policy is None:
            self.place("", self.element).refuse(f"there is no hit policy {written}; there are: {', '.join(_POLICIES)}")
        return policy

    def _check(self, policy: HitPolicy | None, outputs: list[Output], rules: list[Rule]) -> None:
        here = self.place("", self.element)
        names = [column.name for column in outputs]
        if not outputs:
            here.refuse("it has no output column")
        if len(outputs) > 1 and not all(names):
            here.refuse("every output column needs a name, for there are several")
        if len(set(names)) < len(names):
            here.refuse("two output columns have the same name")
        ids = [rule.id for rule in rules]
        if len(set(ids)) < len(ids):
            here.refuse("two rows have the same id")
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(column.order for column in outputs):
            here.refuse(f"hit policy {policy} needs output values, the most important first")
        aggregation = self.element.get("aggregation")
        if aggregation and aggregation not in AGGREGATIONS:
            here.refuse(f"there is no aggregation {aggregation}; there are: {', '.join(sorted(AGGREGATIONS))}")
        if aggregation and policy is HitPolicy.COLLECT and len(outputs) > 1:
            here.refuse(f"{aggregation} takes one output column")
        if policy in LISTED and aggregation and policy is not HitPolicy.COLLECT:
            here.refuse(f"{aggregation} goes with hit policy COLLECT only")

    # -- columns

    def _input(self, number: int, column: etree._Element) -> Input:
        expression = column.find("{*}inputExpression")
        text = " ".join((column.findtext("{*}inputExpression/{*}text") or "").split())
        label = column.get("label") or text or str(number)
        place = self.place(f", column {label}", column)
        if not text:
            place.refuse("it has no input expression")
        cell = place.cell(compile_value, text, column) if text else NO_CELL
        type_ = self.file.type_of(expression.get("typeRef") if expression is not None else None)
        return Input(
            label=label,
            cell=cell,
            type=type_ or self._time_in_column(number),
            allowed=self._allowed(column, "inputValues", place),
        )

    def _time_in_column(self, number: int) -> str | None:
        """Return the kind of time that a column without type is compared with: its texts are read as such."""
        kinds: set[str] = set()
        for row in self.element.findall("{*}rule"):
            text = row.findtext(f"{{*}}inputEntry[{number}]/{{*}}text") or ""
            with suppress(FeelError):  # told when the row is read
                cell = compile_test(text.strip(), self.file.names, self.file.functions)
                kinds |= cell.kinds if cell is not None else set()
        return next(iter(kinds)) if len(kinds) == 1 and kinds <= TIMES else None

    def _allowed(self, column: etree._Element, tag: str, place: Place) -> Cell | None:
        text = column.findtext(f"{{*}}{tag}/{{*}}text") or ""
        return place.optional_cell(compile_test, text, column) if text.strip() else None

    def _output(self, number: int, column: etree._Element, policy: HitPolicy | None) -> Output:
        single = len(self.element.findall("{*}output")) == 1
        name = column.get("name") or (self.name if single else column.get("label") or "")
        place = self.place(f", column {name or number}", column)
        default = column.find("{*}defaultOutputEntry")
        text = default.findtext("{*}text") if default is not None else None
        allowed = self._allowed(column, "outputValues", place)
        listed = allowed is not None and policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
        return Output(
            name=" ".join(name.split()),
            allowed=allowed,
            order=self._order(column, place) if listed else (),
            default=place.cell(compile_value, text, column) if text and text.strip() else None,
        )

    def _order(self, column: etree._Element, place: Place) -> tuple[Any, ...]:
        """Return the output values as a list, the most important first."""
        text = column.findtext("{*}outputValues/{*}text") or ""
        return tuple(place.cell(compile_value, f"[{text}]", column).run({}, None) or ())

    # -- rows

    def _rule(self, number: int, row: etree._Element, inputs: list[Input], outputs: list[Output]) -> Rule:
        tests = row.findall("{*}inputEntry")
        answers = row.findall("{*}outputEntry")
        here = self.place(f", row {number}", row)
        if len(tests) != len(inputs) or len(answers) != len(outputs):
            here.refuse(f"it has {len(tests)} + {len(answers)} cells for {len(inputs)} + {len(outputs)} columns")
            return Rule(id=row.get("id") or str(number), number=number, tests=(), answers=())
        return Rule(
            id=row.get("id") or str(number),
            number=number,
            tests=tuple(self._tests(number, tests, inputs)),
            answers=tuple(self._answer(number, *pair) for pair in zip(answers, outputs, strict=True)),
        )

    def _tests(self, number: int, cells: list[etree._Element], inputs: list[Input]) -> Iterator[tuple[int, Cell]]:
        for at, (element, column) in enumerate(zip(cells, inputs, strict=True)):
            place = self.place(f", row {number}, column {column.label}", element)
            cell = place.optional_cell(compile_test, element.findtext("{*}text") or "", element)
            if cell is None:
                continue
            for kind in sorted(cell.kinds - {column.type}) if column.type else ():
                place.refuse(f"{cell.text} is a {kind}, but the column takes a {column.type}")
            yield at, cell

    def _answer(self, number: int, element: etree._Element, column: Output) -> Cell:
        place = self.place(f", row {number}, column {column.name}", element)
        text = element.findtext("{*}text") or ""
        if not text.strip() or text.strip() == "-":
            return NO_CELL
        cell = place.cell(compile_value, text, element)
        if column.allowed is not None and not cell.names and column.allowed.run({}, cell.run({}, None)) is not True:
            place.refuse(f"{text_of(cell.run({}, None))} is none of the output values {column.allowed.text}")
        return cell
