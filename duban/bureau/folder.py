"""The content folder: found, read whole, and every name in it listed."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from duban.api import Handler, Offered
from duban.bureau.closure import closure
from duban.bureau.handlers import import_handlers
from duban.bureau.reading import read_settings
from duban.bureau.settings import Settings
from duban.bureau.table import nearest
from duban.errors import BureauError, NotFound, Problem

FOLDERS = ("bpmn", "tasks", "templates", "workflows")
BUNDLED = Path(__file__).resolve().parent.parent / "content"


def find_folder(*, given: Path | None, environment: str | None, start: Path) -> Path:
    """Find the content folder: what was given, what the environment says, the nearest parent of *start*, the bundle.

    Raises:
        BureauError: The folder that was named has no bureau.toml, or nothing was found.
    """
    for named, how in ((given, "--bureau"), (Path(environment) if environment else None, "DUBAN_BUREAU")):
        if named is not None:
            if not (named / "bureau.toml").is_file():
                raise BureauError([Problem(file=str(named), message=f"named by {how}, has no bureau.toml")])
            return named.resolve()
    for folder in (start, *start.resolve().parents):
        if all((folder / name).is_dir() for name in FOLDERS) and (folder / "bureau.toml").is_file():
            return folder.resolve()
    if (BUNDLED / "bureau.toml").is_file():
        return BUNDLED
    message = f"no folder here or above has bureau.toml and {', '.join(FOLDERS)}; say --bureau DIR or set DUBAN_BUREAU"
    raise BureauError([Problem(file=str(start), message=message)])


@dataclass(frozen=True, kw_only=True)
class Bureau:
    """Everything the bureau's folder offers, by name."""

    folder: Path
    settings: Settings
    files: Mapping[str, bytes]
    """Every .bpmn and .dmn file of bpmn/."""
    forms: Mapping[str, Mapping[str, Any]]
    """Name of a form (``sign``) to its JSON Schema."""
    handlers: Mapping[str, Offered]
    """Operator (``letters/issue_notice``) to its handler."""
    templates: frozenset[str]
    """Names of templates, as in ``letters/L01.html``."""
    digest: str
    """sha256 over settings, diagrams, forms, handlers and templates."""

    def files_for(self, process: str) -> Mapping[str, bytes]:
        """Return the files that *process* needs: its own, those of called processes, their decision tables.

        Raises:
            NotFound: No diagram holds the process.
        """
        return closure(self.files, process)

    def setting(self, path: str) -> Any:
        """Return what stands in bureau.toml at the dotted *path*.

        Raises:
            NotFound: Nothing stands there.
        """
        value: Any = self.settings.raw
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                known = list(value) if isinstance(value, Mapping) else []
                raise NotFound(f"bureau.toml has no setting {path!r}: {part!r} is missing{nearest(part, known)}")
            value = value[part]
        return value

    def unit(self, code: str) -> Mapping[str, Any]:
        """Return the row of the unit *code*, as written in bureau.toml.

        Raises:
            NotFound: There is no such unit.
        """
        for row in self.settings.raw["units"]:
            if row["code"] == code:
                return MappingProxyType(row)
        raise NotFound(f"there is no unit {code!r}{nearest(code, self.settings.units)}")


def open_bureau(folder: Path) -> Bureau:
    """Read the content *folder*.

    Raises:
        BureauError: with every problem of settings, forms and handlers together.
    """
    problems: list[Problem] = []

    def gather(read: Callable[[Path], Any], otherwise: Any) -> Any:
        try:
            return read(folder)
        except BureauError as error:
            problems.extend(error.problems)
            return otherwise

    settings = gather(_settings, None)
    forms = gather(_forms, {})
    handlers = gather(_handlers, {})
    if problems:
        raise BureauError(problems)
    files = _files(folder)
    return Bureau(
        folder=folder,
        settings=settings,
        files=MappingProxyType(files),
        forms=MappingProxyType(forms),
        handlers=MappingProxyType(handlers),
        templates=frozenset(
            path.relative_to(folder / "templates").as_posix()
            for path in (folder / "templates").rglob("*")
            if path.is_file()
        ),
        digest=_digest(folder, settings.digest),
    )


def _settings(folder: Path) -> Settings:
    file = folder / "bureau.toml"
    if not file.is_file():
        raise BureauError([Problem(file=str(file), message="is missing: it holds units, channels, limits, people")])
    years = {f"calendar/{path.name}": path.read_bytes() for path in sorted((folder / "calendar").glob("*.toml"))}
    return read_settings("bureau.toml", file.read_bytes(), years)


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted((folder / "bpmn").glob("*"))
    return {path.name: path.read_bytes() for path in found if path.suffix in {".bpmn", ".dmn"}}


def _forms(folder: Path) -> dict[str, Mapping[str, Any]]:
    return forms_in(folder / "bpmn" / "forms", "bpmn/forms")


def forms_in(place: Path, shown: str = "forms") -> dict[str, Mapping[str, Any]]:
    """Return the forms that lie in the folder *place*, which problems call *shown*.

    Raises:
        BureauError: With every file that is no JSON Schema.
    """
    forms: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for path in sorted(place.glob("*.json")):
        name = f"{shown}/{path.name}"
        try:
            schema = json.loads(path.read_bytes())
        except UnicodeDecodeError as error:
            problems.append(Problem(file=name, message=f"is not UTF-8 (byte {error.start})"))
        except json.JSONDecodeError as error:
            problems.append(Problem(file=name, line=error.lineno, message=f"is not JSON: {error.msg}"))
        else:
            if isinstance(schema, dict):
                forms[path.stem] = MappingProxyType(schema)
            else:
                problems.append(Problem(file=name, message="must be a JSON object with a JSON Schema"))
    if problems:
        raise BureauError(problems)
    return forms


def _handlers(folder: Path) -> dict[str, Offered]:
    """Import tasks/*.py and collect what @service_task marked."""
    handlers: dict[str, Offered] = {}
    origin: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted((folder / "tasks").glob("*.py")):
        name = f"tasks/{path.name}"
        try:
            module = import_handlers(folder, path.stem)
        except Exception as error:  # noqa: BLE001 - whatever a bureau's file raises is its problem, told with its name
            problems.append(Problem(file=_file(error, path), line=_line(error, path), message=_message(error)))
            continue
        for operator, handler in _offers(module):
            if operator in origin:
                problems.append(
                    Problem(file=name, element=operator, message=f"is offered in {origin[operator]} already")
                )
            origin[operator] = name
            handlers[operator] = Offered(name=operator, handler=handler)
    if problems:
        raise BureauError(dict.fromkeys(problems))  # several files may stumble over one
    return handlers


def _offers(module: ModuleType) -> Iterator[tuple[str, Handler]]:
    for _, handler in inspect.getmembers(module, inspect.isfunction):
        operator = handler.__dict__.get("duban_operator")
        if operator and handler.__module__ == module.__name__:
            yield operator, handler


def _file(error: BaseException, path: Path) -> str:
    """Return the file at fault: *path*, or the one beside it that it imports and that is no Python."""
    culprit = Path(error.filename) if isinstance(error, SyntaxError) and error.filename else path
    return f"tasks/{(culprit if culprit.parent == path.parent else path).name}"


def _message(error: BaseException) -> str:
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def _line(error: BaseException, path: Path) -> int | None:
    """Return the last line of *path* that *error* went through."""
    if isinstance(error, SyntaxError):
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _digest(folder: Path, settings: str) -> str:
    total = hashlib.sha256(settings.encode())
    for name in ("bpmn", "tasks", "templates"):
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(b"\0" + path.relative_to(folder).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
