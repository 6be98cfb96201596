"""Incidents: where cases stand still until a person decides, and the three ways out."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import incidents
from duban.desk.incidents import Open
from duban.errors import InvalidForm, NotFound
from duban.web.visit import OwnForm, SignedIn, case_address, go, text_of

router = APIRouter(include_in_schema=False)


@router.get("/incidents")
def standing(visit: SignedIn) -> Response:
    """List what stands still."""
    return visit.page("incidents.html", here="incidents", troubles=incidents.list_(visit.house.desk, limit=200))


@router.get("/cases/{number}/incident/{task}")
def show(visit: SignedIn, number: str, task: int) -> Response:
    """Show one incident with everything that is known about it."""
    return visit.page("incident.html", here="incidents", trouble=_one(visit, number, task), problem="", typed="")


@router.post("/cases/{number}/incident/{task}/retry")
def retry(visit: SignedIn, _form: OwnForm, number: str, task: int) -> Response:
    """Try again."""
    incidents.retry(visit.house.desk, number, task, visit.who.id)
    return go(case_address(number), said="retried")


@router.post("/cases/{number}/incident/{task}/answer")
def answer(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Answer a call by hand with what was done outside."""
    typed = text_of(form, "result")
    try:
        result = _object(typed)
    except InvalidForm as error:
        trouble = _one(visit, number, task)
        page = {"trouble": trouble, "problem": error.fields["result"], "typed": typed}
        return visit.page("incident.html", status=422, here="incidents", **page)
    incidents.answer(visit.house.desk, number, task, result, visit.who.id)
    return go(case_address(number), said="answered")


@router.post("/cases/{number}/incident/{task}/resolve")
def resolve(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Choose which branch's value stands on each path."""
    trouble = _one(visit, number, task)
    choices = {
        path["path"]: path["values"][int(chosen)]["value"]
        for path in trouble.detail.get("paths", ())
        if (chosen := text_of(form, path["path"])).isdecimal() and int(chosen) < len(path["values"])
    }
    incidents.resolve(visit.house.desk, number, task, choices, visit.who.id)
    return go(case_address(number), said="resolved")


def _one(visit: SignedIn, number: str, task: int) -> Open:
    found = incidents.list_(visit.house.desk, number=number)
    for trouble in found:
        if trouble.task == task:
            return trouble
    raise NotFound(
        f"case {number} has no open incident at task {task}; open ones: {[one.task for one in found] or 'none'}"
    )


def _object(typed: str) -> dict[str, Any]:
    """Read a JSON object; nothing typed is an empty one."""
    try:
        value = json.loads(typed or "{}")
    except json.JSONDecodeError as error:
        raise InvalidForm({"result": f"第 {error.lineno} 行第 {error.colno} 列起不是 JSON：{error.msg}"}) from error
    if not isinstance(value, dict):
        raise InvalidForm({"result": '要填一个 JSON 对象，例如 {"receipt": "…"}'})
    return value
