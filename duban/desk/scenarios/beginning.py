"""Beginnings: how a scenario's case, or another petition, comes into its world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import partial
from typing import Any

from duban.desk import intake
from duban.desk.engine import process
from duban.desk.numbers import case_number
from duban.desk.register import OPEN, changes
from duban.desk.scenarios.reading import instant
from duban.desk.scenarios.script import Given
from duban.desk.scenarios.stage import Stage
from duban.desk.steps import write
from duban.model.people import SYSTEM
from duban.model.petition import Envelope, Party
from duban.store import NewCase, Unit

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
    """Open the scenario's own case and let everything happen that happens by itself."""
    if given.petition is not None:
        stage.main = receive(stage, given.petition, f"{name}/1")
    else:
        stage.main = write(stage.desk, partial(_open, stage, given))
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


def _open(stage: Stage, given: Given, record: Unit) -> str:
    """Open a case of the given kind with the given data; a petition gets its row of the register."""
    desk, at = stage.desk, stage.clock.now()
    definition = desk.shelf.of_kind(given.kind)
    number = case_number(desk, record, given.kind, at)
    case = {"no": number, "kind": given.kind, "parent": None, "at": at.isoformat()}
    data = {**(given.data or {}), "case": {**case, **(given.data or {}).get("case", {})}}
    outcome = process.start(definition, data, message=given.message, now=at, deadlines=desk.deadlines)
    row = None
    if given.kind == intake.KIND:
        row = {**_row(data), "stage": "", "status": OPEN, **changes(desk.shelf.drawing(definition), outcome)}
    new = NewCase(number=number, kind=given.kind, process=definition.process, definition=definition.digest)
    record.definitions.add(definition, at=at)
    record.open_case(new, outcome, at=at, actor=SYSTEM, register=row)
    return number


def _row(data: Mapping[str, Any]) -> dict[str, Any]:
    received = data.get("received", {})
    return {
        "channel": str(received.get("channel", USUAL["channel"])),
        "external_id": None,
        "received_at": instant(str(received.get("received_at") or data["case"]["at"])),
        "petitioner": "",
        "ask": str(received.get("summary", "")),
    }
