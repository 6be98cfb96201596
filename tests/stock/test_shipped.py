"""The first diagrams that were shipped, walked at random on stock SpiffWorkflow and on the engine of this house."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from SpiffWorkflow.util.task import TaskState

from duban.engine.parse import parse
from duban.model.definition import Definition
from tests.stock.shipped import FIRST, FORMS, KEY, ShippedOurs, ShippedSpecs, ShippedStock, fill

WALKS = 30
LONGEST = 60
MAIN_LINE: dict[str, dict[str, Any]] = {
    "secret_check": {"is_secret": False},
    "register": {
        "matter": "1201",
        "nature": "求决",
        "other_procedure": "无",
        "is_group": False,
        "anonymous": False,
        "address_unclear": False,
    },
    "sign": {"decision": "签收"},
    "accept": {"accept": "受理"},
    "gate_po": {"decision": "同意"},
    "call": {"reached": "接通"},
}
"""What leads on along the main line; else most walks would end at the door."""
KNOWN = {"lost_wait": "S7", "join": "S12"}
"""Elements of the shipped diagrams at which stock goes wrong, and the defect that makes it; a walk ends there."""


@pytest.fixture(scope="module")
def petition() -> Definition:
    files = {path.name: path.read_bytes() for path in FIRST.iterdir() if path.suffix in {".bpmn", ".dmn"}}
    return parse(files, "petition")


@pytest.fixture(scope="module")
def specs(petition: Definition) -> ShippedSpecs:
    return ShippedSpecs(petition)


def begun(chance: random.Random) -> dict[str, Any]:
    """Return start data as the desk makes them."""
    received = {
        "channel": "LX",
        "direct": chance.random() < 0.7,
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
    found = {
        "secret_words": ["秘密"] if chance.random() < 0.2 else [],
        "urgent_words": [],
        "people": 1,
        "is_group": False,
        "complete": True,
        "candidate": None,
        "candidates": [],
        "topic": chance.choice([None, None, None, None, "RSJ"]),
        "score": 5,
        "stations": ["PCS01"],
        "named_unit": None,
        "case_unit": None,
        "earlier_unit": None,
        "offers": [],
    }
    return {"received": received, "found": found}


def overwritten(definition: Definition) -> set[str]:
    """Return the keys that S12 spoils on stock: what scripts delete comes back, of two reminders the older stays."""
    texts = b"\n".join(definition.files.values()).decode()
    gone = {name for line in re.findall(r"\bdel ([\w, ]+)", texts) for name in line.split(", ")}
    return gone | set(re.findall(r'id="notify/\w+" resultVariable="(\w+)"', texts))


def known(stock: ShippedStock, ours: ShippedOurs) -> bool:
    """Tell whether stock stands where it is known to go wrong: two timers, or the same join a second time."""
    waiting = {task.task_spec.name for task in stock.case.event_manager.tasks.values()}
    joined = stock.case.get_tasks(spec_name="join", state=TaskState.COMPLETED)
    return ("lost_wait" in waiting and "lost_wait" not in ours.stands) or len(joined) > 1


@pytest.mark.parametrize("seed", range(WALKS))
def test_both_engines_go_the_same_way(
    seed: int, petition: Definition, specs: ShippedSpecs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step: the same open work that knows the same, and the case is over at the same time."""
    chance = random.Random(seed)
    data = begun(chance)
    spoilt = overwritten(petition)
    stock, ours = ShippedStock(specs, monkeypatch, **data), ShippedOurs(petition, **data)
    walked: list[str] = []
    while not ours.ended and len(walked) < LONGEST:
        waits = ours.look().waits
        if waits and chance.random() < 0.3:
            wait = chance.choice(waits)
            payload = {**KEY, **wait.correlation, "answer": chance.randint(1, 3)}
            walked.append(f"{wait.name} {payload}")
            stock.message(wait.name, **payload)
            ours.message(wait.name, **payload)
        elif not ours.open or chance.random() < 0.25:
            hours = chance.choice([5, 30, 200])
            walked.append(f"{hours} h")
            stock.later(hours)
            ours.later(hours)
        else:
            name = chance.choice(ours.open)
            work = next(work for work in ours.look().work if work.element == name)
            form = fill(FORMS[work.form or ""], chance, ours.now)
            form |= MAIN_LINE.get(name, {}) if chance.random() < 0.8 else {}
            form |= {"_by": "p", "_unit": "u", "_at": "2026-03-02"}
            walked.append(f"{name} {form}")
            written: dict[str, Any] = {name: form}
            stock.complete(name, 0, **written)
            ours.complete(name, 0, **written)
        if known(stock, ours):
            return
        assert (stock.open, stock.ended, ours.incidents) == (ours.open, ours.ended, []), walked
        for name in ours.open:
            assert without(stock.sees(name), spoilt) == without(ours.sees(name), spoilt), walked


def without(data: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """Return *data* without some keys."""
    return {key: value for key, value in data.items() if key not in keys}
