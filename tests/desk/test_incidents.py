"""What stands still is settled by a person, and the record says by whom."""

from typing import Any

import pytest

from duban.api import Call, Done, Tools
from duban.desk import calls, cases, incidents, work
from duban.errors import NotFound, Refused
from tests.desk.small import BPMN, a_small_bureau, an_errand, clerk, facts_of, task_at

FORGETFUL = BPMN.replace('value="ask.what"', 'value="ask.whom"')
"""The call reads a field that the form does not have."""

TORN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="torn" targetNamespace="http://duban/test">
  <bpmn:process id="errand" name="差事" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:parallelGateway id="split">
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:parallelGateway>
    <bpmn:serviceTask id="fetch" name="甲">
      <bpmn:extensionElements>
        <spiffworkflow:serviceTaskOperator id="errand/fetch" resultVariable="answer"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:serviceTask id="other" name="乙">
      <bpmn:extensionElements>
        <spiffworkflow:serviceTaskOperator id="errand/fetch" resultVariable="answer"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f5</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:parallelGateway id="join">
      <bpmn:incoming>f4</bpmn:incoming><bpmn:incoming>f5</bpmn:incoming><bpmn:outgoing>f6</bpmn:outgoing>
    </bpmn:parallelGateway>
    <bpmn:endEvent id="end_done" name="办结"><bpmn:incoming>f6</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="split"/>
    <bpmn:sequenceFlow id="f2" sourceRef="split" targetRef="fetch"/>
    <bpmn:sequenceFlow id="f3" sourceRef="split" targetRef="other"/>
    <bpmn:sequenceFlow id="f4" sourceRef="fetch" targetRef="join"/>
    <bpmn:sequenceFlow id="f5" sourceRef="other" targetRef="join"/>
    <bpmn:sequenceFlow id="f6" sourceRef="join" targetRef="end_done"/>
  </bpmn:process>
</bpmn:definitions>
"""


def disagreeing(call: Call, _tools: Tools) -> Done:
    return Done(result={"by": call.element})


def test_a_token_that_lacks_data_goes_on_once_they_are_put_right(database_url: str) -> None:
    """A mistake of the diagram or of a form must not need a programmer for the case at hand."""
    with a_small_bureau(database_url, bpmn=FORGETFUL) as house:
        desk, number = house.desk, an_errand(house)
        who = clerk(desk)
        work.complete(desk, number, task_at(desk, number, "ask"), {"what": "取件"}, who)
        [trouble] = incidents.list_(desk)
        incidents.retry(desk, number, trouble.task, who)
        [again] = incidents.list_(desk)
        incidents.retry(desk, number, again.task, who, {"ask": {"what": "取件", "whom": "老王"}})
        house.settle()

        assert (trouble.element, trouble.reason, again.reason) == ("fetch", "expression", "expression")
        assert (incidents.list_(desk), cases.show(desk, number).data["ask"]["whom"]) == ([], "老王")
        assert facts_of(desk, number).count("incident_settled") == 2


def test_a_person_chooses_where_branches_disagree(database_url: str) -> None:
    """Neither answer is lost silently, and neither wins by being late."""
    with a_small_bureau(database_url, bpmn=TORN, fetch=disagreeing) as house:
        desk, number = house.desk, an_errand(house)
        house.settle()
        [trouble] = incidents.list_(desk)
        [path] = [each.path for each in incidents.disagreements(trouble)]
        with pytest.raises(Refused):
            incidents.resolve(desk, number, trouble.task, {}, clerk(desk))
        incidents.resolve(desk, number, trouble.task, {path: "fetch"}, clerk(desk))
        look = cases.show(desk, number)

        assert (trouble.reason, path) == ("merge_conflict", "answer.by")
        assert (look.case.end, look.data["answer"], look.incidents) == ("end_done", {"by": "fetch"}, [])


def test_a_decision_that_does_not_fit_the_incident_is_refused() -> None:
    """Answering a broken expression by hand, or choosing where nothing disagrees, would hide the mistake."""

    def broken(_call: Call, _tools: Tools) -> Any:
        raise ConnectionError("away")

    with a_small_bureau("sqlite://", fetch=broken) as house:
        desk, number = house.desk, an_errand(house)
        who = clerk(desk)
        work.complete(desk, number, task_at(desk, number, "ask"), {"what": "取件"}, who)
        house.clock.move(days=1)
        [trouble] = incidents.list_(desk, number=number)

        with pytest.raises(Refused, match="no conflict"):
            incidents.resolve(desk, number, trouble.task, {"a": 1}, who)
        with pytest.raises(Refused, match="no mistake in the data"):
            incidents.retry(desk, number, trouble.task, who, {"ask": {}})
        with pytest.raises(NotFound):
            incidents.retry(desk, number, trouble.task + 1, who)
        with pytest.raises(NotFound):
            incidents.retry(desk, number, trouble.task, "nobody")
        assert calls.run(desk) == calls.Ran()
