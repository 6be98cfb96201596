"""Repeats: found by fingerprints, weighed by likeness."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.bureau.settings import Settings
from duban.model.petition import Envelope
from duban.petitions.duplicates import Earlier, compare, fingerprints, likeness

AT = datetime(2026, 3, 2, tzinfo=UTC)
NOISE = "河湾镇渡口村口的烧烤摊每天营业到凌晨两点，音响开得很大，家里有高考的孩子没法休息，多次劝说无效。"
AGAIN = "我家住河湾镇渡口村，村口烧烤摊每天营业到凌晨两点，音响开得很大，家里有高考的孩子没法休息，劝说多次也没有用。"
OTHER = "我的驾驶证下个月到期，想知道在异地能不能换证，需要带哪些材料。"


def an_envelope(text: str, title: str = "") -> Envelope:
    return Envelope(channel="LX", received_at=AT, text=text, title=title)


def earlier(text: str, *, same_person: bool = False, number: str = "1") -> Earlier:
    return Earlier(number=number, text=text, same_person=same_person, state="handling")


def test_the_same_matter_in_other_words_is_sure(settings: Settings) -> None:
    """Nobody writes the same letter twice to the letter."""
    [like] = compare(settings, an_envelope(AGAIN), [earlier(NOISE), earlier(OTHER, number="2")])

    assert like.earlier.number == "1"
    assert like.sure


def test_fingerprints_meet_where_texts_do(settings: Settings) -> None:
    """The record is asked by fingerprints: what is alike must share some, what is not must share none."""
    first, again, other = (fingerprints(settings, an_envelope(text)) for text in (NOISE, AGAIN, OTHER))

    assert len(first & again) >= 2
    assert first & other == frozenset()


def test_the_channel_s_own_words_make_nothing_alike(settings: Settings) -> None:
    """Every ticket ends with the same request: that is no likeness."""
    frame = "市民来电反映：{}，请交警核实处理，谢谢！（请职能局按规定在30分钟内联系市民，响应处置）"

    score = likeness(settings.duplicates, frame.format("桃园社区门口红绿灯不亮"), frame.format("渡口村有人开设赌场"))

    assert score < settings.duplicates.ask


def test_another_place_is_another_matter(settings: Settings) -> None:
    """People say the same words of a car that blocks the way, whichever way it is: a clerk is asked."""
    score = likeness(
        settings.duplicates, "人民路十二号门口有机动车堵路要求车主移车", "滨河路三十号门口有机动车堵路要求车主移车"
    )

    assert settings.duplicates.ask <= score < settings.duplicates.same


def test_a_reply_that_quotes_the_item_is_alike(settings: Settings) -> None:
    """A short item inside a long answer."""
    quoted = (
        f"关于您反映的情况，经调查了解：原诉求为{NOISE}"
        "我们已经约谈摊主，并安排夜间巡查，后续将继续跟踪落实整改情况，感谢关心。"
    )

    assert likeness(settings.duplicates, NOISE, quoted) >= settings.duplicates.same


def test_the_same_person_needs_less_likeness(settings: Settings) -> None:
    """What two strangers say alike by chance, one person does not."""
    [stranger] = compare(settings, an_envelope(AGAIN), [earlier(NOISE)])
    [same] = compare(settings, an_envelope(AGAIN), [earlier(NOISE, same_person=True)])

    assert same.score == pytest.approx(min(1.0, stranger.score + settings.duplicates.person), abs=0.01)


def test_a_new_proof_is_noticed(settings: Settings) -> None:
    """X11 and X12 hold for the same facts only: a new video opens the way again."""
    [like] = compare(settings, an_envelope(NOISE + "现补充录像一段。"), [earlier(NOISE)])

    assert like.new_fact


def test_candidates_are_few_and_best_first(settings: Settings) -> None:
    """Three matters look alike, thousands do not help anybody."""
    found = compare(settings, an_envelope(NOISE), [earlier(NOISE, number=str(n)) for n in range(50)])

    assert len(found) == settings.duplicates.candidates
    assert [like.score for like in found] == sorted((like.score for like in found), reverse=True)


@pytest.mark.parametrize("text", ["", "。", "狗", "\0", "😀" * 5])
def test_short_and_odd_texts_have_fingerprints_or_none(settings: Settings, text: str) -> None:
    """A text message of one character must not break the intake."""
    marks = fingerprints(settings, an_envelope(text))

    assert all(0 <= mark < 2**64 for mark in marks)


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_even_handed(settings: Settings, one: str, other: str) -> None:
    """A is as like B as B is like A, and like itself."""
    rules = settings.duplicates

    assert likeness(rules, one, other) == likeness(rules, other, one)
    assert 0 <= likeness(rules, one, other) <= 1
