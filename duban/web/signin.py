"""Signing in: on the loopback interface it asks which person of the bureau you are; the place for real accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.datastructures import FormData

from duban.desk import people
from duban.desk.people import Who
from duban.model.people import Unit
from duban.web.session import COOKIE, LASTS
from duban.web.visit import OwnForm, Visit, Visiting, go, posted, text_of

router = APIRouter(include_in_schema=False)
_YEAR = 365 * 24 * 3600


@router.get("/sign-in")
def ask(visit: Visiting, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Ask which person sits here."""
    everybody = people.list_(visit.house.desk)
    return visit.page("sign_in.html", groups=_by_unit(visit, everybody), next=next)


@router.post("/sign-in")
def sign_in(visit: Visiting, form: Annotated[FormData, Depends(posted)]) -> Response:
    """Open a session for the person chosen."""
    who = people.show(visit.house.desk, text_of(form, "person"))
    answer = go(_own_path(text_of(form, "next")))
    answer.set_cookie(
        COOKIE,
        visit.house.sessions.open(who.id, visit.now),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return answer


@router.post("/sign-out")
def sign_out(_form: OwnForm) -> Response:
    """End the session."""
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/display")
def display(form: Annotated[FormData, Depends(posted)]) -> Response:
    """Keep the size of print and the language that somebody chose; works for whoever has not signed in too."""
    answer = go(_own_path(text_of(form, "back")))
    for name, known in (("size", {"normal", "large"}), ("lang", {"zh", "en"})):
        if (value := text_of(form, name)) in known:
            answer.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="lax")
    return answer


def _own_path(path: str) -> str:
    """Return *path* when it stays on this site, else the first page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _by_unit(visit: Visit, everybody: list[Who]) -> list[tuple[str, list[tuple[Who, str]]]]:
    """Group people by unit, each with the names of the roles held there."""
    settings = visit.house.desk.bureau.settings
    groups: dict[str, list[tuple[Who, str]]] = {}
    for who in everybody:
        roles: dict[str, list[str]] = {}
        for held in who.memberships:
            home = _home(settings.units, held.unit)
            roles.setdefault(home, []).append(settings.roles.get(held.role, held.role))
        for home, names in roles.items():
            groups.setdefault(home, []).append((who, "、".join(dict.fromkeys(names))))
    order = {code: n for n, code in enumerate(settings.units)}
    return sorted(groups.items(), key=lambda group: order.get(group[0], len(order)))


def _home(units: Mapping[str, Unit], code: str) -> str:
    """Return the unit with which the people of *code* are listed; posts and cells of the grid have no list."""
    unit = units.get(code)
    return _home(units, unit.parent) if unit and unit.kind in {"post", "grid"} and unit.parent else code
