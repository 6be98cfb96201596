"""Imports: a file of petitions, row by row; every row ends as accepted, repeat, known or refused with a reason."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Self

from duban.desk.desk import Desk
from duban.desk.intake import Receipt, admit
from duban.errors import Conflict, Corrupted, DubanError, OutsideError, Refused
from duban.petitions.rows import Row, read_rows

GROUP = 50
"""Rows that share a commit; others wait no longer than this takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How the rows of a file ended; rows = accepted + repeat + refused + known."""

    rows: int = 0
    accepted: int = 0
    repeat: int = 0
    """Registered too, and found to repeat an earlier petition."""
    refused: int = 0
    known: int = 0
    """Rows that an earlier import had brought already: nothing was done."""
    refused_file: str | None = None
    """Where the refused rows and the reasons stand."""

    def __add__(self, other: Report) -> Report:
        return Report(
            rows=self.rows + other.rows,
            accepted=self.accepted + other.accepted,
            repeat=self.repeat + other.repeat,
            refused=self.refused + other.refused,
            known=self.known + other.known,
            refused_file=self.refused_file or other.refused_file,
        )


def import_file(
    desk: Desk, path: Path, *, channel: str | None, actor: str, progress: Callable[[int], None] | None = None
) -> Report:
    """Import a CSV, XLSX or JSON-lines file; *progress* is told how many rows are done.

    Importing the same file again, or going on after a crash, brings only what is missing.

    Raises:
        Refused: No column mapping of bureau.toml fits the file, or it cannot be read.
        BureauError: The bureau's diagram cannot be run.
        NotFound: There is no such person as *actor*.
        OutsideError: The database is away, or refused rows cannot be written down.
    """
    desk.store.read(lambda record: desk.roster.require(record, actor))
    report = Report()
    with _Refusals(path) as refusals:
        for group in _grouped(read_rows(path, desk.bureau.settings, channel, desk.now())):
            report += _import_group(desk, group, actor, refusals)
            if progress:
                progress(report.rows)
        return report + Report(refused_file=refusals.file)


def _import_group(desk: Desk, group: list[Row], actor: str, refusals: _Refusals) -> Report:
    """Import some rows in one commit."""
    at = desk.now()
    report = Report(rows=len(group))
    readable = [(row, row.envelope) for row in group if row.envelope is not None]
    jobs = [partial(admit, desk, envelope, actor, at) for _, envelope in readable]
    answers = desk.store.write_many(jobs)
    for row in group:
        if row.envelope is None:
            refusals.add(row, "; ".join(row.problems))
            report += Report(refused=1)
    for (row, _), job, given in zip(readable, jobs, answers, strict=True):
        answer = desk.store.write(job) if isinstance(given, Conflict) else given
        if isinstance(answer, Refused | Corrupted):
            refusals.add(row, str(answer))
            report += Report(refused=1)
        elif isinstance(answer, DubanError):
            raise answer  # not this row's fault: it would befall every row
        else:
            report += _counted(answer)
    return report


def _counted(receipt: Receipt) -> Report:
    if receipt.known:
        return Report(known=1)
    return Report(repeat=1) if receipt.repeat_of else Report(accepted=1)


def _grouped(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(rows, GROUP)):
        yield group


class _Refusals:
    """The file beside the input that takes refused rows; made when the first one comes."""

    def __init__(self, source: Path) -> None:
        self._path = source.with_name(f"{source.name}.refused.csv")
        self._out: IO[str] | None = None
        self.file: str | None = None

    def add(self, row: Row, reason: str) -> None:
        """Write down why *row* was refused, with its cells as they came."""
        try:
            if self._out is None:
                # utf-8-sig: spreadsheets take it for Chinese at once
                self._out = self._path.open("w", encoding="utf-8-sig", newline="")
                self.file = str(self._path)
                csv.writer(self._out).writerow(["行", "原因", *row.cells])
            csv.writer(self._out).writerow([row.n, reason, *row.cells.values()])
        except OSError as error:
            raise OutsideError(
                f"cannot write {self._path}: {error}; make the folder writable, then import again"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._out is not None:
            self._out.close()
