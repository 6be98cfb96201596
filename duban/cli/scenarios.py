"""``duban bureau test`` and ``duban case scenario``: scenarios played, and scenarios made from what happened."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.house import opened, settings
from duban.cli.options import BureauDir, DatabaseUrl, Json, Number, Viewer
from duban.cli.output import say, show, show_json

if TYPE_CHECKING:
    from duban.desk.scenarios.playing import Played
    from duban.desk.scenarios.running import Results
    from duban.desk.scenarios.walked import Walked

FAILED = 2
"""Exit code: the content must be corrected."""


def play(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]…", help="Only these files.")] = None,
    *,
    scenario: Annotated[list[str] | None, typer.Option("--scenario", metavar="ID", help="Only this one.")] = None,
    missing: Annotated[bool, typer.Option("--coverage", help="Name everything that no scenario walked.")] = False,
    processes: Annotated[
        int, typer.Option("--processes", min=0, help="Share them among so many processes; 0: one for each core.")
    ] = 0,
    bureau: BureauDir = None,
    as_json: Json = False,
) -> None:
    """Play the scenarios in bpmn/*.scenarios.yaml; every node, flow and decision row must be walked by one."""
    from duban import opening
    from duban.bureau import find_folder, open_bureau
    from duban.desk.scenarios.running import run
    from duban.desk.shelf import Shelf

    found = open_bureau(find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd()))
    shelf = Shelf(found)
    with _quiet():
        results = run(
            found,
            shelf,
            opening.rehearsals(found, shelf),
            files=[path.resolve() for path in files or ()],
            only=scenario or (),
            processes=processes or os.cpu_count() or 1,
            told=_tell,
        )
    for problem in (*results.problems, *results.broken):
        say(str(problem))
    if as_json:
        show_json(as_data(results))
    else:
        _show(results, missing=missing)
    if not results.passed:
        raise typer.Exit(FAILED)


def as_data(results: Results) -> dict[str, Any]:
    """Return what machines read: counts, what failed and why, what was walked."""
    return {
        "diagrams": len(results.suites),
        "scenarios": len(results.played),
        "failed": len(results.failed),
        "coverage": {each.file: _covered(each) for each in results.walked},
        "failures": [
            {
                "file": each.scenario.file,
                "id": each.scenario.id,
                "title": each.scenario.title,
                "line": failure.line,
                "message": failure.message,
            }
            for each in results.failed
            for failure in each.failures
        ],
        "problems": [
            {"file": p.file, "line": p.line, "message": p.message} for p in (*results.problems, *results.broken)
        ],
        "passed": results.passed,
    }


def _covered(walked: Walked) -> dict[str, Any]:
    shares = {word: getattr(walked, word) for word in ("nodes", "flows", "rows")}
    of = sum(share.of for share in shares.values())
    done = sum(share.walked for share in shares.values())
    return {
        "percent": 1000 * done // of / 10 if of else 100.0,  # never 100 before it is
        **{word: [share.walked, share.of] for word, share in shares.items()},
        "missing": [_place(place) for place in walked.missing],
    }


@contextmanager
def _quiet() -> Generator[None]:
    """Keep what handlers stumble over off the screen: scenarios let them stumble, and say so where it matters."""
    log = logging.getLogger("duban")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _tell(played: Played) -> None:
    """Say at once how a scenario failed, and what happened until then."""
    if played.passed:
        return
    scenario = played.scenario
    say(f"FAILED {scenario.id} {scenario.title}")
    for failure in played.failures:
        say(f"  {failure}")
    for line in played.trail:
        say(f"      {line}")


def _show(results: Results, *, missing: bool) -> None:
    for suite in results.suites:
        mine = [each for each in results.played if each.scenario.file == suite.file]
        failed = sum(not each.passed for each in mine)
        seconds = sum(each.seconds for each in mine)
        show(f"{suite.file}: {len(mine) - failed} passed, {failed} failed ({seconds:.1f} s)")
    for walked in results.walked:
        shares = (("nodes", walked.nodes), ("flows", walked.flows), ("decision rows", walked.rows))
        told = ", ".join(f"{share.walked}/{share.of} {word}" for word, share in shares if share.of)
        show(f"{walked.file}: {told or 'nothing to walk'}")
        if missing or not results.narrowed:
            _show_missing(walked)
    told = f"{len(results.played)} scenarios: {len(results.failed)} failed, {len(results.problems)} problems"
    say(told)


def _show_missing(walked: Walked) -> None:
    for place in walked.missing:
        show(f"  not walked: {place.what} {_place(place)} ({place.name})")


def _place(place: Any) -> str:
    return f"{place.element} {place.number}" if place.row else str(place.element)


def record(number: Number, viewer: Viewer = "", bureau: BureauDir = None, database: DatabaseUrl = None) -> None:
    """Write what happened in a case as a scenario: personal values masked, played once to see that it holds."""
    from duban import opening
    from duban.desk import cases
    from duban.desk.scenarios.retelling import retell

    with opened(bureau, database) as desk:
        cases.show(desk, number, viewer)  # who may not see the case may not have its story either
        retold = retell(desk, opening.rehearsals(desk.bureau, desk.shelf), number)
    show(retold.text.rstrip())
    for failure in retold.failures:
        say(f"it does not hold when it is played: {failure}")
    if retold.failures:
        raise typer.Exit(FAILED)


def coverage(bureau: BureauDir = None) -> None:
    """Write where everything that a bureau does is drawn and which scenarios show it, as a Markdown page."""
    from duban.bureau import find_folder, open_bureau
    from duban.desk.scenarios.proofs import markdown, proofs_of
    from duban.desk.scenarios.running import read_stories
    from duban.desk.shelf import Shelf
    from duban.errors import BureauError

    found = open_bureau(find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd()))
    stories = read_stories(found, Shelf(found))
    if stories.problems:
        raise BureauError(stories.problems)
    show(markdown(proofs_of(found, stories.suites)).rstrip())
