"""Import: rows a second with comparison, routing and case start."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from duban.desk import imports
from duban.testing import a_bureau

SAMPLE = Path("sample/petitions.csv")
ROWS = 4_000
NUMBER, TEXT = "来件编号", "内容"


def rows_per_second(rows: int = ROWS) -> float:
    """Import *rows* petitions of the sample's kind and return how many a second were taken in (wall time)."""
    with (
        TemporaryDirectory() as folder,
        a_bureau(f"sqlite:///{folder}/import.db", at="2026-11-16T09:00+08:00") as house,
    ):
        file = Path(folder, "petitions.csv")
        _write(file, rows)
        start = time.perf_counter()
        report = imports.import_file(house.desk, file, channel="12345", actor="system", progress=lambda _row: None)
        seconds = time.perf_counter() - start
    if report.accepted + report.repeat != rows:
        raise AssertionError(f"{rows} rows, but {report}")
    return rows / seconds


def _write(file: Path, rows: int) -> None:
    """Write as many petitions, each of the first half of one sample text and the second half of another."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source)
        known = list(reader)
        columns = list(reader.fieldnames or ())
    chance = random.Random(17)  # the same rows at every run
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns)
        writer.writeheader()
        for n in range(rows):
            first, second = chance.choice(known), chance.choice(known)
            half = len(second[TEXT]) // 2
            text = first[TEXT][: len(first[TEXT]) // 2] + second[TEXT][half:]
            writer.writerow({**first, NUMBER: f"B{n:06}", TEXT: f"{text}({n})"})
