"""A small bureau for tests of the desk: one diagram with work, calls, a timer and a message."""

import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from duban.api import Call, Done, Failed, Offered, Tools
from duban.bureau import Bureau
from duban.bureau.settings import Kind, Series
from duban.desk.desk import Desk
from duban.desk.numbers import case_number
from duban.engine import process
from duban.store import NewCase, Unit
from duban.testing import House, a_bureau, content

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="errands" targetNamespace="http://duban/test">
  <bpmn:message id="stop_message" name="errand.stop"/>
  <bpmn:process id="errand" name="差事" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="unit_clerk" name="专管员">
        <bpmn:flowNodeRef>ask</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>check</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="system" name="系统">
        <bpmn:flowNodeRef>fetch</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>remind</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="ask" name="交办">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="unit" value="unit"/>
          <spiffworkflow:property name="formJsonSchemaFilename" value="errand.json"/>
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:serviceTask id="fetch" name="代办">
      <bpmn:extensionElements>
        <spiffworkflow:serviceTaskOperator id="errand/fetch" resultVariable="fetch">
          <spiffworkflow:parameters>
            <spiffworkflow:parameter id="what" type="any" value="ask.what"/>
          </spiffworkflow:parameters>
        </spiffworkflow:serviceTaskOperator>
      </bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:userTask id="check" name="查收">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="unit" value="unit"/>
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="late" name="超时" attachedToRef="check" cancelActivity="false">
      <bpmn:outgoing>f5</bpmn:outgoing>
      <bpmn:timerEventDefinition id="late_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"PT24H"</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="stop" name="叫停" attachedToRef="check">
      <bpmn:outgoing>f7</bpmn:outgoing>
      <bpmn:messageEventDefinition id="stop_event" messageRef="stop_message"/>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="remind" name="催办">
      <bpmn:extensionElements>
        <spiffworkflow:serviceTaskOperator id="errand/remind" resultVariable="remind"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f5</bpmn:incoming><bpmn:outgoing>f6</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="end_done" name="办结"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="end_told" name="已催办"><bpmn:incoming>f6</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="end_stopped" name="叫停"><bpmn:incoming>f7</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="fetch"/>
    <bpmn:sequenceFlow id="f3" sourceRef="fetch" targetRef="check"/>
    <bpmn:sequenceFlow id="f4" sourceRef="check" targetRef="end_done"/>
    <bpmn:sequenceFlow id="f5" sourceRef="late" targetRef="remind"/>
    <bpmn:sequenceFlow id="f6" sourceRef="remind" targetRef="end_told"/>
    <bpmn:sequenceFlow id="f7" sourceRef="stop" targetRef="end_stopped"/>
  </bpmn:process>
</bpmn:definitions>
"""

FORM: Mapping[str, Any] = {
    "title": "交办",
    "type": "object",
    "properties": {
        "what": {"title": "事项", "type": "string", "minLength": 1},
        "note": {"title": "说明", "type": "string", "format": "text"},
    },
    "required": ["what"],
    "additionalProperties": False,
}

Answering = Callable[[Call, Tools], Done | Failed]


def fetched(_call: Call, _tools: Tools) -> Done:
    return Done(result={"got": True})


@contextmanager
def a_small_bureau(
    url: str, *, at: str | datetime = "2026-03-02T09:00+08:00", fetch: Answering = fetched, bpmn: str = BPMN
) -> Generator[House]:
    """Open a bureau that runs errands; *fetch* answers the call of the diagram."""
    bureau = _usual() if fetch is fetched and bpmn is BPMN else _with(fetch, bpmn)
    with a_bureau(url, at=at, bureau=bureau) as house:
        yield house


@cache
def _usual() -> Bureau:
    """Return the bureau of most tests, always the same object: it is compiled once."""
    return _with(fetched, BPMN)


def _with(fetch: Answering, bpmn: str) -> Bureau:
    usual = content()
    settings = replace(
        usual.settings,
        kinds={"errand": Kind(id="errand", name="差事", process="errand", series="errand")},
        series={**usual.settings.series, "errand": Series(id="errand", pattern="差〔{year}〕{n:05}")},
    )
    handlers = {"errand/fetch": fetch, "errand/remind": fetched}
    return replace(
        usual,
        settings=settings,
        files={"errand.bpmn": bpmn.encode()},
        forms={"errand": FORM},
        handlers={name: Offered(name=name, handler=handler) for name, handler in handlers.items()},
    )


def an_errand(house: House, **data: Any) -> str:
    """Start an errand for the unit PCS01 and return its number."""

    def write(record: Unit) -> str:
        now = house.desk.now()
        definition = house.desk.shelf.of_kind("errand")
        outcome = process.start(definition, {"unit": "PCS01"} | data, now=now, deadlines=house.desk.deadlines)
        new = NewCase(
            number=case_number(house.desk, record, "errand", now),
            kind="errand",
            process=definition.process,
            definition=definition.digest,
        )
        register = {"channel": "LX", "received_at": now, "ask": f"差事{secrets.token_hex(2)}"}
        record.open_case(new, outcome, at=now, actor="system", register=register)
        return new.number

    return house.desk.store.write(write)


def task_at(desk: Desk, number: str, element: str) -> int:
    """Return the open task of a case at *element*."""
    items = desk.store.read(lambda record: record.worklist.of(record.cases.load(number).id))
    return next(item.task for item in items if item.element == element)


def clerk(desk: Desk, unit: str = "PCS01", role: str = "unit_clerk") -> str:
    """Return somebody who holds the role in the unit."""
    memberships = desk.bureau.settings.memberships
    return next(held.person for held in memberships if (held.unit, held.role) == (unit, role))


def facts_of(desk: Desk, number: str) -> list[str]:
    """Return the kinds of the facts of a case, in order."""
    return desk.store.read(lambda record: [fact.kind.value for fact in record.journal.of(record.cases.load(number).id)])
