"""Draws a process as the files a modeller would save: BPMN with our extension elements, and DMN for its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.differential.markup import (
    BPMN,
    DMN,
    XML,
    association,
    expression,
    extension,
    message_definition,
    operator,
    split_extension,
    timer,
)
from tests.differential.shapes import (
    Activity,
    Ask,
    Block,
    Boundary,
    Chain,
    Choice,
    Escalate,
    EventSub,
    Exit,
    Head,
    Inclusive,
    Link,
    Loop,
    Many,
    Moving,
    Parallel,
    Person,
    Process,
    Race,
    Repeat,
    Rule,
    Script,
    Service,
    Shelf,
    Shout,
    Sub,
    Wait,
)


def draw(process: Process) -> dict[str, bytes]:
    """Return the files of *process*; the process to start is ``main``."""
    sheet = Sheet(process.moving)
    body = sheet.level("main", process.body, process.events, process.heads, plain=process.plain)
    sheet.processes.append(f'<bpmn:process id="main" name="main" isExecutable="true">{body}</bpmn:process>')
    files = {"random.bpmn": sheet.bpmn(), **sheet.tables}
    return {name: text.encode() for name, text in files.items()}


class Sheet:
    """What the levels of one drawing share."""

    def __init__(self, moving: Mapping[str, Moving]) -> None:
        self.moving = moving
        self.roots: list[str] = []
        self.keys: list[str] = []
        self.processes: list[str] = []
        self.tables: dict[str, str] = {}
        self.flows = 0

    def bpmn(self) -> str:
        """Return the BPMN file."""
        keys = "".join(self.keys)
        pool = f'<bpmn:collaboration id="pool"><bpmn:participant id="us" processRef="main"/>{keys}</bpmn:collaboration>'
        return f"{XML}{BPMN}{pool}{''.join(self.roots)}{''.join(self.processes)}</bpmn:definitions>"

    def level(
        self,
        name: str,
        chain: Chain,
        events: tuple[EventSub, ...] = (),
        heads: tuple[Head, ...] = (),
        *,
        plain: bool = True,
    ) -> str:
        """Return the contents of a process or sub-process: starts, blocks, end, event sub-processes."""
        level = Level(self)
        start = level.node("startEvent", f"start_{name}") if plain else ""
        if heads:
            merge = level.node("exclusiveGateway", f"begun_{name}")
            for head in heads:
                told = level.node("startEvent", head.id, self.message(head.id, ()))
                level.flow(level.chain(head.chain, told), merge)
            if plain:
                level.flow(start, merge)
            start = merge
        level.flow(level.chain(chain, start), level.node("endEvent", f"end_{name}"))
        return level.xml() + "".join(self.event_sub(event) for event in events)

    def event_sub(self, event: EventSub) -> str:
        """Return an event sub-process."""
        level = Level(self)
        interrupting = "true" if event.interrupting else "false"
        start = level.node("startEvent", f"start_{event.id}", self.trigger(event), f'isInterrupting="{interrupting}"')
        level.flow(level.chain(event.body, start), level.node("endEvent", f"end_{event.id}"))
        return f'<bpmn:subProcess id="{event.id}" triggeredByEvent="true">{level.xml()}</bpmn:subProcess>'

    # -- event definitions --------------------------------------------------------------------------

    def trigger(self, event: Boundary | EventSub) -> str:
        """Return the event definition of a boundary event or of the start of an event sub-process."""
        if event.kind in {"timer", "cycle"}:
            return timer(event.seconds, cycle=event.kind == "cycle", moving=self.moving.get(event.id))
        if event.kind == "signal":
            return self.signal(event.id)
        if event.kind == "message":
            return self.message(event.id, event.keys, "got" if event.interrupting else "msg")
        if event.kind == "cancel":
            return "<bpmn:cancelEventDefinition/>"
        return self.coded(event.kind, event.code)

    def signal(self, name: str) -> str:
        """Return a signal event definition; the signal is named like the event."""
        self.roots.append(f'<bpmn:signal id="S_{name}" name="{name}"/>')
        return f'<bpmn:signalEventDefinition signalRef="S_{name}"/>'

    def coded(self, kind: str, code: str) -> str:
        """Return an error or escalation event definition; without a code it catches all."""
        if not code:
            return f"<bpmn:{kind}EventDefinition/>"
        root = f'<bpmn:{kind} id="{code}" name="{code}" {kind}Code="{code}"/>'
        if root not in self.roots:
            self.roots.append(root)
        return f'<bpmn:{kind}EventDefinition {kind}Ref="{code}"/>'

    def message(self, name: str, keys: tuple[str, ...], kept: str = "msg") -> str:
        """Return the definition of a message that is addressed by the waiting token's own items."""
        self.roots.append(f'<bpmn:message id="M_{name}" name="{name}"/>')
        for n, key in enumerate(keys):
            self.property(f"q_{name}_{n}", {f"M_{name}": key})
        if keys:
            self.key(name, len(keys))
        return message_definition(name, f"<spiffworkflow:messageVariable>{kept}_{name}</spiffworkflow:messageVariable>")

    def pair(self, ask: Ask) -> tuple[str, str]:
        """Return payload and variable of a message thrown and of its reply, which carry the same keys."""
        out, back = f"{ask.id}_out", f"{ask.id}_in"
        self.roots.append(f'<bpmn:message id="M_{out}" name="{out}"/><bpmn:message id="M_{back}" name="{back}"/>')
        parts = [f'"k{n}": {key}' for n, key in enumerate(ask.keys)] or [f'"k0": "{ask.id}"']
        for n in range(len(parts)):
            self.property(f"q_{ask.id}_{n}", {f"M_{out}": f"k{n}", f"M_{back}": f"k{n}"})
        self.key(ask.id, len(parts))
        payload = f"<spiffworkflow:messagePayload>{{{', '.join(parts)}}}</spiffworkflow:messagePayload>"
        variable = f"<spiffworkflow:messageVariable>msg_{ask.id}</spiffworkflow:messageVariable>"
        return payload, variable

    def property(self, name: str, paths: dict[str, str]) -> None:
        """Add a correlation property: for each message, where its value stands in the payload."""
        inner = "".join(
            f'<bpmn:correlationPropertyRetrievalExpression messageRef="{message}">'
            f"<bpmn:messagePath>{path}</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
            for message, path in paths.items()
        )
        self.roots.append(f'<bpmn:correlationProperty id="{name}" name="{name}">{inner}</bpmn:correlationProperty>')

    def key(self, name: str, properties: int) -> None:
        """Add a correlation key over the properties of *name*."""
        refs = "".join(
            f"<bpmn:correlationPropertyRef>q_{name}_{n}</bpmn:correlationPropertyRef>" for n in range(properties)
        )
        self.keys.append(f'<bpmn:correlationKey id="ck_{name}" name="ck_{name}">{refs}</bpmn:correlationKey>')

    def table(self, name: str) -> None:
        """Add the decision table of a rule: what was picked, in words."""
        rows = [("0", '"none"'), ("1", '"low"'), ("[2..3]", '"high"')]
        rules = "".join(
            f'<rule id="row_{name}_{n}"><inputEntry id="in_{name}_{n}"><text>{when}</text></inputEntry>'
            f'<outputEntry id="out_{name}_{n}"><text>{escape(then)}</text></outputEntry></rule>'
            for n, (when, then) in enumerate(rows)
        )
        self.tables[f"{name}.dmn"] = (
            f'{XML}{DMN}<decision id="decide_{name}" name="{name}">'
            f'<decisionTable id="table_{name}" hitPolicy="UNIQUE">'
            f'<input id="i_{name}"><inputExpression id="ie_{name}" typeRef="number"><text>d_{name}.pick</text>'
            f'</inputExpression></input><output id="o_{name}" name="size" typeRef="string"/>{rules}'
            f"</decisionTable></decision></definitions>"
        )


class Level:
    """One level of a drawing: nodes and the flows between them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.nodes: list[tuple[str, str, str, str]] = []
        self.flows: list[tuple[str, str, str, str | None]] = []
        self.defaults: dict[str, str] = {}
        self.loose: list[str] = []
        self.painters: dict[type[Block], Callable[[Any, str], str]] = {
            Person: self.person,
            Service: self.service,
            Script: self.script,
            Rule: self.rule,
            Choice: self.choice,
            Parallel: self.split,
            Inclusive: self.split,
            Loop: self.loop,
            Repeat: self.repeat,
            Many: self.many,
            Sub: self.sub,
            Exit: self.leave,
            Escalate: self.escalate,
            Wait: self.wait,
            Ask: self.ask,
            Race: self.race,
            Shout: self.shout,
            Link: self.link,
            Shelf: self.shelf,
        }

    def node(self, tag: str, name: str, body: str = "", attributes: str = "") -> str:
        """Add a node and return its id."""
        self.nodes.append((tag, name, body, attributes))
        return name

    def flow(self, source: str, target: str, condition: str | None = None, *, default: bool = False) -> None:
        """Add a sequence flow."""
        self.sheet.flows += 1
        name = f"f{self.sheet.flows}"
        self.flows.append((name, source, target, condition))
        if default:
            self.defaults[source] = name

    def then(self, tag: str, name: str, previous: str, body: str = "", attributes: str = "") -> str:
        """Add a node behind *previous* and return its id."""
        self.node(tag, name, body, attributes)
        self.flow(previous, name)
        return name

    def xml(self) -> str:
        """Return the level."""
        return "".join([*(self._node(*node) for node in self.nodes), *map(self._flow, self.flows), *self.loose])

    def _node(self, tag: str, name: str, body: str, attributes: str) -> str:
        default = f' default="{self.defaults[name]}"' if name in self.defaults else ""
        ends = "".join(f"<bpmn:incoming>{f}</bpmn:incoming>" for f, _, target, _ in self.flows if target == name)
        ends += "".join(f"<bpmn:outgoing>{f}</bpmn:outgoing>" for f, source, _, _ in self.flows if source == name)
        extension, rest = split_extension(body)
        return f'<bpmn:{tag} id="{name}" name="{name}" {attributes}{default}>{extension}{ends}{rest}</bpmn:{tag}>'

    @staticmethod
    def _flow(flow: tuple[str, str, str, str | None]) -> str:
        name, source, target, condition = flow
        body = expression("conditionExpression", condition) if condition else ""
        return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{body}</bpmn:sequenceFlow>'

    def chain(self, chain: Chain, previous: str) -> str:
        """Draw blocks one after the other behind *previous*; return the last node."""
        for block in chain.blocks:
            previous = self.painters[type(block)](block, previous)
        return previous

    # -- activities ---------------------------------------------------------------------------------

    def person(self, block: Person, previous: str) -> str:
        """Draw a user task."""
        self.then("userTask", block.id, previous)
        return self.edges(block)

    def service(self, block: Service, previous: str) -> str:
        """Draw a service task."""
        self.then("serviceTask", block.id, previous, operator(block.id))
        return self.edges(block)

    def sub(self, block: Sub, previous: str) -> str:
        """Draw a sub-process, transaction or call activity."""
        self.activity(block.of, block.id, block.body, previous, events=block.events)
        return self.edges(block)

    def many(self, block: Many, previous: str) -> str:
        """Draw a multi-instance."""
        item = f"o_{block.id}"
        stops = expression("completionCondition", f"{item}.v % 3 == 0") if block.stops else ""
        number = expression("loopCardinality", str(block.count)) if block.source == "number" else ""
        given = number or f"<bpmn:loopDataInputRef>xs_{block.id}</bpmn:loopDataInputRef>"
        out = f"<bpmn:loopDataOutputRef>out_{block.id}</bpmn:loopDataOutputRef>" if block.collects else ""
        back = f'<bpmn:outputDataItem id="{item}"/>' if block.collects else ""
        loop = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{"false" if block.parallel else "true"}">'
            f'{given}{out}<bpmn:inputDataItem id="x_{block.id}"/>{back}{stops}'
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
        if block.of == "person":
            self.then("userTask", block.id, previous, loop)
        elif block.of == "service":
            self.then("serviceTask", block.id, previous, operator(block.id, item) + loop)
        else:
            body = Chain(blocks=(Person(id=f"y_{block.id}"), *block.body.blocks))
            self.activity(block.of, block.id, body, previous, loop=loop)
        return self.edges(block)

    def activity(
        self, of: str, name: str, body: Chain, previous: str, *, loop: str = "", events: tuple[EventSub, ...] = ()
    ) -> None:
        """Draw something that has an inside."""
        inside = self.sheet.level(name, body, events)
        if of == "call":
            called = f'<bpmn:process id="P_{name}" name="P_{name}" isExecutable="true">{inside}</bpmn:process>'
            self.sheet.processes.append(called)
            self.then("callActivity", name, previous, loop, f'calledElement="P_{name}"')
        else:
            self.then("transaction" if of == "transaction" else "subProcess", name, previous, loop + inside)

    def edges(self, block: Activity) -> str:
        """Draw the events on the edge of an activity; interrupting handlers merge behind it."""
        merge = ""
        for boundary in block.boundaries:
            cancel = "true" if boundary.interrupting else "false"
            attributes = f'attachedToRef="{block.id}" cancelActivity="{cancel}"'
            self.node("boundaryEvent", boundary.id, self.sheet.trigger(boundary), attributes)
            last = self.chain(boundary.handler, boundary.id)
            if not boundary.interrupting:
                self.then("endEvent", f"end_{boundary.id}", last)
                continue
            if not merge:
                merge = self.then("exclusiveGateway", f"g_{block.id}", block.id)
            self.flow(last, merge)
        return merge or block.id

    def repeat(self, block: Repeat, previous: str) -> str:
        """Draw a user task with a standard loop."""
        condition = expression("loopCondition", f"{block.id}.v % 2 == 0") if block.condition else ""
        before = "true" if block.before else "false"
        loop = (
            f'<bpmn:standardLoopCharacteristics loopMaximum="{block.times}" testBefore="{before}">{condition}'
            "</bpmn:standardLoopCharacteristics>"
        )
        return self.then("userTask", block.id, previous, loop)

    # -- automatic tasks ----------------------------------------------------------------------------

    def script(self, block: Script, previous: str) -> str:
        """Draw a script that counts and, at its first visit, forgets."""
        text = f"n_{block.id} = n_{block.id} + 1\nif n_{block.id} == 1:\n    del g_{block.id}\n"
        return self.then("scriptTask", block.id, previous, f"<bpmn:script>{text}</bpmn:script>")

    def rule(self, block: Rule, previous: str) -> str:
        """Draw a user task that picks and the decision table that says it in words."""
        self.sheet.table(block.id)
        picked = self.then("userTask", f"d_{block.id}", previous)
        called = f"<spiffworkflow:calledDecisionId>decide_{block.id}</spiffworkflow:calledDecisionId>"
        return self.then("businessRuleTask", block.id, picked, extension(called))

    # -- gateways -----------------------------------------------------------------------------------

    def decision(self, block: Block, previous: str, tag: str = "exclusiveGateway") -> str:
        """Draw the user task that picks and the gateway behind it."""
        return self.then(tag, f"g_{block.id}", self.then("userTask", f"d_{block.id}", previous))

    def choice(self, block: Choice, previous: str) -> str:
        """Draw an exclusive gateway and its merge."""
        gate = self.decision(block, previous)
        merge = self.node("exclusiveGateway", f"j_{block.id}")
        for n, branch in enumerate(block.branches):
            label = self.node("intermediateThrowEvent", f"l_{block.id}_{n}")
            self.flow(gate, label, None if n == 0 else f'd_{block.id}["pick"] == {n}', default=n == 0)
            self.flow(self.chain(branch, label), merge)
        return merge

    def split(self, block: Parallel | Inclusive, previous: str) -> str:
        """Draw a parallel or inclusive split and its join."""
        parallel = isinstance(block, Parallel)
        tag = "parallelGateway" if parallel else "inclusiveGateway"
        gate = self.then(tag, f"g_{block.id}", previous) if parallel else self.decision(block, previous, tag)
        join = self.node(tag, f"j_{block.id}")
        for n, branch in enumerate(block.branches):
            label = self.node("intermediateThrowEvent", f"l_{block.id}_{n}")
            default = n == 0 and isinstance(block, Inclusive) and block.default
            bit = None if parallel or default else f'd_{block.id}["pick"] // {1 << n} % 2 == 1'
            self.flow(gate, label, bit, default=default)
            self.flow(self.chain(branch, label), join)
        return join

    def loop(self, block: Loop, previous: str) -> str:
        """Draw flows that lead back."""
        again = self.then("exclusiveGateway", f"m_{block.id}", previous)
        gate = self.decision(block, self.chain(block.body, again))
        self.flow(gate, again, f'd_{block.id}["pick"] == 1')
        out = self.node("intermediateThrowEvent", f"l_{block.id}")
        self.flow(gate, out, default=True)
        return out

    def leave(self, block: Exit, previous: str) -> str:
        """Draw an end event that may be picked."""
        body = {
            "none": "",
            "terminate": "<bpmn:terminateEventDefinition/>",
            "cancel": "<bpmn:cancelEventDefinition/>",
        }.get(block.kind)
        if body is None:
            body = self.sheet.coded(block.kind, block.code)
        gate = self.decision(block, previous)
        on = self.node("intermediateThrowEvent", f"l_{block.id}")
        self.flow(gate, on, default=True)
        self.flow(gate, self.node("endEvent", block.id, body), f'd_{block.id}["pick"] == 1')
        return on

    # -- events -------------------------------------------------------------------------------------

    def escalate(self, block: Escalate, previous: str) -> str:
        """Draw an escalation thrown after a step of its own: what it interrupts depends on no order in a step."""
        previous = self.then("userTask", f"d_{block.id}", previous)
        return self.then("intermediateThrowEvent", block.id, previous, self.sheet.coded("escalation", block.code))

    def shout(self, block: Shout, previous: str) -> str:
        """Draw a signal thrown after a step of its own: who waits then does not depend on the order in a step."""
        previous = self.then("userTask", f"d_{block.id}", previous)
        body = f'<bpmn:signalEventDefinition signalRef="S_{block.signal}"/>'
        return self.then("intermediateThrowEvent", block.id, previous, body)

    def caught(self, kind: str, name: str, seconds: int, keys: tuple[str, ...]) -> str:
        """Return the event definition of an intermediate catch event."""
        if kind == "timer":
            return timer(seconds, moving=self.sheet.moving.get(name))
        return self.sheet.signal(name) if kind == "signal" else self.sheet.message(name, keys)

    def wait(self, block: Wait, previous: str) -> str:
        """Draw an intermediate catch event."""
        body = self.caught(block.kind, block.id, block.seconds, block.keys)
        return self.then("intermediateCatchEvent", block.id, previous, body)

    def ask(self, block: Ask, previous: str) -> str:
        """Draw a message thrown and the wait for its reply: as events, or as a send task and a receive task."""
        out, back = f"{block.id}_out", f"{block.id}_in"
        thrown, reply = self.sheet.pair(block)
        if int(block.id[1:]) % 2:
            sent = self.then("sendTask", out, previous, extension(thrown), f'messageRef="M_{out}"')
            return self.then("receiveTask", back, sent, extension(reply), f'messageRef="M_{back}"')
        sent = self.then("intermediateThrowEvent", out, previous, message_definition(out, thrown))
        return self.then("intermediateCatchEvent", back, sent, message_definition(back, reply))

    def race(self, block: Race, previous: str) -> str:
        """Draw an event gateway."""
        gate = self.then("eventBasedGateway", block.id, previous)
        merge = self.node("exclusiveGateway", f"j_{block.id}")
        for arm in block.arms:
            caught = self.then(
                "intermediateCatchEvent", arm.id, gate, self.caught(arm.kind, arm.id, arm.seconds, arm.keys)
            )
            self.flow(self.chain(arm.body, caught), merge)
        return merge

    def link(self, block: Link, previous: str) -> str:
        """Draw a link: there is no flow between its two ends."""
        body = f'<bpmn:linkEventDefinition name="L_{block.id}"/>'
        self.then("intermediateThrowEvent", f"{block.id}_from", previous, body)
        return self.node("intermediateCatchEvent", f"{block.id}_to", body)

    def shelf(self, block: Shelf, previous: str) -> str:
        """Draw a data object that one user task writes and the next one reads."""
        ref = f"ref_{block.id}"
        self.loose.append(
            f'<bpmn:dataObject id="{block.id}"/>'
            f'<bpmn:dataObjectReference id="{ref}" name="{block.id}" dataObjectRef="{block.id}"/>'
        )
        out = association("Output", f"to_{block.id}", f"<bpmn:targetRef>{ref}</bpmn:targetRef>")
        back = association("Input", f"of_{block.id}", f"<bpmn:sourceRef>{ref}</bpmn:sourceRef>")
        written = self.then("userTask", f"{block.id}_w", previous, out)
        return self.then("userTask", f"{block.id}_r", written, back)
