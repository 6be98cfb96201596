"""Tools: what a handler in tasks/ may use while it runs, outside any transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from duban.bureau.table import nearest
from duban.desk.desk import Desk
from duban.desk.numbers import letter_number
from duban.desk.texts import put_in
from duban.desk.whereabouts import cases_of
from duban.errors import NotFound
from duban.store.letters import Sent
from duban.store.outbox import Queued
from duban.store.unit import Unit


class CallTools:
    """The tools of one attempt at one call (duban.api.Tools)."""

    def __init__(self, desk: Desk, call: Queued) -> None:
        """Nothing is read before it is asked for."""
        self._desk = desk
        self._call = call
        self._now = desk.now()
        self.sent: list[Sent] = []
        """What the handler sent; the desk remembers it with the answer."""

    def render(self, template: str, /, **values: Any) -> str:
        """Render templates/*template* with *values*; references are replaced by their words."""
        return self._desk.letters.render(template, self._worded(values))

    def send(self, way: str, to: str, title: str, body: str, *, key: str) -> str:
        """Send once per *key* and return the receipt, the same at every attempt."""
        receipt = self._desk.post.send(way, to, title, body, key=key, at=self._now)
        self.sent.append(Sent(key=key, way=way, to=to, title=title, body=body, receipt=receipt, at=self._now))
        return receipt

    def text(self, reference: Any) -> str:
        """Return the words behind a reference; a plain string is returned as it is."""
        words = self._worded(reference)
        return "" if words is None else str(words)

    def unit(self, code: str) -> Mapping[str, Any]:
        """Return the unit's name and contact data as in bureau.toml.

        Raises:
            NotFound: bureau.toml has no such unit.
        """
        return self._desk.bureau.unit(code)

    def setting(self, path: str) -> Any:
        """Return a setting of bureau.toml by dotted path."""
        return self._desk.bureau.setting(path)

    def letter_number(self, letter: str) -> str:
        """Return the number of this case's letter *letter*, the same at every attempt."""
        call = self._call
        return self._desk.store.write(
            lambda record: record.letters.reserve(
                call.case,
                letter_key(call.key, letter),
                letter,
                lambda: letter_number(self._desk, record, letter, self._now),
            )
        )

    def holders(self, role: str, unit: str | None = None) -> list[Mapping[str, Any]]:
        """Return who is here today and may act as *role*, substitutes included."""
        return self._desk.store.read(
            lambda record: [
                {"id": person, "name": record.people.get(person).name, "unit": of, "stands_for": absent}
                for person, of, absent in self._desk.roster.posts(record, role, unit, self._now)
            ]
        )

    def absent(self, person: str) -> Mapping[str, Any] | None:
        """Return the absence of *person* that covers today."""
        away = self._desk.store.read(lambda record: self._desk.roster.absence(record, person, self._now))
        if away is None:
            return None
        return {"from": away.since.isoformat(), "to": away.until.isoformat(), "substitute": away.substitute}

    def working_day(self, on: date | str) -> bool:
        """Tell whether *on* is worked."""
        return self._desk.calendar.is_working_day(date.fromisoformat(on) if isinstance(on, str) else on)

    def repeats(self) -> int:
        """Return how often this petition came again; 0 for what is no petition."""

        def count(record: Unit) -> int:
            try:
                return record.register.get(self._call.case).repeat_n
            except NotFound:
                return 0

        return self._desk.store.read(count)

    def cases(
        self,
        kind: str,
        waits_at: str | None = None,
        ended: str | None = None,
        *,
        number: str | None = None,
        since: datetime | None = None,
    ) -> list[Mapping[str, Any]]:
        """Return the cases of *kind*, where they wait, how they ended, what they know.

        Raises:
            NotFound: bureau.toml has no such kind.
        """
        kinds = self._desk.bureau.settings.kinds
        if kind not in kinds:
            raise NotFound(f"there is no kind {kind!r}{nearest(kind, kinds)}")
        call = self._call.case
        return self._desk.store.read(
            lambda record: cases_of(
                self._desk, record, kind, waits_at=waits_at, ended=ended, number=number, since=since, from_case=call
            )
        )

    def _worded(self, value: Any) -> Any:
        return self._desk.store.read(lambda record: put_in(record, value))


def letter_key(call_key: str, letter: str) -> str:
    """Return what makes a letter one letter, however often its call is attempted."""
    return f"{call_key}/{letter}"
