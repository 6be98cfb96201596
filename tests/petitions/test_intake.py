"""Intake: what is proposed for an item before anybody has read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from duban.bureau.settings import Settings
from duban.model.petition import Envelope, Party
from duban.petitions.duplicates import Earlier
from duban.petitions.intake import Checked, person_keys, precheck, shown_name
from duban.petitions.prefill import amount_of, nature_of, years_of

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
REGISTER = Path(__file__).parents[2] / "bpmn" / "forms" / "register.json"
WANG = Party(name="王小明", phone="13800000000", address="云溪县人民路1号")
DOG = "滨河路翠湖社区有人遛狗不牵绳，狗还咬了孩子，请派出所管一管。"


def an_envelope(text: str, **more: Any) -> Envelope:
    return Envelope(**{"channel": "LX", "received_at": AT, "text": text, "people": (WANG,), **more})


def check(settings: Settings, text: str, *, earlier: tuple[Earlier, ...] = (), **more: Any) -> Checked:
    return precheck(settings, an_envelope(text, **more), earlier)


def test_a_clear_item_needs_no_clerk(settings: Settings) -> None:
    """What is complete is registered by the house at once (design: arrival)."""
    checked = check(settings, DOG)

    assert checked.found["missing"] == []
    assert checked.found["complete"] is True
    assert (checked.prefill["matter"], checked.prefill["station"], checked.found["score"]) == ("0801", "PCS02", 4)
    assert checked.received == {
        "channel": "LX",
        "direct": True,
        "receiver": "XFK",
        "external_id": None,
        "received_at": "2026-03-02T09:30:00+08:00",
        "form": "书面",
        "summary": "滨河路翠湖社区有人遛狗不牵绳，狗还咬了孩子，请派出所管一管",
        "text": DOG,
        "sender": None,
        "sender_no": None,
        "sender_limit": None,
        "reply_by": "书面",
    }
    assert (checked.petitioner, checked.repeat_of) == ("王**", None)


TEXTS = [
    DOG,
    "请问身份证到期换领需要什么材料？",
    "举报城关派出所民警收受红包。",
    "公司拖欠工资半年，请人社局处理。",
    "随便说说。",
    "建议在云溪一中门口增设红绿灯，减少拥堵。",
    "我儿子被打，三年没有结果，损失12万元，派出所不立案，打算找记者曝光。",
    "对车管所窗口工作人员态度恶劣不满。",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("channel", ["LX", "12345", "WS", "JF", "12389", "QR", "DCFX", "LDPS"])
def test_what_is_proposed_fits_the_form(settings: Settings, text: str, channel: str) -> None:
    """The house fills the same form as the clerk: it must pass the same check."""
    people = () if channel in {"12345", "QR"} else (WANG, Party(account="A0001"))
    checked = check(settings, text, channel=channel, people=people, sender="县信访局", sender_limit=date(2026, 4, 1))

    unknown = [] if "matter" in checked.prefill else ["'matter' is a required property"]
    assert [error.message for error in _form().iter_errors(dict(checked.prefill))] == unknown


def _form() -> Draft202012Validator:
    return Draft202012Validator(json.loads(REGISTER.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "more", "missing"),
    [
        pytest.param(DOG, {"people": ()}, ["people"], id="nobody to answer"),
        pytest.param(DOG, {"people": (Party(name="王小明"),)}, ["people"], id="no way to reach the person"),
        pytest.param("随便说说。", {}, ["matter"], id="nothing recognised"),
        pytest.param("附上机密文件一份，遛狗不牵绳。", {}, ["secret"], id="a word of secrecy"),
        pytest.param("再不管狗咬人的事我就跳楼。", {}, ["urgent"], id="danger to life"),
        pytest.param("狗咬人的事我不反映了。", {}, ["withdraw"], id="a withdrawal"),
        pytest.param("举报民警收受红包，请督察大队查处。", {}, ["accusation"], id="an accusation"),
        pytest.param("身份证被冒用，已起诉，请补办身份证。", {}, ["other_procedure"], id="in court"),
        pytest.param(DOG, {"channel": "JF", "people_count": 7}, ["group"], id="a group visit"),
        pytest.param(" ", {"title": "遛狗不牵绳"}, ["text"], id="a title without words"),
    ],
)
def test_a_clerk_looks_where_a_person_must(
    settings: Settings, text: str, more: dict[str, Any], missing: list[str]
) -> None:
    """Each reason is named, so that the clerk knows what to look at."""
    checked = check(settings, text, **more)

    assert checked.found["missing"] == missing
    assert checked.found["complete"] is False


def test_a_ticket_needs_no_person(settings: Settings) -> None:
    """A hotline row without a petitioner is registered by its ticket and answered through the hotline."""
    checked = check(settings, DOG, channel="12345", people=(), external_id="2026030200001")

    assert checked.found["complete"] is True
    assert checked.prefill["anonymous"] is False
    assert checked.petitioner == "匿名"


@pytest.mark.parametrize(
    ("channel", "sender", "direct"),
    [("LX", "", True), ("12345", "", False), ("WS", "", True), ("WS", "县信访局", False), ("DCFX", "", True)],
)
def test_the_channel_says_how_it_came(settings: Settings, channel: str, sender: str, direct: bool) -> None:
    """X2 or X3: the online system carries both, told apart by a sender."""
    assert check(settings, DOG, channel=channel, sender=sender).received["direct"] is direct


def test_the_receiver_is_where_it_was_said(settings: Settings) -> None:
    """First receiver keeps the duty: at a sensing point that is the station of the beat."""
    assert check(settings, DOG, channel="QR").received["receiver"] == "PCS02"
    assert check(settings, "没有地点的话。", channel="QR").received["receiver"] == "XFK"
    assert check(settings, DOG, channel="110T").received["receiver"] == "ZHZX"


def test_a_matter_of_others_leads_outside(settings: Settings) -> None:
    """T3 decides; the pre-check says which organ leads and whether a police part is left."""
    wages = check(settings, "工地拖欠工资三个月，请人社局处理。")
    mixed = check(settings, "老板拖欠工资，还叫人把我打伤，报警后派出所没处理。")

    assert (wages.found["outside"], wages.found["topic"], wages.found["police_part"]) == (True, "RSJ", False)
    assert wages.prefill["matter"] == "1404"
    assert mixed.found["police_part"] is True
    assert mixed.prefill["matter"] != "1404"


def test_who_is_asked_to_act_is_named(settings: Settings) -> None:
    """T5, row 2: the sender names the unit."""
    assert check(settings, "人民路有车堵路，请交警核实处理。").found["named_unit"] == "JT"
    assert check(settings, DOG, unit_hint="东城派出所").found["named_unit"] == "PCS02"


def test_the_same_person_and_words_are_a_repeat(settings: Settings) -> None:
    """The best candidate travels with the case; its number is the receipt's repeat_of."""
    number = "云信〔2026〕00001"
    earlier = Earlier(number=number, text=DOG, same_person=True, state="handling", unit="PCS02", repeat_n=1)

    checked = check(settings, DOG + "监控显示是同一条狗。", earlier=(earlier,))

    assert checked.repeat_of == number
    assert checked.found["candidate"] == {
        "number": number,
        "score": checked.found["candidate"]["score"],
        "sure": True,
        "same_person": True,
        "state": "handling",
        "new_fact": True,
        "unit": "PCS02",
        "repeat_n": 1,
        "superior": False,
    }
    assert checked.found["earlier_unit"] == "PCS02"
    assert checked.found["complete"] is True


LAMPS = "滨河路翠湖社区的路灯坏了三盏，晚上有人遛狗看不清路，孩子摔了一跤，请社区派人来修一修。"
DIRT = "滨河路翠湖社区有人遛狗，狗粪没有人收拾，环境很差，请社区管一管。"


@pytest.mark.parametrize(("text", "same_person", "missing"), [(LAMPS, True, ["repeat"]), (DIRT, False, [])])
def test_a_doubtful_repeat_is_looked_at_when_it_is_the_same_person(
    settings: Settings, text: str, same_person: bool, missing: list[str]
) -> None:
    """Strangers say alike things all day; of one's own petition somebody must see whether it is new."""
    earlier = Earlier(number="1", text=text, same_person=same_person, state="handling")

    checked = check(settings, DOG, earlier=(earlier,))

    assert checked.found["candidate"]["sure"] is False
    assert checked.found["missing"] == missing


@pytest.mark.parametrize(
    ("matter", "words", "nature"),
    [
        ("0303", "请问补办身份证需要什么材料", "咨询"),
        ("0303", "投诉补办身份证被刁难，请问谁管", "求决"),
        ("1306", "请问举报怎么办", "检举"),
        ("0505", "建议增设红绿灯", "建议"),
        ("0801", "狗咬人没人管", "求决"),
        (None, "不知道说什么", "求决"),
    ],
)
def test_the_nature_is_that_of_the_words(settings: Settings, matter: str | None, words: str, nature: str) -> None:
    """A question is answered, not investigated."""
    assert nature_of(settings, matter, words) == nature


@pytest.mark.parametrize(
    ("words", "years"), [("拖了三年没结果", 3), ("长达12年之久", 12), ("2023年报的案", None), ("今年的事", None)]
)
def test_years_of_waiting_are_read(words: str, years: int | None) -> None:
    """T4: two years or more are weighty; a calendar year is no duration."""
    assert years_of(words) == years


@pytest.mark.parametrize(
    ("words", "amount"), [("被骗12.5万元，另付300元", 125_000), ("罚款200元", 200), ("没有钱", None)]
)
def test_the_largest_sum_is_read(words: str, amount: int | None) -> None:
    """T4: fifty thousand or more are weighty."""
    assert amount_of(words) == amount


def test_lists_show_no_personal_values(settings: Settings) -> None:
    """The one line and the name are seen by many."""
    checked = check(settings, "我的身份证330102199001011234被冒用，电话13812345678，请核实处理。")

    assert "330102199001011234" not in checked.ask
    assert "13812345678" not in checked.ask
    assert checked.ask.startswith("我的身份证330*************34被冒用")
    assert shown_name((WANG, Party(phone="13812345678"))) == "王**等2人"
    assert shown_name((Party(account="A00045581"),)) == "A00****81"


def test_one_line_is_what_it_is_about(settings: Settings) -> None:
    """A title that the text quotes tells more than its first words."""
    assert check(settings, "来电反馈：工单《关于人民路噪音扰民的问题》处理情况。").ask == "人民路噪音扰民的问题"
    assert check(settings, "市民来电反映：人民路噪音扰民。请公安局核实处理，谢谢！").ask == "人民路噪音扰民"
    assert len(check(settings, "很长的话" * 50).ask) == 60


def test_the_same_person_is_found_by_document_phone_or_account() -> None:
    """Names alone do not identify anybody."""
    assert person_keys(Party(name="王小明")) == ()
    assert person_keys(Party(name="王小明", phone="138 0000 0000", address="人民路1号")) == (
        "phone:13800000000",
        "name:王小明|人民路1号",
    )


def test_what_travels_with_a_case_is_small(settings: Settings) -> None:
    """The state of an open case has 2.5 KB in all."""
    earlier = tuple(
        Earlier(number=f"云信〔2026〕{n:05}", text=DOG, same_person=False, state="handling") for n in range(20)
    )

    checked = check(settings, DOG, earlier=earlier)

    assert len(json.dumps(dict(checked.found), ensure_ascii=False).encode()) < 1100
