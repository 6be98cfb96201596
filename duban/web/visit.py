"""One visit of a page: who is here, in which language, at what time, and how a page is written for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from duban.desk import leases, people
from duban.desk.people import Who
from duban.errors import NotFound
from duban.model.clock import SHANGHAI
from duban.web import dates, words
from duban.web.house import House
from duban.web.language import Language, chosen
from duban.web.session import COOKIE, Session, same_token


class SignInNeeded(Exception):
    """Nobody has said who sits here."""


class ForeignForm(Exception):
    """A form came back without this session's token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A person at a page."""

    house: House
    request: Request
    language: Language
    now: datetime
    session: Session | None
    person: Who | None

    @property
    def who(self) -> Who:
        """The person who is here; pages that need nobody do not ask."""
        if self.person is None:
            raise SignInNeeded
        return self.person

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the units in which the person holds a role today, without repeats."""
        return tuple(dict.fromkeys(membership.unit for membership in self.who.memberships))

    @property
    def roles(self) -> frozenset[str]:
        """Roles that the person holds today."""
        return frozenset(membership.role for membership in self.who.memberships)

    def day(self, on: date) -> str:
        """Say a date."""
        return dates.day(on, self.now.astimezone(SHANGHAI).date(), self.language)

    def moment(self, at: datetime) -> str:
        """Say an instant."""
        return dates.moment(at, self.now, self.language)

    def chip(self, at: datetime) -> dates.Chip:
        """Say what a due time means now."""
        return dates.chip(at, self.now, self.language)

    def page(self, template: str, *, status: int = 200, here: str = "", **values: Any) -> HTMLResponse:
        """Write a page."""
        settings = self.house.desk.bureau.settings
        text = self.house.templates.get_template(f"pages/{template}").render(
            values
            | {
                "visit": self,
                "who": self.person,
                "token": self.session.token if self.session else "",
                "language": self.language,
                "t": self.language.say,
                "large": self.request.cookies.get("size") == "large",
                "loading": self.house.loading.progress() if self.house.loading else None,
                "flows": leases.flows_at(self.house.desk) if self.person else None,
                "bureau_name": settings.name,
                "names": words.Names(settings, self.language),
                "here": here,
                "here_url": str(self.request.url.path)
                + (f"?{self.request.url.query}" if self.request.url.query else ""),
                "said": words.said(self.request.query_params.get("said"), self.language),
            }
        )
        return HTMLResponse(text, status_code=status)


def visiting(request: Request) -> Visit:
    """Look who is here."""
    house: House = request.app.state.house
    now = house.desk.now()
    session = house.sessions.read(request.cookies.get(COOKIE), now)
    return Visit(
        house=house,
        request=request,
        language=chosen(
            request.query_params.get("lang"), request.cookies.get("lang"), request.headers.get("accept-language")
        ),
        now=now,
        session=session,
        person=_known(house, session),
    )


def _known(house: House, session: Session | None) -> Who | None:
    if session is None:
        return None
    try:
        return people.show(house.desk, session.person)
    except NotFound:  # the database was made anew under a browser that stayed open
        return None


def signed_in(visit: Annotated[Visit, Depends(visiting)]) -> Visit:
    """Let only somebody who has said who they are pass."""
    if visit.person is None:
        raise SignInNeeded
    return visit


async def posted(request: Request) -> FormData:
    """Read what a form posted."""
    return await request.form()


def own_form(visit: Annotated[Visit, Depends(signed_in)], form: Annotated[FormData, Depends(posted)]) -> FormData:
    """Let only forms of this session pass (CSRF)."""
    if visit.session is None or not same_token(str(form.get("token") or ""), visit.session.token):
        raise ForeignForm
    return form


def address(path: str, **query: Any) -> str:
    """Return a path with the query values that say something."""
    kept = {name: value for name, value in query.items() if value not in (None, "", False, 0)}
    return f"{path}?{urlencode(kept)}" if kept else path


def case_address(number: str, task: int | None = None) -> str:
    """Return where a case, or one of its work items, is found."""
    return f"/cases/{quote(number, safe='')}" + ("" if task is None else f"/work/{task}")


def go(path: str, **query: Any) -> RedirectResponse:
    """Send the browser on after a form was handled, so that reloading repeats nothing."""
    return RedirectResponse(address(path, **query), status_code=303)


def text_of(form: FormData, name: str, default: str = "") -> str:
    """Return one posted text."""
    value = form.get(name)
    return value if isinstance(value, str) else default


Values = Mapping[str, Any]
Visiting = Annotated[Visit, Depends(visiting)]
SignedIn = Annotated[Visit, Depends(signed_in)]
OwnForm = Annotated[FormData, Depends(own_form)]
