"""Handlers of suggestion, talk, quarter, monitoring and service: who is told, who is drawn, what is counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.api import AppendWords, Call, Done, IssueLetter
from duban.bureau import Bureau, open_bureau
from duban.outside.letters import Letters
from duban.petitions.calendar import Calendar
from tasks import monitoring, rules, services, suggestions, talks

ROOT = Path(__file__).parents[2]
BUREAU = open_bureau(ROOT)
CALENDAR = Calendar(BUREAU.settings.years)
NOW = datetime.fromisoformat("2026-03-17T09:00+08:00")
POINTS = [unit["code"] for unit in BUREAU.setting("units") if unit["kind"] == "point"]


@dataclass
class Tools:
    """What a handler may use: shipped settings and templates, the cases given, the posts kept in a list."""

    known: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    posted: list[tuple[str, str, str, str]] = field(default_factory=list)
    bureau: Bureau = BUREAU
    letters: Letters = field(default_factory=lambda: Letters([ROOT / "templates"]))

    def render(self, template: str, /, **values: Any) -> str:
        return self.letters.render(template, values)

    def send(self, way: str, to: str, title: str, body: str, *, key: str) -> str:
        self.posted.append((way, to, title, body))
        return key

    def text(self, reference: Any) -> str:
        return str(reference)

    def unit(self, code: str) -> Mapping[str, Any]:
        return self.bureau.unit(code)

    def setting(self, path: str) -> Any:
        return self.bureau.setting(path)

    def letter_number(self, letter: str) -> str:
        return f"{letter}〔2026〕1号"

    def holders(self, role: str, unit: str | None = None) -> list[Mapping[str, Any]]:
        raise AssertionError(f"nobody asked for {role} of {unit}")

    def absent(self, person: str) -> Mapping[str, Any] | None:
        raise AssertionError(f"nobody asked for {person}")

    def working_day(self, on: date | str) -> bool:
        return CALENDAR.is_working_day(date.fromisoformat(on) if isinstance(on, str) else on)

    def repeats(self) -> int:
        raise AssertionError("nobody asked how often this repeats")

    def cases(
        self,
        kind: str,
        waits_at: str | None = None,
        ended: str | None = None,
        *,
        number: str | None = None,
        since: datetime | None = None,
    ) -> list[Mapping[str, Any]]:
        assert (waits_at, ended, number, since) == (None, None, None, None)
        return list(self.known.get(kind, ()))


def a_call(number: str = "云建〔2026〕00001", key: str = "1/1", **parameters: Any) -> Call:
    return Call(
        key=key,
        operator="",
        parameters=parameters,
        case=1,
        number=number,
        kind="",
        element="",
        attempt=1,
        now=NOW,
    )


def done(answer: object) -> Done:
    assert isinstance(answer, Done)
    return answer


def a_case(number: str, **told: Any) -> dict[str, Any]:
    return {"number": number, "opened_at": NOW.isoformat(), "ended_at": None, "end": None, "waits_at": [], **told}


# -- suggestion


def test_everybody_who_raised_it_is_on_the_list_once() -> None:
    """4.10-3: joined by a clerk, joined as a petition's suggestion, or the same person again by another channel."""
    known = {
        "suggestion": [
            a_case("a", data={"suggestion_in": {"raised": [{"name": "乙", "phone": "2"}]}, "valid": {"of": "首件"}}),
            a_case("b", data={"suggestion_in": {"raised": [{"name": "丙"}, {"name": "丙"}], "of": "首件"}}),
            a_case("c", data={"suggestion_in": {"raised": [{"name": "丁"}]}, "valid": {"of": "别的"}}),
            a_case("d", data={"suggestion_in": {"raised": [{"name": "戊"}]}}),
        ]
    }
    raised = [{"name": "甲", "phone": "1"}, {"name": "乙(网上)", "phone": "2"}, {}, {}]

    result = done(suggestions.raisers(a_call("首件", raised=raised), Tools(known))).result

    assert [person["name"] for person in result["people"]] == ["甲", "乙(网上)", None, None, "丙"]


def test_whoever_joins_after_the_decision_is_told_it_at_once() -> None:
    """Every item has an answer, also the one that came too late to be in the first letter."""
    decided = {"suggestion_in": {"raised": []}, "answer_s": {"says": "不采纳"}, "adopt_s": {"reasons": "已有护学岗。"}}
    tools = Tools({"suggestion": [a_case("首件", data=decided)]})
    asked: dict[str, Any] = {
        "letter": "L35",
        "track": "joined",
        "decision": "并入同类建议",
        "of": "首件",
        "organ": None,
        "reasons": None,
        "measure": None,
        "words": "设护学岗",
        "channel": "KT",
        "unit": "JT",
        "raised_at": "2026-03-02T09:00+08:00",
    }

    answer = done(suggestions.tell(a_call(raiser={"name": "甲", "phone": "1"}, **asked), tools))

    letter = answer.effects[0]
    assert isinstance(letter, IssueLetter)
    assert (letter.letter, letter.to) == ("L35", "甲")
    assert "该建议的决定是：不采纳。已有护学岗。" in letter.body


@pytest.mark.parametrize(("people", "asked"), [(0, 0), (1, 1), (10, 1), (11, 2), (25, 3)])
def test_one_of_ten_who_were_told_is_called_back(people: int, asked: int) -> None:
    """T12: at least one, by a lot that every attempt draws alike."""
    told = [{"name": f"人{n}", "phone": str(n)} for n in range(people)]
    call = a_call(people=[*told, {"name": "没留电话", "phone": None}], unit="JT", done_at="2026-03-10")

    first, again = (done(suggestions.sample(call, Tools())).result["asked"] for _ in range(2))

    assert len(first) == asked
    assert first == again
    assert {each["ref"] for each in first} == {f"云建〔2026〕00001-{n}" for n in range(1, asked + 1)}


# -- talk and quarter


def test_the_words_of_a_talk_are_archived_as_they_were_said() -> None:
    """4.11-2, D1: dialect stays dialect; who said nothing of himself is still somebody."""
    point = {"subject": "狗叫", "words": "恁那狗黑介白日价嚎", "kind": "纠纷", "unit": "PCS01"}

    answer = done(talks.points(a_call("云谈〔2026〕0001", points=[point], at="2026-04-29T15:00+08:00"), Tools()))

    assert answer.effects == (AppendWords(words="恁那狗黑介白日价嚎", said_by="到场群众"),)
    assert answer.result["items"][0]["external_id"] == "云谈〔2026〕0001-1"


def test_five_supported_petitions_on_one_matter_ask_for_a_rule() -> None:
    """4.13-1: within ninety days; four do not, nor do older ones."""

    def petition(matter: str, outcome: str = "支持", days: int = 1) -> dict[str, Any]:
        at = (NOW - timedelta(days=days)).isoformat()
        return a_case("p", data={"register": {"matter": matter}, "feed_back": {"outcome": outcome}}) | {"opened_at": at}

    known = {
        "petition": [
            *[petition("0801") for _ in range(4)],
            petition("0801", "部分支持", 90),
            *[petition("1201") for _ in range(4)],
            petition("1201", days=91),
            petition("1201", "不予支持"),
            a_case("unread", data={}),
        ]
    }
    tools = Tools(known)

    result = done(talks.quarter_papers(a_call("云研〔2026〕01"), tools)).result

    assert result["recurring"] == [{"matter": "0801", "count": 5}]
    assert (result["held"], result["next_quarter_on"]) == (False, "2026-04-01")
    assert [to for _, to, *_ in tools.posted] == ["BGS"]
    assert "事项0801九十日内有5件得到支持" in tools.posted[0][3]


@pytest.mark.parametrize(
    ("other", "held"),
    [
        ({"end": "end_held", "ended_at": NOW.isoformat()}, True),
        # on the way already
        ({}, True),
        # that one found that there was nothing to do
        ({"end": "end_reviewed", "ended_at": NOW.isoformat()}, False),
        # last quarter's
        ({"end": "end_held", "ended_at": "2025-12-20T09:00+08:00", "opened_at": "2025-12-17T09:00+08:00"}, False),
    ],
)
def test_the_office_is_reminded_unless_the_quarter_was_reviewed(other: dict[str, Any], *, held: bool) -> None:
    """4.11-4: at least one review a quarter."""
    tools = Tools({"quarter": [{**a_case("云研〔2026〕01", data={}), **other}, a_case("云研〔2026〕02", data={})]})

    result = done(talks.quarter_papers(a_call("云研〔2026〕02"), tools)).result

    assert result["held"] is held
    assert len(tools.posted) == (0 if held else 1)


def test_the_year_ends_with_its_fourth_quarter() -> None:
    """What follows December is January."""
    december = replace(a_call(), now=datetime.fromisoformat("2026-12-17T09:00+08:00"))

    assert done(talks.quarter_papers(december, Tools())).result["next_quarter_on"] == "2027-01-01"


# -- monitoring


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(POINTS), unique=True), st.integers(min_value=0, max_value=100), st.text(max_size=5))
def test_points_never_check_each_other(points: list[str], share: int, key: str) -> None:
    """4.11: another station's team, each point once, never mutual, and the same lot whoever draws it again."""
    call = a_call(key=key, points=points, share=share)
    result = done(monitoring.pairs(call, Tools())).result
    pairs = [(each["point"], each["by"]) for each in result["cross"]]

    assert result == done(monitoring.pairs(call, Tools())).result
    assert len({point for point, _ in pairs}) == len(pairs) <= -(-len(points) * share // 100)
    assert not {(by, point) for point, by in pairs} & set(pairs)
    for each in result["cross"]:
        assert each["station"] == BUREAU.unit(each["by"])["parent"] != BUREAU.unit(each["point"])["parent"]
        assert points[each["of"]] == each["point"]


def test_two_points_of_two_stations_are_checked_once() -> None:
    """A fifth of two is one; the other way round would be mutual."""
    cross = done(monitoring.pairs(a_call(points=["GZ01", "GZ07"], share=100), Tools())).result["cross"]

    assert len(cross) == 1


def test_reviews_are_digested_into_items_groups_and_small_faults() -> None:
    """C1: 4 216 reviews, so many valid ones, so many groups; A8: the small fault that comes most."""

    def item(kind: str, **more: str) -> dict[str, str]:
        return {"kind": kind, "group": "公安服务", "subject": "要点", "words": "原话", "unit": "HZ", **more}

    items = [
        item("两小", small="服务态度"),
        item("两小", small="服务态度"),
        item("两小", small="随意执法"),
        item("建议", name="甲", phone="1"),
        item("诉求"),
    ]

    result = done(
        monitoring.digest(a_call("云察〔2026〕0001", items=items, at="2026-06-01", reviews=4216), Tools())
    ).result

    assert (result["reviews"], result["valid"], result["groups"]) == (4216, 5, {"公安服务": 5})
    assert (result["most"], result["most_small"]) == (2, "服务态度")
    assert [each["raised"] for each in result["items"]] == [[], [], [], [{"name": "甲", "phone": "1"}], []]


def test_only_what_falls_below_its_mark_becomes_an_item() -> None:
    """E9: the item says the figure, the mark and the figure before."""
    rows = [
        {"indicator": "受立案及时率", "unit": "XZ", "value": 95.5, "before": 99},
        {"indicator": "受立案及时率", "unit": "JZ", "value": 98},
    ]
    judged = [{"mark": 98, "below": True}, {"mark": 98, "below": False}]

    result = done(
        monitoring.below(a_call("云察〔2026〕0002", rows=rows, judged=judged, at="2026-06-01"), Tools())
    ).result

    assert [(each["unit"], each["words"]) for each in result["items"]] == [
        ("XZ", "受立案及时率低于标线：本期95.5%，标线98%，上期99%")
    ]


# -- service and rule


@pytest.mark.parametrize(
    ("wants_at", "ordinary"),
    [
        # a Saturday that is worked in exchange for a holiday
        ("2026-05-09T10:00:00+08:00", True),
        # an ordinary Saturday
        ("2026-05-16T10:00:00+08:00", False),
        # without a zone it is the bureau's; the last minute still counts
        ("2026-05-11T17:29", True),
        ("2026-05-11T17:30:00+08:00", False),
        # the same instant, told in another zone
        ("2026-05-11T01:00:00+00:00", True),
    ],
)
def test_office_hours_follow_the_working_calendar(wants_at: str, *, ordinary: bool) -> None:
    """4.12-2: on a make-up Saturday nobody has to ask for extended hours."""
    assert done(services.hours(a_call(wants_at=wants_at), Tools())).result["ordinary"] is ordinary


def test_a_rule_goes_out_to_every_unit_with_its_version() -> None:
    """4.13: published with the day from which it holds; the limit it would change is only named."""
    tools = Tools()
    asked: dict[str, Any] = {
        "title": "登门办法",
        "text": "第一条",
        "units": ["PCS01", "JT"],
        "effective_on": "2026-05-01",
        "version": 2,
    }

    answer = done(rules.publish(a_call(limit={"id": "C.t2", "to": "3wd"}, **asked), tools))

    assert [to for _, to, *_ in tools.posted] == ["PCS01", "JT"]
    assert "《登门办法》（第2版）" in tools.posted[0][3]
    assert answer.result["limit"] == {"id": "C.t2", "to": "3wd"}
    assert BUREAU.settings.limits["C.t2"].length.unit == "d"


# -- the page for the office


def test_the_page_for_the_office_names_what_is_there() -> None:
    """Pictures, pages, tables, kinds and their numbers."""
    page = (ROOT / "docs/howto/office-voices.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)", page)
    kinds = re.findall(r"^\|.*\| (\S+) `(\w+)` \|.*\| (\S+) \|$", page, re.MULTILINE)

    assert [link for link in links if not (ROOT / "docs/howto" / link).exists()] == []
    assert set(re.findall(r"`(\w+\.dmn)`", page)) <= set(BUREAU.files)
    assert kinds == [(BUREAU.settings.kinds[id_].name, id_, series_of(id_)) for _, id_, _ in kinds]
    assert len(kinds) == 6


def series_of(kind: str) -> str:
    """Return the word that begins the numbers of *kind*."""
    return BUREAU.settings.series[BUREAU.settings.kinds[kind].series].pattern.partition("〔")[0]
