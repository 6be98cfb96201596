"""A life: the shipped petition diagram walked on the engine with the shipped handlers, letters, limits and forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from duban.api import Call, Done, Effect
from duban.bureau import Bureau, open_bureau
from duban.engine import process
from duban.engine.parse import parse
from duban.model.calls import Answer, CallWanted, Message, Thrown
from duban.model.definition import Definition
from duban.model.outcome import Outcome
from duban.model.work import Work
from duban.outside.letters import Letters
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines

ROOT = Path(__file__).parents[2]
ARRIVED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Desk:
    """What a handler may use: the shipped settings and templates, letters numbered by case, posts kept in a list."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.letters = Letters([ROOT / "templates"])
        self.posted: list[tuple[str, str, str, str]] = []

    def render(self, template: str, /, **values: Any) -> str:
        return self.letters.render(template, values)

    def send(self, way: str, to: str, title: str, body: str, *, key: str) -> str:
        self.posted.append((way, to, title, body))
        return f"{way}-{key}"

    def text(self, reference: Any) -> str:
        return reference if isinstance(reference, str) else f"原话{reference}"

    def unit(self, code: str) -> Mapping[str, Any]:
        return self.bureau.unit(code)

    def setting(self, path: str) -> Any:
        return self.bureau.setting(path)

    def letter_number(self, letter: str) -> str:
        return f"云信{letter}〔2026〕1号"

    def repeats(self) -> int:
        return 0

    def holders(self, role: str, unit: str | None = None) -> list[Mapping[str, Any]]:
        assert (role, unit) == ("officer", "HZ")
        return [{"id": "officer2", "name": "李二", "unit": "HZ", "stands_for": None}]

    def absent(self, person: str) -> None:
        raise AssertionError(f"no handler of these lives asks whether {person} is away")

    def working_day(self, on: date | str) -> bool:
        raise AssertionError(f"no handler of these lives asks about {on}")

    def cases(self, kind: str, *_: Any, **__: Any) -> list[Mapping[str, Any]]:
        raise AssertionError(f"no handler of these lives looks for cases of {kind}")


@dataclass
class Life:
    """One case on the engine, at a time of its own."""

    definition: Definition
    bureau: Bureau
    deadlines: NamedDeadlines
    desk: Desk
    forms: Mapping[str, Mapping[str, Any]]
    now: datetime = ARRIVED
    outcome: Outcome = field(init=False)
    effects: list[Effect] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    messages: list[Thrown] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    largest: int = 0

    def start(self, received: Mapping[str, Any] | None = None, found: Mapping[str, Any] | None = None) -> Life:
        data = {"received": {**RECEIVED, **(received or {})}, "found": {**FOUND, **(found or {})}, "case": CASE}
        self._took(process.start(self.definition, data, now=self.now, deadlines=self.deadlines))
        return self

    @property
    def view(self) -> process.View:
        return process.look(self.definition, self.outcome.state)

    @property
    def open(self) -> list[str]:
        return sorted(work.element for work in self.view.work)

    @property
    def data(self) -> Mapping[str, Any]:
        return self.view.data

    def work(self, element: str) -> Work:
        return next(work for work in self.view.work if work.element == element)

    def do(self, element: str, **fields: Any) -> Life:
        """Complete the open work *element*; what is not said is filled in as its form asks."""
        work = self.work(element)
        assert work.form is not None
        data = filled(self.forms[work.form], element, fields, self.now)
        Draft202012Validator(self.forms[work.form]).validate(data)
        stamp = {"_by": fields.get("_by", "somebody"), "_unit": work.unit, "_at": self.now.isoformat()}
        written = {element: {name: value for name, value in data.items() if name != "_by"} | stamp}
        self.now += timedelta(hours=1)
        self._took(
            process.complete(
                self.definition, self.outcome.state, work.task, written, now=self.now, deadlines=self.deadlines
            )
        )
        return self

    def walk(self, *elements: str) -> Life:
        for element in elements:
            self.do(element)
        return self

    def wait(self, **span: float) -> Life:
        self.now += timedelta(**span)
        self._took(process.tick(self.definition, self.outcome.state, now=self.now, deadlines=self.deadlines))
        return self

    def hear(self, name: str, correlation: Mapping[str, Any] | None = None, **payload: Any) -> Life:
        message = Message(name=name, payload=payload, correlation=dict(correlation or {}))
        self._took(
            process.deliver(self.definition, self.outcome.state, message, now=self.now, deadlines=self.deadlines)
        )
        return self

    def _took(self, outcome: Outcome) -> None:
        """Keep the outcome and run the calls it wants, until nothing but people and time is waited for."""
        assert not outcome.incidents, outcome.incidents
        self.outcome = outcome
        self.thrown += [message.name for message in outcome.thrown]
        self.messages += outcome.thrown
        self.largest = max(self.largest, len(outcome.state))
        for wanted in outcome.calls:
            answer = Answer(task=wanted.task, result=self._run(wanted))
            self._took(
                process.deliver(self.definition, self.outcome.state, answer, now=self.now, deadlines=self.deadlines)
            )

    def _run(self, wanted: CallWanted) -> Mapping[str, Any]:
        self.called.append(wanted.operator)
        call = Call(
            key=f"1/{wanted.task}",
            operator=wanted.operator,
            parameters=wanted.parameters,
            case=1,
            number="云信〔2026〕00001",
            kind="petition",
            element=wanted.element,
            attempt=1,
            now=self.now,
        )
        done = self.bureau.handlers[wanted.operator].handler(call, self.desk)
        assert isinstance(done, Done)
        self.effects += done.effects
        result: Mapping[str, Any] = json.loads(json.dumps(done.result))
        return result


CASE: Mapping[str, Any] = {
    "no": "云信〔2026〕00001",
    "kind": "petition",
    "parent": None,
    "at": "2026-03-02T09:00:00+08:00",
}
"""What the desk adds to the start data of every case."""
RECEIVED: Mapping[str, Any] = {
    "channel": "LX",
    "direct": True,
    "receiver": "XFK",
    "external_id": None,
    "received_at": "2026-03-02T09:00:00+08:00",
    "form": "书面",
    "summary": "楼下烧烤店夜间噪声扰民",
    "text": {"$text": 1},
    "sender": None,
    "sender_no": None,
    "sender_limit": None,
    "reply_by": "书面",
}
FOUND: Mapping[str, Any] = {
    "secret_words": [],
    "urgent_words": [],
    "people": 1,
    "is_group": False,
    "complete": True,
    "candidate": None,
    "candidates": [],
    "topic": None,
    "score": 5,
    "stations": ["PCS01"],
    "named_unit": None,
    "case_unit": None,
    "earlier_unit": None,
    "offers": [],
}
USUAL: Mapping[str, Mapping[str, Any]] = {
    "secret_check": {"is_secret": False},
    "register": {
        "channel": "LX",
        "form": "书面",
        "people": [{"name": "周某", "phone": "13900000000"}],
        "received_at": "2026-03-02T09:00:00+08:00",
        "matter": "1201",
        "nature": "求决",
        "about_unit": "HZ",
        "count": 1,
    },
    "sign": {"decision": "签收"},
    "assign_officer": {"officer": "officer1"},
    "accept": {"accept": "受理", "item": "6", "simple": False},
    "first_contact": {"fix": "限期解决"},
    "investigate": {"next": "出具意见"},
    "feed_back": {"outcome": "支持"},
    "gate_po": {"decision": "同意"},
    "gate_dl": {"decision": "同意"},
    "reply": {"delivered_at": "2026-03-20T10:00:00+08:00"},
    "delivered": {"refused": False},
    "told": {"refused": False},
    "call": {"reached": "接通", "satisfaction": "满意", "resolved": "已解决", "words": "好", "was_contacted": True},
    "inspector_call": {
        "reached": "接通",
        "satisfaction": "满意",
        "resolved": "已解决",
        "words": "好",
        "was_contacted": True,
    },
    "reask2": {"satisfaction": "满意", "resolved": "已解决"},
    "reask3": {"satisfaction": "满意", "resolved": "已解决"},
}
"""What the staff usually write; everything else that a form asks for is filled by its type."""


def filled(form: Mapping[str, Any], element: str, fields: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    properties: Mapping[str, Any] = form["properties"]
    said = {**USUAL.get(element, {}), **fields}
    return {name: guessed(properties[name], now) for name in form["required"]} | {
        name: value for name, value in said.items() if value is not None and name in properties
    }


def guessed(part: Mapping[str, Any], now: datetime) -> Any:
    for word in ("const", "default"):
        if word in part:
            return part[word]
    if "enum" in part:
        return part["enum"][0]
    match part["type"]:
        case "boolean":
            return False
        case "integer" | "number":
            return part.get("minimum", 1)
        case "array":
            return [guessed(part["items"], now)] * part.get("minItems", 0)
        case "object":
            return {name: guessed(part["properties"][name], now) for name in part["required"]}
        case _:
            formats = {"date": now.date().isoformat(), "date-time": now.isoformat(), "unit": "PCS01"}
            return formats.get(part.get("format", ""), "已办")


@pytest.fixture(scope="session")
def bureau() -> Bureau:
    return open_bureau(ROOT)


@pytest.fixture(scope="session")
def petition(bureau: Bureau) -> Definition:
    return parse(bureau.files_for("petition"), "petition")


@pytest.fixture(scope="session")
def deadlines(bureau: Bureau) -> NamedDeadlines:
    return NamedDeadlines(bureau.settings, Calendar(bureau.settings.years))


@pytest.fixture
def life(bureau: Bureau, petition: Definition, deadlines: NamedDeadlines) -> Callable[..., Life]:
    """Begin a life: ``life(received={…}, found={…})``."""

    def begin(received: Mapping[str, Any] | None = None, found: Mapping[str, Any] | None = None) -> Life:
        case = Life(definition=petition, bureau=bureau, deadlines=deadlines, desk=Desk(bureau), forms=bureau.forms)
        return case.start(received, found)

    return begin
