"""Schema: files are held against the XML schemas of BPMN and DMN, as every other tool will read them.

The schemas of the OMG come with SpiffWorkflow (``bpmn/parser/schema``, ``dmn/parser/schema``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import SpiffWorkflow
from lxml import etree

from duban.errors import Problem

_DMN: Final = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "DMN13.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "DMN12.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "DMN.xsd",
}
_PICTURES: Final = ("{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/")
_MODEL: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")


def check_schema(file: str, data: bytes) -> Iterator[Problem]:
    """Yield where *file* departs from the schema of its language; broken XML is told by whoever reads it."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return
    schema = _schema_of(root, file)
    if schema is None or schema.validate(root):
        return
    for error in schema.error_log:
        if "'xs:ID'" in error.message and _MODEL in error.message:
            continue  # ids have rules of their own
        element = _nearest_id(root, int(error.line))
        message = f"not as the XML schema has it: {_NAMESPACE.sub('', error.message)}"
        yield Problem(file=file, element=element, line=int(error.line), message=message, rule="schema")


def _schema_of(root: Any, file: str) -> Any:
    if file.endswith(".dmn"):
        name = _DMN.get(etree.QName(root).namespace or "")
        return None if name is None else _schema(f"dmn/parser/schema/{name}")
    return _schema("bpmn/parser/schema/BPMN20.xsd")


@cache
def _schema(path: str) -> Any:
    return etree.XMLSchema(etree.parse(Path(str(SpiffWorkflow.__file__)).parent / path))


def _nearest_id(root: Any, line: int) -> str | None:
    """Return the id of the element in *line*, or of the last one before it that has one."""
    found = None
    for node in root.iter(etree.Element):
        if (node.sourceline or 0) > line:
            break
        if not str(node.tag).startswith(_PICTURES):
            found = node.get("id") or found
    return str(found) if found else None
