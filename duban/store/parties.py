"""Parties: the people outside whom a case concerns."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from duban.store import schema
from duban.store.wire import Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A petitioner or another person concerned."""

    name: str
    role: str = "petitioner"
    phone: str | None = None
    document: str | None = None
    """Identity document number."""
    address: str | None = None
    key: str | None = None
    """What the same person is found by again (the desk decides: phone, document, a keyed digest)."""


_t = schema.party.c
_ADD = Statement(insertion(schema.party))
_COUNT = Statement(select(func.count()).select_from(schema.party).where(_t.case_id == bindparam("case")))
_OF = Statement(
    select(_t.name, _t.role, _t.phone, _t.document, _t.address, _t.key)
    .where(_t.case_id == bindparam("case"))
    .order_by(_t.n)
)
_CASES = Statement(
    select(_t.case_id)
    .distinct()
    .where(_t.key == bindparam("same"))
    .order_by(_t.case_id.desc())
    .limit(bindparam("size"))
)


class Parties:
    """The parties of cases."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(self, case: int, party: Party) -> None:
        """Add a party to a case."""
        known = self._wire.one(_COUNT, case=case)
        self._wire.send(
            _ADD,
            case_id=case,
            n=known[0] + 1,
            role=party.role,
            name=party.name,
            phone=party.phone,
            document=party.document,
            address=party.address,
            key=party.key,
        )

    def of(self, case: int) -> list[Party]:
        """Return the parties of a case, in the order in which they were added."""
        return [
            Party(name=name, role=role, phone=phone, document=document, address=address, key=key)
            for name, role, phone, document, address, key in self._wire.rows(_OF, case=case)
        ]

    def cases(self, key: str, *, limit: int = 50) -> list[int]:
        """Return ids of the cases of the same person, newest first."""
        return [row[0] for row in self._wire.rows(_CASES, same=key, size=limit)]
