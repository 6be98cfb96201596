"""The gate: everything that the bureau would run, held against every rule, with nothing run (docs/gate.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from duban.bureau import Bureau
from duban.bureau.closure import closure
from duban.desk.shield import check_shield
from duban.errors import BureauError, Problem
from duban.model.offers import Field, Offers
from duban.petitions import clauses

INTAKE: Final = frozenset({"received", "found"})
"""What the desk's intake gives every petition: the item, and what was found in it before anybody read it."""
_GIVEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"petition": INTAKE})
EVERYBODY: Final = "officer"
"""The role to which the work of adopted diagrams comes."""
_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def inspect(bureau: Bureau, given: Mapping[str, bytes] | None = None) -> tuple[Problem, ...]:
    """Return every problem of the bureau's diagrams and tables, those that refuse before those that warn.

    Args:
        bureau: Where they are, and what they may name.
        given: Other diagrams to be looked at instead: file name to bytes; they stand beside the bureau's own.
    """
    files = {**bureau.files, **(given or {})}
    offers = offers_of(bureau, files)
    problems: dict[Problem, None] = {}
    tables = {file for file in (files if given is None else given) if file.endswith(".dmn")}
    asked: set[str] = set()
    for file, process in _processes(files):
        needed = tables & set(closure(files, process))
        whole = given is None or file in given
        if whole or needed:
            found = _of_process(bureau, files, process, offers)
            problems.update(dict.fromkeys(found if whole else _of_these(found, needed)))
            asked |= needed
    problems.update(dict.fromkeys(_of_tables(files, tables - asked)))
    problems.update(dict.fromkeys(_unreadable(files if given is None else given)))
    problems.update(dict.fromkeys(_unheard(bureau, files, given)))
    return tuple(sorted(problems, key=lambda problem: (problem.warning, problem.file, problem.line or 0)))


def admit(bureau: Bureau, given: Mapping[str, bytes] | None = None) -> tuple[Problem, ...]:
    """Return the warnings of what would be deployed.

    Raises:
        BureauError: It is refused, with every problem.
    """
    problems = inspect(bureau, given)
    if refused := [problem for problem in problems if not problem.warning]:
        raise BureauError(refused)
    return problems


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """A diagram from elsewhere, repaired."""

    data: bytes
    changes: tuple[Any, ...]
    """What was changed: element, line, what."""
    forms: Mapping[str, Mapping[str, Any]]
    """Forms that were made for it: name to JSON Schema."""
    left: tuple[Problem, ...]
    """What the gate still refuses."""


def adopt(bureau: Bureau, file: str, data: bytes) -> Adopted:
    """Repair a diagram of another modeller by rule, and look at what is left.

    Raises:
        DiagramError: It is no BPMN file at all.
    """
    from duban.engine.adoption.adopt import adopt as repair  # see duban.desk.engine

    roles = bureau.settings.roles
    calls = {process for _, process in _processes(bureau.files)}
    done = repair(file, data, sorted(roles, key=lambda role: role != EVERYBODY), calls)
    known = replace(bureau, forms={**bureau.forms, **done.forms})
    left = tuple(problem for problem in inspect(known, {file: done.data}) if not problem.warning)
    return Adopted(data=done.data, changes=done.changes, forms=done.forms, left=left)


def _of_process(bureau: Bureau, files: Mapping[str, bytes], process: str, offers: Offers) -> Iterator[Problem]:
    from duban.engine.gate.examine import examine  # see duban.desk.engine
    from duban.engine.gate.times import named_limits

    found = examine(closure(files, process), process, offers)
    yield from found.problems
    if found.routes is not None:
        chart = found.charts[process]
        yield from clauses.check(found.routes, process, statutory=frozenset(offers.statutory), named=named_limits)
        if process == "accusation":
            yield from check_shield(chart, found.decisions, bureau.settings, offers)


def _of_these(found: Iterable[Problem], tables: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of *tables*, and of other tables that cannot be read: those keep them from being tried out."""
    for problem in found:
        if problem.file in tables or (problem.file.endswith(".dmn") and problem.rule in {"xml", "decision-cell"}):
            yield problem


def _of_tables(files: Mapping[str, bytes], alone: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of tables that no process asks."""
    from duban.engine.gate.examine import examine_tables  # see duban.desk.engine

    for file in sorted(alone):
        needed = {file: files[file]}
        for decision in _roots(file, files[file], "decision"):
            needed |= closure(files, decision.get("id", ""))
        tables = {name: data for name, data in needed.items() if name.endswith(".dmn")}
        yield from (problem for problem in examine_tables(tables) if problem.file == file)


def _processes(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield file and id of every process that can be run."""
    for file, data in files.items():
        for process in _roots(file, data, "process"):
            if process.get("isExecutable", "true") == "true" and process.get("id"):
                yield file, process.get("id", "")


def _roots(file: str, data: bytes, tag: str) -> list[Any]:
    """Return the elements of that name; none of a file of the other kind: no diagram holds a table."""
    if file.endswith(".dmn") != (tag == "decision"):
        return []
    try:
        return list(etree.fromstring(data, _PARSER).iter(f"{{*}}{tag}"))
    except etree.XMLSyntaxError:
        return []


def _unreadable(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield the files that hold no process, or no XML at all."""
    for file, data in files.items():
        if not file.endswith(".bpmn"):
            continue
        try:
            root = etree.fromstring(data, _PARSER)
        except etree.XMLSyntaxError as error:
            yield Problem(file=file, line=error.lineno, message=f"broken XML: {error.msg}", rule="xml")
            continue
        processes = list(root.iter(f"{_BPMN}process"))
        if not any(process.get("isExecutable", "true") == "true" for process in processes):
            message = "it holds no process that can be run: set isExecutable to true, or adopt the file"
            yield Problem(
                file=file,
                line=root.sourceline if isinstance(root.sourceline, int) else None,
                message=message,
                rule="process",
            )


def _unheard(bureau: Bureau, files: Mapping[str, bytes], given: Mapping[str, bytes] | None) -> Iterator[Problem]:
    """Yield thrown messages that no diagram catches, no kind starts by and no outside pool is drawn for."""
    caught: set[str] = set()
    thrown: list[tuple[str, Any, str]] = []
    for file, data in files.items():
        for root in _roots(file, data, "definitions"):
            names = {node.get("id"): node.get("name") or "" for node in root.iter(f"{_BPMN}message")}
            flows = {node.get("sourceRef") for node in root.iter(f"{_BPMN}messageFlow")}
            for node, name, throws in _messages(root, names):
                if not throws:
                    caught.add(name)
                elif (given is None or file in given) and not _leaves(node, flows):
                    thrown.append((file, node, name))
    for file, node, name in thrown:
        if name not in caught and name.partition(".")[0] not in bureau.settings.kinds:
            message = f"nobody waits for {name}, and no message flow leads from here to another pool"
            yield Problem(
                file=file, element=node.get("id"), line=node.sourceline, message=message, rule="unheard", warning=True
            )


def _leaves(node: Any, flows: set[Any]) -> bool:
    """Tell whether a message flow leads away from *node*, or from a sub-process around it."""
    return any(around.get("id") in flows for around in (node, *node.iterancestors()))


def _messages(root: Any, names: Mapping[Any, str]) -> Iterator[tuple[Any, str, bool]]:
    """Yield the elements that throw or catch a message, its name, and whether they throw."""
    for definition in root.iter(f"{_BPMN}messageEventDefinition"):
        event = definition.getparent()
        throws = etree.QName(event).localname in {"intermediateThrowEvent", "endEvent"}
        yield event, names.get(definition.get("messageRef"), ""), throws
    for tag, throws in (("sendTask", True), ("receiveTask", False)):
        for task in root.iter(f"{_BPMN}{tag}"):
            yield task, names.get(task.get("messageRef"), ""), throws


# -- names --------------------------------------------------------------------------------------------


def offers_of(bureau: Bureau, files: Mapping[str, bytes]) -> Offers:
    """Return every name that *bureau* offers to its diagrams."""
    settings = bureau.settings
    return Offers(
        forms={name: dict(_fields(schema)) for name, schema in bureau.forms.items()},
        roles=settings.roles,
        units=settings.units,
        limits=settings.limits,
        statutory={id_ for id_, limit in settings.limits.items() if limit.statutory},
        warnings={id_: limit.warn for id_, limit in settings.limits.items()},
        rhythms=settings.rhythms,
        kinds=settings.kinds,
        letters={Path(name).stem for name in bureau.templates if name.startswith("letters/")},
        handlers=bureau.handlers,
        given=_GIVEN,
        called={
            call.get("calledElement", "") for file, data in files.items() for call in _roots(file, data, "callActivity")
        },
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Field]]:
    required = {*schema.get("required", ()), *_sometimes(schema)}
    for name, field in schema.get("properties", {}).items():
        values = field.get("enum") if isinstance(field, dict) else None
        if values is None and isinstance(field, dict) and field.get("type") == "boolean":
            values = [True, False]
        known = None if values is None else frozenset(values) | (frozenset() if name in required else {None})
        unit = isinstance(field, dict) and field.get("format") == "unit"
        yield name, Field(values=known, required=name in required, unit=unit)


def _sometimes(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that are required under a condition: whether it holds, the form knows."""
    for rule in schema.get("allOf", ()):
        for branch in ("then", "else"):
            yield from rule.get(branch, {}).get("required", ())
