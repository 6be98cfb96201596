"""Sessions: a cookie nobody can forge, that ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from duban.web.session import Sessions, same_token

NOW = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
SESSIONS = Sessions(b"secret of this house")


def test_a_cookie_names_its_person() -> None:
    """What was opened is read again, with a token for its forms."""
    session = SESSIONS.read(SESSIONS.open("majunjie", NOW), NOW + timedelta(hours=1))

    assert session is not None
    assert session.person == "majunjie"
    assert len(session.token) == 64


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cookie: cookie.replace("majunjie", "hewenbo"),  # another person
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),  # another signature
        lambda cookie: cookie.rpartition("~")[0],  # no signature
        lambda _: "",  # nothing
        lambda _: "签名~~~",  # not ours, not even ASCII
        lambda _: Sessions(b"another house").open("majunjie", NOW),  # another house's
    ],
)
def test_a_cookie_that_is_not_ours_is_nobody(spoil: Callable[[str], str]) -> None:
    """A forged cookie must not act in somebody's name."""
    assert SESSIONS.read(spoil(SESSIONS.open("majunjie", NOW)), NOW) is None


def test_a_session_ends_after_a_working_day() -> None:
    """A browser left open overnight is nobody the next morning; one from the future is forged or a broken clock."""
    cookie = SESSIONS.open("majunjie", NOW)

    read = [
        SESSIONS.read(cookie, NOW + away) for away in (timedelta(hours=12), timedelta(hours=13), timedelta(hours=-1))
    ]

    assert [session is None for session in read] == [False, True, True]


def test_two_sessions_have_two_tokens() -> None:
    """The form of one session must not pass in another."""
    one, two = (SESSIONS.read(SESSIONS.open("majunjie", NOW), NOW) for _ in range(2))

    assert one is not None
    assert two is not None
    assert not same_token(one.token, two.token)
    assert same_token(one.token, one.token)
    assert not same_token(None, one.token)
