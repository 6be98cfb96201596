"""How commands fail: everything that is wrong, then one exit code per family."""

from __future__ import annotations

import pytest

from duban import errors
from duban.cli.failing import code_of, tell
from duban.errors import Problem


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.BureauError("x"), 2),
        (errors.MissingHandler(), 2),
        (errors.InvalidForm({"a": "b"}), 2),  # what was given must be corrected
        (errors.NotYourWork(), 3),
        (errors.AlreadyDone(), 3),
        (errors.Conflict(), 3),
        (errors.NotFound(), 4),
        (errors.OutsideError(), 5),
        (errors.Corrupted(), 1),
        (errors.DubanError(), 1),
    ],
)
def test_each_family_has_its_exit_code(error: errors.DubanError, code: int) -> None:
    """A script can tell 'try again' from 'correct the diagram'."""
    assert code_of(error) == code


def test_all_problems_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A designer should not correct one mistake to be told the next."""
    problems = [
        Problem(file="petition.bpmn", element="send", message="no handler"),
        Problem(file="bureau.toml", line=3, message="is missing"),
    ]

    assert tell(errors.BureauError(problems)) == 2
    assert capsys.readouterr().err.splitlines() == [
        "petition.bpmn: send: no handler",
        "bureau.toml:3: is missing",
        "2 problems in the bureau's content.",
    ]


def test_a_form_is_told_field_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    """Each field with what it should be."""
    assert tell(errors.InvalidForm({"decision": "「决定」必填", "n": "应为整数"})) == 2
    assert capsys.readouterr().err.splitlines() == [
        "The form is not filled in as it must be:",
        "  decision: 「决定」必填",
        "  n: 应为整数",
    ]
