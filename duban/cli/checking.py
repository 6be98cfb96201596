"""``duban bureau check``: the gate, for a designer at the keyboard and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.cli.house import settings
from duban.cli.options import BureauDir, Json
from duban.cli.output import say, show, show_json

if TYPE_CHECKING:
    from duban.bureau import Bureau
    from duban.errors import Problem

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Diagrams (.bpmn, .dmn) to check, wherever they lie; none: the bureau's whole content."),
]


def check(files: Files = None, bureau: BureauDir = None, as_json: Json = False) -> None:
    """Hold diagrams, tables, forms, handlers and settings against every rule of the gate (docs/gate.md).

    Every problem is said at once. Ends with 0 where only warnings are left, with 2 where something is refused.
    """
    from duban.bureau import find_folder, open_bureau
    from duban.desk import gate

    found = open_bureau(find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd()))
    problems = gate.inspect(_with_neighbours(found, files), _read(files)) if files else _whole(found)
    refused = [problem for problem in problems if not problem.warning]
    if as_json:
        show_json({"refused": len(refused), "warnings": len(problems) - len(refused), "problems": problems})
    else:
        _tell(problems)
        say(_summary(found, files, len(refused), len(problems) - len(refused)))
    if refused:
        raise typer.Exit(2)


def _whole(bureau: Bureau) -> tuple[Problem, ...]:
    """Return the problems of everything in the folder: what runs, what is named, what is written."""
    from duban import opening
    from duban.desk import gate
    from duban.desk.shelf import Shelf
    from duban.errors import BureauError

    problems = list(gate.inspect(bureau))
    told = {(problem.file, problem.element, problem.rule) for problem in problems}
    try:
        opening.check(Shelf(bureau), opening.letters_of(bureau))
    except BureauError as error:
        problems += [p for p in error.problems if not p.rule or (p.file, p.element, p.rule) not in told]
    return tuple(sorted(problems, key=lambda problem: (problem.warning, problem.file, problem.line or 0)))


def _with_neighbours(bureau: Bureau, files: Sequence[Path]) -> Bureau:
    """Return *bureau* with the forms and tables that lie beside the files: what adopt wrote, what is drawn together."""
    from duban.bureau.folder import forms_in

    forms, tables = dict(bureau.forms), dict(bureau.files)
    for folder in dict.fromkeys(path.resolve().parent for path in files):
        if folder != (bureau.folder / "bpmn").resolve():
            forms |= forms_in(folder / "forms")
            tables |= {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    return replace(bureau, forms=forms, files=tables)


def _read(files: Sequence[Path]) -> dict[str, bytes]:
    from duban.errors import BureauError, Problem

    read: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in files:
        if path.suffix not in {".bpmn", ".dmn"}:
            problems.append(Problem(file=str(path), message="is neither .bpmn nor .dmn", rule="xml"))
            continue
        try:
            read[path.name] = path.read_bytes()
        except OSError as error:
            problems.append(Problem(file=str(path), message=f"cannot be read: {error.strerror}", rule="xml"))
    if problems:
        raise BureauError(problems)
    return read


def _tell(problems: Iterable[Problem]) -> None:
    for problem in problems:
        kind = "warning" if problem.warning else "refused"
        show(f"{kind} [{problem.rule or 'content'}] {problem}")


def _summary(bureau: Bureau, files: Sequence[Path] | None, refused: int, warnings: int) -> str:
    what = _count(len(files), "file") if files else f"{bureau.settings.name}: {len(bureau.files)} diagrams and tables"
    if not files:
        what += f", {len(bureau.forms)} forms, {len(bureau.handlers)} handlers, {len(bureau.templates)} templates"
    if warnings:
        what += f", {_count(warnings, 'warning')}"
    return f"{what}. {f'{refused} refused' if refused else 'No problems'}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
