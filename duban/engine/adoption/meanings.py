"""Meanings: what other modellers leave to a reader or to their own engine; here a person does or decides it instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from duban.engine.adoption.sheet import Sheet
from duban.engine.checks import event_kinds
from duban.engine.drawing import SPIFF, extension, qualified, tag_of, text_of
from duban.engine.expressions import ExpressionError, compile_expression
from duban.engine.scripts import ScriptError, check_script
from duban.engine.timers import compile_timer

DAY: Final = "PT24H"
"""What an empty timer waits."""
_CHOOSES: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_IO: Final = ("ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation")
_FOREIGN: Final = (
    (re.compile(r"^\s*[$#]\{(.*)\}\s*$", re.DOTALL), r"\1"),
    (re.compile(r"^\s*=(?!=)"), ""),
    (re.compile(r"bpmn:getDataObject\('([^']*)'\)"), r"\1"),
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"!(?!=)"), " not "),
    (re.compile(r"(?<![=!<>])=(?!=)"), "=="),
    (re.compile(r"\btrue\b"), "True"),
    (re.compile(r"\bfalse\b"), "False"),
    (re.compile(r"\bnull\b"), "None"),
)
"""How other modellers write conditions, and how it is written here; tried one after the other."""


def data(sheet: Sheet) -> None:
    """Drop associations with what is no data object of this file."""
    objects = {node.get("id") for node in sheet.root.iter(qualified("dataObject"))}
    references = sheet.root.iter(qualified("dataObjectReference"))
    known = {node.get("id") for node in references if node.get("dataObjectRef") in objects}
    for level in sheet.levels():
        for step in sheet.steps(level):
            dropped = 0
            for name, end in (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef")):
                for association in step.findall(qualified(name)):
                    if text_of(association, end) not in known:
                        step.remove(association)
                        dropped += 1
            if dropped:
                for name in _IO:
                    if tag_of(step) != "callActivity":
                        for node in step.findall(qualified(name)):
                            step.remove(node)
                sheet.told(step, f"{dropped} associations with data that no step here can reach were dropped")


def tasks(sheet: Sheet) -> None:
    """Give to a person what no handler, table, script or process of this file does."""
    processes = {node.get("id") for node in sheet.root.iter(qualified("process"))} | sheet.calls
    for level in sheet.levels():
        for step in sheet.steps(level):
            why = _undone(step, processes)
            if why:
                for child in list(step):
                    if tag_of(child) in {"script", *_IO}:
                        step.remove(child)
                for name in ("implementation", "operationRef", "calledElement", "scriptFormat", "instantiate"):
                    step.attrib.pop(name, None)
                old = tag_of(step)
                sheet.rename(step, "userTask")
                sheet.told(step, f"was a {old}, and {why}: a person does it until it is given one")


def _undone(step: Any, processes: set[Any]) -> str:
    """Return why nobody would do *step*; empty where somebody does."""
    tag = tag_of(step)
    operator = step.find(f"{qualified('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
    if tag == "serviceTask" and (operator is None or not operator.get("id")):
        return "it names no handler"
    if tag == "businessRuleTask" and not extension(step, "calledDecisionId"):
        return "it names no decision"
    if tag == "callActivity" and step.get("calledElement") not in processes:
        return "the process that it calls is neither in this file nor in the bureau"
    if tag == "scriptTask":
        text = text_of(step, "script") or ""
        written_in = step.get("scriptFormat", "")
        if not text or (written_in and "python" not in written_in.lower()):
            return "its script is missing or in another language"
        try:
            check_script(text)
        except ScriptError:
            return "its script cannot be read"
    return ""


def messages(sheet: Sheet) -> None:
    """Name the messages after the events and tasks that use them."""
    for message in sheet.root.iter(qualified("message")):
        if not (message.get("name") or "").strip():
            users = [node for node in sheet.root.iter(etree.Element) if node.get("messageRef") == message.get("id")]
            message.set("name", _label(users[0]) if users else message.get("id"))
            sheet.told(message, f"the message had no name: it is called {message.get('name')}")
    known = {message.get("id") for message in sheet.root.iter(qualified("message"))}
    for level in sheet.levels():
        for step in sheet.steps(level):
            holders = [step] if tag_of(step) in {"sendTask", "receiveTask"} else []
            for holder in [*holders, *step.findall(qualified("messageEventDefinition"))]:
                if holder.get("messageRef") not in known:
                    name = _label(step)
                    holder.set("messageRef", sheet.define("message", f"{step.get('id')}_message", name))
                    known.add(holder.get("messageRef"))
                    sheet.told(step, f"named no message: it is called {name}")


def _label(node: Any) -> str:
    """Return what is written on *node* or on the event that it belongs to."""
    named = node.getparent() if tag_of(node).endswith("EventDefinition") else node
    return " ".join((named.get("name") or named.get("id") or "message").split())


def timers(sheet: Sheet) -> None:
    """Let timers without a time that can be read wait a day."""
    for definition in sheet.root.iter(qualified("timerEventDefinition")):
        times = [child for child in definition if tag_of(child).startswith("time")]
        text = (times[0].text or "").strip() if len(times) == 1 else ""
        if _is_time(text):
            continue
        for child in times:
            definition.remove(child)
        etree.SubElement(definition, qualified("timeDuration")).text = DAY
        event = definition.getparent()
        told = f"its time ({text or 'none'}) cannot be read: it waits a day ({DAY})"
        sheet.told(event, f"{told}; name the deadline that is meant")


def _is_time(text: str) -> bool:
    try:
        compile_timer(text)
    except ExpressionError:
        return False
    return bool(text)


def conditional(sheet: Sheet) -> None:
    """Let events whose condition cannot be read wait to be told."""
    for definition in list(sheet.root.iter(qualified("conditionalEventDefinition"))):
        text = text_of(definition, "condition") or ""
        if text and _reads(text):
            continue
        event = definition.getparent()
        name = _label(event)
        told = etree.Element(qualified("messageEventDefinition"))
        told.set("messageRef", sheet.define("message", f"{event.get('id')}_message", name))
        event.replace(definition, told)
        sheet.told(event, f"its condition ({text or 'empty'}) cannot be read: it waits for the message {name}")


def loops(sheet: Sheet) -> None:
    """Let loops that do not say how often they go round go round once."""
    for level in sheet.levels():
        for step in sheet.steps(level):
            many = step.find(qualified("multiInstanceLoopCharacteristics"))
            loop = step.find(qualified("standardLoopCharacteristics"))
            if many is not None and not _counted(many):
                for child in list(many):
                    many.remove(child)
                etree.SubElement(many, qualified("loopCardinality")).text = "1"
                sheet.told(step, "its multi-instance named no list: it has one instance; name a loopDataInputRef")
            if loop is not None and not _bounded(loop):
                loop.set("loopMaximum", "1")
                for child in list(loop):
                    loop.remove(child)
                sheet.told(step, "its loop had no condition that can be read: it goes round once")


def _counted(many: Any) -> bool:
    texts = [text_of(many, name) for name in ("loopCardinality", "loopDataInputRef")]
    readable = [text for text in texts if text and _reads(text)]
    names = [child.text for child in many if tag_of(child) == "completionCondition"]
    return len(readable) == 1 == sum(text is not None for text in texts) and all(_reads(text or "") for text in names)


def _bounded(loop: Any) -> bool:
    text = text_of(loop, "loopCondition")
    return (text is not None and _reads(text)) or (text is None and (loop.get("loopMaximum") or "").isdigit())


def _reads(text: str) -> bool:
    try:
        compile_expression(text)
    except ExpressionError:
        return False
    return True


# -- conditions ---------------------------------------------------------------------------------------


def conditions(sheet: Sheet) -> None:
    """Let a person choose at gateways whose conditions are missing or cannot be read here."""
    for level in sheet.levels():
        for gateway in sheet.steps(level):
            flows = sheet.leaving(level, gateway)
            if tag_of(gateway) in _CHOOSES and len(flows) > 1:
                _gateway(sheet, level, gateway, flows)
            else:
                _unconditioned(sheet, flows)


def _unconditioned(sheet: Sheet, flows: list[Any]) -> None:
    """Drop conditions from flows that are gone whatever they say."""
    for flow in flows:
        for old in flow.findall(qualified("conditionExpression")):
            flow.remove(old)
            sheet.told(flow, f"its condition ({(old.text or 'empty').strip()}) had no meaning here and was dropped")


def _gateway(sheet: Sheet, level: Any, gateway: Any, flows: list[Any]) -> None:
    default = gateway.get("default")
    asked = [flow for flow in flows if flow.get("id") != default and not _translated(sheet, level, flow)]
    if not default and asked:
        gateway.set("default", flows[-1].get("id"))
        sheet.told(gateway, f"had no default flow: {_told(flows[-1])} is taken where nothing else is chosen")
        asked = [flow for flow in asked if flow is not flows[-1]]
    for flow in flows:
        if flow.get("id") == gateway.get("default"):
            for old in flow.findall(qualified("conditionExpression")):
                flow.remove(old)
    if asked:
        _ask(sheet, level, gateway, asked)


def _translated(sheet: Sheet, level: Any, flow: Any) -> bool:
    """Tell whether the condition of *flow* can be read here, translated if need be, and asks what a step writes."""
    text = text_of(flow, "conditionExpression") or ""
    known = {step.get("id") for step in sheet.steps(level)} | {
        node.get("id") for node in sheet.root.iter(qualified("dataObject"))
    }
    for pattern, instead in ((re.compile("^"), ""), *_FOREIGN):
        text = pattern.sub(instead, text)
        if text.strip() and _reads(text):
            names = compile_expression(text).names
            if names and names <= known:
                if text != text_of(flow, "conditionExpression"):
                    sheet.told(flow, f"its condition is now written {text.strip()}")
                    sheet.condition(flow, text.strip())
                return True
    return False


def _ask(sheet: Sheet, level: Any, gateway: Any, flows: list[Any]) -> None:
    """Put a step before *gateway* in which a person chooses the way."""
    label = gateway.get("name") or "选择"
    choice = sheet.step(level, "userTask", f"choose_{_plain(gateway.get('id'))}", f"决定：{label}", gateway)
    ways = list(dict.fromkeys(_told(flow) for flow in sheet.leaving(level, gateway)))
    sheet.form(choice, f"决定：{label}", ways)
    for flow in sheet.coming(level, gateway):
        sheet.lead(flow, target=choice)
    sheet.flow(level, choice, gateway)
    for flow in flows:
        before = text_of(flow, "conditionExpression")
        if before:
            sheet.document(flow, f"原条件：{before}")
        sheet.condition(flow, f'get({choice.get("id")}, "way", None) == {_quoted(_told(flow))}')
    told = f"its conditions are missing or cannot be read here: in {choice.get('id')} a person chooses"
    sheet.told(gateway, f"{told} {', '.join(ways)}")


def _told(flow: Any) -> str:
    return " ".join((flow.get("name") or flow.get("id")).split())


def _plain(text: str) -> str:
    return re.sub(r"\W", "_", text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unlinked(sheet: Sheet) -> None:
    """Turn link events without a partner into plain ones."""
    for level in sheet.levels():
        steps = [step for step in sheet.steps(level) if event_kinds(step) == ["link"]]
        names = {True: set[str](), False: set[str]()}
        for step in steps:
            names[tag_of(step) == "intermediateCatchEvent"].add(_link(step))
        for step in steps:
            if _link(step) not in names[tag_of(step) != "intermediateCatchEvent"]:
                for definition in step.findall(qualified("linkEventDefinition")):
                    step.remove(definition)
                sheet.rename(step, "intermediateThrowEvent")
                sheet.told(step, "is a link event without a partner: it is passed")


def _link(step: Any) -> str:
    link = step.find(qualified("linkEventDefinition"))
    return ((None if link is None else link.get("name")) or step.get("name") or "").strip()


REPAIRS: Final[tuple[Callable[[Sheet], None], ...]] = (
    data, tasks, messages, timers, conditional, loops, unlinked, conditions,
)  # fmt: skip
