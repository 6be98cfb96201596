"""One tree of errors, arranged by whose move it is; a class's docstring is its default message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class DubanError(Exception):
    """Something went wrong in Duban."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)


# -- the content must be corrected ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in the bureau's content: where it is, what it is, and what to do."""

    file: str
    message: str
    element: str | None = None
    line: int | None = None
    rule: str = ""
    """Id of the rule of the gate that it breaks (docs/gate.md); empty where the content cannot even be read."""
    warning: bool = False
    """It is told and refuses nothing."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {f'{self.element}: ' if self.element else ''}{self.message}"


class BureauError(DubanError):
    """The bureau's content (diagrams, tables, forms, letters, settings) must be corrected."""

    def __init__(self, problems: Iterable[Problem] | str | None = None) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) or problems is None else tuple(problems)
        text = problems if isinstance(problems, str) else "\n".join(str(p) for p in self.problems)
        super().__init__(text or None)


class DiagramError(BureauError):
    """A diagram or decision table cannot be run as drawn."""


class MissingHandler(BureauError):
    """A service task names a handler that tasks/ does not offer."""


class MissingTemplate(BureauError):
    """A letter or page names a template that templates/ does not have."""


# -- the rules say no -----------------------------------------------------------------------------


class Refused(DubanError):
    """The rules do not allow this."""


class NotYourWork(Refused):
    """This work belongs to somebody else; ask the unit that holds it or claim it first."""


class KeptFromWork(NotYourWork):
    """Whoever did a thing does not check it: this work is for somebody else with the same role."""


class AlreadyDone(Refused):
    """This work is no longer open: somebody completed it or the case moved on. Look at the case again."""


class NotWaiting(Refused):
    """Nothing in the case waits for this message; check its name and its correlation keys."""


class AmbiguousMessage(Refused):
    """Several instances wait for this message and it names none of them; add the correlation key."""


class InvalidForm(Refused):
    """The form is not filled in as it must be."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(f"{name}: {what}" for name, what in self.fields.items()) or None)


# -- the rest -------------------------------------------------------------------------------------


class NotFound(DubanError):
    """There is no such case, work item, definition or person."""


class Conflict(DubanError):
    """Somebody was first: the case changed since it was read. Look again, then repeat the step."""


class OutsideError(DubanError):
    """The world outside failed (a server, a mailbox, a disk); it will be tried again."""


class Corrupted(DubanError):
    """The record contradicts itself; touch nothing and call the auditor."""


class UnknownState(Corrupted):
    """A stored state has a version that this release does not know; it is refused, never guessed."""
