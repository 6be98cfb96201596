"""Proofs: what a bureau does, in which diagrams and tables it is drawn, and which scenarios show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from duban.bureau import Bureau
from duban.bureau.table import Source, Table, nearest
from duban.desk.scenarios.script import Scenario, Suite
from duban.errors import BureauError, Problem

FILE = "bpmn/coverage.toml"
NAMED = 3
"""Scenarios that are named for a row; the file itself has them all."""
_HEAD = """# What is drawn where

Every row of what bureaus do (A–E) and of the statutes' clocks (X), with the diagrams and tables that do it and the
scenarios that show it. Made by `duban bureau coverage` from `bpmn/coverage.toml` and the scenarios beside the diagrams;
a test keeps it true, and `duban bureau test` plays the scenarios. Rows that are reports or pages name the place where
they will stand.

| row | what | drawn in | shown by | stands in |
|---|---|---|---|---|
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Something that a bureau does, or a clock that it keeps."""

    id: str
    """A5, X2b."""
    name: str
    what: str
    process: tuple[str, ...]
    """Diagrams and tables, as files of bpmn/."""
    limits: tuple[str, ...]
    place: str
    """Where the part stands that is a report or a page; empty: there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A row with the scenarios that show it."""

    row: Row
    scenarios: tuple[Scenario, ...]


def proofs_of(bureau: Bureau, suites: Sequence[Suite]) -> list[Proof]:
    """Return every row with the scenarios that say they show it.

    Raises:
        BureauError: A row names what is not there, nothing at all, or a diagram none of whose scenarios shows it; a
            scenario shows a row that is not there. Every problem at once.
    """
    source = Source(FILE, _data(bureau))
    rows = [_row(table, bureau) for table in source.rows("rows")]
    problems = [*source.problems, *_unknown(rows, suites)]
    proofs = [Proof(row=row, scenarios=tuple(_showing(row, suites))) for row in rows]
    problems += [
        Problem(file=FILE, element=proof.row.id, message="no scenario of its diagrams shows it")
        for proof in proofs
        if proof.row.process and not proof.scenarios
    ]
    if problems:
        raise BureauError(problems)
    return proofs


def markdown(proofs: Iterable[Proof]) -> str:
    """Return the page docs/coverage.md."""
    return _HEAD + "".join(f"{_line(proof)}\n" for proof in proofs)


def _data(bureau: Bureau) -> bytes:
    path = bureau.folder / FILE
    if not path.is_file():
        raise BureauError([Problem(file=FILE, message="is missing: it lists what the bureau does, row by row")])
    return path.read_bytes()


def _row(table: Table, bureau: Bureau) -> Row:
    row = Row(
        id=table.text("id"),
        name=table.text("name"),
        what=table.text("what"),
        process=table.some_of("process", bureau.files),
        limits=table.some_of("limits", bureau.settings.limits),
        place=table.text("place", ""),
    )
    table.done()
    if not row.process and not row.place:
        table.problem("process", f"{row.id} stands nowhere: name its diagrams and tables, or the place of its report")
    return row


def _unknown(rows: Sequence[Row], suites: Iterable[Suite]) -> Iterator[Problem]:
    known = [row.id for row in rows]
    for suite in suites:
        for scenario in suite.scenarios:
            for shown in scenario.shows:
                if shown not in known:
                    message = f"{scenario.id} shows {shown!r}, which {FILE} does not list{nearest(shown, known)}"
                    yield Problem(file=suite.file, line=scenario.line, message=message)


def _showing(row: Row, suites: Iterable[Suite]) -> Iterator[Scenario]:
    """Yield the scenarios that show *row*, those of its own diagrams first."""
    own = [suite for suite in suites if f"{suite.diagram}.bpmn" in row.process]
    for suite in sorted(own, key=lambda suite: row.process.index(f"{suite.diagram}.bpmn")):
        yield from (scenario for scenario in suite.scenarios if row.id in scenario.shows)


def _line(proof: Proof) -> str:
    row = proof.row
    drawn = ", ".join([f"`{file}`" for file in row.process] + [f"limit `{limit}`" for limit in row.limits])
    shown = "<br>".join(f"{each.diagram} {each.id}: {each.title}" for each in proof.scenarios[:NAMED])
    more = len(proof.scenarios) - NAMED
    shown += f"<br>and {more} more" if more > 0 else ""
    cells = (f"{row.id} {row.name}", row.what, drawn or "–", shown or "–", row.place or "–")
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
