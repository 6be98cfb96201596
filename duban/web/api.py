"""The same verbs as JSON. Who acts stands in the header ``Duban-As`` (the command line's ``--as``) or the session."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Query, Request
from pydantic import AwareDatetime

from duban.desk import cases, due, imports, incidents, intake, kinds, messages, openings, people, replies, work
from duban.desk.cases import Wanted
from duban.desk.desk import Desk
from duban.model.calls import Message
from duban.model.petition import Envelope, Party
from duban.web.visit import SignInNeeded, Visiting

router = APIRouter(prefix="/api")
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0)]
Data = Annotated[dict[str, Any], Body()]


def desk_of(request: Request) -> Desk:
    """Return the desk of this house."""
    desk: Desk = request.app.state.house.desk
    return desk


def actor(visit: Visiting, duban_as: Annotated[str | None, Header()] = None) -> str:
    """Return who acts: the person named in the header, else whoever has signed in."""
    if duban_as:
        return people.show(visit.house.desk, duban_as).id
    if visit.person is None:
        raise SignInNeeded
    return visit.person.id


async def body(request: Request) -> bytes:
    """Return the bytes that were sent."""
    return await request.body()


AtDesk = Annotated[Desk, Depends(desk_of)]
Actor = Annotated[str, Depends(actor)]


@router.get("/people")
def list_people(desk: AtDesk) -> list[people.Who]:
    """List everybody with the roles held today."""
    return people.list_(desk)


@router.get("/cases")
def list_cases(
    *,
    desk: AtDesk,
    who: Actor,
    status: str | None = None,
    unit: str | None = None,
    channel: str | None = None,
    matter: str | None = None,
    weight: str | None = None,
    stage: str | None = None,
    q: str | None = None,
    overdue: bool = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> cases.Page:
    """List petitions, newest received first."""
    wanted = Wanted(
        is_open=True if overdue else {"open": True, "ended": False}.get(status or ""),
        unit=unit, channel=channel, matter=matter, weight=weight, stage=stage, words=q,
        overdue_at=desk.now() if overdue else None,
    )  # fmt: skip
    return cases.list_(desk, wanted, viewer=who, limit=limit, offset=offset)


@router.get("/cases/{number}")
def show_case(desk: AtDesk, who: Actor, number: str) -> cases.Look:
    """Show one case with its work, deadlines, letters and timeline."""
    return cases.show(desk, number, who)


@router.get("/kinds")
def list_kinds(desk: AtDesk, who: Actor) -> list[kinds.Count]:
    """List the kinds of case with how many there are."""
    return kinds.counts(desk, who)


@router.get("/kinds/{kind}/cases")
def list_of_kind(
    desk: AtDesk, who: Actor, kind: str, status: str | None = None, limit: Limit = 50, offset: Offset = 0
) -> kinds.Page:
    """List the cases of a kind, newest first."""
    is_open = {"open": True, "ended": False}.get(status or "")
    return kinds.list_(desk, kind, viewer=who, is_open=is_open, limit=limit, offset=offset)


@router.post("/kinds/{kind}/cases", status_code=201)
def open_case(desk: AtDesk, who: Actor, kind: str, data: Data | None = None) -> openings.Opened:
    """Open a case by hand; *data*: its start data, top-level keys."""
    return openings.open_(desk, kind, data or {}, who)


@router.get("/cases/{number}/awaited")
def list_awaited(desk: AtDesk, who: Actor, number: str) -> list[replies.Awaited]:
    """List what the case waits to hear and whoever asks may hand on."""
    return replies.awaited(desk, number, who)


@router.post("/cases/{number}/awaited/{task}", status_code=204)
def hand_on(desk: AtDesk, who: Actor, number: str, task: int, data: Data) -> None:
    """Hand on what the case waits to hear, in the fields of its form."""
    replies.say(desk, number, task, data, who)


@router.get("/work")
def list_work(
    desk: AtDesk,
    who: Actor,
    person: str | None = None,
    unit: str | None = None,
    role: str | None = None,
    due_before: AwareDatetime | None = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[work.Item]:
    """List open work, nearest deadline first."""
    return work.list_(
        desk,
        person=person,
        unit=unit,
        role=role,
        due_before=due_before,
        viewer=who,
        limit=limit,
        offset=offset,
    )


@router.get("/work/{number}/{task}")
def show_work(desk: AtDesk, who: Actor, number: str, task: int) -> work.Sheet:
    """Show a work item with its form and the case's data."""
    return work.show(desk, number, task, who)


@router.post("/work/{number}/{task}/claim")
def claim_work(desk: AtDesk, who: Actor, number: str, task: int) -> work.Item:
    """Take a work item."""
    return work.claim(desk, number, task, who)


@router.post("/work/{number}/{task}/return")
def return_work(desk: AtDesk, who: Actor, number: str, task: int) -> work.Item:
    """Give a work item back."""
    return work.give_back(desk, number, task, who)


@router.post("/work/{number}/{task}/complete")
def complete_work(desk: AtDesk, who: Actor, number: str, task: int, data: Data) -> work.Completed:
    """Complete a work item with the data of its form."""
    return work.complete(desk, number, task, data, who)


@router.get("/due")
def list_due(
    desk: AtDesk,
    who: Actor,
    number: str | None = None,
    before: AwareDatetime | None = None,
    named: bool = False,
    warnings: bool = True,
    missed: bool = False,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[due.Running]:
    """List running timers, nearest first.

    named: only those of named deadlines; warnings=false: no reminders; missed: deadlines that have passed while their
    activities go on, oldest first.
    """
    return due.list_(
        desk,
        number=number,
        before=before,
        named=named,
        warnings=warnings,
        missed=missed,
        viewer=who,
        limit=limit,
        offset=offset,
    )


@router.post("/due/fire")
def fire_due(desk: AtDesk, _actor: Actor, limit: Limit = 500) -> due.Fired:
    """Fire what is due; firing twice changes nothing."""
    return due.fire(desk, limit)


@router.get("/incidents")
def list_incidents(
    desk: AtDesk, who: Actor, number: str | None = None, limit: Limit = 100, offset: Offset = 0
) -> list[incidents.Open]:
    """List open incidents, oldest first."""
    return incidents.list_(desk, number=number, viewer=who, limit=limit, offset=offset)


@router.post("/incidents/{number}/{task}/retry", status_code=204)
def retry_incident(desk: AtDesk, who: Actor, number: str, task: int, data: Data | None = None) -> None:
    """Let the token or the call try again; *data*: top-level keys that are put right first."""
    incidents.retry(desk, number, task, who, data)


@router.post("/incidents/{number}/{task}/answer", status_code=204)
def answer_incident(desk: AtDesk, who: Actor, number: str, task: int, result: Data) -> None:
    """Answer by hand a call whose handler keeps failing."""
    incidents.answer(desk, number, task, result, who)


@router.post("/incidents/{number}/{task}/resolve", status_code=204)
def resolve_incident(desk: AtDesk, who: Actor, number: str, task: int, choices: Data) -> None:
    """Choose a value for each path on which two branches disagree."""
    incidents.resolve(desk, number, task, choices, who)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A message for a case."""

    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any]
    id: str = ""


@router.post("/cases/{number}/messages", status_code=204)
def deliver_message(desk: AtDesk, who: Actor, number: str, said: Said) -> None:
    """Deliver a message to a case, once per message id."""
    message = Message(name=said.name, payload=said.payload, correlation=said.correlation, id=said.id)
    messages.deliver(desk, number, message, who)


@dataclass(frozen=True, kw_only=True, slots=True)
class Petition:
    """A petition as a machine hands it in; the same channel and external_id give the same receipt."""

    channel: str
    text: str
    title: str = ""
    external_id: str | None = None
    received_at: AwareDatetime | None = None
    """With its time zone; None: now."""
    name: str = ""
    phone: str = ""
    address: str = ""
    place: str = ""
    about_unit: str = ""


@router.post("/petitions", status_code=201)
def receive_petition(desk: AtDesk, who: Actor, petition: Petition) -> intake.Receipt:
    """Receive a petition: number it, compare it with earlier ones, start its case."""
    party = Party(name=petition.name, phone=petition.phone, address=petition.address)
    envelope = Envelope(
        channel=petition.channel,
        received_at=petition.received_at or desk.now(),
        text=petition.text,
        title=petition.title,
        external_id=petition.external_id,
        people=(party,) if party.is_named or party.address else (),
        place=petition.place,
        about_unit=petition.about_unit,
    )
    return intake.receive(desk, envelope, who)


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """How the rows of a file ended, and the refused ones as CSV with their reasons."""

    report: imports.Report
    refused: str


@router.post("/import", openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}, "required": True}})
def import_file(
    desk: AtDesk,
    who: Actor,
    file: Annotated[bytes, Depends(body)],
    name: str,
    channel: str | None = None,
) -> Imported:
    """Import a CSV, XLSX or JSON-lines file sent as the body; *name* tells its kind by its ending."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(file)
        report = imports.import_file(desk, path, channel=channel, actor=who)
        refused = Path(report.refused_file).read_text("utf-8-sig") if report.refused_file else ""
    return Imported(report=report, refused=refused)
