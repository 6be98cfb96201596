"""The first page: how much waits for me, what comes near its limit, what stands still."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import cases, work
from duban.desk.cases import Wanted
from duban.web.visit import SignedIn
from duban.web.worklist import rail

router = APIRouter(include_in_schema=False)
_SHOWN = 8
_LATE = 5


@router.get("/")
def home(visit: SignedIn) -> Response:
    """Show the desk of whoever is here."""
    desk = visit.house.desk
    late = Wanted(is_open=True, overdue_at=visit.now)
    return visit.page(
        "home.html",
        here="home",
        rail=rail(visit, work.counts(desk, visit.who.id)),
        items=work.list_(desk, person=visit.who.id, viewer=visit.who.id, limit=_SHOWN),
        counts=cases.counts(desk, viewer=visit.who.id),
        overdue=cases.list_(desk, late, viewer=visit.who.id, limit=_LATE),
    )
