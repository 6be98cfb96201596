"""The deadlines that run: which is nearest, which is over, and why each ends when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import due
from duban.web.language import Language
from duban.web.visit import SignedIn, address

router = APIRouter(include_in_schema=False)
PAGE = 50


@router.get("/due")
def running(visit: SignedIn, overdue: bool = False, offset: int = 0) -> Response:
    """Show running deadlines, nearest first."""
    start = max(offset, 0)
    dues = due.list_(
        visit.house.desk, viewer=visit.who.id, named=True, warnings=False, missed=overdue, limit=PAGE + 1, offset=start
    )
    return visit.page(
        "due.html",
        here="due",
        dues=dues[:PAGE],
        more=len(dues) > PAGE,
        offset=start,
        size=PAGE,
        overdue=overdue,
        at=lambda start: address("/due", overdue=overdue, offset=start),
    )


def why(reason: Mapping[str, Any], language: Language) -> str:
    """Say how a due time was counted, in the language of the page where the rules say it in both."""
    return str(reason.get(language.code) or reason.get("zh") or "")
