"""The shipped decision tables, row by row where a row is law or money."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from duban.bureau import Bureau
from duban.engine.decisions import Decision, parse_decisions

ROOT = Path(__file__).parents[2]
REGISTER: Mapping[str, Any] = {
    "matter": "1201",
    "nature": "求决",
    "count": 1,
    "is_group": False,
    "channel": "LX",
    "other_procedure": "无",
    "anonymous": False,
    "address_unclear": False,
    "_by": "system",
}
FOUND: Mapping[str, Any] = {"candidate": None, "score": 5, "stations": [], "topic": None}


@pytest.fixture(scope="session")
def decisions() -> Mapping[str, Decision]:
    return parse_decisions({file.name: file.read_bytes() for file in (ROOT / "bpmn").glob("*.dmn")})


def classified(
    decisions: Mapping[str, Decision],
    *,
    direct: bool = True,
    urgent: bool = False,
    candidate: Mapping[str, Any] | None = None,
    **register: Any,
) -> Mapping[str, Any]:
    data = {
        "received": {"direct": direct},
        "precheck": {"urgent": urgent},
        "found": {**FOUND, "candidate": candidate},
        "register": {**REGISTER, **register},
    }
    return decisions["classify"].decide(data).outputs


EARLIER = {
    "number": "n",
    "sure": True,
    "same_person": True,
    "state": "handling",
    "new_fact": False,
    "superior": False,
    "repeat_n": 0,
}


@pytest.mark.parametrize(
    ("changed", "relation", "track", "letter"),
    [
        ({}, "duplicate", "duplicate", "L06"),
        ({"superior": True}, "higher_pending", "higher_pending", "L04"),
        ({"new_fact": True}, "append", "ordinary", None),
        ({"same_person": False}, "joint", "ordinary", None),
        ({"state": "answered"}, "tell_review", "final", "L04"),
        ({"state": "window_over"}, "repeat_closed", "repeat_closed", "L04"),
        ({"state": "window_over", "repeat_n": 2}, "repeat_closed", "final", "L04"),
        ({"state": "review"}, "duplicate", "duplicate", "L06"),
        ({"state": "final"}, "final", "final", "L04"),
        ({"state": "final", "new_fact": True}, "follow_up", "ordinary", None),
        ({"state": "closed", "same_person": False}, "related", "ordinary", None),
        ({"sure": False}, "new", "ordinary", None),
    ],
)
def test_what_an_earlier_case_means(
    decisions: Mapping[str, Decision], changed: Mapping[str, Any], relation: str, track: str, letter: str | None
) -> None:
    """T2 and T1: each state of the earlier case leads somewhere of its own."""
    outcome = classified(decisions, candidate={**EARLIER, **changed})

    assert (outcome["relation"], outcome["track"], outcome["letter"]) == (relation, track, letter)


@pytest.mark.parametrize(
    ("register", "direct", "track"),
    [
        ({"matter": "1404"}, True, "outside_direct"),
        ({"matter": "1404"}, False, "outside_assigned"),
        ({"matter": "1306", "nature": "检举"}, True, "accusation"),
        ({"matter": "1401", "nature": "建议"}, True, "suggestion"),
        ({"matter": "0705"}, True, "suggestion"),
        ({"other_procedure": "诉讼"}, True, "law_route"),
        ({"matter": "0203"}, True, "law_route"),
        ({"nature": "咨询"}, True, "consult"),
        ({"matter": "1402"}, True, "suggestion"),
        ({"simple_ground": "日常小事"}, True, "simple"),
        ({"simple_ground": "日常小事", "asks_ordinary": True}, True, "ordinary"),
        ({"simple_ground": "日常小事", "is_group": True, "count": 6}, True, "ordinary"),
        ({}, True, "ordinary"),
    ],
)
def test_which_way_a_petition_goes(
    decisions: Mapping[str, Decision], register: Mapping[str, Any], direct: bool, track: str
) -> None:
    """T1: articles 23, 29, 30 and 31 each have their track."""
    assert classified(decisions, direct=direct, **register)["track"] == track


@pytest.mark.parametrize(
    ("register", "urgent", "weight", "supervise"),
    [
        ({}, True, "urgent", "DC"),
        ({"count": 5}, False, "weighty", "DC"),
        ({"matter": "0203"}, False, "weighty", "DC"),
        ({"channel": "LDPS"}, False, "weighty", "DC"),
        ({"media": True}, False, "weighty", "DC"),
        ({"years": 2}, False, "weighty", "DC"),
        ({"amount": 50000}, False, "weighty", "DC"),
        ({"about_leader": True}, False, "weighty", "DC"),
        ({"matter": "1301"}, False, "ordinary", "DC"),
        ({"count": 4, "amount": 49999, "years": 1}, False, "ordinary", "XFK"),
    ],
)
def test_what_makes_a_matter_weighty(
    decisions: Mapping[str, Decision], register: Mapping[str, Any], urgent: bool, weight: str, supervise: str
) -> None:
    """T4: weight decides who must sign, and who supervises."""
    outcome = classified(decisions, urgent=urgent, **register)

    assert (outcome["weight"], outcome["supervise"]) == (weight, supervise)


def routed(decisions: Mapping[str, Decision], **changed: Any) -> tuple[Any, Any, Any]:
    data: dict[str, Any] = {
        "classify": {"home": "HZ", "weight": "ordinary", "supervise": "XFK"} | changed.pop("classify", {}),
        "found": {"score": 5, "stations": []} | changed.pop("found", {}),
        "register": {**REGISTER, "matter": "0301"} | changed.pop("register", {}),
    }
    outcome = decisions["route"].decide(data).outputs
    return outcome["unit"], outcome["conf"], outcome["auto"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("HZ", 0.9, True)),
        ({"found": {"score": 3}}, (None, 0, False)),
        ({"found": {"score": 0}}, (None, 0, False)),
        ({"found": {"score": 0}, "register": {"_by": "li"}}, ("HZ", 0.95, True)),
        ({"found": {"named_unit": "JT"}}, ("JT", 0.9, True)),
        ({"found": {"case_unit": "XZ", "named_unit": "JT"}}, ("XZ", 0.95, True)),
        ({"found": {"earlier_unit": "BSDT"}}, ("BSDT", 0.85, True)),
        ({"classify": {"weight": "weighty"}}, ("HZ", 0.9, False)),
        ({"classify": {"home": "station"}, "found": {"stations": ["PCS05"]}}, ("PCS05", 0.9, True)),
        ({"classify": {"home": "station"}, "found": {"stations": ["PCS05", "PCS06"]}}, ("PCS05", 0.4, False)),
        ({"classify": {"home": "station"}}, (None, 0, False)),
        ({"classify": {"home": "unit"}, "register": {"about_unit": "PCS01"}}, ("DC", 0.8, True)),
    ],
)
def test_which_unit_handles_it_and_whether_we_dare(
    decisions: Mapping[str, Decision], changed: dict[str, Any], expected: tuple[Any, Any, Any]
) -> None:
    """T5: the unit, how sure we are, and whether the system sends it without a person."""
    assert routed(decisions, **{name: dict(value) for name, value in changed.items()}) == expected


@pytest.mark.parametrize(
    ("answer", "outcome", "redone", "expected"),
    [
        ({"result": "ok1", "contacted": True}, "支持", 0, "close"),
        ({"result": "ok1", "contacted": False}, "支持", 0, "redo"),
        ({"result": "ok1", "contacted": False}, "支持", 2, "close"),
        ({"result": "lost"}, "支持", 0, "lost"),
        ({"result": "refused"}, "支持", 0, "lost"),
        ({"result": "bad", "kept": False}, "解释说明", 1, "redo"),
        ({"result": "bad", "resolved": "未解决"}, "支持", 1, "redo"),
        ({"result": "bad", "resolved": "未解决"}, "支持", 2, "unaccepted"),
        ({"result": "bad", "resolved": "未解决"}, "不予支持", 0, "unaccepted"),
        ({"result": "bad", "resolved": "已解决"}, "支持", 0, "unaccepted"),
    ],
)
def test_what_follows_the_callback(
    decisions: Mapping[str, Decision], answer: Mapping[str, Any], outcome: str, redone: int, expected: str
) -> None:
    """T9: only a satisfied petitioner closes a case plainly; redoing is capped at two rounds."""
    data = {"cb_out": answer, "feed_back": {"outcome": outcome}, "redo_n": redone}

    assert decisions["after_callback"].decide(data).outputs["next"] == expected


def test_the_table_of_matters_is_the_bureau_s(decisions: Mapping[str, Decision], bureau: Bureau) -> None:
    """The diagram's table and bureau.toml speak of the same 65 leaves, or routing and figures drift apart."""
    homes = {"@": "station", "unit": "unit", "window": "window"}
    for code, matter in bureau.settings.matters.items():
        row = decisions["leaf"].decide({"register": {"matter": code}}).outputs

        assert (row["nature"], row["weighty"]) == (matter.nature, matter.weighty), code
        assert row["unit"] in {homes.get(matter.unit, matter.unit), "outside", "intake"}, code


def test_every_unit_has_its_leader(decisions: Mapping[str, Decision], bureau: Bureau) -> None:
    """The leader in charge of a unit in bureau.toml is the one whom the diagram asks."""
    for code, unit in bureau.settings.units.items():
        if unit.deputy and not unit.outside:
            data = {"return_n": 0, "route": {"auto": True, "unit": code}}

            assert decisions["holder"].decide(data).outputs["lead_leader"] == unit.deputy, code
