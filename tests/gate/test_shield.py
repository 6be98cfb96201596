"""Article 30: whoever is accused, no step of an accusation comes to the accused unit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from duban.bureau import Bureau
from duban.desk.gate import inspect
from duban.testing import content


@cache
def bureau() -> Bureau:
    return content(None)


def told(*changes: tuple[str, str, str]) -> set[tuple[str, str | None]]:
    """Return what the gate says of the accusation's diagram, with changes to its files."""
    files = dict(bureau().files)
    for file, old, new in changes:
        text = files[file].decode()
        assert old in text, f"{file} has no {old!r}"
        files[file] = text.replace(old, new).encode()
    found = inspect(replace(bureau(), files=files), {"accusation.bpmn": files["accusation.bpmn"]})
    return {(problem.rule, problem.element) for problem in found if problem.rule == "art30-rule"}


def test_the_shipped_diagram_shields_every_unit() -> None:
    """Thirty-two units, each accused once, and the leaders' posts."""
    assert told() == set()


@pytest.mark.parametrize(
    ("old", "new", "elements"),
    [
        # the inspector looks into himself: the table is not asked
        ('name="unit" value="reader.unit"', 'name="unit" value="&quot;DC&quot;"', {"sort"}),
        # the accused unit concludes
        ('name="unit" value="competence.unit"', 'name="unit" value="sort.unit"', {"verify", "conclude"}),
    ],
)
def test_a_step_that_comes_to_the_accused_is_found(old: str, new: str, elements: set[str]) -> None:
    """Not by its name: by who would hold it."""
    found = told(("accusation.bpmn", old, new))

    assert {rule for rule, _ in found} == {"art30-rule"}
    assert {element for _, element in found} >= elements


def test_the_leader_in_charge_of_the_accused_unit_is_above_it() -> None:
    """Units are led by deputy leaders: whoever answers for the unit is not asked about its people."""
    assert ("art30-rule", "approve") in told(
        ("accusation.bpmn", 'name="unit" value="&quot;L1&quot;"', 'name="unit" value="&quot;L3&quot;"')
    )


def test_a_table_that_names_the_accused_unit_is_found() -> None:
    """The diagram may be right and the table beside it wrong."""
    assert told(("competence.dmn", "<text>false</text>", "<text>true</text>")) != set()
