"""Charts are made of drawings: steps with what they read, write, wait for and throw, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from duban.engine.checks import event_kinds, outgoing
from duban.engine.drawing import SPIFF, Drawing, extension, is_level, qualified, tag_of, text_of
from duban.engine.gate.asked import alternatives, otherwise
from duban.engine.gate.reads import parsed, reads_of, script_deletes, script_reads, script_sets, script_writes
from duban.engine.gate.rows import conditions_of, outputs_of, rows_of
from duban.engine.gate.times import ISO
from duban.engine.reading import Reading
from duban.model.chart import LEFT, Chart, Read, Step, Test, Way
from duban.model.offers import Offers

WAITS: Final = frozenset({"task", "userTask", "manualTask", "receiveTask", "intermediateCatchEvent"})
_WORK: Final = frozenset({"task", "userTask", "manualTask"})
_OWN: Final = frozenset({"_by", "_unit", "_at", "_for"})


def charts_of(reading: Reading, offers: Offers) -> Mapping[str, Chart]:
    """Return the charts of every process that a case of *reading* can come to, by process id."""
    levels = [level for level in reading.used if tag_of(level.node) == "process"]
    made: dict[str, Chart] = {}
    for level in reversed(levels):  # called processes stand behind those that call them
        made[level.id] = _Charter(reading, level, made, offers.given.get(level.id, frozenset())).chart()
    return MappingProxyType({level.id: made[level.id] for level in levels})


class _Charter:
    """Makes the chart of one process."""

    def __init__(self, reading: Reading, level: Drawing, made: Mapping[str, Chart], given: frozenset[str]) -> None:
        self.given = given
        self.reading = reading
        self.level = level
        self.made = made
        self.steps: dict[str, Step] = {}
        self.ways: dict[str, list[Way]] = {}
        self.starts: list[str] = []
        self.aside: list[str] = []
        root = level.node.getroottree().getroot()
        self.messages = {node.get("id"): node.get("name") or "" for node in root.iter(qualified("message"))}
        self.properties = _properties(root)

    def chart(self) -> Chart:
        """Return the chart."""
        self.starts = [name for name, node in self.level.nodes.items() if tag_of(node) == "startEvent"]
        self._level(self.level, ())
        decided = {
            key: self.reading.decisions.get(step.decision)
            for step in self.steps.values()
            if step.decision and not step.many
            for key in step.writes
        }
        rows = {key: rows for key, decision in decided.items() if (rows := rows_of(decision))}
        return Chart(
            process=self.level.id,
            name=self.level.name,
            file=self.level.file,
            line=int(self.level.node.sourceline or 0),
            steps=MappingProxyType(self.steps),
            ways=MappingProxyType({step: tuple(ways) for step, ways in self.ways.items()}),
            starts=tuple(self.starts),
            aside=tuple(self.aside),
            given=self._given(),
            rows=MappingProxyType(rows),
            conditions=MappingProxyType({key: conditions_of(decided[key]) for key in rows}),
            outputs=MappingProxyType({key: outputs_of(decision) for key, decision in decided.items()}),
        )

    def _given(self) -> frozenset[str]:
        """Return the keys of the start data: ``case``, what came with the start, and whatever ends in ``_in``."""
        given = {"case", *self.given}
        for name in self.starts:
            told = extension(self.level.nodes[name], "given") or ""
            given |= self.steps[name].writes | {name} | {key.strip() for key in told.split(",")} - {""}
        read = [read for step in self.steps.values() for read in step.reads]
        read += [read for ways in self.ways.values() for way in ways for read in way.reads]
        tops = {read.path.partition(".")[0] for read in read}
        written = {key for step in self.steps.values() for key in step.writes}
        inputs = self.level.node.iterfind(f"{qualified('ioSpecification')}/{qualified('dataInput')}")
        declared = {node.get("name") or node.get("id") or "" for node in inputs}
        objects = {node.get("id") or "" for node in self.level.node.iter(qualified("dataObject"))}
        return frozenset(
            given | declared | objects | {top for top in tops if top.endswith("_in") and top not in written}
        )

    # -- levels

    def _level(self, level: Drawing, within: tuple[str, ...]) -> None:
        for node in level.nodes.values():
            self._node(level, node, within)
        for node in level.nodes.values():
            if is_level(node) and node.get("id") in self.reading.levels:
                self._level(self.reading.levels[node.get("id")], (*within, node.get("id")))
                self._inside(level, node)
        for flow in level.flows:
            self._flow(level, flow)
        for node in level.nodes.values():
            self._around(level, node)
        _links(level, self.ways)

    def _node(self, level: Drawing, node: Any, within: tuple[str, ...]) -> None:
        step = self._step(level, node, within)
        self.steps[step.id] = step
        self.ways[step.id] = []
        if is_level(node):
            left = replace(step, id=step.id + LEFT, kind="left", reads=(), writes=frozenset({step.output} - {""}))
            self.steps[left.id] = left
            self.ways[left.id] = []
            self.steps[step.id] = replace(step, writes=frozenset())

    def _inside(self, level: Drawing, node: Any) -> None:
        """Connect a sub-process with its start and its ends."""
        name = str(node.get("id"))
        inner = self.reading.levels[name]
        begin = [other.get("id") for other in inner.nodes.values() if tag_of(other) == "startEvent"]
        self.ways[name] += [Way(id="", source=name, target=start, kind="into") for start in begin]
        if node.get("triggeredByEvent") == "true":
            self.aside.append(name)
            interrupts = all(self.steps[start].interrupts for start in begin)
            entry = [level.id] if level.id in self.steps else self.starts
            kind = "boundary" if interrupts else "side"
            for source in entry:
                self.ways[source].append(Way(id="", source=source, target=name, kind=kind))
            if interrupts and level.id in self.steps:
                self.ways[name + LEFT].append(Way(id="", source=name + LEFT, target=level.id + LEFT, kind="out"))
        if self.steps[name].many:
            self.ways[name].append(Way(id="", source=name, target=name + LEFT, kind="skip"))
        for end in inner.nodes.values():
            if tag_of(end) == "endEvent" and not {"error", "cancel"} & set(event_kinds(end)):
                self.ways[end.get("id")].append(Way(id="", source=end.get("id"), target=name + LEFT, kind="out"))

    def _around(self, level: Drawing, node: Any) -> None:
        if tag_of(node) == "boundaryEvent" and node.get("attachedToRef") in level.nodes:
            host, event = node.get("attachedToRef"), node.get("id")
            kind = "side" if node.get("cancelActivity") == "false" else "boundary"
            if "error" in event_kinds(node) and (throwers := self._throwers(host, node)):
                kind = "caught"
                for end in throwers:
                    self.ways[end].append(Way(id="", source=end, target=event, kind="thrown"))
            self.ways[host].append(Way(id="", source=host, target=event, kind=kind))

    def _throwers(self, host: str, boundary: Any) -> list[str]:
        """Return the error ends inside *host* that this boundary event catches."""
        wanted = _error(boundary)
        found = []
        for step in self.steps.values():
            if host in step.within and step.kind == "endEvent" and step.event == "error":
                node = self.reading.levels[step.level].nodes[step.id]
                if wanted in {"", _error(node)} and not any(way.kind == "thrown" for way in self.ways[step.id]):
                    found.append(step.id)
        return found

    def _flow(self, level: Drawing, flow: Any) -> None:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if source not in level.nodes or target not in level.nodes:
            return
        node = level.nodes[source]
        condition = text_of(flow, "conditionExpression") or ""
        cases = alternatives(condition) if condition else [()]
        if not condition and node.get("default") == flow.get("id") and tag_of(node) == "exclusiveGateway":
            others = [other for other in outgoing(level, node) if other is not flow]
            cases = otherwise(text_of(other, "conditionExpression") or "" for other in others)
        start = source + LEFT if is_level(node) else source
        reads = reads_of(condition, flow.get("id") or "") if condition else ()
        for tests in dict.fromkeys(cases):
            way = Way(id=flow.get("id") or "", source=start, target=target, kind="flow", tests=tests, reads=reads)
            self.ways[start].append(way)

    # -- steps

    def _step(self, level: Drawing, node: Any, within: tuple[str, ...]) -> Step:
        tag = tag_of(node)
        operator = node.find(f"{qualified('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
        many = node.find(qualified("multiInstanceLoopCharacteristics"))
        throws, catches, message = self._messages(node)
        step = Step(
            id=node.get("id"),
            kind=tag,
            name=node.get("name") or "",
            file=level.file,
            line=int(node.sourceline or 0),
            level=level.id,
            within=within,
            role=extension(node, "role") or level.lanes.get(node.get("id"), "") or self._role_around(level),
            laned=not extension(node, "role"),
            unit=extension(node, "unit") or "",
            person=extension(node, "person") or "",
            operator="" if operator is None else operator.get("id") or "",
            parameters=MappingProxyType(dict(_parameters(node))),
            decision=extension(node, "calledDecisionId") or "" if tag == "businessRuleTask" else "",
            calls=node.get("calledElement") or "",
            throws=throws,
            catches=catches,
            payload=_payload(node),
            correlation=self.properties.get(message, frozenset()),
            own_keys=frozenset(_own_keys(node)),
            event=next(iter(event_kinds(node)), "none") if tag.endswith("Event") else "",
            timer=_timer(node),
            host=node.get("attachedToRef") or "",
            interrupts=node.get("cancelActivity", "true") == "true" and node.get("isInterrupting", "true") == "true",
            many=many is not None,
            output="" if many is None else (text_of(many, "loopDataOutputRef") or ""),
            items=frozenset(_items(many)),
            form=(extension(node, "formJsonSchemaFilename") or "").removesuffix(".json"),
            musts=tuple(_musts(node)),
            not_by=extension(node, "not_by") or "",
            script=text_of(node, "script") or "" if tag == "scriptTask" else "",
            deletes=script_deletes(text_of(node, "script") or "") if tag == "scriptTask" else frozenset(),
            sets=tuple(_sets(text_of(node, "script") or "")) if tag == "scriptTask" else (),
            reads=tuple(self._reads(node)),
        )
        return replace(step, writes=frozenset(self._writes(node, step)))

    def _role_around(self, level: Drawing) -> str:
        """Return the role of the lane in which the sub-process of *level* stands."""
        node = level.node
        while (parent := node.getparent()) is not None:
            outer = self.reading.levels.get(parent.get("id") or "")
            if outer is not None and node.get("id") in outer.lanes:
                return outer.lanes[node.get("id")]
            node = parent
        return ""

    def _messages(self, node: Any) -> tuple[str, str, str]:
        """Return the name of the message that *node* throws, that it catches, and the id of either."""
        holder = node if tag_of(node) in {"sendTask", "receiveTask"} else node.find(qualified("messageEventDefinition"))
        if holder is None:
            return "", "", ""
        reference = holder.get("messageRef") or ""
        name = self.messages.get(reference) or node.get("name") or ""
        throwing = tag_of(node) in {"sendTask", "intermediateThrowEvent", "endEvent"}
        return (name, "", reference) if throwing else ("", name, reference)

    def _writes(self, node: Any, step: Step) -> Iterator[str]:
        if step.many:
            yield from {step.output} - {""}
        elif step.kind in _WORK:
            yield step.id
        elif step.kind == "serviceTask":
            operator = node.find(f"{qualified('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
            yield (operator.get("resultVariable") if operator is not None else "") or step.id
        elif step.kind == "businessRuleTask":
            yield extension(node, "result") or step.id
        elif step.kind == "scriptTask":
            yield from script_writes(step.script)
        elif step.catches or (step.event in {"signal", "error", "escalation"} and step.kind != "endEvent"):
            yield _variable(node) or step.id
        elif step.calls:
            yield from self._called_writes(node, step.calls)
        yield from _associated(node, "dataOutputAssociation", "targetRef")

    def _called_writes(self, node: Any, process: str) -> Iterator[str]:
        called = self.made.get(process)
        if called is None:
            return
        level = self.reading.levels[process]
        outputs = list(level.node.iterfind(f"{qualified('ioSpecification')}/{qualified('dataOutput')}"))
        if outputs or level.node.find(qualified("ioSpecification")) is not None:
            yield from (output.get("name") or output.get("id") or "" for output in outputs)
            return
        for step in called.steps.values():
            yield from step.writes
        del node

    def _reads(self, node: Any) -> Iterator[Read]:
        for text in _texts(node):
            yield from reads_of(text)
        for text in _musts(node):
            yield from (read for read in reads_of(text) if read.path.partition(".")[0] != node.get("id"))
        if tag_of(node) == "scriptTask":
            yield from script_reads(text_of(node, "script") or "")
        called = self.made.get(node.get("calledElement") or "")
        if called is not None:
            for key in sorted(called.given - {"case"} - {name for start in called.starts for name in (start,)}):
                if key.endswith("_in"):
                    yield Read(path=key, sure=True, text=f"the input {key} of {called.process}")
        if tag_of(node) == "businessRuleTask":
            asked = extension(node, "calledDecisionId") or ""
            paths = self.reading.decisions[asked].paths if asked in self.reading.decisions else ()
            for path in sorted(paths):
                yield Read(path=path.partition(".")[0], sure=False, text=f"decision {asked}")


# -- parts of a step ----------------------------------------------------------------------------------


def _items(many: Any) -> Iterator[str]:
    if many is not None:
        for name in ("inputDataItem", "outputDataItem"):
            item = many.find(qualified(name))
            if item is not None:
                yield item.get("name") or item.get("id") or ""


def _properties(root: Any) -> Mapping[str, frozenset[str]]:
    """Return message id to the correlation properties that can be read from it."""
    found: dict[str, set[str]] = {}
    for prop in root.iter(qualified("correlationProperty")):
        for retrieval in prop.iter(qualified("correlationPropertyRetrievalExpression")):
            found.setdefault(retrieval.get("messageRef") or "", set()).add(prop.get("id") or "")
    return {message: frozenset(names) for message, names in found.items()}


def _parameters(node: Any) -> Iterator[tuple[str, str]]:
    path = f"{qualified('extensionElements')}/{{{SPIFF}}}serviceTaskOperator/{{{SPIFF}}}parameters/{{{SPIFF}}}parameter"
    for parameter in node.iterfind(path):
        yield parameter.get("id") or "", parameter.get("value") or ""


def _payload(node: Any) -> str:
    for holder in (node, *node.iterfind(qualified("messageEventDefinition"))):
        for name in ("messagePayload", "payloadExpression"):
            text = extension(holder, name)
            if text:
                return text
    return ""


def _sets(script: str) -> Iterator[Test]:
    for name, value in script_sets(script).items():
        yield Test(path=name, values=frozenset({value}), holds=True)


def _musts(node: Any) -> Iterator[str]:
    path = f"{qualified('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    for entry in node.iterfind(path):
        if (entry.get("name") or "").startswith("must."):
            yield entry.get("value") or ""


def _variable(node: Any) -> str:
    for holder in (node, *(child for child in node if tag_of(child).endswith("EventDefinition"))):
        for name in ("messageVariable", "variableName"):
            text = extension(holder, name)
            if text:
                return text
    return ""


def _own_keys(node: Any) -> Iterator[str]:
    for holder in (node, *node.iterfind(qualified("messageEventDefinition"))):
        path = f"{qualified('extensionElements')}/{{{SPIFF}}}processVariableCorrelation"
        for entry in holder.iterfind(path):
            for child in entry:
                if tag_of(child) == "propertyId" or str(child.tag).endswith("propertyId"):
                    yield (child.text or "").strip()


def _error(node: Any) -> str:
    definition = node.find(qualified("errorEventDefinition"))
    return "" if definition is None else definition.get("errorRef") or ""


def _timer(node: Any) -> str:
    definition = node.find(qualified("timerEventDefinition"))
    if definition is None:
        return ""
    return next(((child.text or "").strip() for child in definition if tag_of(child).startswith("time")), "")


def _texts(node: Any) -> Iterator[str]:
    """Yield the expressions of a step that stand on it itself."""
    timer = _timer(node)
    if timer and not ISO.fullmatch(timer) and parsed(timer) is not None:
        yield timer
    for _, text in _parameters(node):
        yield text
    if payload := _payload(node):
        yield payload
    yield from (text for text in (extension(node, name) for name in ("unit", "person", "not_by")) if text)
    role = extension(node, "role") or ""
    if role and not role.isidentifier():
        yield role
    many = node.find(qualified("multiInstanceLoopCharacteristics"))
    if many is not None:
        items = [text_of(many, name) for name in ("loopDataInputRef", "loopCardinality")]
        yield from (text for text in items if text)
    for path in ("standardLoopCharacteristics/loopCondition", "conditionalEventDefinition/condition"):
        known = text_of(node, path)
        if known and tag_of(node) != "subProcess":
            yield known


def _associated(node: Any, direction: str, end: str) -> Iterator[str]:
    """Return the data objects with which a step is associated, by what expressions call them."""
    root = node.getroottree().getroot()
    names = {found.get("id"): found.get("dataObjectRef") for found in root.iter(qualified("dataObjectReference"))}
    for reference in node.iterfind(f"{qualified(direction)}/{qualified(end)}"):
        yield names.get((reference.text or "").strip()) or (reference.text or "").strip()


def _links(level: Drawing, ways: dict[str, list[Way]]) -> None:
    """Lead from each throwing link event to the catching one."""
    catching = {}
    for node in level.nodes.values():
        link = node.find(qualified("linkEventDefinition"))
        if link is not None and tag_of(node) == "intermediateCatchEvent":
            catching[link.get("name") or node.get("name")] = node.get("id")
    for node in level.nodes.values():
        link = node.find(qualified("linkEventDefinition"))
        if link is not None and tag_of(node) == "intermediateThrowEvent":
            target = catching.get(link.get("name") or node.get("name"))
            if target:
                ways[node.get("id")].append(Way(id="", source=node.get("id"), target=target, kind="link"))
