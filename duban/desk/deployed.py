"""Deployed: what was redrawn since the last start passes the gate first, and keeps the ids by which cases are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from duban.desk import gate
from duban.desk.desk import Desk
from duban.desk.whereabouts import standing_at
from duban.errors import BureauError, Problem
from duban.model.definition import Definition
from duban.store import Unit

_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_BESIDE: Final = frozenset({"documentation", "incoming", "outgoing", "extensionElements", "lane", "laneSet"})


def admit(desk: Desk) -> tuple[Problem, ...]:
    """Hold every definition that the record does not know yet against the gate, and return the warnings.

    Raises:
        BureauError: Something is refused; every problem is named, nothing is deployed.
    """
    problems = told(desk)
    if refused := [problem for problem in problems if not problem.warning]:
        raise BureauError(refused)
    return problems


def told(desk: Desk) -> tuple[Problem, ...]:
    """Return every problem of the definitions that the record does not know yet."""
    known = desk.store.read(lambda record: frozenset(record.definitions.digests()))
    kinds = desk.bureau.settings.kinds
    fresh = [definition for kind in kinds if (definition := desk.shelf.of_kind(kind)).digest not in known]
    if not fresh:
        return ()
    files = {file: data for new in fresh for file, data in new.files.items() if file.endswith(".bpmn")}
    moved = desk.store.read(lambda record: [problem for new in fresh for problem in _moved(desk, record, new)])
    return (*gate.inspect(desk.bureau, files), *moved)


def _moved(desk: Desk, record: Unit, new: Definition) -> Iterator[Problem]:
    """Yield the ids that *new* has given to something else, or taken from under open cases."""
    deployed = record.definitions.digests(new.process)
    if not deployed:
        return
    old = record.definitions.get(deployed[0])
    before, now = _elements(old), _elements(new)
    labels = {(tag, name): (file, id_) for id_, (file, tag, name) in now.items() if name and id_ not in before}
    left = [id_ for id_ in before if id_ not in now]
    waiting = standing_at(desk, record, new.process, old.digest) if left else {}
    for id_, (file, tag, name) in before.items():
        if id_ in now and now[id_][1] != tag:
            message = f"the id stood for a {tag} until now: give the new {now[id_][1]} an id of its own"
            yield Problem(file=now[id_][0], element=id_, message=message, rule="stable-id")
        elif id_ not in now and (tag, name) in labels:
            renamed = labels[tag, name]
            message = f"{name} had the id {id_} until now: keep it, open cases and figures are found by it"
            yield Problem(file=renamed[0], element=renamed[1], message=message, rule="stable-id")
        elif id_ not in now and id_ in waiting:
            message = f"{name or tag} is gone, and {waiting[id_]} open cases stand there: they end on the old diagram"
            yield Problem(file=file, element=id_, message=message, rule="vanished-id", warning=True)


def _elements(definition: Definition) -> dict[str, tuple[str, str, str]]:
    """Return the elements of the process itself: id to file, kind and label."""
    found: dict[str, tuple[str, str, str]] = {}
    for file, data in definition.files.items():
        if not file.endswith(".bpmn"):
            continue
        for process in etree.fromstring(data, _PARSER).iter(f"{_BPMN}process"):
            if process.get("id") == definition.process:
                found.update({node.get("id", ""): (file, _tag(node), node.get("name", "")) for node in _steps(process)})
    return found


def _steps(process: Any) -> Iterator[Any]:
    for node in process.iter(etree.Element):
        flows = node.find(f"{_BPMN}incoming") is not None or node.find(f"{_BPMN}outgoing") is not None
        if node.get("id") and _tag(node) not in _BESIDE and (flows or node.tag.endswith(("Task", "Event"))):
            yield node


def _tag(node: Any) -> str:
    return str(etree.QName(node).localname)
