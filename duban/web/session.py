"""Who sits in front of the page: a signed cookie, and the token that proves a form is ours.

Before full sign-in exists this names a sample person on the loopback interface only; the place for
real accounts is :func:`duban.web.signin`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

COOKIE = "duban"
LASTS = timedelta(hours=12)
"""A session ends after a working day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A person at a browser."""

    person: str
    token: str
    """What every form of this session carries (CSRF)."""


class Sessions:
    """Signs and reads session cookies with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def open(self, person: str, now: datetime) -> str:
        """Return the cookie that says *person* is here from *now* on."""
        body = f"{person}~{int(now.timestamp())}~{secrets.token_urlsafe(9)}"
        return f"{body}~{self._sign('session', body)}"

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """Return the session of *cookie*; None when there is none, it is not ours, or it is over."""
        body, _, signature = (cookie or "").rpartition("~")
        if not hmac.compare_digest(signature.encode(), self._sign("session", body).encode()):
            return None
        person, since, _nonce = body.split("~")
        if not timedelta(0) <= now - datetime.fromtimestamp(int(since), now.tzinfo) <= LASTS:
            return None
        return Session(person=person, token=self._sign("token", body))

    def _sign(self, purpose: str, body: str) -> str:
        return hmac.new(self._secret, f"{purpose}:{body}".encode(), hashlib.sha256).hexdigest()


def same_token(given: str | None, expected: str) -> bool:
    """Compare two tokens without telling how far they agree."""
    return hmac.compare_digest((given or "").encode(), expected.encode())
