"""Forms: what a schema asks becomes fields, what a browser posts becomes the data that the schema asks for."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from duban.web.fields import Choice, Field, fields_of, kind_of, read

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["decision"],
    "x-order": ["decision", "reason"],
    "properties": {
        "reason": {"title": "理由", "type": "string", "format": "text", "description": "退回时必填"},
        "decision": {"title": "决定", "enum": ["签收", "退回"]},
        "told": {"title": "已告知", "type": "boolean"},
        "count": {"title": "人数", "type": "integer"},
        "amount": {"title": "金额", "type": "number"},
        "on": {"title": "日期", "type": "string", "format": "date"},
        "at": {"title": "时间", "type": "string", "format": "date-time"},
        "co": {
            "title": "协办",
            "type": "array",
            "items": {"enum": ["ZA", "JT"], "x-labels": {"ZA": "治安", "JT": "交警"}},
        },
        "bases": {"title": "依据", "type": "array", "items": {"type": "string"}},
        "score": {"title": "评分", "enum": [1, 2, 3], "x-labels": ["差", "中", "好"]},
        "steps": {
            "title": "步骤",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"what": {"title": "做什么"}, "date": {"title": "何时", "format": "date"}},
            },
        },
    },
}


def posted(**values: str | list[str]) -> FormData:
    """Return what a browser posts: every name may come several times."""
    pairs: list[tuple[str, str | UploadFile]] = []
    for name, value in values.items():
        pairs += [(name.replace("__", "."), one) for one in (value if isinstance(value, list) else [value])]
    return FormData(pairs)


def test_what_a_browser_posts_becomes_what_the_schema_asks_for() -> None:
    """The desk coerces nothing, so the page must hand over the right types."""
    form = posted(
        decision="退回", reason=" 不归我所\r\n管 ", told="false", count="3", amount="12.5", on="2026-03-05",
        at="2026-03-05T14:00", co=["ZA", "JT"], bases="条例34\n\n条例35", score="2",
        steps__0__what="走访", steps__0__date="", steps__1__what="", steps__1__date="", steps__7__what="答复",
    )  # fmt: skip

    data, problems = read(SCHEMA, form)

    assert problems == {}
    assert data == {
        "decision": "退回",
        "reason": "不归我所\n管",
        "told": False,
        "count": 3,
        "amount": 12.5,
        "on": "2026-03-05",
        "at": "2026-03-05T14:00:00+08:00",
        "co": ["ZA", "JT"],
        "bases": ["条例34", "条例35"],
        "score": 2,
        "steps": [{"what": "走访"}, {"what": "答复"}],
    }


def test_an_empty_field_is_an_absent_one() -> None:
    """A form sends an empty string for what nobody filled in; the schema must say that it is missing."""
    assert read(SCHEMA, posted(decision="", reason="  ", told="", count="", co=[])) == ({}, {})


def test_what_cannot_be_read_stays_as_typed_with_its_problem() -> None:
    """Nobody should type twice because one figure was wrong."""
    data, problems = read(SCHEMA, posted(count="三", on="5.3.", steps__0__what="", steps__4__date="明天"))

    assert data == {"count": "三", "on": "5.3.", "steps": [{"date": "明天"}]}
    assert problems == {
        "count": "请填数字",
        "on": "请按 2026-03-05 的样子填写日期",
        "steps.0.date": "请按 2026-03-05 的样子填写日期",  # rows close up, problems move with them
    }


def test_fields_stand_in_their_order_with_value_and_problem() -> None:
    """The order is the designer's, what was typed is kept, a problem stands beside its field."""
    first, second, *_ = fields_of(SCHEMA, {"decision": "退回", "reason": "远"}, {"reason": "「理由」至少10个字"})

    assert first == Field(
        name="decision", title="决定", widget="radios", required=True, hint="", value="", problem="",
        choices=(Choice(value="签收", label="签收", chosen=False), Choice(value="退回", label="退回", chosen=True)),
    )  # fmt: skip
    assert second == Field(
        name="reason", title="理由", widget="text", required=False, hint="退回时必填", value="远",
        problem="「理由」至少10个字",
    )  # fmt: skip


def test_a_table_offers_rows_to_spare_and_no_more_than_allowed() -> None:
    """Without JavaScript there must be room for the next row; a sixth representative must not be asked for."""
    part = SCHEMA["properties"]["steps"]
    schema = {"properties": {"steps": part, "reps": part | {"maxItems": 2}}}

    steps, reps = fields_of(schema, {"steps": [{"what": "走访"}], "reps": [{"what": "甲"}]}, {"steps.0.date": "晚了"})

    assert [[field.value for field in row] for row in steps.rows] == [["走访", ""], ["", ""], ["", ""]]
    assert steps.rows[0][1].problem == "晚了"
    assert len(reps.rows) == 2


def test_labels_are_shown_and_codes_are_kept() -> None:
    """People read words, the data keeps codes."""
    co, score = (field for field in fields_of(SCHEMA, {"co": ["JT"], "score": 3}, {}) if field.name in {"co", "score"})

    assert [(one.value, one.label, one.chosen) for one in co.choices] == [("ZA", "治安", False), ("JT", "交警", True)]
    assert [(one.value, one.label, one.chosen) for one in score.choices] == [
        ("1", "差", False), ("2", "中", False), ("3", "好", True),
    ]  # fmt: skip


def test_an_instant_is_shown_in_the_bureaus_time() -> None:
    """The house keeps UTC, the clerk reads Shanghai; what is no instant is shown as typed."""
    schema = {"properties": {"at": SCHEMA["properties"]["at"]}}

    shown = [fields_of(schema, {"at": at}, {})[0].value for at in ("2026-03-05T06:00:00+00:00", "昨天下午")]

    assert shown == ["2026-03-05T14:00", "昨天下午"]


def test_widgets_follow_the_schema() -> None:
    """Few choices are laid open, many are a list; formats say the rest."""
    kinds: dict[str, dict[str, Any]] = {
        "radios": {"enum": list("abc")},
        "select": {"enum": list("abcdefgh")},
        "number": {"type": ["integer", "null"]},
        "verbatim": {"type": "string", "format": "verbatim"},
        "unit": {"type": "string", "format": "unit"},
        "picks": {"type": "array", "items": {"type": "string", "format": "person"}},
        "lines": {"type": "array", "items": {"type": "string"}},
        "group": {"type": "object", "properties": {}},
        "line": {"type": "string", "format": "unheard-of"},
    }

    assert {name: kind_of(part) for name, part in kinds.items()} == {name: name for name in kinds}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "decision": st.sampled_from(["签收", "退回"]),
            "told": st.booleans(),
            "count": st.integers(-5, 10**6),
            "on": st.dates().map(lambda on: on.isoformat()),
            "co": st.lists(st.sampled_from(["ZA", "JT"]), min_size=1, unique=True),
            "steps": st.lists(st.fixed_dictionaries({"what": st.text("甲乙丙", min_size=1)}), min_size=1, max_size=4),
        },
    )
)
def test_a_form_shown_and_posted_again_says_the_same(data: dict[str, Any]) -> None:
    """Whatever a form is filled with beforehand survives the way through the browser."""

    def as_browser(fields: tuple[Field, ...]) -> list[tuple[str, str | UploadFile]]:
        pairs: list[tuple[str, str | UploadFile]] = []
        for field in fields:
            for row in field.rows:
                pairs += as_browser(row)
            pairs += [(field.name, one.value) for one in field.choices if one.chosen]
            if not field.choices and not field.rows:
                pairs.append((field.name, field.value))
        return pairs

    again, problems = read(SCHEMA, FormData(as_browser(fields_of(SCHEMA, data, {}))))

    assert problems == {}
    assert again == {
        name: sorted(value, key=["ZA", "JT"].index) if name == "co" else value for name, value in data.items()
    }


def test_nobody_is_an_answer_where_a_list_may_be_empty() -> None:
    """An anonymous petition has no petitioners: the clerk leaves the rows empty and can go on."""
    part = {"title": "信访人", "type": "array", "items": {"type": "object", "properties": {"name": {"title": "姓名"}}}}
    schema = {"required": ["people", "steps"], "properties": {"people": part, "steps": {**part, "minItems": 1}}}

    assert read(schema, posted(people__0__name="")) == ({"people": []}, {})
