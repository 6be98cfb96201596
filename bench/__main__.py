"""``make bench``: every figure beside what it must reach, written to bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import warnings
from dataclasses import dataclass
from pathlib import Path

from bench import aged, callers, condition, herd, importing, kernel, sweep, writes
from bench.life import record

RESULTS = Path("bench/results.json")
FEW, MANY = 10_000, 1_000_000
SIXTEEN = "16 callers"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    key: str
    value: float
    wanted: str
    reached: bool | None
    """None: reported, nothing is asked of it."""

    def __str__(self) -> str:
        mark = {True: "reached", False: "NOT REACHED", None: ""}[self.reached]
        return f"  {self.key:32}{self.value:14,.2f}   {self.wanted:34}{mark}"


class Table:
    """The figures, printed as they come."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self.missed: list[str] = []

    def at_least(self, key: str, value: float, least: float) -> None:
        """A figure that must not be smaller."""
        self._add(Figure(key=key, value=value, wanted=f"at least {least:g}", reached=value >= least))

    def at_most(self, key: str, value: float, most: float) -> None:
        """A figure that must not be larger."""
        self._add(Figure(key=key, value=value, wanted=f"at most {most:g}", reached=value <= most))

    def within(self, key: str, value: float, low: float, high: float) -> None:
        """A figure that must lie between two others."""
        self._add(Figure(key=key, value=value, wanted=f"{low:g} to {high:g}", reached=low <= value <= high))

    def note(self, key: str, value: float, what: str = "") -> None:
        """A figure that is told."""
        self._add(Figure(key=key, value=value, wanted=what, reached=None))

    def _add(self, figure: Figure) -> None:
        self.figures[figure.key] = round(figure.value, 4)
        if figure.reached is False:
            self.missed.append(figure.key)
        print(figure, flush=True)


def main() -> None:
    """Measure everything."""
    warnings.simplefilter("ignore")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; CPU time unless said\n")
    table = Table()
    _steps(table)
    _sweep(table)
    table.at_most("condition_us", condition.microseconds(), 3)
    table.at_least("import_rows_s", importing.rows_per_second(), importing.ROWS / 45)
    _callers(table)
    _herd(table)
    RESULTS.write_text(json.dumps(table.figures, indent=2) + "\n")
    print(f"\nwritten to {RESULTS}" + (f"; not reached: {', '.join(table.missed)}" if table.missed else ""))


def _steps(table: Table) -> None:
    sizes: list[int] = []
    for loops, alone, durable in ((1, 25, 12), (20, 90, 40)):
        sizes += kernel.sizes(record(loops))
        figures = aged.measure(record, loops)
        table.at_least(f"kernel_ratio_{loops}", figures.kernel_ratio, alone)
        table.at_least(f"steps_ratio_{loops}", figures.steps_ratio, durable)
        table.note(f"steps_s_{loops}", figures.steps, "durable human steps a CPU second")
        table.note(f"stock_steps_s_{loops}", figures.stock, "the same, stock")
        table.note(f"life_ratio_{loops}", figures.life_ratio, "durable, the whole life")
        for part, share in figures.shares.items():
            table.note(f"share_{loops}_{part}", share, "µs of a durable step")
    table.at_most("state_bytes_max", max(sizes), 2_500)
    for statement, spent in writes.by_statement(record(1)).items():
        table.note(f"write_us_{statement.replace(' ', '_')}", spent, "µs of a step's writes")


def _sweep(table: Table) -> None:
    swept = sweep.ours(FEW, MANY)
    table.at_least("sweep_ratio", sweep.theirs(record(1)) / swept.each, 300)
    table.within("sweep_flatness", swept.flatness, 0.8, 1.2)
    table.note("sweep_us_each", swept.each * 1e6, "µs to find and fire one due case")


def _callers(table: Table) -> None:
    life = record(1)
    with callers.databases() as urls:
        for name, url in urls.items():
            table.note(f"{name}_steps_s", callers.steps(life, url), f"{SIXTEEN}, wall time")
            table.note(f"{name}_raw_commits_s", callers.raw(url), f"{SIXTEEN}, one row each")


def _herd(table: Table) -> None:
    with callers.databases() as urls:
        for name, url in urls.items():
            drained = herd.ours(url)
            table.note(f"herd_timers_s_{name}", drained.timers_s, f"of {herd.HERD}, pages asked for beside it")
            table.note(f"herd_steadiness_{name}", drained.steadiness, "second half of the window by the first")
            table.at_most(f"herd_page_p99_ms_{name}", drained.page_p99_ms, 300)
    table.note("herd_stock_timers_s", herd.theirs(record(1)), "restored and refreshed by stock, CPU time")


if __name__ == "__main__":
    main()
