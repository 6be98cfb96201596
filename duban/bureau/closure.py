"""Which files a process needs: found by the names that diagrams and tables call each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from duban.bureau.table import close, nearest
from duban.errors import NotFound

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, kw_only=True)
class _File:
    """What a file defines and what it calls, by id."""

    defines: frozenset[str]
    calls: frozenset[str]


def closure(files: Mapping[str, bytes], process: str) -> Mapping[str, bytes]:
    """Return the files that *process* reaches by call activities and decisions.

    A file that cannot be read is left to the engine's parser, which says what is wrong with it: it is taken along.

    Raises:
        NotFound: No file defines the process.
    """
    read = {name: _read(data) for name, data in files.items()}
    known = {defined: name for name, file in read.items() if file for defined in file.defines}
    broken = {name for name, file in read.items() if file is None}
    if process not in known and not broken:
        raise NotFound(f"no diagram in bpmn/ holds a process {process!r}{nearest(process, known)}")
    needed: set[str] = set(broken)
    waiting = [process]
    while waiting:
        wanted = waiting.pop()
        name = known.get(wanted)
        file = read[name] if name else None
        if name is None:  # refused anyway: what may have been meant comes along, so that the refusal can say it
            waiting.extend(close(wanted, known))
        if name and file and name not in needed:
            needed.add(name)
            waiting.extend(file.calls)
    return MappingProxyType({name: files[name] for name in sorted(needed)})


def _read(data: bytes) -> _File | None:
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        return None
    defines: set[str] = set()
    calls: set[str] = set()
    for node in root.iter("{*}process", "{*}decision"):
        defines.add(node.get("id", ""))
    for node in root.iter("{*}callActivity"):
        calls.add(node.get("calledElement", ""))
    for node in root.iter("{*}calledDecisionId"):
        calls.add((node.text or "").strip())
    for node in root.iter("{*}requiredDecision"):
        calls.add(node.get("href", "").rpartition("#")[2])
    return _File(defines=frozenset(defines), calls=frozenset(calls))
