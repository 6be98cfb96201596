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
    return visit.page(
        "incidents.html", here="incidents", troubles=incidents.list_(visit.house.desk, viewer=visit.who.id, limit=200)
    )


@router.get("/cases/{number}/incident/{task}")
def show(visit: SignedIn, number: str, task: int) -> Response:
    """Show one incident with everything that is known about it."""
    return _page(visit, number, task)


@router.post("/cases/{number}/incident/{task}/retry")
def retry(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Try again, with the data put right where the token stopped for its data."""
    typed = text_of(form, "data")
    try:
        data = _object(typed)
    except InvalidForm as error:
        return _page(visit, number, task, status=422, problem=error.fields["result"], typed=typed)
    incidents.retry(visit.house.desk, number, task, visit.who.id, data)
    return go(case_address(number), said="retried")


@router.post("/cases/{number}/incident/{task}/answer")
def answer(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Answer a call by hand with what was done outside."""
    typed = text_of(form, "result")
    try:
        result = _object(typed)
    except InvalidForm as error:
        return _page(visit, number, task, status=422, problem=error.fields["result"], typed=typed)
    incidents.answer(visit.house.desk, number, task, result, visit.who.id)
    return go(case_address(number), said="answered")


@router.post("/cases/{number}/incident/{task}/resolve")
def resolve(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Choose which branch's value stands on each path."""
    choices: dict[str, Any] = {}
    gone: set[str] = set()
    for disagreement in incidents.disagreements(_one(visit, number, task)):
        chosen = text_of(form, disagreement.path)
        if not chosen.isdecimal() or int(chosen) >= len(disagreement.values):
            continue  # the desk says which paths were left out
        alternative = disagreement.values[int(chosen)]
        if alternative.is_gone:
            gone.add(disagreement.path)
        else:
            choices[disagreement.path] = alternative.value
    incidents.resolve(visit.house.desk, number, task, choices, visit.who.id, gone)
    return go(case_address(number), said="resolved")


def _page(
    visit: SignedIn, number: str, task: int, *, status: int = 200, problem: str = "", typed: str = ""
) -> Response:
    trouble = _one(visit, number, task)
    return visit.page(
        "incident.html",
        status=status,
        here="incidents",
        trouble=trouble,
        disagreements=incidents.disagreements(trouble),
        problem=problem,
        typed=typed,
    )


def _one(visit: SignedIn, number: str, task: int) -> Open:
    found = incidents.list_(visit.house.desk, number=number, viewer=visit.who.id)
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
