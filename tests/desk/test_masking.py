"""What is anybody's own does not leave in a scenario: the same value becomes the same invented one everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from duban.desk.scenarios.masking import Mask, trade_of

FORM: dict[str, Any] = {
    "properties": {
        "words": {"type": "string", "format": "verbatim"},
        "reason": {"type": "string"},
        "decision": {"type": "string", "enum": ["王小明来过", "没来"]},
        "on": {"type": "string", "format": "date"},
        "officer": {"type": "string", "format": "person"},
        "matter": {"type": "string"},
        "people": {"type": "array", "items": {"type": "object", "properties": {"name": {}, "phone": {}}}},
    }
}


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("words", "王小明说狗叫", "略略略略略0"),
        ("reason", "王小明不同意", "略略略略略0"),
        ("words", {"$text": 7}, "略略"),
        ("people", [{"name": "王小明", "phone": "13800000001"}], [{"name": "甲某", "phone": "13800000002"}]),
        # what decides stays
        ("decision", "王小明来过", "王小明来过"),
        ("on", "2026-03-02", "2026-03-02"),
        ("officer", "zhangwei", "zhangwei"),
        ("matter", "0801", "0801"),
    ],
)
def test_a_form_is_masked_by_what_its_fields_are(field: str, value: Any, masked: Any) -> None:
    """Choices, days, codes and those who act are no secrets; whatever is said in somebody's own words is one."""
    assert Mask().data({field: value}, FORM) == {field: masked}


@pytest.mark.parametrize(
    ("data", "masked"),
    [
        # start data have no form: names of fields and shapes of values decide
        ({"name": "周小平"}, {"name": "甲某"}),
        ({"id_no": "110101199001011234"}, {"id_no": "110000000000000000"}),
        ({"address": "城关镇桥东社区3幢402室"}, {"address": "某地0号"}),
        ({"text": "狗叫"}, {"text": "略0"}),
        ({"note": "楼下一户养的狗每天夜里叫个不停"}, {"note": "略略略略略略略略略略略略略略0"}),
        (
            {"track": "ordinary", "unit": "PCS01", "form": "书面", "n": 3},
            {"track": "ordinary", "unit": "PCS01", "form": "书面", "n": 3},
        ),
        ({"hint": "见王小明"}, {"hint": "略略略0"}),
        ({"of": "云信〔2026〕00042"}, {"of": "云信〔2026〕00042"}),
    ],
)
def test_what_has_no_form_is_masked_by_name_and_shape(data: dict[str, Any], masked: dict[str, Any]) -> None:
    """A phone number is one wherever it stands."""
    assert Mask(trade={"书面"}).data(data) == masked


def test_the_same_person_stays_the_same_person() -> None:
    """Two steps that speak of one petitioner still do; two petitioners stay two."""
    mask = Mask()

    assert mask.data({"name": "王小明", "people": [{"name": "李红"}, {"name": "王小明"}]}) == {
        "name": "甲某",
        "people": [{"name": "乙某"}, {"name": "甲某"}],
    }


def test_words_of_the_trade_are_nobodys_own() -> None:
    """What a diagram compares with must come back as it was, or the case goes another way."""
    files = {
        "a.bpmn": '<x value="sign.decision == &quot;退回&quot;"/>'.encode(),
        "b.dmn": '<text>"支持"</text>'.encode(),
    }
    trade = trade_of(files, {"sign": {"enum": ["签收"]}})

    assert Mask(trade=trade).data({"a": "退回", "b": "支持", "c": "签收", "d": "王小明"}) == {
        "a": "退回",
        "b": "支持",
        "c": "签收",
        "d": "略略0",
    }


def test_numbers_of_cases_are_those_of_the_new_world() -> None:
    """Every series begins anew there."""
    mask = Mask(numbers={"云信〔2026〕00042": "云信〔2026〕00001"})

    assert mask.data({"no": "云信〔2026〕00042"}) == {"no": "云信〔2026〕00001"}
