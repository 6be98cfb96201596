"""Definitions: every diagram that a case ever ran on, by digest, for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from duban.errors import Corrupted, NotFound
from duban.model.definition import Definition
from duban.store import schema
from duban.store.instants import micros
from duban.store.wire import Statement, Wire, insertion

_d, _f = schema.definition.c, schema.definition_file.c
_ADD = Statement(insertion(schema.definition).on_conflict_do_nothing(index_elements=["digest"]))
_ADD_FILE = Statement(insertion(schema.definition_file))
_GET = Statement(select(_d.process, _d.name).where(_d.digest == bindparam("digest")))
_FILES = Statement(select(_f.name, _f.content).where(_f.definition == bindparam("digest")))


class Definitions:
    """Immutable definitions."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(self, definition: Definition, *, at: datetime) -> bool:
        """Keep *definition*; False: it was known."""
        added = self._wire.send(
            _ADD,
            digest=definition.digest,
            process=definition.process,
            name=definition.name,
            added_at=micros(at),
        )
        if added != 1:
            return False
        files = [
            {"definition": definition.digest, "name": name, "content": content}
            for name, content in definition.files.items()
        ]
        self._wire.send_many(_ADD_FILE, files)
        return True

    def get(self, digest: str) -> Definition:
        """Return a definition.

        Raises:
            NotFound: It is not in the record.
            Corrupted: Its bytes do not give its digest.
        """
        row = self._wire.row(_GET, digest=digest)
        if row is None:
            raise NotFound(f"definition {digest} is not in the record")
        process, name = row
        definition = Definition.of(process, name, dict(self._wire.rows(_FILES, digest=digest)))
        if definition.digest != digest:
            raise Corrupted(f"definition {digest} was changed: its files give {definition.digest}")
        return definition

    def digests(self, process: str | None = None) -> list[str]:
        """Return the digests known, newest first."""
        question = select(_d.digest).order_by(_d.added_at.desc(), _d.digest)
        if process is not None:
            question = question.where(_d.process == process)
        return [row[0] for row in self._wire.select(question)]
