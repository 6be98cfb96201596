"""Forms are checked whole, in Chinese, and nothing is coerced."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from duban.desk.forms import compile_form
from duban.desk.predicates import compile_predicate
from duban.errors import BureauError, InvalidForm

SIGN: dict[str, Any] = {
    "title": "签收",
    "type": "object",
    "properties": {
        "decision": {"title": "意见", "type": "string", "enum": ["签收", "退回"]},
        "reason": {"title": "理由", "type": "string", "format": "text", "minLength": 1},
        "on": {"title": "日期", "type": "string", "format": "date"},
        "at": {"title": "时间", "type": "string", "format": "date-time"},
        "count": {"title": "人数", "type": "integer", "minimum": 1},
        "told": {"title": "已告知", "type": "boolean"},
        "steps": {
            "title": "步骤",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"what": {"title": "事项", "type": "string", "minLength": 1}},
                "required": ["what"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["decision"],
    "additionalProperties": False,
    "if": {"properties": {"decision": {"const": "退回"}}, "required": ["decision"]},
    "then": {"required": ["reason"]},
}


def wrong(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidForm) as caught:
        compile_form("sign", SIGN).check(data)
    return caught.value.fields


def test_everything_wrong_is_said_at_once() -> None:
    """A clerk mends a form in one go, not field by field."""
    assert wrong({"count": "3", "told": "是", "on": "2026/2/2", "at": "2026-02-02T09:00", "steps": [{}], "x": 1}) == {
        "decision": "「意见」必填",
        "count": "「人数」应为整数",
        "told": "「已告知」应为是或否（true/false）",
        "on": "「日期」应为日期，例如 2026-02-24",
        "at": "「时间」应为带时区的时间，例如 2026-02-24T09:30+08:00",
        "steps.0.what": "「事项」必填",
        "x": "表单没有这一栏",
    }


def test_a_condition_of_the_form_is_kept() -> None:
    """Returning work without a reason is what the form exists to prevent."""
    assert wrong({"decision": "退回"}) == {"reason": "「理由」必填"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"decision": "也许"}, {"decision": "「意见」只能是：签收、退回"}),
        ({"decision": "签收", "reason": ""}, {"reason": "「理由」不能为空"}),
        ({"decision": "签收", "count": 0}, {"count": "「人数」不得小于1"}),
        # True is no number, 1 is no yes
        ({"decision": "签收", "count": True}, {"count": "「人数」应为整数"}),
        ({"decision": "签收", "told": 1}, {"told": "「已告知」应为是或否（true/false）"}),
    ],
)
def test_a_wrong_value_is_told_what_it_should_be(data: dict[str, Any], said: dict[str, str]) -> None:
    """The message names the field as the page does and says what fits."""
    assert wrong(data) == said


def test_what_fits_passes() -> None:
    """The usual case."""
    form = compile_form("sign", SIGN)
    form.check({"decision": "退回", "reason": "不属本辖区", "steps": [{"what": "查"}], "at": "2026-02-02T09:00+08:00"})

    assert form.words == {"reason"}


def test_a_form_that_is_no_schema_is_named() -> None:
    """A typing mistake in a form must not wait until somebody opens it."""
    with pytest.raises(BureauError, match=r"bpmn/forms/sign\.json"):
        compile_form("sign", {"type": "objekt"})


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(0, 2)
    | st.sampled_from(["", "退回", "签收", "2026-02-02", "a b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(string.ascii_lowercase[:4]), inner, max_size=3)
    ),
    max_leaves=8,
)
LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "minLength": 1, "maxLength": 3},
        {"type": ["string", "null"]},
        {"enum": ["退回", "签收"]},
        {"const": True},
        {"const": "退回"},
        {"type": "integer", "minimum": 0, "exclusiveMaximum": 2},
        {"type": "number", "maximum": 1},
        {"type": "string", "format": "date"},
        {"pattern": "^a"},
        {"minItems": 1, "uniqueItems": True},
        True,
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda part: {"type": "array", "items": part}, inner),
        st.builds(lambda parts: {"allOf": parts}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(
            lambda parts, required, closed: {
                "type": "object",
                "properties": parts,
                "required": required,
                "additionalProperties": closed,
            },
            st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
            st.lists(st.sampled_from("abcd"), max_size=2, unique=True),
            st.booleans(),
        ),
        st.builds(
            lambda then, other: {
                "if": {"properties": {"a": {"const": "退回"}}, "required": ["a"]},
                "then": then,
                "else": other,
            },
            inner,
            inner,
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(schema=SCHEMAS, value=VALUES)
def test_a_quick_yes_is_always_right(schema: Any, value: Any) -> None:
    """The compiled test spares the validator; it must never let through what the validator refuses."""
    quick = compile_predicate(schema)
    formats = Draft202012Validator.FORMAT_CHECKER

    assert quick is None or not quick(value) or Draft202012Validator(schema, format_checker=formats).is_valid(value)


def test_a_keyword_that_is_not_understood_makes_no_quick_test() -> None:
    """Half a test would be a wrong yes."""
    assert compile_predicate({"type": "object", "dependentRequired": {"a": ["b"]}}) is None
