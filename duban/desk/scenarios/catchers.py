"""Catchers: which error each event beside an activity catches; the record tells the event, not the error."""

from __future__ import annotations

from lxml import etree

from duban.model.definition import Definition

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
ANY = "error"
"""Stands for an error where the event catches whatever comes."""


def catchers_of(definition: Definition) -> dict[str, str]:
    """Return each event that catches errors with the code that it catches."""
    found: dict[str, str] = {}
    for file, data in definition.files.items():
        if file.endswith(".bpmn"):
            root = etree.fromstring(data, _PARSER)
            codes = {error.get("id", ""): error.get("errorCode", ANY) for error in root.iter(f"{_BPMN}error")}
            for caught in root.iter(f"{_BPMN}errorEventDefinition"):
                event = caught.getparent()
                if event is not None and event.tag in {f"{_BPMN}boundaryEvent", f"{_BPMN}startEvent"}:
                    found[event.get("id", "")] = codes.get(caught.get("errorRef", ""), ANY)
    return found
