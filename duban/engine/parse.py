"""Parsing: files of BPMN and DMN become a definition, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping

from duban.engine.reading import Prepared, Reading
from duban.model.definition import Definition

PREPARED_KEPT = 512
"""How many definitions stay prepared in memory."""

_KEPT: dict[str, Prepared] = {}


def parse(files: Mapping[str, bytes], process: str) -> Definition:
    """Return the definition of *process*, made of those *files* that it needs.

    Args:
        files: File name to bytes, ``.bpmn`` and ``.dmn``.
        process: Id of the process that a case starts.

    Raises:
        DiagramError: With every problem of the process, the processes it calls and its decision tables.
    """
    reading = Reading(files, process)
    reading.check()
    prepared = reading.prepared()
    definition = Definition.of(process, reading.levels[process].name, reading.needed())
    _keep(definition.digest, prepared)
    return definition


def prepare(definition: Definition) -> Prepared:
    """Return *definition* ready to run; made once per digest.

    It was checked when it was parsed. Checks that came later do not strand the cases that run on it.
    """
    prepared = _KEPT.get(definition.digest)
    if prepared is None:
        prepared = Reading(definition.files, definition.process).prepared()
        _keep(definition.digest, prepared)
    return prepared


def _keep(digest: str, prepared: Prepared) -> None:
    if len(_KEPT) >= PREPARED_KEPT:
        _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT.setdefault(digest, prepared)
