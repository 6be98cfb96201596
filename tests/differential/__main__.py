"""Plays random cases at length: ``python -m tests.differential --cases 20000 [--seed 0] [--jobs 2]``.

Exit code 1: the engine and the interpreter did not agree somewhere; seeds, commands and diagrams are told.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.differential.generator import generate
from tests.differential.harness import Difference, DivergedError, Played, play
from tests.differential.shapes import Activity, EventSub, Many, Process, Race, Sub, Wait, walk

CHUNK = 25
TOLD = 1_000
"""After how many cases a log is told how far it is."""
TWICE = 10
"""Every tenth case does each command twice and compares the bytes."""


def main() -> int:
    """Play the cases; return the exit code."""
    arguments = parser().parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.cases)
    if arguments.digests:
        for seed in seeds:
            say(play(seed).digest)
        return 0
    begun = time.monotonic()
    played: list[Played] = []
    diverged: list[Difference] = []
    for results in parts(seeds, arguments.jobs):
        for result in results:
            if isinstance(result, Played):
                played.append(result)
            else:
                diverged.append(result)
                say(f"\n{result}\n  diagram: {result.keep(Path(tempfile.gettempdir()) / 'differential')}")
        done = len(played) + len(diverged)
        told = f"{done}/{len(seeds)} cases, {len(diverged)} diverged, {time.monotonic() - begun:.0f} s"
        if sys.stdout.isatty():
            say(told, end="\r")
        elif done % TOLD == 0:
            say(told)
    report(seeds, played, diverged)
    return 1 if diverged else 0


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    options = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    options.add_argument("--cases", type=int, default=500, help="how many random cases")
    options.add_argument("--seed", type=int, default=0, help="seed of the first case")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes play")
    options.add_argument("--digests", action="store_true", help="print a digest of every state instead")
    return options


def parts(seeds: range, jobs: int) -> Iterator[list[Played | Difference]]:
    """Yield the results, some seeds at a time."""
    chunks = [seeds[n : n + CHUNK] for n in range(0, len(seeds), CHUNK)]
    if jobs == 1:
        yield from map(together, chunks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(together, chunks)


def together(seeds: Iterable[int]) -> list[Played | Difference]:
    """Play some cases."""
    results: list[Played | Difference] = []
    for seed in seeds:
        try:
            results.append(play(seed, twice=seed % TWICE == 0))
        except DivergedError as diverged:
            results.append(diverged.args[0])
    return results


def report(seeds: range, played: list[Played], diverged: list[Difference]) -> None:
    """Say what was played."""
    commands: Counter[str] = Counter()
    for case in played:
        commands.update(case.commands)
    elements: Counter[str] = Counter()
    for seed in seeds:
        elements.update(kinds(generate(seed)))
    ended = sum(case.ended for case in played)
    largest = max((case.largest for case in played), default=0)
    say(f"\nseeds {seeds.start} to {seeds.stop - 1}: {len(played)} agree, {len(diverged)} diverged")
    say(f"{sum(case.steps for case in played)} commands, {ended} cases ended, largest state {largest} bytes")
    say("commands: " + ", ".join(f"{name} {count}" for name, count in commands.most_common()))
    say("elements: " + ", ".join(f"{name} {count}" for name, count in sorted(elements.items())))
    if diverged:
        say("diverged seeds: " + ", ".join(str(case.seed) for case in diverged))


def kinds(case: Process) -> Iterator[str]:
    """Yield the kinds of elements of a process."""
    yield from map(started, case.events)
    for chain in (case.body, *(event.body for event in case.events)):
        for block in walk(chain):
            name = type(block).__name__.lower()
            if isinstance(block, Many):
                name = f"multi-instance {block.of} ({'parallel' if block.parallel else 'sequential'})"
            elif isinstance(block, Sub):
                name = block.of
                yield from map(started, block.events)
            elif isinstance(block, Wait):
                name = f"catch {block.kind}"
            yield name
            if isinstance(block, Race):
                yield from (f"race for {arm.kind}" for arm in block.arms)
            elif isinstance(block, Activity):
                for edge in block.boundaries:
                    yield f"boundary {edge.kind} ({'' if edge.interrupting else 'not '}interrupting)"


def started(event: EventSub) -> str:
    """Return the kind of an event sub-process."""
    return f"event sub-process ({event.kind}, {'' if event.interrupting else 'not '}interrupting)"


def say(text: str, end: str = "\n") -> None:
    """Print a line."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
