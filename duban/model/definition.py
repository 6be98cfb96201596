"""Definitions: the diagrams and tables that a case runs on, immutable and named by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """Everything one process needs to run: its BPMN file, the called ones and the decision tables.

    Two definitions with the same bytes are the same definition: identity is the digest.
    """

    process: str
    """Id of the executable BPMN process that a case starts."""
    name: str
    """Its label, as drawn."""
    files: Mapping[str, bytes] = field(repr=False)
    """File name to bytes: .bpmn and .dmn, as found in the bureau's folder."""
    digest: str
    """sha256 over process id, file names and bytes, hexadecimal."""

    @staticmethod
    def of(process: str, name: str, files: Mapping[str, bytes]) -> Definition:
        """Make the definition of *process* from *files*."""
        return Definition(
            process=process,
            name=name,
            files=MappingProxyType(dict(sorted(files.items()))),
            digest=digest_of(process, files),
        )


def digest_of(process: str, files: Mapping[str, bytes]) -> str:
    """Return the digest of a definition, the same on every machine."""
    total = hashlib.sha256(process.encode())
    for file, data in sorted(files.items()):
        total.update(b"\0" + file.encode() + b"\0" + hashlib.sha256(data).digest())
    return total.hexdigest()
