"""Labels, phases, forms and operators are read off the diagrams."""

from lxml import etree

from duban.desk.drawing import NOT_MET, Guard, read_drawing
from duban.desk.sides import hosts_of
from duban.model.definition import Definition
from tests.desk.small import BPMN

PHASES = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="http://duban/test">
  <bpmn:message id="m1" name="petition.received"/>
  <bpmn:message id="m2" name="callback.request"/>
  <bpmn:process id="life" name="一生" isExecutable="true">
    <!-- a comment is no element -->
    <bpmn:startEvent id="came"><bpmn:messageEventDefinition messageRef="m1"/></bpmn:startEvent>
    <bpmn:subProcess id="handling" name="办理">
      <bpmn:userTask id="first" name="首次联系"/>
      <bpmn:subProcess id="inner" name="调解"><bpmn:userTask id="deep" name="达成协议"/></bpmn:subProcess>
    </bpmn:subProcess>
    <bpmn:userTask id="close" name="结案审核"/>
  </bpmn:process>
  <bpmn:process id="called" name="回访" isExecutable="true">
    <bpmn:startEvent id="asked"><bpmn:messageEventDefinition messageRef="m2"/></bpmn:startEvent>
    <bpmn:userTask id="call" name="一级电话回访"/>
    <bpmn:receiveTask id="answer" messageRef="m2"/>
  </bpmn:process>
</bpmn:definitions>
"""


def test_a_step_knows_its_phase() -> None:
    """The register says where a petition is in words that everybody uses: the phase, not the step."""
    drawing = read_drawing(Definition.of("life", "一生", {"life.bpmn": PHASES.encode()}))

    assert [drawing.phase(element) for element in ("first", "deep", "close", "call", "unknown")] == [
        "办理",
        "办理",
        "结案审核",
        "回访",
        "unknown",
    ]
    assert drawing.started_by == {"petition.received"}
    assert drawing.caught == set()


def test_forms_operators_and_messages_are_listed() -> None:
    """The check of names compares them with what the bureau offers."""
    drawing = read_drawing(Definition.of("errand", "差事", {"errand.bpmn": BPMN.encode()}))

    assert drawing.forms == {"ask": "errand"}
    assert drawing.operators == {"fetch": "errand/fetch", "remind": "errand/remind"}
    assert drawing.caught == {"errand.stop"}
    assert (drawing.label("unit_clerk"), drawing.label("begin"), drawing.label(None)) == ("专管员", "begin", "")


def test_what_a_step_says_beside_itself_is_read() -> None:
    """Rules for answers and keys for few eyes stand in the diagram, not in code."""
    beside = """<bpmn:userTask id="check" name="查收"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="must.reason" value="check.ok or check.reason"/>
      <spiffworkflow:property name="says.reason" value="不通过须说明理由"/>
      <spiffworkflow:property name="must.day" value="check.day"/>
      <spiffworkflow:property name="seen_by" value="inspector, inspect_head"/>
    </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>"""
    bpmn = BPMN.replace("</bpmn:process>", f"{beside.replace('check', 'probe')}</bpmn:process>")
    drawing = read_drawing(Definition.of("errand", "差事", {"errand.bpmn": bpmn.encode()}))

    assert drawing.guards == {
        "probe": [
            Guard(name="reason", expression="probe.ok or probe.reason", says="不通过须说明理由"),
            Guard(name="day", expression="probe.day", says=NOT_MET),
        ]
    }
    assert drawing.hidden == {"probe": frozenset({"inspector", "inspect_head"})}


SIDES = """<bpmn:process xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p">
  <bpmn:startEvent id="begin"/><bpmn:userTask id="sign"/><bpmn:userTask id="work"/><bpmn:endEvent id="end"/>
  <bpmn:boundaryEvent id="late" attachedToRef="sign" cancelActivity="false"/>
  <bpmn:boundaryEvent id="warn" attachedToRef="sign" cancelActivity="false"/>
  <bpmn:boundaryEvent id="slow" attachedToRef="work" cancelActivity="false"/>
  <bpmn:boundaryEvent id="cut" attachedToRef="work" cancelActivity="true"/>
  <bpmn:endEvent id="due"/><bpmn:intermediateThrowEvent id="said"/><bpmn:endEvent id="both"/>
  <bpmn:endEvent id="broken"/>
  <bpmn:sequenceFlow id="1" sourceRef="begin" targetRef="sign"/>
  <bpmn:sequenceFlow id="2" sourceRef="sign" targetRef="work"/>
  <bpmn:sequenceFlow id="3" sourceRef="work" targetRef="end"/>
  <bpmn:sequenceFlow id="4" sourceRef="late" targetRef="due"/>
  <bpmn:sequenceFlow id="5" sourceRef="warn" targetRef="said"/>
  <bpmn:sequenceFlow id="6" sourceRef="said" targetRef="both"/>
  <bpmn:sequenceFlow id="7" sourceRef="slow" targetRef="both"/>
  <bpmn:sequenceFlow id="8" sourceRef="cut" targetRef="broken"/>
</bpmn:process>"""


def test_what_is_thrown_on_a_side_path_stands_beside_its_activity() -> None:
    """What is reached from two activities, from the main path or by an interruption watches nothing."""
    assert hosts_of(etree.fromstring(SIDES)) == {"due": "sign", "said": "sign"}
