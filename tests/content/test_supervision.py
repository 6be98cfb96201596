"""The handlers that supervise: who answers for a level, what is drawn by lot, who may interview whom."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.api import Call, Done
from duban.bureau import Bureau
from tasks import accountability, callbacks, escalation

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
LIPING, WEI = (
    {"id": "liping", "name": "李平", "unit": "ZA", "stands_for": None},
    {"id": "wei", "name": "魏明", "unit": "L3", "stands_for": None},
)


@dataclass
class Staff:
    """Tools that know who holds what today; what nobody asks for is not there."""

    bureau: Bureau
    posts: Mapping[tuple[str, str | None], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    others: Sequence[Mapping[str, Any]] = ()

    def holders(self, role: str, unit: str | None = None) -> list[Mapping[str, Any]]:
        return list(self.posts.get((role, unit), ()))

    def cases(self, _: str, *, since: datetime) -> list[Mapping[str, Any]]:
        return [case for case in self.others if datetime.fromisoformat(case["opened_at"]) >= since]

    def unit(self, code: str) -> Mapping[str, Any]:
        return self.bureau.unit(code)

    def setting(self, path: str) -> Any:
        return self.bureau.setting(path)

    def working_day(self, on: date) -> bool:
        return on.isoweekday() <= 5


def asked(handler: Any, tools: Staff, key: str = "1/7", now: datetime = NOW, **parameters: Any) -> Mapping[str, Any]:
    """Return what *handler* answers."""
    call = Call(
        key=key,
        operator="",
        parameters=parameters,
        case=1,
        number="云督〔2026〕0001",
        kind="escalation",
        element="",
        attempt=1,
        now=now,
    )
    done = handler(call, tools)
    assert isinstance(done, Done)
    return done.result


def level(tools: Staff, n: int, *, chain: str = "chain.statutory", **changes: Any) -> Mapping[str, Any]:
    """Return who answers for level *n* of *chain*."""
    row = next(row for row in tools.setting("chains") if row["id"] == chain)
    levels = [{"letter": None, "wait": None, **each, "n": each["level"]} for each in row["levels"]]
    usual: dict[str, Any] = {"unit": "ZA", "lead": None, "common": None, "accused": None, "shield": False}
    return asked(escalation.level, tools, levels=levels, n=n, **{**usual, **changes})


def test_the_deputy_in_charge_is_the_unit_s_own(bureau: Bureau) -> None:
    """Level 3 of the statutory chain: ZA is in the charge of L3."""
    tools = Staff(bureau, {("deputy_leader", "L3"): [WEI]})
    found = level(tools, 3)

    assert (found["role"], found["unit"], found["first"], found["act"]) == ("deputy_leader", "L3", WEI, "约谈")


def test_a_case_may_name_the_leader_who_is_in_charge_of_it(bureau: Bureau) -> None:
    """What the case says comes before the table of units (a leader who adopted it, one who was recused)."""
    tools = Staff(bureau, {("deputy_leader", "L5"): [WEI]})

    assert level(tools, 3, lead="L5")["unit"] == "L5"


def test_who_is_accused_answers_for_nothing(bureau: Bureau) -> None:
    """A level whose only person is accused is no level; with a second person it is his."""
    other = {**LIPING, "id": "other"}
    alone = level(Staff(bureau, {("unit_leader", "ZA"): [LIPING]}), 1, accused=["liping"])
    both = level(Staff(bureau, {("unit_leader", "ZA"): [LIPING, other]}), 1, accused=["liping"])

    assert (alone["present"], alone["accused"], alone["who"]) == (False, True, [])
    assert (both["present"], both["accused"], both["barred"]) == (True, False, ["liping"])
    assert both["first"]["id"] == "other"


def test_an_accusation_is_told_to_the_inspectorate_and_the_chief_alone(bureau: Bureau) -> None:
    """条例 30: no level of the chain reaches the line, whatever the chain says."""
    everybody: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {
        (role, unit): [WEI]
        for role in ("unit_clerk", "officer", "unit_leader", "inspect_head", "deputy_leader", "chief")
        for unit in ("ZA", "L3", "L6", None)
    }
    tools = Staff(bureau, everybody)

    assert [n for n in range(1, 6) if level(tools, n, shield=True)["present"]] == [2, 5]


@pytest.mark.parametrize(("n", "act"), [(0, "通知"), (9, "列入周报")])
def test_what_a_chain_does_not_say_is_warned_and_put_on_the_list(bureau: Bureau, n: int, act: str) -> None:
    """Chains may leave out the warning and the end: a unit is always warned, and nothing is dropped at the end."""
    assert level(Staff(bureau), n, chain="chain.callback")["act"] == act


def test_a_chain_that_is_changed_changes_only_what_begins_afterwards(bureau: Bureau) -> None:
    """Scenario 4.3-6: the levels stand in the case; the settings are not asked again."""
    frozen = [{"n": 1, "who": ["chief"], "act": "批示", "letter": None, "wait": "1wd"}]
    usual: dict[str, Any] = {"unit": "ZA", "lead": None, "common": None, "accused": None, "shield": False}
    found = asked(escalation.level, Staff(bureau, {("chief", None): [WEI]}), levels=frozen, n=1, **usual)

    assert (found["act"], found["wait"], found["role"]) == ("批示", "1wd", "chief")


def test_a_prompt_without_a_letter_is_the_usual_one(bureau: Bureau) -> None:
    """Whoever writes 催办 into a chain need not know the letter's number."""
    frozen = [{"n": 1, "who": ["chief"], "act": "督办", "letter": None, "wait": "1wd"}]
    usual: dict[str, Any] = {"unit": "ZA", "lead": None, "common": None, "accused": None, "shield": False}

    assert asked(escalation.level, Staff(bureau), levels=frozen, n=1, **usual)["letter"] == "L19"


def test_every_limit_has_a_chain_that_ends(bureau: Bureau) -> None:
    """Each row of the table can be pursued: its chain is there, and its last level is the agenda."""
    tools = Staff(bureau)
    for row in bureau.setting("limits"):
        found = asked(escalation.chain, tools, clock=row["id"], ref="云信〔2026〕00001", unit="ZA")

        assert found["levels"][-1]["act"].startswith("列入"), row["id"]
        assert len(found["levels"]) <= 9


# -- callbacks ----------------------------------------------------------------------------------------


def draw(tools: Staff, key: str = "1/7", now: datetime = NOW, **changes: Any) -> Mapping[str, Any]:
    usual: dict[str, Any] = {"business": "110", "unit": "PCS01", "phone": "13900000000", "exempt": False}
    return asked(callbacks.draw, tools, key, now, **{**usual, **changes})


@given(keys=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20))
def test_a_draw_is_a_percentage_and_repeats_itself(bureau: Bureau, keys: list[str]) -> None:
    """A call that is attempted twice must not be sampled once and spared once."""
    first = [draw(Staff(bureau), key)["number"] for key in keys]

    assert all(0 <= number < 100 for number in first)
    assert [draw(Staff(bureau), key)["number"] for key in keys] == first


@pytest.mark.parametrize(
    ("hour", "night", "sent"),
    [
        (7, True, "2026-09-07T08:00:00+08:00"),
        (8, False, "2026-09-07T08:00:00+08:00"),
        (20, False, "2026-09-07T20:00:00+08:00"),
        (21, True, "2026-09-08T08:00:00+08:00"),
        (23, True, "2026-09-08T08:00:00+08:00"),
    ],
)
def test_short_messages_respect_the_night(bureau: Bureau, hour: int, night: bool, sent: str) -> None:
    """From 21:00 to 08:00 nobody's phone rings for a rating."""
    now = datetime(2026, 9, 7, hour, tzinfo=callbacks.SHANGHAI).astimezone(UTC)
    found = draw(Staff(bureau), now=now)

    assert (found["night"], found["send_at"]) == (night, sent)


@pytest.mark.parametrize(
    ("phone", "result", "days", "recent"),
    [
        ("13900000000", "ok1", 29, True),
        ("13900000000", "ok1", 31, False),
        ("13900000000", "skipped", 1, False),
        ("13911111111", "ok1", 1, False),
    ],
)
def test_nobody_is_asked_twice_in_thirty_days(bureau: Bureau, phone: str, result: str, days: int, recent: bool) -> None:
    """T12: a person who answered is left in peace; one who was only drawn and spared was not asked."""
    data = {"cb_in": {"phone": phone, "unit": "JT"}, "cb_out": {"result": result}}
    other = {"number": "云回〔2026〕00009", "opened_at": (NOW - timedelta(days=days)).isoformat(), "data": data}

    assert draw(Staff(bureau, others=[other]))["recent"] is recent


# -- accountability -----------------------------------------------------------------------------------


@given(spans=st.lists(st.integers(-5, 60), min_size=1, max_size=6), key=st.text(min_size=1, max_size=12))
def test_the_day_of_the_check_is_a_working_day_of_the_plan(bureau: Bureau, spans: list[int], key: str) -> None:
    """Unannounced, but within the plan, and the same however often the call is attempted."""
    today = NOW.astimezone(accountability.SHANGHAI).date()
    items = [{"date": (today + timedelta(days=days)).isoformat()} for days in spans]
    chosen = asked(accountability.choose_day, Staff(bureau), key, items=items)
    on = date.fromisoformat(chosen["on"])

    assert today < on <= max(today + timedelta(days=1), today + timedelta(days=max(spans)))
    assert on.isoweekday() <= 5 or max(spans) < 7
    assert asked(accountability.choose_day, Staff(bureau), key, items=items) == chosen


@pytest.mark.parametrize(
    ("role", "rank", "may"),
    [
        ("officer", 1, ["head", "inspector", "deputy", "chief"]),
        ("unit_leader", 2, ["inspector", "deputy", "chief"]),
        ("deputy_leader", 3, ["chief"]),
        ("chief", 4, ["jj"]),
    ],
)
def test_nobody_is_interviewed_by_somebody_below_him(bureau: Bureau, role: str, rank: int, may: list[str]) -> None:
    """Scenario 4.8-5: the higher the person, the fewer may hold the interview, and never himself."""

    def one(name: str) -> list[Mapping[str, Any]]:
        return [{"id": name, "name": name, "unit": "ZA", "stands_for": None}]

    posts: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {
        ("unit_leader", "ZA"): one("head"),
        ("unit_leader", None): one("head"),
        ("inspect_head", None): one("inspector"),
        ("deputy_leader", "L3"): one("deputy"),
        ("deputy_leader", None): one("deputy"),
        ("chief", None): one("chief"),
        ("discipline", None): one("jj"),
    }
    person = {"officer": "x", "unit_leader": "head", "deputy_leader": "deputy", "chief": "chief"}[role]
    found = asked(accountability.ranks, Staff(bureau, posts), unit="ZA", person=person)

    assert (found["rank"], [each["id"] for each in found["may"]]) == (rank, may)


# -- the pages that tell people -----------------------------------------------------------------------


@pytest.mark.parametrize("page", ["callback-desk.md", "inspector-desk.md"])
def test_what_a_page_points_at_is_there(page: str) -> None:
    """Pictures and pages that are linked, tables that are named."""
    text = (ROOT / "docs/howto" / page).read_text("utf-8")
    links = re.findall(r"\]\((\.\./[^)]+)\)", text)
    files = re.findall(r"`(?:bpmn/)?(\w+\.dmn)`", text)

    assert [link for link in links if not (ROOT / "docs/howto" / link).exists()] == []
    assert [name for name in files if not (ROOT / "bpmn" / name).exists()] == []


def test_the_page_tells_the_limits_of_callbacks_as_they_are(bureau: Bureau) -> None:
    """Whoever changes a length in the table must change the page."""
    page = (ROOT / "docs/howto/callback-desk.md").read_text("utf-8")
    spoken = {"wd": "working days", "d": "days", "h": "hours"}
    for name in ("C.t1", "C.smsbad", "C.t2", "C.reask", "C.t3"):
        limit = bureau.settings.limits[name]
        (row,) = (line for line in page.splitlines() if line.startswith(f"| {name} "))

        assert f"{limit.length.amount} {spoken[limit.length.unit]}" in row
        assert limit.chain in row


def test_the_page_shows_a_chain_as_it_is(bureau: Bureau) -> None:
    """The example is the bureau's own, so that whoever copies it copies what runs."""
    page = (ROOT / "docs/howto/inspector-desk.md").read_text("utf-8")
    shown = tomllib.loads(page.split("```toml\n")[1].split("```")[0])["chains"][0]

    assert shown == next(row for row in bureau.setting("chains") if row["id"] == shown["id"])
