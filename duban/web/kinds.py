"""Cases of one kind as a list, and opening one by hand."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import kinds, openings, work
from duban.web.visit import OwnForm, SignedIn, address, case_address, go, text_of

router = APIRouter(include_in_schema=False)
PAGE = 50


@router.get("/kinds/{kind}")
def list_(visit: SignedIn, kind: str, status: str = "", offset: int = 0) -> Response:
    """Show the cases of a kind, newest first."""
    start = max(offset, 0)
    is_open = {"open": True, "ended": False}.get(status)
    page = kinds.list_(visit.house.desk, kind, viewer=visit.who.id, is_open=is_open, limit=PAGE, offset=start)
    return visit.page(
        "kinds.html",
        here="cases",
        kind=visit.house.desk.bureau.settings.kinds[kind],
        kinds=kinds.counts(visit.house.desk, visit.who.id),
        lines=page.lines,
        total=page.total,
        offset=start,
        size=PAGE,
        chosen=status,
        may_open=kind in {each.id for each in openings.openable(visit.house.desk, visit.who.id)},
        at=lambda start: address(f"/kinds/{kind}", status=status, offset=start),
    )


@router.get("/open")
def choose(visit: SignedIn, kind: str = "", ref: str = "") -> Response:
    """Show which kinds of case whoever is here may open, from which case."""
    may = openings.openable(visit.house.desk, visit.who.id)
    return visit.page("open.html", here="open", may=may, chosen=kind, ref=ref)


@router.post("/open/{kind}")
def open_(visit: SignedIn, form: OwnForm, kind: str) -> Response:
    """Open a case and lead to its first work item."""
    desk = visit.house.desk
    ref = text_of(form, "ref").strip()
    data: dict[str, Any] = {}
    if ref:
        data[f"{kind}_in"] = openings.given(desk, kind, visit.who.id, ref)
    opened = openings.open_(desk, kind, data, visit.who.id)
    mine = work.may_do(desk, opened.number, visit.who.id)
    if not mine:  # whoever opens a case need not be who begins it: an inspector verifies what the head opened
        return go(case_address(opened.number), said="opened_for_others")
    return go(case_address(opened.number, min(mine)), said="opened")
