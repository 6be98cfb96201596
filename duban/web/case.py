"""One case: what is asked, where it stands, who has it, until when and why, and what can be done now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from duban.desk import cases, openings, people, replies, work
from duban.desk.cases import Entry, Look
from duban.desk.people import Who
from duban.desk.work import Completed, Sheet
from duban.errors import DubanError, InvalidForm
from duban.model.facts import Kind
from duban.web import fields, messages, words
from duban.web.clocks import clocks_of
from duban.web.shown import Shown, shown
from duban.web.told import in_english
from duban.web.visit import OwnForm, SignedIn, Visit, case_address, go

router = APIRouter(include_in_schema=False)

QUIET = frozenset({
    "tokens_moved", "data_written", "script_run", "call_wanted", "call_answered", "work_opened", "work_withdrawn",
    "timer_armed", "timer_cancelled", "message_thrown", "message_unheard", "decision_made",
})  # fmt: skip
"""Facts that the thread leaves out until somebody asks for all of them."""


@router.get("/cases/{number}")
def show(visit: SignedIn, number: str, full: bool = False) -> Response:
    """Show a case; when something in it waits for whoever is here, its form stands beside it."""
    desk, who = visit.house.desk, visit.who.id
    look = cases.show(desk, number, who)
    mine = work.may_do(desk, number, who)
    return _page(visit, look, sheet=work.show(desk, number, min(mine), who) if mine else None, full=full)


@router.get("/cases/{number}/work/{task}")
def form(visit: SignedIn, number: str, task: int) -> Response:
    """Show a case with the form of one of its work items."""
    desk, who = visit.house.desk, visit.who.id
    sheet = work.show(desk, number, task, who)
    return _page(visit, cases.show(desk, number, who), sheet=sheet)


@router.post("/cases/{number}/work/{task}")
def complete(visit: SignedIn, posted: OwnForm, number: str, task: int) -> Response:
    """Complete a work item; what is wrong comes back beside its field, with everything that was typed."""
    desk = visit.house.desk
    sheet = work.show(desk, number, task, visit.who.id)
    data, unread = fields.read(sheet.schema or {}, posted)
    try:
        done = _complete(visit, sheet, data, unread)
    except InvalidForm as error:
        look = cases.show(desk, number, visit.who.id)
        return _page(visit, look, sheet=sheet, data=data, problems=_by_name(error.fields), refusal=error)
    return go(case_address(number), said="completed" if done.is_open else "closed")


def _complete(visit: Visit, sheet: Sheet, data: dict[str, Any], unread: dict[str, str]) -> Completed:
    """Complete the work of *sheet*; what could not even be read is told together with what is wrong otherwise."""
    desk, item = visit.house.desk, sheet.item
    if not unread:
        return work.complete(desk, item.number, item.task, data, visit.who.id)
    try:
        if item.form:
            desk.shelf.form(item.form).check(data)
    except InvalidForm as error:
        raise InvalidForm(_by_name(error.fields) | unread) from error
    raise InvalidForm(unread)


def _by_name(problems: Mapping[str, str]) -> dict[str, str]:
    """Return problems under the names that fields have on the page: ``steps[0].what`` is ``steps.0.what``."""
    return {re.sub(r"\[(\d+)\]", r".\1", name): what for name, what in problems.items()}


def _page(
    visit: Visit,
    look: Look,
    *,
    sheet: Sheet | None,
    full: bool = False,
    data: Mapping[str, Any] | None = None,
    problems: Mapping[str, str] | None = None,
    refusal: DubanError | None = None,
) -> Response:
    schema = (sheet.schema if sheet else None) or {}
    values = data if data is not None else (sheet.values if sheet else {})
    return visit.page(
        "case.html",
        status=messages.status_of(refusal) if refusal else 200,
        here="cases",
        look=look,
        mine=work.may_do(visit.house.desk, look.case.number, visit.who.id),
        sheet=sheet,
        fields=fields.fields_of(schema, values, problems or {}),
        refusal=messages.sentence(refusal, visit.language) if refusal else "",
        problems=problems or {},
        stray=_stray(schema, problems or {}),
        spoken=_spoken(look),
        thread=_thread(visit, look, full=full),
        full=full,
        picker=partial(_picker, visit, sheet),
        offers=_offers(sheet),
        clocks=clocks_of(visit, look),
        awaited=replies.awaited(visit.house.desk, look.case.number, visit.who.id),
        openable=openings.openable(visit.house.desk, visit.who.id),
    )


def _stray(schema: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, str]:
    """Return problems that belong to no field of the page: they stand above the form, never nowhere."""
    known = set(schema.get("properties", {}))
    return {name: what for name, what in problems.items() if name.split(".")[0] not in known}


def _spoken(look: Look) -> Mapping[str, Any]:
    """Return what arrived, in the petitioner's own words."""
    received = look.data.get("received")
    return received if isinstance(received, Mapping) else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the thread."""

    fact: Entry
    title: str
    answers: tuple[Shown, ...]
    """What somebody filled in at this step."""


def _thread(visit: Visit, look: Look, *, full: bool) -> list[Line]:
    """Return what happened, in order; the quiet facts only when everything is asked for."""
    opened = {fact.payload["task"]: fact.payload for fact in look.timeline if fact.kind == Kind.WORK_OPENED}
    armed = {fact.payload["task"]: fact.payload for fact in look.timeline if fact.kind == Kind.TIMER_ARMED}
    return [
        Line(
            fact=fact,
            title=_title(visit, fact, armed.get(fact.payload.get("task"), {})),
            answers=_answers(visit, fact, opened.get(fact.payload.get("task"), {})),
        )
        for fact in look.timeline
        if full or fact.kind not in QUIET
    ]


def _title(visit: Visit, fact: Entry, armed: Mapping[str, Any]) -> str:
    """Return the sentence of a fact; a reminder that went out is no deadline that passed."""
    why = armed.get("why")
    if fact.kind == Kind.TIMER_FIRED and isinstance(why, Mapping) and "warns" in why:
        name = words.Names(visit.house.desk.bureau.settings, visit.language).limit(armed.get("name"))
        return visit.language.say("「{name}」快到期，已提醒", name=name)
    return fact.title if visit.language.code == "zh" else in_english(fact)


def _answers(visit: Visit, fact: Entry, opened: Mapping[str, Any]) -> tuple[Shown, ...]:
    """Return what somebody filled in, as questions and answers."""
    if fact.kind != Kind.WORK_COMPLETED or not isinstance(data := fact.payload.get("data"), Mapping):
        return ()
    filled = data.get(fact.element or "", data)
    schema = visit.house.desk.bureau.forms.get(opened.get("form") or "", {})
    return shown(schema, filled, visit) if isinstance(filled, Mapping) else ()


def _picker(visit: Visit, sheet: Sheet | None, field: fields.Field) -> list[fields.Choice]:
    """Offer units or people for a field that asks for one: people of the unit whose work it is, where it has one."""
    if field.of == "unit":
        units = visit.house.desk.bureau.settings.units.values()
        named = [(unit.code, unit.name) for unit in units if not unit.outside and unit.kind != "post"]
    else:
        named = [(who.id, who.name) for who in _colleagues(visit, sheet.item.unit if sheet else None)]
    chosen = field.value.splitlines()
    return [fields.Choice(value=code, label=name, chosen=code in chosen) for code, name in named]


def _colleagues(visit: Visit, unit: str | None) -> list[Who]:
    """Return whoever holds a role in *unit* today; everybody where there is no unit or nobody in it."""
    everybody = people.list_(visit.house.desk)
    inside = [who for who in everybody if any(held.unit == unit for held in who.memberships)]
    return inside or everybody


def _offers(sheet: Sheet | None) -> list[Mapping[str, Any]]:
    """Return the units that intake proposes, each with its reason, where the form asks for a unit."""
    if sheet is None or not any(
        part.get("format") == "unit" for part in (sheet.schema or {}).get("properties", {}).values()
    ):
        return []
    found = sheet.seen.get("found")
    offers = found.get("offers") if isinstance(found, Mapping) else None
    return [offer for offer in offers or () if isinstance(offer, Mapping) and "unit" in offer]
