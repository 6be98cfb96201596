"""Codes given on the command line: an unknown one is told with the nearest known, never answered by an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from duban.desk.desk import Desk


def check(desk: Desk, **codes: str | None) -> None:
    """Refuse what bureau.toml does not know: ``check(desk, unit=…, role=…, channel=…, matter=…)``.

    Raises:
        NotFound: Says which code, and which are near.
    """
    settings = desk.bureau.settings
    known: dict[str, Collection[str]] = {
        "unit": settings.units,
        "role": settings.roles,
        "channel": settings.channels,
        "matter": settings.matters,
    }
    for kind, code in codes.items():
        if code is not None and code not in known[kind]:
            raise NotFound(_unknown(kind, code, known[kind]))


def _unknown(kind: str, code: str, known: Collection[str]) -> str:
    from duban.bureau.table import close

    near = close(code, known) or sorted(known)
    return f"there is no {kind} {code} in bureau.toml; did you mean {', '.join(near)}?"
