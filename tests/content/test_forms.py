"""The forms: JSON Schemas that people can read, with exactly the fields the process design asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from duban.bureau import Bureau

ROOT = Path(__file__).parents[2]
REQUIRED: Mapping[str, str] = {
    # form: the fields that processes.md marks with !, per step
    "secret_check": "is_secret",
    "register": "channel received_at form people matter nature request other_procedure",
    "group_receive": "reps",
    "triage": "unit",
    "sign": "decision",
    "arbitrate": "unit reason",
    "assign_final": "unit reason",
    "assign_officer": "officer interest_declared",
    "accept": "accept",
    "delivered": "way delivered_at",
    "first_contact": "way at words request_restated fix",
    "plan": "steps",
    "investigate": "findings next",
    "dispose": "done",
    "feed_back": "summary outcome",
    "draft": "request facts_reasons opinion legal_basis",
    "gate_po": "decision",
    "gate_legal": "law_ok",
    "reply": "delivered_at attitude",
    "leave_open": "contacts reasons next_contact_on",
    "close_check": "notice contact opinion delivery callback uploads",
    "call": "reached",
    "visit": "date place photo explained words",
    "reask": "satisfaction resolved",
    "face": "date place persons facts_reviewed decision words",
}


def parts(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield path + name, part
        yield from parts(part, f"{path}{name}.")
        yield from parts(part.get("items", {}), f"{path}{name}.")


def test_every_form_is_a_schema_of_the_current_draft(bureau: Bureau) -> None:
    """Any JSON Schema tool reads them."""
    for name in bureau.forms:
        schema = json.loads((ROOT / "bpmn/forms" / f"{name}.json").read_text("utf-8"))
        Draft202012Validator.check_schema(schema)

        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["additionalProperties"] is False


def test_every_field_has_a_chinese_title_and_a_place_in_the_order(bureau: Bureau) -> None:
    """People see titles, in the order in which the work goes."""
    for name, schema in bureau.forms.items():
        assert schema["x-order"] == list(schema["properties"]), name
        assert [path for path, part in parts(schema) if not re.search(r"[\u4e00-\u9fff]", part.get("title", ""))] == []


def test_codes_have_labels(bureau: Bureau) -> None:
    """A value that is a code is never shown to people as a code."""
    for name, schema in bureau.forms.items():
        for path, part in parts(schema):
            codes = [str(value) for value in part.get("enum", ()) if not re.search(r"[\u4e00-\u9fff]", str(value))]

            assert set(codes) <= set(part.get("x-labels", ())), (name, path)


@pytest.mark.parametrize("form", REQUIRED)
def test_what_the_design_demands_is_required(bureau: Bureau, form: str) -> None:
    """A step is not done while a field marked ! is empty."""
    assert set(REQUIRED[form].split()) <= set(bureau.forms[form]["required"])


def test_channels_and_matters_are_the_bureau_s(bureau: Bureau) -> None:
    """The register offers what bureau.toml knows, under the same names."""
    fields = bureau.forms["register"]["properties"]

    assert fields["channel"]["x-labels"] == {code: each.name for code, each in bureau.settings.channels.items()}
    assert fields["matter"]["x-labels"] == {code: each.name for code, each in bureau.settings.matters.items()}


def valid(bureau: Bureau, form: str, **data: Any) -> bool:
    return Draft202012Validator(bureau.forms[form]).is_valid(data)


def test_a_sixth_representative_is_refused(bureau: Bureau) -> None:
    """X13, art. 20: five representatives at most."""
    visit = {"place": "接访室", "leader_on_site": "p1", "count": 7, "order_kept": True, "statement": "请求解决"}

    assert valid(bureau, "group_receive", reps=list("甲乙丙丁戊"), **visit)
    assert not valid(bureau, "group_receive", reps=list("甲乙丙丁戊己"), **visit)


def test_sending_back_needs_a_reason(bureau: Bureau) -> None:
    """A return without a reason helps nobody."""
    assert valid(bureau, "sign", decision="签收")
    assert not valid(bureau, "sign", decision="退回")
    assert not valid(bureau, "gate_po", decision="退回")
    assert not valid(bureau, "gate_dl", decision="自定文本")


def test_the_final_assignment_offers_no_return(bureau: Bureau) -> None:
    """Scenario 4.1-7: after the deputy leader's assignment there is nothing to send back."""
    assert bureau.forms["sign_final"]["properties"]["decision"]["enum"] == ["签收"]


def test_a_refused_delivery_needs_a_witness(bureau: Bureau) -> None:
    """Leaving a paper at the door counts only with a witness."""
    delivery = {"way": "留置", "delivered_at": "2026-03-04T10:00:00+08:00", "refused": True}

    assert not valid(bureau, "delivered", **delivery)
    assert valid(bureau, "delivered", witness="社区干部李某", **delivery)


def test_a_call_that_reached_somebody_has_answers(bureau: Bureau) -> None:
    """Satisfaction, whether it is solved, the words, and whether the handler ever made contact."""
    answers = {"resolved": "部分", "satisfaction": "不满意", "words": "还行", "was_contacted": True}

    assert valid(bureau, "call", reached="无人接")
    assert not valid(bureau, "call", reached="接通")
    assert valid(bureau, "call", reached="接通", **answers)


def test_nothing_is_closed_with_a_box_unticked(bureau: Bureau) -> None:
    """The closing check is all or nothing."""
    boxes = ("notice", "contact", "opinion", "delivery", "callback", "uploads")

    assert valid(bureau, "close_check", **dict.fromkeys(boxes, True))
    assert not valid(bureau, "close_check", **{**dict.fromkeys(boxes, True), "callback": False})
