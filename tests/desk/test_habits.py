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
from lxml import etree

from duban.desk.habits import DIAGRAMS
from duban.desk.habits.words import Habit

ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
TODAY = date(2026, 3, 2)
SEEN: dict[str, Any] = {
    "ask": {"kind": "上门办", "unit": "PCS02"},
    "suggestion_in": {"unit": "JT"},
    "merge": {"scored": ["ZA", "JT"]},
    "named": {"units": [{"unit": "ZA", "outside": False}]},
    "collect": {"cases": [{"case_no": "a", "carry_n": 0}, {"case_no": "b", "carry_n": 3}]},
    "propose": {"leader": "zhangbin"},
    "leader": "zhangbin",
}


def forms(diagram: str) -> dict[str, str]:
    """Return element to form, as drawn."""
    root = etree.parse(str(ROOT / "bpmn" / f"{diagram}.bpmn")).getroot()
    return {
        str(task.get("id")): str(found.get("value")).removesuffix(".json")
        for task in root.iter(BPMN + "userTask")
        for found in task.iter(SPIFF + "property")
        if found.get("name") == "formJsonSchemaFilename"
    }


def habits() -> Iterator[Any]:
    for diagram, (found, _) in DIAGRAMS.items():
        drawn = forms(diagram)
        for element, habit in found.items():
            yield pytest.param(drawn.get(element), habit, id=f"{diagram}-{element}")


@pytest.mark.parametrize(("form", "habit"), list(habits()))
def test_what_the_staff_write_fits_the_form(form: str | None, habit: Habit) -> None:
    """Whatever the dice say; what the form asks besides is filled in by its type, what it lacks is left out."""
    assert form is not None, "no user task of the diagram has this id"
    schema = json.loads((ROOT / "bpmn/forms" / f"{form}.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    for seed in range(60):
        said = habit(Random(seed), TODAY, SEEN)
        written = {name: value for name, value in said.items() if name in schema["properties"]}

        assert written or not said
        assert [error.message for error in validator.iter_errors(written) if error.validator != "required"] == []


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_paces_are_those_of_steps_that_are_drawn(diagram: str) -> None:
    """A pace of a step that was renamed slows nobody."""
    drawn = etree.parse(str(ROOT / "bpmn" / f"{diagram}.bpmn")).getroot()
    steps = {str(element.get("id")) for element in drawn.iter() if str(element.tag).startswith(BPMN)}
    paces = DIAGRAMS[diagram][1]

    assert sorted(set(paces) - steps) == []
    assert [element for element, (low, high) in paces.items() if not 0 <= low <= high] == []
