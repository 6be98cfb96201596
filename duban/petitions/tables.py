"""Files of rows: CSV in any of the encodings in use, XLSX, JSON lines; read as a stream, one row at a time."""

from __future__ import annotations

import codecs
import csv
import json
import unicodedata
import warnings
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl

from duban.errors import Refused

LARGEST = 4 * 1024 * 1024
"""Characters in one cell; more is a quotation mark that was never closed."""
LOOKED_AT = 20
"""Lines in which the header is looked for."""
_BLOCK = 1 << 20
_BROKEN = (BadZipFile, KeyError, ValueError, TypeError, IndexError, EOFError, zlib.error)
"""What openpyxl lets through of a damaged workbook; XML errors are SyntaxErrors."""
_DELIMITERS = ",\t;|，"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """A row as it stands in the file."""

    n: int
    """Number of the row as a spreadsheet shows it: the first one is 1."""
    cells: Mapping[str, Any]
    """Header to value; empty cells are left out."""
    problem: str = ""
    """Why the row cannot be read, in a sentence for people."""


@contextmanager
def open_rows(path: Path) -> Generator[tuple[Sequence[str], Iterator[RawRow]]]:
    """Open *path* and give its headers and its rows.

    Raises:
        Refused: The file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}") from error
    if not start.strip():
        raise Refused(f"{path.name} is empty")
    if start.startswith(b"PK\x03\x04"):
        yield from _workbook(path)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(f"{path.name} is an old .xls workbook; save it as .xlsx or CSV")
    elif path.suffix.lower() in {".jsonl", ".ndjson", ".json"} or start.lstrip(codecs.BOM_UTF8 + b" \r\n")[:1] in b"{[":
        yield from _json_lines(path)
    else:
        yield from _delimited(path)


def header(value: Any) -> str:
    """Return a header as it is compared: without stars, spaces and width of characters."""
    plain = unicodedata.normalize("NFKC", "" if value is None else str(value))
    return "".join(plain.split()).strip("*\ufeff")


# -- CSV ------------------------------------------------------------------------------------------


def encoding_of(path: Path) -> str:
    """Return the encoding in which the whole file can be read: by its mark, else UTF-8, else GB18030.

    Raises:
        Refused: It is none of them; says where the first bad byte stands.
    """
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        for name in ("utf-8", "gb18030"):
            file.seek(0)
            bad = _first_bad_byte(file, name)
            if bad is None:
                return name
    raise Refused(f"{path.name} is neither UTF-8 nor GB18030 (byte {bad}); save it as UTF-8")


def _first_bad_byte(file: Any, name: str) -> int | None:
    decoder = codecs.getincrementaldecoder(name)()
    done = 0
    while block := file.read(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return done + error.start
        done += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done
    return None


def _delimited(path: Path) -> Generator[tuple[Sequence[str], Iterator[RawRow]]]:
    # a process-wide setting of the csv module; nobody else here reads CSV
    csv.field_size_limit(LARGEST)
    with path.open(encoding=encoding_of(path), newline="") as file:
        delimiter = _delimiter(list(islice(file, LOOKED_AT)))
        file.seek(0)
        yield from _headed(path, _csv_rows(csv.reader(file, delimiter=delimiter, strict=True)))


def _delimiter(lines: Sequence[str]) -> str:
    """Return the character that parts the first telling line into the most cells."""
    first = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _csv_rows(reader: Any) -> Iterator[tuple[int, Sequence[Any], str]]:
    n = 0
    while True:
        n += 1
        try:
            yield n, next(reader), ""
        except StopIteration:
            return
        except csv.Error as error:
            yield n, (), _csv_problem(str(error), reader.line_num)


def _csv_problem(error: str, line: int) -> str:
    if "unexpected end of data" in error:
        return f"第{line}行：引号没有结束，此行起的内容没有读入"
    if "field limit" in error:
        return f"第{line}行：一个单元格超过{LARGEST}个字符，多半是引号没有结束"
    return f"第{line}行：引号不成对（{error}）"


# -- XLSX -----------------------------------------------------------------------------------------


def _workbook(path: Path) -> Generator[tuple[Sequence[str], Iterator[RawRow]]]:
    with path.open("rb") as file, warnings.catch_warnings():
        # openpyxl warns of styles and extensions that do not concern the cells
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (*_BROKEN, SyntaxError, OSError) as error:
            raise Refused(f"{path.name} is no readable .xlsx workbook: {error}") from error
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from _headed(path, _sheet_rows(path, sheet))
        finally:
            book.close()


def _sheet_rows(path: Path, sheet: Any) -> Iterator[tuple[int, Sequence[Any], str]]:
    """Give the rows of a sheet; a part of the workbook that is broken ends the import, loudly."""
    n = 0
    try:
        for n, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield n, row, ""
    except (*_BROKEN, SyntaxError) as error:
        raise Refused(f"{path.name} is broken after row {n}: {error}") from error


# -- rows under a header --------------------------------------------------------------------------


def _headed(
    path: Path, rows: Iterator[tuple[int, Sequence[Any], str]]
) -> Generator[tuple[Sequence[str], Iterator[RawRow]]]:
    """Take the first telling row for the header; give the others by its names."""
    for n, row, problem in rows:
        if problem:
            raise Refused(f"{path.name}, row {n}: {problem}")
        if any(not _is_empty(cell) for cell in row):
            headers = [header(cell) for cell in row]
            yield headers, _named(headers, rows)
            return
    raise Refused(f"{path.name} has no rows")


def _named(headers: Sequence[str], rows: Iterator[tuple[int, Sequence[Any], str]]) -> Iterator[RawRow]:
    for n, row, problem in rows:
        cells = {name: cell for name, cell in zip(headers, row, strict=False) if name and not _is_empty(cell)}
        over = [cell for cell in row[len(headers) :] if not _is_empty(cell)]
        wide = ""
        if over:
            wide = f"有{len(row)}个单元格，表头只有{len(headers)}个：内容里的逗号或引号没有处理好"
        if cells or problem:
            yield RawRow(n=n, cells=cells, problem=problem or wide)


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


# -- JSON lines -----------------------------------------------------------------------------------


def _json_lines(path: Path) -> Generator[tuple[Sequence[str], Iterator[RawRow]]]:
    with path.open(encoding=encoding_of(path)) as file:
        rows = _json_rows(file)
        first = list(islice(rows, LOOKED_AT))
        names = dict.fromkeys(name for row in first for name in row.cells)
        if not names:
            problem = next((row.problem for row in first), "no lines")
            raise Refused(f"{path.name} has no JSON objects, one per line ({problem})")
        yield list(names), chain(first, rows)


def _json_rows(lines: Iterator[str]) -> Iterator[RawRow]:
    for n, line in enumerate(lines, 1):
        plain = line.strip().strip("\ufeff")
        if not plain or plain in "[]":
            continue
        try:
            value = json.loads(plain.rstrip(",").removeprefix("[") if plain[0] == "[" else plain.rstrip(","))
        except json.JSONDecodeError as error:
            yield RawRow(n=n, cells={}, problem=f"不是JSON：第{error.colno}列，{error.msg}")
            continue
        if isinstance(value, dict):
            cells = {header(key): cell for key, cell in value.items() if not _is_empty(cell)}
            yield RawRow(n=n, cells=cells)
        else:
            yield RawRow(n=n, cells={}, problem="每行应是一个JSON对象")
