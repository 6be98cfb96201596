"""How a command fails: one message on stderr, one exit code per family of errors."""

from __future__ import annotations

from duban import errors
from duban.cli.output import say
from duban.errors import DubanError

_CODES: tuple[tuple[type[DubanError], int], ...] = (
    (errors.BureauError, 2),
    (errors.InvalidForm, 2),  # what was given must be corrected, like content
    (errors.Refused, 3),
    (errors.Conflict, 3),
    (errors.NotFound, 4),
    (errors.OutsideError, 5),
)


def code_of(error: DubanError) -> int:
    """Return the exit code of the family *error* belongs to."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), 1)


def tell(error: DubanError) -> int:
    """Say what went wrong and return the exit code."""
    if isinstance(error, errors.BureauError) and error.problems:
        for problem in error.problems:
            say(str(problem))
        count = len(error.problems)
        say(f"{count} problem{'' if count == 1 else 's'} in the bureau's content.")
    elif isinstance(error, errors.InvalidForm):
        say("The form is not filled in as it must be:")
        for name, what in error.fields.items():
            say(f"  {name}: {what}")
    else:
        say(str(error))
    return code_of(error)
