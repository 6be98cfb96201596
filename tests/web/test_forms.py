"""The shipped forms: every one can be shown, filled in without JavaScript, and read back as the desk wants it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.datastructures import FormData, UploadFile

from duban.desk.forms import compile_form
from duban.testing import content
from duban.web.fields import Field, fields_of, kind_of, read

FORMS = sorted(content().forms)


def answers(fields: tuple[Field, ...]) -> Iterator[tuple[str, str | UploadFile]]:
    """Answer every field as somebody in a hurry would."""
    for field in fields:
        if field.widget in {"rows", "group"}:
            yield from answers(field.rows[0])
        elif field.choices:
            yield field.name, field.choices[0].value
        else:
            samples = {
                "date": "2026-03-05",
                "moment": "2026-03-05T14:00",
                "number": "3",
                "unit": "PCS01",
                "person": "p",
            }
            yield field.name, samples.get(field.widget, "云信〔2026〕00001" if "number" in field.name else "按规定办理")


@pytest.mark.parametrize("name", FORMS)
def test_a_filled_in_form_reaches_the_desk_in_its_types(name: str) -> None:
    """Whatever the desk still refuses is about what was said, never about a type that the page could not give."""
    schema = content().forms[name]

    data, unread = read(schema, FormData(list(answers(fields_of(schema, {}, {})))))

    validator = compile_form(name, schema)._validator
    assert unread == {}
    assert [error.message for error in validator.iter_errors(data) if error.validator == "type"] == []


@pytest.mark.parametrize("name", FORMS)
def test_every_field_has_a_chinese_title_and_a_place(name: str) -> None:
    """A field named by its key is a field that nobody understands."""
    schema = content().forms[name]

    fields = fields_of(schema, {}, {})

    assert [field.name for field in fields if field.title == field.name] == []
    assert [field.name for field in fields] == schema["x-order"]
    assert {kind_of(part) for part in schema["properties"].values()} >= {field.widget for field in fields}
