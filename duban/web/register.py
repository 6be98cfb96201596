"""The register: every petition as one line, found by what stands in the address."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import cases, kinds
from duban.desk.cases import Wanted
from duban.web.visit import SignedIn, address

router = APIRouter(include_in_schema=False)
PAGE = 50


@router.get("/cases")
def register(  # the filters of the address
    visit: SignedIn,
    status: str = "",
    unit: str = "",
    channel: str = "",
    matter: str = "",
    weight: str = "",
    q: str = "",
    overdue: bool = False,
    offset: int = 0,
) -> Response:
    """Show the petitions that fit the filters."""
    chosen = {"status": status, "unit": unit, "channel": channel, "matter": matter, "weight": weight, "q": q}
    start = max(offset, 0)
    wanted = Wanted(
        is_open=True if overdue else {"open": True, "ended": False}.get(status),
        unit=unit or None,
        channel=channel or None,
        matter=matter or None,
        weight=weight or None,
        words=q.strip() or None,
        overdue_at=visit.now if overdue else None,
    )
    page = cases.list_(visit.house.desk, wanted, viewer=visit.who.id, limit=PAGE, offset=start)
    return visit.page(
        "cases.html",
        here="cases",
        kinds=kinds.counts(visit.house.desk, visit.who.id),
        rows=page.rows,
        total=page.total,
        offset=start,
        size=PAGE,
        chosen=chosen | {"overdue": overdue},
        filtered=overdue or any(chosen.values()),
        settings=visit.house.desk.bureau.settings,
        at=lambda start: address("/cases", **chosen, overdue=overdue, offset=start),
    )
