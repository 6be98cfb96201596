"""What a case waits to hear from outside: a small form for each message that whoever is here may hand on."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import replies
from duban.errors import InvalidForm, NotWaiting
from duban.web import fields, messages
from duban.web.visit import OwnForm, SignedIn, Visit, case_address, go

router = APIRouter(include_in_schema=False)


@router.get("/cases/{number}/reply/{task}")
def form(visit: SignedIn, number: str, task: int) -> Response:
    """Show the form of what is to be handed on."""
    return _page(visit, number, _find(visit, number, task))


@router.post("/cases/{number}/reply/{task}")
def hand_on(visit: SignedIn, posted: OwnForm, number: str, task: int) -> Response:
    """Hand it on; what is wrong comes back beside its field."""
    wait = _find(visit, number, task)
    data, unread = fields.read(wait.schema, posted)
    if unread:
        return _page(visit, number, wait, data=data, error=InvalidForm(unread))
    try:
        replies.say(visit.house.desk, number, task, data, visit.who.id)
    except InvalidForm as error:
        return _page(visit, number, wait, data=data, error=error)
    return go(case_address(number), said="handed_on")


def _find(visit: Visit, number: str, task: int) -> replies.Awaited:
    for each in replies.awaited(visit.house.desk, number, visit.who.id):
        if each.task == task:
            return each
    raise NotWaiting


def _page(
    visit: Visit,
    number: str,
    wait: replies.Awaited,
    *,
    data: dict[str, object] | None = None,
    error: InvalidForm | None = None,
) -> Response:
    return visit.page(
        "reply.html",
        status=messages.status_of(error) if error else 200,
        here="cases",
        number=number,
        wait=wait,
        fields=fields.fields_of(wait.schema, data or {}, error.fields if error else {}),
        refusal=messages.sentence(error, visit.language) if error else "",
        problems=error.fields if error else {},
        picker=lambda _field: [],
    )
