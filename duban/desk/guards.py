"""Guards: rules that a diagram sets for the answer to a user task (``must.<name>``), with the sentence people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duban.desk.drawing import Guard
from duban.engine.expressions import ExpressionError, compile_expression
from duban.errors import InvalidForm


def check(guards: Sequence[Guard], element: str, answer: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Hold the *answer* to *element* (fields, ``_by``, ``_unit``, ``_at``) against its rules over what the step sees.

    A rule that cannot be told (it reads a field that was left out) is not met.

    Raises:
        InvalidForm: Rules are not met; each says its sentence, under the name of the rule.
    """
    data = {**seen, element: answer}
    wrong = {guard.name: guard.says for guard in guards if not _holds(guard, data)}
    if wrong:
        raise InvalidForm(wrong)


def _holds(guard: Guard, data: Mapping[str, Any]) -> bool:
    try:
        return bool(compile_expression(guard.expression).evaluate(data))
    except ExpressionError:
        return False
