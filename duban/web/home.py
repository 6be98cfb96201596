"""The first page: how much waits for me, what comes near its limit, what stands still."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import cases, incidents, work
from duban.web.visit import SignedIn
from duban.web.worklist import rail

router = APIRouter(include_in_schema=False)
_SHOWN = 8


@router.get("/")
def home(visit: SignedIn) -> Response:
    """Show the desk of whoever is here."""
    desk = visit.house.desk
    mine = work.list_(desk, person=visit.who.id, limit=_SHOWN)
    return visit.page(
        "home.html",
        here="home",
        rail=rail(visit, work.counts(desk, visit.who.id)),
        items=mine,
        open=cases.list_(desk, status="open", limit=1).total,
        ended=cases.list_(desk, status="ended", limit=1).total,
        overdue=cases.list_(desk, overdue=True, limit=5),
        troubles=incidents.list_(desk, limit=5),
    )
