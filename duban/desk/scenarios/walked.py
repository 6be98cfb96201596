"""Walked: which nodes, flows and decision rows the scenarios went through, file by file, and which none did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duban.bureau import Bureau
from duban.desk.scenarios.plans import plan_of
from duban.desk.scenarios.playing import Played
from duban.desk.scenarios.script import Suite
from duban.desk.shelf import Shelf
from duban.engine import coverage
from duban.engine.coverage import Place
from duban.errors import BureauError


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many of so many."""

    walked: int
    of: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Walked:
    """What was walked of one file."""

    file: str
    nodes: Share
    flows: Share
    rows: Share
    missing: tuple[Place, ...]
    """What no scenario went through, in the order of the file."""

    @property
    def is_whole(self) -> bool:
        """Tell whether everything was walked."""
        return not self.missing


def walked_by(bureau: Bureau, shelf: Shelf, suites: Iterable[Suite], played: Sequence[Played]) -> tuple[Walked, ...]:
    """Return what *played* walked of the files that the diagrams of *suites* are made of."""
    wanted: dict[Place, None] = {}
    walked = frozenset[Place]().union(*(each.walked for each in played))
    shown: set[str] = set()
    diagrams = {suite.diagram for suite in suites}
    for kind in bureau.settings.kinds.values():
        try:
            definition = shelf.of_kind(kind.id)
        except BureauError:
            continue  # the gate says why
        plan = plan_of(definition)
        if kind.process in diagrams:
            shown |= _own(definition.files, kind.process)
            wanted |= dict.fromkeys(place for place in plan.places)
    return tuple(_of_file(file, wanted, walked) for file in sorted(shown))


def _own(files: Iterable[str], process: str) -> set[str]:
    """Return the diagram itself and the decision tables: a called process is measured by scenarios of its own."""
    return {file for file in files if file.endswith(".dmn") or file == f"{process}.bpmn"}


def _of_file(file: str, wanted: Iterable[Place], walked: frozenset[Place]) -> Walked:
    places = [place for place in wanted if place.file == file]

    def share(what: str) -> Share:
        of = [place for place in places if place.what == what]
        return Share(walked=sum(place in walked for place in of), of=len(of))

    return Walked(
        file=file,
        nodes=share(coverage.NODE),
        flows=share(coverage.FLOW),
        rows=share(coverage.ROW),
        missing=tuple(place for place in places if place not in walked),
    )
