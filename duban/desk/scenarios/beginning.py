"""Beginnings: how a scenario's case, or another petition, comes into its world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import partial
from typing import Any

from duban.desk import beginnings, intake, openings
from duban.desk.register import OPEN
from duban.desk.scenarios.reading import instant
from duban.desk.scenarios.script import Given
from duban.desk.scenarios.stage import Stage
from duban.desk.steps import write
from duban.model.people import SYSTEM
from duban.model.petition import Envelope, Party
from duban.store import Unit

USUAL: Mapping[str, Any] = {
    "channel": "LX",
    "title": "请求查处楼下夜间犬吠扰民",
    "text": "我住城关镇桥东社区3幢，楼下一户养的狗每天夜里十二点以后叫个不停，孩子睡不好。请派出所上门处理。",
    "name": "周小平",
    "phone": "13800000001",
    "address": "城关镇桥东社区3幢402室",
}
"""The usual petition: a scenario says only what is otherwise."""
PERSON = tuple(each.name for each in fields(Party))
ENVELOPE = tuple(each.name for each in fields(Envelope))


def begin(stage: Stage, given: Given, name: str) -> None:
    """Open the scenario's own case and let everything happen that happens by itself.

    Where only time opens cases, there is none yet.
    """
    if given.petition is not None:
        stage.main = receive(stage, given.petition, f"{name}/1")
    elif given.by is not None:
        stage.main = openings.open_(stage.desk, given.kind, given.data or {}, given.by).number
    elif given.data is not None:
        stage.main = write(stage.desk, partial(_open, stage, given, given.data))
    stage.settle()


def receive(stage: Stage, petition: Mapping[str, Any], name: str) -> str:
    """Receive a petition as intake does and return its number; *name* is the channel's own number of it."""
    return intake.receive(stage.desk, envelope(stage, petition, name), SYSTEM).number


def envelope(stage: Stage, petition: Mapping[str, Any], name: str) -> Envelope:
    """Return the envelope that *petition* describes, the usual one where it says nothing."""
    said = dict(petition)
    people = said.pop("people", None)
    single = {key: said.pop(key) for key in PERSON if key in said}
    if people is None:
        people = [{**{key: USUAL[key] for key in PERSON if key in USUAL}, **single}]
    values: dict[str, Any] = {key: USUAL[key] for key in ("channel", "title", "text")}
    values |= {"external_id": name, "received_at": stage.clock.now(), **said}
    if isinstance(values["received_at"], str):
        values["received_at"] = instant(values["received_at"])
    if isinstance(limit := values.get("sender_limit"), str):
        values["sender_limit"] = date.fromisoformat(limit)
    values["category"] = tuple(values.get("category", ()))
    return Envelope(**values, people=tuple(_party(person) for person in people))


def _party(person: Mapping[str, Any]) -> Party:
    return Party(**{key: "" if value is None else str(value) for key, value in person.items()})


def _open(stage: Stage, given: Given, data: Mapping[str, Any], record: Unit) -> str:
    """Open a case of the given kind with *data*; a petition gets its row of the register."""
    at = stage.clock.now()
    beginning = beginnings.Beginning(
        kind=given.kind, data=data, at=at, noticed_at=at, actor=SYSTEM, message=given.message, key=given.key
    )
    row = _row(data, at) if given.kind == intake.KIND else None
    case, _ = beginnings.begin(stage.desk, record, beginning, register=row)
    if given.key:
        record.keys.add(case.id, given.kind, given.key, is_found=case.is_open)
    return case.number


def _row(data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    received = data.get("received", {})
    received_at = received.get("received_at")
    return {
        "channel": str(received.get("channel", USUAL["channel"])),
        "external_id": None,
        "received_at": instant(str(received_at)) if received_at else at,
        "petitioner": "",
        "ask": str(received.get("summary", "")),
        "stage": "",
        "status": OPEN,
    }
