"""JSON Schema validators as forms need them; apart, because loading jsonschema takes a tenth of a second."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError

from duban.errors import BureauError, Problem

_formats = FormatChecker(formats=())


@_formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == len("2026-02-24") and bool(date.fromisoformat(value)))


@_formats.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def validator_of(name: str, schema: dict[str, Any]) -> Draft202012Validator:
    """Return a validator for the form *name*.

    Raises:
        BureauError: It is not a JSON Schema.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise BureauError(
            [Problem(file=f"bpmn/forms/{name}.json", element=error.json_path, message=error.message)]
        ) from error
    return Draft202012Validator(schema, format_checker=_formats)
