"""Habits of the scripted staff fit the forms they are written for: a year must not stop at a form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from duban.desk.habits import DIAGRAMS
from duban.desk.habits.words import Habit

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
SEEN: dict[str, Any] = {"ask": {"kind": "上门办", "unit": "PCS02"}, "suggestion_in": {"unit": "JT"}}
VOICES = ("suggestion", "talk", "quarter", "monitoring", "service", "rule")


def habits() -> Iterator[Any]:
    for diagram in VOICES:
        for element, habit in DIAGRAMS[diagram][0].items():
            yield pytest.param(f"{diagram}_{element}", habit, id=f"{diagram}-{element}")


@pytest.mark.parametrize(("form", "habit"), list(habits()))
def test_what_the_staff_write_fits_the_form(form: str, habit: Habit) -> None:
    """Whatever the dice say; what the form asks besides is filled in by its type."""
    schema = json.loads((ROOT / "bpmn/forms" / f"{form}.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    for seed in range(60):
        written = habit(Random(seed), TODAY, SEEN)

        assert set(written) <= set(schema["properties"])
        assert [error.message for error in validator.iter_errors(written) if error.validator != "required"] == []
