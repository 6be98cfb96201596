"""Reading: the files of one definition, the process levels that a case can come to, and their problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from duban.engine.checks import check
from duban.engine.decisions import parse_decisions
from duban.engine.dialect import Parser, links_to_flows, messages_to_events
from duban.engine.drawing import Drawing, ProblemFound, drawings, extension, is_level, qualified, read, tag_of
from duban.engine.kernel.specs import kernelise
from duban.engine.kernel.vocabulary import vocabulary_of
from duban.engine.wording import check_definitions, check_wording
from duban.errors import DiagramError, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A definition ready to run; shared by all its cases and never changed."""

    spec: Any
    """The prepared spec of the process that a case starts."""
    processes: Mapping[str, Any]
    """Process and sub-process id to prepared spec."""


class Reading:
    """One set of files, read for one process.

    Raises:
        DiagramError: A file cannot be read at all, or none has the process.
    """

    def __init__(self, files: Mapping[str, bytes], process: str) -> None:
        self.files = files
        self.process = process
        self.problems: list[Problem] = []
        self.roots: dict[str, Any] = {}
        self.levels: dict[str, Drawing] = {}
        self.decisions: Mapping[str, Any] = {}
        self.undecided = False
        """The decision tables could not be read."""
        self.used: list[Drawing] = []
        self._read()
        self._decide()
        if self.process in self.levels:
            self.used = list(self._reached(self.process))
        elif not self.problems:
            known = ", ".join(sorted(self.levels))
            message = f"no file has the process {self.process!r}. There are: {known}"
            self.problems.append(
                Problem(file=", ".join(self.roots) or "(no .bpmn file)", message=message, rule="process")
            )

    def check(self) -> None:
        """Look at everything that a case can come to.

        Raises:
            DiagramError: With every problem.
        """
        for level in self.used:
            self.problems.extend(check(level, self.levels))
            self.problems.extend(check_wording(level, None if self.undecided else self.decisions))
        for file in {level.file: None for level in self.used}:
            self.problems.extend(check_definitions(file, self.roots[file]))
        self._refuse()

    def _refuse(self) -> None:
        if self.problems:
            raise DiagramError(sorted(self.problems, key=lambda problem: (problem.file, problem.line or 0)))

    def _read(self) -> None:
        for file, data in self.files.items():
            if not file.endswith(".bpmn"):
                continue
            try:
                root = read(file, data)
            except ProblemFound as found:
                self.problems.append(found.problem)
                continue
            self.roots[file] = root
            self.problems.extend(_double_ids(file, root))
            for level in drawings(file, root):
                self._add(level)

    def _add(self, level: Drawing) -> None:
        other = self.levels.setdefault(level.id, level)
        if other is not level:
            message = f"the id {level.id!r} is taken by {tag_of(other.node)} of {other.file}: rename one of them"
            self.problems.append(
                Problem(
                    file=level.file, element=level.id, line=level.node.sourceline, message=message, rule="unique-id"
                )
            )

    def _decide(self) -> None:
        tables = {file: data for file, data in self.files.items() if file.endswith(".dmn")}
        if not tables:
            return
        try:
            self.decisions = parse_decisions(tables)
        except DiagramError as error:
            self.undecided = True
            self.problems.extend(error.problems)

    def _reached(self, process: str) -> Iterator[Drawing]:
        """Yield the levels that a case of *process* can come to."""
        seen = {process}
        todo = [process]
        while todo:
            level = self.levels[todo.pop(0)]
            yield level
            for node in level.nodes.values():
                name = node.get("id") if is_level(node) else node.get("calledElement")
                if name in self.levels and name not in seen:
                    seen.add(name)
                    todo.append(name)

    def needed(self) -> dict[str, bytes]:
        """Return the files that the process needs."""
        wanted = {level.file for level in self.used}
        asked = {extension(node, "calledDecisionId") for level in self.used for node in level.nodes.values()} - {None}
        if asked:
            wanted |= {file for file in self.files if file.endswith(".dmn")}
        return {file: data for file, data in self.files.items() if file in wanted}

    def prepared(self) -> Prepared:
        """Return the definition's specs, ready to run.

        Raises:
            DiagramError: They cannot be made.
        """
        self._refuse()
        for level in self.used:
            links_to_flows(level)
        parser = Parser()
        try:
            for file in {level.file: None for level in self.used}:
                messages_to_events(self.roots[file])
                parser.add_bpmn_xml(self.roots[file], file)
            spec = parser.get_spec(self.process)
            processes = {self.process: spec, **parser.get_subprocess_specs(self.process)}
        except ValidationException as error:
            raise DiagramError([self._told(error)]) from error
        except RecursionError as error:
            file = self.levels[self.process].file
            message = "the path is too long for one level: put parts of it into sub-processes"
            raise DiagramError([Problem(file=file, element=self.process, message=message, rule="too-long")]) from error
        used = {level.id: level for level in self.used}
        kernelise(processes, used, self.decisions)
        spec.vocabulary = vocabulary_of(self.files)
        return Prepared(spec=spec, processes=processes)

    def _told(self, error: ValidationException) -> Problem:
        return Problem(
            file=error.file_name or self.levels[self.process].file,
            element=error.id or None,
            line=error.line_number or None,
            message=str(error.args[0]) if error.args else "it cannot be read",
            rule="unsupported",
        )


def _double_ids(file: str, root: Any) -> Iterator[Problem]:
    seen: dict[str, Any] = {}
    for node in root.iter(etree.Element):
        name = node.get("id")
        if name is None or not str(node.tag).startswith(qualified("")):
            continue
        if name in seen:
            message = f"the id {name!r} is used twice (first in line {seen[name].sourceline}): ids are unique in a file"
            yield Problem(file=file, element=name, line=node.sourceline, message=message, rule="unique-id")
        seen.setdefault(name, node)
