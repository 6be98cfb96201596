"""Routing figures: keyword rows added up, places and units read out of the text."""

from __future__ import annotations

import pytest

from duban.bureau.settings import Settings
from duban.petitions.routing import Offer, read


@pytest.mark.parametrize(
    ("text", "matter", "unit"),
    [
        ("窗口说驾驶证换证要重新体检", "0401", "CGS"),
        ("反诈中心天天打电话劝阻", "0904", "FZC"),
        ("半夜有改装车炸街", "0506", "JT"),
        ("举报棋牌室聚众赌博", "0702", "ZA"),
        ("护照到期怎么换", "0601", "CRJ"),
        ("看守所会见预约打不通", "1003", "KSS"),
        ("户口被注销成了黑户", "0305", "HZ"),
        ("事故认定书责任划分不公", "0502", "JT"),
    ],
)
def test_a_leaf_with_a_fixed_unit_is_found(settings: Settings, text: str, matter: str, unit: str) -> None:
    """T5, row 4."""
    reading = read(settings, text)

    assert (reading.matter, reading.unit) == (matter, unit)
    assert reading.score >= 3


def test_every_leaf_can_be_reached(settings: Settings) -> None:
    """A matter that no word leads to would always need a clerk; two are decided otherwise."""
    reached = {row.to for row in settings.keywords}
    decided_otherwise = {
        "1404",  # not ours: by the outside organ
        "1405",  # vague: nothing matched
    }

    assert set(settings.matters) - reached == decided_otherwise


def test_a_word_counts_once_with_its_highest_weight(settings: Settings) -> None:
    """Rows overlap: 驾驶证 stands in two of them, and is one finding."""
    assert read(settings, "驾驶证").score == 4


def test_leaves_of_one_unit_support_each_other(settings: Settings) -> None:
    """Parking and fines are two leaves and one unit: the unit is sure."""
    reading = read(settings, "违停被贴条")

    assert reading.unit == "JT"
    assert reading.score == 7
    assert reading.margin == 7


def test_the_beat_is_read_from_the_place_first(settings: Settings) -> None:
    """What the channel says of the place counts before what the text mentions."""
    text = "我住东城，昨天在河湾镇被狗咬了"

    assert read(settings, text).stations == ("PCS05", "PCS02")
    assert read(settings, text, place="河湾镇柳林村").stations == ("PCS05",)


def test_the_one_asked_to_act_is_read(settings: Settings) -> None:
    """Hotlines write whom they ask; so do petitioners."""
    assert read(settings, "人民路有人占道，请城管核实处理。").asked == "ZHZF"
    assert read(settings, "人民路有人占道，请交警大队查处。").asked == "JT"
    assert read(settings, "人民路有人占道。").asked is None


def test_what_the_police_are_asked_for_is_not_outside(settings: Settings) -> None:
    """A bus stop in the text does not make the item the transport office's."""
    text = "公交站旁有人收保护费"

    assert read(settings, "公交站坏了，希望修一修").is_outside
    assert not read(settings, text + "，请公安局核实处理").is_outside


def test_offers_are_the_units_that_may_be_right(settings: Settings) -> None:
    """The clerk who routes by hand sees three, with reasons."""
    reading = read(settings, "城关派出所辖区小区遛狗不牵绳，还有人违停")

    assert [offer.unit for offer in reading.offers][:2] == ["JT", "PCS01"]
    assert Offer(unit="JT", score=4, why="0504 停车秩序") in reading.offers


def test_marks_are_collected(settings: Settings) -> None:
    """Words of secrecy and danger stop the house from deciding alone."""
    assert dict(read(settings, "绝密文件；再不管我就跳楼").marks) == {"secret": ("绝密",), "urgent": ("跳楼",)}


def test_nothing_found_is_nothing_said(settings: Settings) -> None:
    """It says when it does not dare."""
    reading = read(settings, "今天天气很好")

    assert (reading.matter, reading.score, reading.offers, reading.is_outside) == (None, 0, (), False)
