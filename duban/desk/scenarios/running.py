"""Running: all scenarios of a bureau, their results, and what they walked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duban.bureau import Bureau
from duban.desk.scenarios.checking import check_suite
from duban.desk.scenarios.playing import Played
from duban.desk.scenarios.reading import read_suite
from duban.desk.scenarios.script import Suite
from duban.desk.scenarios.sharing import play_all
from duban.desk.scenarios.walked import Walked, walked_by
from duban.desk.shelf import Shelf
from duban.desk.virtual import Fresh
from duban.errors import BureauError, NotFound, Problem

ENDING = ".scenarios.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """How the scenarios of a bureau went."""

    suites: tuple[Suite, ...]
    played: tuple[Played, ...]
    problems: tuple[Problem, ...]
    """Of files that cannot be read or do not fit the bureau: their scenarios were not played."""
    walked: tuple[Walked, ...]
    """Per file of bpmn/ that the scenarios' diagrams use: what was walked and what was not."""
    broken: tuple[Problem, ...]
    """Why other diagrams cannot be run: nothing of theirs happened in any scenario."""
    narrowed: bool
    """Only some scenarios were played: what is not walked says nothing."""

    @property
    def failed(self) -> tuple[Played, ...]:
        """Return the scenarios that failed."""
        return tuple(each for each in self.played if not each.passed)

    @property
    def passed(self) -> bool:
        """Tell whether all is well: everything held, and unless narrowed everything was walked."""
        whole = self.narrowed or (not self.broken and all(each.is_whole for each in self.walked))
        return not self.failed and not self.problems and whole


@dataclass(kw_only=True)
class Stories:
    """The scenario files of a bureau, read."""

    suites: list[Suite] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_stories(bureau: Bureau, shelf: Shelf, files: Sequence[Path] = ()) -> Stories:
    """Read *files*, or every ``bpmn/*.scenarios.yaml`` of the bureau, and hold them against its names.

    Raises:
        NotFound: A file is not there.
    """
    stories = Stories()
    for path in files or sorted((bureau.folder / "bpmn").glob(f"*{ENDING}")):
        if not path.is_file():
            raise NotFound(f"there is no file {path}")
        name = path.relative_to(bureau.folder).as_posix() if path.is_relative_to(bureau.folder) else str(path)
        try:
            suite = read_suite(name, path.read_bytes(), bureau.settings)
            check_suite(suite, bureau, shelf)
        except BureauError as error:
            stories.problems += error.problems
        else:
            stories.suites.append(suite)
    return stories


def run(
    bureau: Bureau,
    shelf: Shelf,
    fresh: Fresh,
    *,
    files: Sequence[Path] = (),
    only: Iterable[str] = (),
    processes: int = 1,
    told: Callable[[Played], None] = lambda _: None,
) -> Results:
    """Play scenarios: all of the bureau's, those of *files*, those whose ids are *only*; *told* hears of each.

    *processes*: among how many they are shared.

    Raises:
        NotFound: There is no such file or scenario.
    """
    stories = read_stories(bureau, shelf, files)
    wanted = set(only)
    known = {scenario.id for suite in stories.suites for scenario in suite.scenarios}
    if unknown := sorted(wanted - known):
        raise NotFound(f"there is no scenario {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    chosen = [each for suite in stories.suites for each in suite.scenarios if not wanted or each.id in wanted]
    played: list[Played] = []
    for each in play_all(fresh, chosen, processes=processes):
        played.append(each)
        told(each)
    broken = [problem for kind in bureau.settings.kinds for problem in shelf.problems_of(kind)]
    return Results(
        suites=tuple(stories.suites),
        played=tuple(played),
        problems=tuple(stories.problems),
        walked=walked_by(bureau, shelf, stories.suites, played),
        broken=tuple(dict.fromkeys(each for each in broken if each not in stories.problems)),
        narrowed=bool(files or wanted),
    )
