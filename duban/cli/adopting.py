"""``duban bureau adopt``: a diagram of another modeller, repaired where a rule says how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.house import settings
from duban.cli.options import BureauDir, Json
from duban.cli.output import say, show, show_json

if TYPE_CHECKING:
    from duban.errors import Problem

File = Annotated[Path, typer.Argument(help="The diagram, as another tool wrote it.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Where to write it; none: beside the original, as NAME.adopted.bpmn. Forms go to forms/ there."),
]


def adopt(file: File, out: Out = None, bureau: BureauDir = None, as_json: Json = False) -> None:
    """Repair a diagram from elsewhere, say every change, and say what is left to do by hand.

    The executable flag, starts and ends, gateways where flows split, defaults and conditions, associations with data,
    names of messages; what no handler does, a person does. The original is never touched.
    """
    from duban.bureau import find_folder, open_bureau
    from duban.desk import gate

    found = open_bureau(find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd()))
    adopted = gate.adopt(found, file.name, _read(file))
    written = _write(out or file.with_name(f"{file.stem}.adopted.bpmn"), adopted.data, adopted.forms)
    if as_json:
        show_json(
            {
                "file": str(written[0]),
                "changes": adopted.changes,
                "forms": [str(form) for form in written[1:]],
                "left": adopted.left,
            }
        )
        return
    for change in adopted.changes:
        show(f"changed {change}")
    for problem in adopted.left:
        show(f"left [{problem.rule}] {problem}")
    say(f"{written[0]}: {len(adopted.changes)} changes, {len(adopted.left)} left for you. {_next(adopted.left)}")


def _next(left: tuple[Problem, ...]) -> str:
    return "Put it into bpmn/." if not left else "Mend them, then: duban bureau check FILE."


def _read(file: Path) -> bytes:
    from duban.errors import BureauError, Problem

    try:
        return file.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise BureauError([Problem(file=str(file), message=message, rule="xml")]) from error


def _write(target: Path, data: bytes, forms: Mapping[str, Mapping[str, Any]]) -> list[Path]:
    """Write the diagram and its forms, and return where they are."""
    from duban.errors import BureauError, Problem

    written = [target, *(target.parent / "forms" / f"{name}.json" for name in forms)]
    texts = [data, *(json.dumps(schema, ensure_ascii=False, indent=2).encode() + b"\n" for schema in forms.values())]
    try:
        for path, text in zip(written, texts, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise BureauError([Problem(file=str(target), message=message)]) from error
    return written
