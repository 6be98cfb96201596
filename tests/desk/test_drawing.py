"""Labels, phases, forms and operators are read off the diagrams."""

from duban.desk.drawing import read_drawing
from duban.model.definition import Definition
from tests.desk.small import BPMN

PHASES = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="http://duban/test">
  <bpmn:message id="m1" name="petition.received"/>
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
    <bpmn:userTask id="call" name="一级电话回访"/>
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


def test_forms_operators_and_messages_are_listed() -> None:
    """The check of names compares them with what the bureau offers."""
    drawing = read_drawing(Definition.of("errand", "差事", {"errand.bpmn": BPMN.encode()}))

    assert drawing.forms == {"ask": "errand"}
    assert drawing.operators == {"fetch": "errand/fetch", "remind": "errand/remind"}
    assert drawing.caught == {"errand.stop"}
    assert (drawing.label("unit_clerk"), drawing.label("begin"), drawing.label(None)) == ("专管员", "begin", "")
