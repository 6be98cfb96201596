"""The shelf: diagrams and forms of the bureau, compiled once and kept at hand by name and by digest."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from pathlib import Path

from duban.bureau import Bureau
from duban.desk.drawing import Drawing, read_drawing
from duban.desk.forms import Form, compile_form
from duban.errors import BureauError, NotFound, Problem
from duban.model.definition import Definition
from duban.petitions import statutes
from duban.store import Unit

_QUOTED = re.compile(r'(?:"|&quot;)(\w+)(?:"|&quot;)')
"""A word in quotes, as expressions and cells of tables write a letter's code."""


class Shelf:
    """Compiled content; safe to share between threads, nothing is compiled before it is asked for."""

    def __init__(self, bureau: Bureau) -> None:
        """*bureau*: where diagrams and forms come from."""
        self._bureau = bureau
        self._lock = threading.RLock()
        self._current: dict[str, Definition] = {}
        self._known: dict[str, Definition] = {}
        self._drawings: dict[str, Drawing] = {}
        self._forms: dict[str, Form] = {}

    def of_kind(self, kind: str) -> Definition:
        """Return the definition on which new cases of *kind* start.

        Raises:
            NotFound: bureau.toml has no such kind.
            DiagramError: Its diagram cannot be run; every problem is named.
        """
        if (definition := self._current.get(kind)) is not None:
            return definition
        known = self._bureau.settings.kinds.get(kind)
        if known is None:
            raise NotFound(f"there is no kind {kind!r}; bureau.toml has: {', '.join(self._bureau.settings.kinds)}")
        from duban.engine.parse import parse  # see duban.desk.engine

        with self._lock:
            definition = parse(self._bureau.files_for(known.process), known.process)
            self._known[definition.digest] = definition
            return self._current.setdefault(kind, definition)

    def problems_of(self, kind: str) -> tuple[Problem, ...]:
        """Return why cases of *kind* cannot be run; nothing where they can."""
        try:
            self.of_kind(kind)
        except BureauError as error:
            return error.problems
        except NotFound as error:
            return (Problem(file="bureau.toml", element=f"kinds.{kind}", message=str(error)),)
        return ()

    def by_digest(self, digest: str, unit: Unit) -> Definition:
        """Return the definition with this digest, from the record when the bureau has redrawn it since."""
        if (definition := self._known.get(digest)) is not None:
            return definition
        return self._known.setdefault(digest, unit.definitions.get(digest))

    def drawing(self, definition: Definition) -> Drawing:
        """Return the labels and phases of *definition*."""
        if (drawing := self._drawings.get(definition.digest)) is None:
            drawing = self._drawings.setdefault(definition.digest, read_drawing(definition))
        return drawing

    def form(self, name: str) -> Form:
        """Return the form *name*.

        Raises:
            BureauError: bpmn/forms has no such form, or it is no JSON Schema.
        """
        if (form := self._forms.get(name)) is None:
            form = self._forms.setdefault(name, self._compile(name))
        return form

    def keep(self, unit: Unit, *, at: datetime) -> None:
        """Put every current definition into the record: done at opening, so that starting a case need not ask."""
        for kind in self._bureau.settings.kinds:
            unit.definitions.add(self.of_kind(kind), at=at)

    def check(self) -> None:
        """Compile everything that new cases need, and hold the settings against the statutes.

        Raises:
            BureauError: Every problem of every diagram, form, name and limit, at once.
        """
        problems = [*statutes.check(self._bureau.settings)]
        caught: set[str] = set()
        for kind in self._bureau.settings.kinds:
            try:
                drawing = self.drawing(self.of_kind(kind))
            except BureauError as error:
                problems += error.problems
            else:
                problems += self._unoffered(drawing)
                caught |= drawing.caught
        problems += self._unwritten() + self._unsayable(caught)
        if problems:
            raise BureauError(dict.fromkeys(problems))

    def _unoffered(self, drawing: Drawing) -> list[Problem]:
        """List the names that a drawing uses and the bureau does not offer."""
        offered = ", ".join(sorted(self._bureau.handlers)) or "nothing"
        problems = [
            Problem(
                file=drawing.files[element],
                element=element,
                message=f"operator {operator!r} has no handler. tasks/ offers: {offered}. "
                f"Add @service_task({operator!r}) or rename it.",
                rule="unknown-handler",
            )
            for element, operator in drawing.operators.items()
            if operator not in self._bureau.handlers
        ]
        for element, form in drawing.forms.items():
            try:
                self.form(form)
            except BureauError as error:
                problems += [
                    Problem(file=drawing.files[element], element=element, message=str(error), rule="unknown-form")
                ]
        return problems

    def _unsayable(self, caught: set[str]) -> list[Problem]:
        """List the messages that people hand on with a form that is not there."""
        problems: list[Problem] = []
        for said in self._bureau.settings.said.values():
            if said.message not in caught:
                continue  # the bureau draws without it
            try:
                self.form(said.form)
            except BureauError as error:
                element = f"said.{said.message}"
                problems.append(Problem(file="bureau.toml", element=element, message=str(error), rule="unknown-form"))
        return problems

    def _unwritten(self) -> list[Problem]:
        """List the letters that diagrams and tables name in quotes and templates/letters does not hold."""
        written = {Path(name).stem for name in self._bureau.templates if name.startswith("letters/")}
        return [
            Problem(
                file=file,
                line=line,
                message=f"the letter {letter} has no template. Write templates/letters/{letter}.txt, or name another.",
                rule="unknown-letter",
            )
            for file, data in self._bureau.files.items()
            for line, text in enumerate(data.decode("utf-8", "replace").splitlines(), start=1)
            for letter in _QUOTED.findall(text)
            if letter in self._bureau.settings.letters and letter not in written
        ]

    def _compile(self, name: str) -> Form:
        schema = self._bureau.forms.get(name)
        if schema is None:
            offered = ", ".join(sorted(self._bureau.forms)) or "none"
            message = f"there is no such form; there are: {offered}"
            raise BureauError([Problem(file=f"bpmn/forms/{name}.json", message=message)])
        return compile_form(name, schema)
