"""Handlers of whistle, campaign, clearing and adopted: who is called, what is counted, who is in charge."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from duban.api import Call, Done, IssueLetter
from duban.bureau import Bureau, open_bureau
from duban.outside.letters import Letters
from tasks import adoption, campaigns, clearing, whistles

ROOT = Path(__file__).parents[2]
BUREAU = open_bureau(ROOT)
NOW = datetime.fromisoformat("2026-03-17T09:00+08:00")


@dataclass
class Tools:
    """What a handler may use: shipped settings and templates, the cases given, the posts kept in a list."""

    known: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    posted: list[tuple[str, str]] = field(default_factory=list)
    bureau: Bureau = BUREAU
    letters: Letters = field(default_factory=lambda: Letters([ROOT / "templates"]))

    def render(self, template: str, /, **values: Any) -> str:
        return self.letters.render(template, values)

    def send(self, way: str, to: str, title: str, body: str, *, key: str) -> str:
        assert way == "notice"
        assert body
        self.posted.append((to, title))
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
        raise AssertionError(f"nobody asked for {on}")

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
        assert ended is None
        assert number is None
        return [
            case
            for case in self.known.get(kind, ())
            if (waits_at is None or waits_at in case["waits_at"])
            and (since is None or datetime.fromisoformat(case["opened_at"]) >= since)
        ]


def a_call(**parameters: Any) -> Call:
    return Call(
        key="1/1",
        operator="",
        parameters=parameters,
        case=1,
        number="云哨〔2026〕0001",
        kind="",
        element="",
        attempt=1,
        now=NOW,
    )


def a_case(
    number: str, *, at: datetime = NOW, waits_at: str = "", is_over: bool = False, **data: Any
) -> dict[str, Any]:
    ended = at.isoformat() if is_over else None
    waits = [waits_at] if waits_at else []
    return {
        "number": number,
        "opened_at": at.isoformat(),
        "ended_at": ended,
        "end": None,
        "waits_at": waits,
        "data": data,
    }


def result(answer: object) -> Mapping[str, Any]:
    assert isinstance(answer, Done)
    return answer.result


# -- whistle


def test_a_grid_has_the_deputy_of_its_station() -> None:
    """A7: grids are whistled like units; who rules a dispute follows the line above them."""
    named = result(whistles.name(a_call(units=["G2021", "JT", "ZHZF"], by="PCS02"), Tools()))

    assert named == {
        "units": [
            {"unit": "G2021", "outside": False, "deputy": "L3"},
            {"unit": "JT", "outside": False, "deputy": "L5"},
            {"unit": "ZHZF", "outside": True, "deputy": None},
        ],
        "deputy": "L3",
        "deputies": ["L3", "L5"],
    }


@pytest.mark.parametrize(
    ("must", "responsible"),
    [(True, "交通警察大队"), (False, "东城派出所")],  # who is released hands the duty back to who whistled
)
def test_a_ruling_names_who_is_responsible_and_goes_to_both(*, must: bool, responsible: str) -> None:
    """L27: both sides read the same paper."""
    tools = Tools()
    answer = whistles.ruling(a_call(unit="JT", by="PCS02", must=must, reason="职责分工", superior="L2"), tools)

    assert isinstance(answer, Done)
    letter = answer.effects[0]
    assert isinstance(letter, IssueLetter)
    assert f"裁定由{responsible}承担" in letter.body
    assert tools.posted == [("JT", "责任裁定书"), ("PCS02", "责任裁定书")]


def test_both_sides_are_assessed() -> None:
    """F19: units by time, result and score as decided on appeal; the whistler by whether the whistle was true."""
    escalations = [
        a_case("e1", escalation_in={"ref_no": "云哨〔2026〕0001", "clock_id": "W.r.sign", "unit": "JT", "kind": "due"}),
        a_case(
            "e2", escalation_in={"ref_no": "云哨〔2026〕0001", "clock_id": "W.r.result", "unit": "ZA", "kind": "due"}
        ),
        a_case("e3", escalation_in={"ref_no": "云哨〔2026〕0009", "clock_id": "W.r.sign", "unit": "ZA", "kind": "due"}),
    ]
    asked = a_call(
        by="PCS02",
        since=NOW.isoformat(),
        overall="部分",
        urgent=None,
        responses=[
            {"unit": "JT", "result": "解决", "released": False},
            {"unit": "ZA", "result": "部分", "released": False},
            {"unit": "XZ", "result": None, "released": True},
        ],
        appeals=[{"unit": "ZA", "score": None}],
        scores=[
            {"unit": "JT", "response": 3, "strength": 4, "result": 4},
            {"unit": "ZA", "response": 2, "strength": 2, "result": 2},
        ],
    )

    assert result(whistles.assess(asked, Tools({"escalation": escalations}))) == {
        "units": {
            "JT": {"late_sign": True, "late_result": False, "result": "解决", "score": 3.7},
            "ZA": {"late_sign": False, "late_result": True, "result": "部分", "score": None},
        },
        "whistler": {"unit": "PCS02", "true": True, "named": 3, "released": 1, "solved": False},
    }


# -- campaign


def dogs(days_ago: int, times: int, start: datetime = NOW, matter: str = "0801") -> list[dict[str, Any]]:
    at = start - timedelta(days=days_ago)
    return [a_case(f"{matter}/{days_ago}/{n}", at=at, register={"matter": matter}) for n in range(times)]


def test_the_topic_is_counted_for_four_weeks_and_the_same_weeks_a_year_before() -> None:
    """F26: 28 days, so that every weekday counts alike; other topics and days outside do not count."""
    known = [*dogs(1, 5), *dogs(28, 9), *dogs(29, 7), *dogs(3, 4, matter="0803"), *dogs(364 + 2, 14)]

    measured = result(
        campaigns.measure(a_call(topic="0801", until=NOW.isoformat()), Tools({"petition": [*known, a_case("x")]}))
    )

    assert measured == {"count": 14, "daily": 0.5, "last_year": 0.5}


def test_a_change_is_told_with_its_uncertainty_and_with_last_year_s_change() -> None:
    """4.9-1: ten a day before, 0.4 a day after; whether it is chance is seen from the interval."""
    baseline = {"count": 280, "daily": 10.0, "last_year": 9.5}
    after = dogs(-3, 11)

    compared = result(
        campaigns.compare(a_call(topic="0801", since=NOW.isoformat(), baseline=baseline), Tools({"petition": after}))
    )

    assert compared == {
        "count": 11,
        "daily": 0.39,
        "last_year": 0.0,
        "before": 10.0,
        "change": -9.61,
        "low": -10.8,
        "high": -8.42,
        "change_last_year": -9.5,
    }


# -- clearing


def waiting(number: str) -> dict[str, Any]:
    return a_case(number, waits_at="wait_accept", holder={"unit": "PCS01"})


def test_the_agenda_holds_what_waits_and_nobody_else_has_in_hand() -> None:
    """4.6-4: in review, adopted, or on the agenda of a round that still goes on: not again."""
    known = {
        "petition": [waiting("a"), waiting("b"), waiting("c"), waiting("d"), waiting("e"), a_case("f")],
        "review": [a_case("r", review_in={"ref_no": "b"}), a_case("r2", is_over=True, review_in={"ref_no": "a"})],
        "adopted": [a_case("k", adopted_in={"ref_no": "c"})],
        "clearing": [
            a_case("q1", is_over=True, rate={"carried": [{"case_no": "a", "carry_n": 2}]}),
            a_case("q2", agenda=[{"case_no": "d"}]),
        ],
    }

    assert result(clearing.collect(a_call(), Tools(known))) == {
        "cases": [
            {"case_no": "a", "unit": "PCS01", "carry_n": 2},
            {"case_no": "e", "unit": "PCS01", "carry_n": 0},
        ],
        "carried": 1,
    }


def test_what_went_into_review_counts_on_neither_side() -> None:
    """4.6-2 and 4.6-4: six of nine is 66.7 %; a case in review has left the agenda and is not cleared."""
    items = [{"case_no": str(n), "carry_n": 1, "result": "accepted" if n < 6 else "carried"} for n in range(10)]
    known = {"review": [a_case("r", review_in={"ref_no": "9"})]}

    assert result(clearing.rate(a_call(cleared=items, agenda=[]), Tools(known))) == {
        "agenda": 9,
        "accepted": 6,
        "left": 1,
        "rate": 66.7,
        "carried": [{"case_no": str(n), "carry_n": 2} for n in (6, 7, 8)],
    }


def test_an_empty_round_has_no_rate() -> None:
    """Nothing over nothing is not one hundred per cent."""
    rate = result(clearing.rate(a_call(cleared=[], agenda=[]), Tools()))
    tools = Tools()
    clearing.report(a_call(rate=rate, text="无"), tools)

    assert rate["rate"] is None
    assert [to for to, _ in tools.posted] == ["LD", "DC", "XFK"]


# -- adopted


def test_a_case_that_comes_back_is_the_same_leader_s_again() -> None:
    """4.7-4: the last leader who had it; other cases do not count."""
    known = {
        "adopted": [
            a_case("k1", adopted_in={"ref_no": "a"}, adopted_out={"leader": "zhangbin", "result": "open"}),
            a_case("k2", adopted_in={"ref_no": "a"}, adopted_out={"leader": "lijing", "result": "solved"}),
            a_case("k3", adopted_in={"ref_no": "b"}, adopted_out={"leader": "liubin", "result": "solved"}),
            a_case("k4", adopted_in={"ref_no": "a"}, adopted_out={"result": "declined"}),
        ]
    }

    assert result(adoption.earlier(a_call(of="a"), Tools(known))) == {"leader": "lijing", "times": 2}
    assert result(adoption.earlier(a_call(of=None), Tools(known))) == {"leader": None, "times": 0}


def test_leaders_are_told_at_their_posts() -> None:
    """L28 goes to the post that carries the duty, and to the unit; limits are escalated there, too."""
    tools = Tools()
    asked = a_call(leader="zhangbin", co_leader="lijing", unit="PCS02", why="拖了两年", of="云信〔2026〕00001")

    told = result(adoption.confirm(asked, tools))

    assert (told["post"], told["co_post"]) == ("L3", "L2")
    assert [to for to, _ in tools.posted] == ["L3", "L2", "PCS02"]


def test_somebody_without_a_post_is_reached_through_the_leaders_office() -> None:
    """A person who joined after the settings were written has no post there; nothing is lost."""
    tools = Tools()

    told = result(
        adoption.hand_over(a_call(of=None, to="newcomer", done="已见面", promises=[], next_on="2026-03-20"), tools)
    )

    assert told["post"] == "LD"


# -- the pages


@pytest.mark.parametrize("page", ["station-whistle.md", "leader-adopts.md"])
def test_a_page_shows_what_there_is_and_names_limits_as_they_run(page: str) -> None:
    """Pictures exist; tables, rows and messages that the text names are the bureau's."""
    text = (ROOT / "docs/howto" / page).read_text("utf-8")
    diagrams = "".join(path.read_text("utf-8") for path in (ROOT / "bpmn").glob("*.bpmn"))

    assert [link for link in re.findall(r"\]\((\.\./[^)]+)\)", text) if not (ROOT / "docs/howto" / link).exists()] == []
    assert [table for table in re.findall(r"`(\w+\.dmn)`", text) if not (ROOT / "bpmn" / table).exists()] == []
    assert [name for name in re.findall(r"`(\w+\.\w+)`", text) if not name.endswith((".dmn", ".toml"))] != []
    assert [
        name
        for name in re.findall(r"`(\w+\.\w+)`", text)
        if not name.endswith((".dmn", ".toml")) and f'name="{name}"' not in diagrams
    ] == []


@pytest.mark.parametrize(
    ("limit", "length"),
    [
        ("W.e.sign", "30min"),
        ("W.e.arrive", "2h"),
        ("W.e.result", "24h"),
        ("W.k.sign", "24h"),
        ("W.k.result", "5wd"),
        ("W.r.sign", "1wd"),
        ("W.r.result", "5wd"),
        ("K.accept", "2wd"),
        ("K.first", "5wd"),
        ("K.rhythm", "10wd"),
        ("K.total", "3mo"),
        ("K.return", "30d"),
        ("Q.contact", "5wd"),
    ],
)
def test_the_pages_tell_the_lengths_that_run(limit: str, length: str) -> None:
    """A page that promises another limit than the table is worse than none."""
    assert str(BUREAU.settings.limits[limit].length) == length


def test_a_receipt_names_the_person_as_people_do() -> None:
    """L25: nobody reads an account's name on paper."""
    answer = whistles.receipt(a_call(unit="JT", by="PCS02", who="longxiaoyan", at=NOW.isoformat()), Tools())

    assert isinstance(answer, Done)
    letter = answer.effects[0]
    assert isinstance(letter, IssueLetter)
    assert "承办人龙晓燕" in letter.body
