"""Imported rows: from a file's columns to envelopes, every problem of a row told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from duban.bureau.settings import Channel, Column, ColumnMapping, Settings
from duban.bureau.table import close, nearest
from duban.errors import Refused
from duban.model.petition import Envelope, Party
from duban.petitions.moments import day, moment
from duban.petitions.tables import RawRow, header, open_rows

_LISTED = re.compile(r"[、;；,，/\n]+")
_NOBODY = frozenset({"匿名", "无", "不详", "未知", "-", "/", "无名", "市民"})
_EXTRA = "extra."
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""What no database keeps: NUL, and halves of characters that an export cut apart."""
_DIGITS_KEPT = 15
"""A spreadsheet's number keeps so many digits; longer identity numbers have lost their end."""

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of an imported file: an envelope, or why it is none."""

    n: int
    """Number of the row as a spreadsheet shows it."""
    envelope: Envelope | None
    problems: tuple[str, ...]
    """Sentences for people, each beginning with the column."""
    cells: Mapping[str, str]
    """The row as it stands in the file, header to text."""


def read_rows(path: Path, settings: Settings, channel: str | None, now: datetime) -> Iterator[Row]:
    """Read *path* row by row; items are from *channel* unless a column of the file names another.

    Raises:
        Refused: The file cannot be read, no mapping of bureau.toml fits its headers, or nobody says the channel.
    """
    if channel is not None and channel not in settings.channels:
        raise Refused(f"there is no channel {channel!r}{nearest(channel, settings.channels)}")
    with open_rows(path) as (headers, rows):
        mapping = choose(settings, headers, channel, path.name)
        default = channel or mapping.channel or None
        if default is None and not _has_column(mapping, "channel", headers):
            raise Refused(f"{path.name} does not say the channel; give it with --channel")
        columns = {column.field: _Source.of(column) for column in mapping.columns}
        for raw in rows:
            yield _Reader(settings, columns, default, now).read(raw)


def choose(settings: Settings, headers: Sequence[str], channel: str | None, file: str) -> ColumnMapping:
    """Return the mapping whose headers are all there: the channel's own first, then the one that reads the most.

    Raises:
        Refused: None fits; says what the nearest one misses.
    """
    known = set(headers)
    fitting = [mapping for mapping in settings.mappings if known >= {header(name) for name in mapping.headers}]
    if fitting:
        return max(fitting, key=lambda mapping: (bool(channel) and mapping.channel == channel, _reads(mapping, known)))
    near = max(settings.mappings, key=lambda mapping: len(known & {header(name) for name in mapping.headers}))
    missing = "、".join(name for name in near.headers if header(name) not in known)
    raise Refused(
        f"{file}: no mapping of bureau.toml fits its headers ({'、'.join(headers[:20])}); "
        f"the nearest, {near.id!r}, misses {missing}. Add a [[mappings]] to bureau.toml or rename the headers"
    )


def _reads(mapping: ColumnMapping, known: set[str]) -> int:
    return sum(1 for column in mapping.columns if any(header(name) in known for name in column.headers))


def _has_column(mapping: ColumnMapping, field: str, headers: Sequence[str]) -> bool:
    return any(
        column.field == field and any(header(name) in headers for name in column.headers) for column in mapping.columns
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """Where a field comes from: headers as they are compared, and the pattern."""

    headers: tuple[str, ...]
    label: str
    match: str

    @staticmethod
    def of(column: Column) -> _Source:
        names = tuple(header(name) for name in column.headers)
        return _Source(headers=names, label="、".join(column.headers), match=column.match)


class _Reader:
    """Reads one row; collects what is wrong with it."""

    def __init__(self, settings: Settings, columns: Mapping[str, _Source], channel: str | None, now: datetime) -> None:
        self._settings = settings
        self._columns = columns
        self._channel = channel
        self._now = now
        self._problems: list[str] = []
        self._cells: Mapping[str, Any] = {}
        self._texts: dict[str, str] = {}

    def read(self, raw: RawRow) -> Row:
        """Return *raw* as an envelope, or its problems."""
        self._cells = raw.cells
        self._texts = {name: _text(cell) for name, cell in raw.cells.items()}
        cells = MappingProxyType(self._texts)
        if raw.problem:
            return Row(n=raw.n, envelope=None, problems=(raw.problem,), cells=cells)
        envelope = self._envelope()
        return Row(n=raw.n, envelope=None if self._problems else envelope, problems=tuple(self._problems), cells=cells)

    def _envelope(self) -> Envelope | None:
        channel = self._channel_of()
        received_at = self._parsed("received_at", lambda value: moment(value, now=self._now), needed=True)
        text = self._verbatim()
        fields = {
            "title": self._get("title"),
            "external_id": self._get("external_id") or None,
            "people": self._people(),
            "people_count": self._parsed("people_count", _whole),
            "form": self._get("form"),
            "place": self._get("place"),
            "about_unit": self._get("about_unit"),
            "unit_hint": self._get("unit_hint"),
            "category": tuple(part for part in self._parts("category") if part),
            "sender": self._get("sender"),
            "sender_no": self._get("sender_no"),
            "sender_limit": self._parsed("sender_limit", day),
            "extra": self._extra(),
        }
        if channel is None or received_at is None or text is None:
            return None
        return Envelope(channel=channel.code, received_at=received_at, text=text, **fields)  # type: ignore[arg-type] # checked field by field above

    # -- single fields ----------------------------------------------------------------------------

    def _channel_of(self) -> Channel | None:
        said = self._get("channel") or self._channel or ""
        channels = self._settings.channels
        found = channels.get(said) or next((item for item in channels.values() if item.name == said), None)
        if found is None:
            near = "或".join(close(said, channels))
            hint = f"，是不是{near}" if near else ""
            self._problem("channel", f"没有「{said}」这个渠道{hint}" if said else "没有写明渠道")
        return found

    def _verbatim(self) -> str | None:
        """Return the words as they were said: not edited, not shortened (D1)."""
        column = self._columns.get("text")
        said = [self._texts[name] for name in self._present(column)]
        text = "\n".join(said)
        if not text.strip():
            self._problem("text", "没有内容")
            return None
        if "\0" in text:
            self._problem("text", "含有无法保存的空字符（NUL）")
            return None
        return text

    def _people(self) -> tuple[Party, ...]:
        self._whole_id_no()
        names = self._list("name")
        phones = self._list("phone")
        documents = self._list("id_no")
        address, account = self._get("address"), self._get("account")
        count = max(len(names), len(phones), len(documents), 1 if account else 0)
        people = (
            Party(
                name=_nth(names, n),
                phone=_nth(phones, n),
                id_no=_nth(documents, n).upper(),
                address=address,
                account=account if n == 0 else "",
            )
            for n in range(count)
        )
        return tuple(person for person in people if person.is_named)

    def _whole_id_no(self) -> None:
        for name in self._present(self._columns.get("id_no")):
            cell = self._cells[name]
            if isinstance(cell, int | float) and len(str(int(cell))) > _DIGITS_KEPT:
                self._problem("id_no", "是数字格式，末尾几位已经丢失；请把该列设为文本后重新填写")

    def _list(self, field: str) -> list[str]:
        parts = [part.strip() for part in _LISTED.split(self._get(field))]
        return [part for part in parts if part and part not in _NOBODY]

    def _extra(self) -> Mapping[str, str]:
        fields = [field for field in self._columns if field.startswith(_EXTRA)]
        values = {field.removeprefix(_EXTRA): self._get(field) for field in fields}
        return MappingProxyType({name: value for name, value in values.items() if value})

    # -- cells ------------------------------------------------------------------------------------

    def _present(self, column: _Source | None) -> list[str]:
        """Return the column's headers that have a cell in this row."""
        return [name for name in column.headers if name in self._cells] if column else []

    def _parts(self, field: str) -> list[str]:
        return [self._texts[name].strip() for name in self._present(self._columns.get(field))]

    def _get(self, field: str) -> str:
        """Return a field's text; a pattern that does not match is a problem."""
        column = self._columns.get(field)
        if column is None:
            return ""
        text = " ".join(self._parts(field))
        if not column.match or not text:
            return text
        found = re.search(column.match, text)
        if found is None:
            self._problem(field, f"「{text}」中没有所需的部分（{column.match}）")
            return ""
        return str(found[1]).strip()

    def _parsed(self, field: str, parse: Callable[[Any], _T], *, needed: bool = False) -> _T | None:
        column = self._columns.get(field)
        present = self._present(column)
        raw: Any = self._cells[present[0]] if len(present) == 1 and not (column and column.match) else self._get(field)
        if raw == "" or raw is None:
            if needed and not any(problem.startswith(self._label(field)) for problem in self._problems):
                self._problem(field, "没有填写")
            return None
        try:
            return parse(raw)
        except ValueError as error:
            self._problem(field, str(error))
            return None

    def _label(self, field: str) -> str:
        column = self._columns.get(field)
        return column.label if column else field

    def _problem(self, field: str, message: str) -> None:
        self._problems.append(f"{self._label(field)}：{message}")


def _text(cell: Any) -> str:
    """Return a cell as a person reads it: 13800000000.0 is a telephone number, not a fraction."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list | tuple):
        return "、".join(_text(item) for item in cell)
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(cell))


def _whole(value: Any) -> int:
    found = re.fullmatch(r"\s*(\d{1,6})\s*(?:人|名|位)?(?:\.0)?\s*", _text(value))
    if not found or int(found[1]) == 0:
        raise ValueError(f"「{value}」不是人数")
    return int(found[1])


def _nth(values: Sequence[str], n: int) -> str:
    return values[n] if n < len(values) else ""
