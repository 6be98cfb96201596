"""Small diagrams for tests, written as one reads them, and a case that is saved and loaded at every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from duban.api import Deadlines, Resolved
from duban.engine import process
from duban.engine.parse import parse
from duban.model.calls import Answer, BusinessError, Message, Signal
from duban.model.facts import Kind
from duban.model.outcome import Outcome

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="http://example.org">\n'
)


def drawn(body: str, flows: str = "", *, beside: str = "", process_id: str = "main") -> dict[str, bytes]:
    """Return a file with one process; *flows* are written ``s>a a>b[v == 1] b>e``."""
    text = f'{_HEAD}{beside}<bpmn:process id="{process_id}" name="Main" isExecutable="true">\n{body}\n{arrows(flows)}\n'
    return {f"{process_id}.bpmn": f"{text}</bpmn:process></bpmn:definitions>".encode()}


def arrows(flows: str) -> str:
    """Return sequence flows: ``a>b`` unconditional, ``a>b[condition]`` with one, parted by semicolons or spaces."""
    parts = [part.strip() for part in flows.split(";")] if ";" in flows else flows.split()
    return "\n".join(_arrow(part) for part in parts if part)


def _arrow(part: str) -> str:
    ends, _, condition = part.partition("[")
    source, target = ends.split(">")
    inside = ""
    if condition:
        text = condition.rstrip("]").replace("&", "&amp;").replace("<", "&lt;")
        inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'
    told = f'id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {told}>{inside}</bpmn:sequenceFlow>"


def node(tag: str, id_: str, inside: str = "", **attributes: str) -> str:
    """Return one element."""
    told = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{id_}"{told}>{inside}</bpmn:{tag}>'


def nodes(text: str) -> str:
    """Return elements written ``start:s user:a end:e``."""
    tags = {
        "start": "startEvent", "end": "endEvent", "user": "userTask", "xor": "exclusiveGateway",
        "and": "parallelGateway", "or": "inclusiveGateway", "race": "eventBasedGateway",
    }  # fmt: skip
    return "\n".join(node(tags[kind], id_) for kind, _, id_ in (part.partition(":") for part in text.split()))


def timer(text: str, kind: str = "timeDuration") -> str:
    """Return a timer event definition."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def boundary(id_: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """Return a boundary event."""
    return node(
        "boundaryEvent", id_, definition, attachedToRef=host, cancelActivity="true" if interrupting else "false"
    )


def extensions(inside: str) -> str:
    """Return extension elements."""
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def properties(**values: str) -> str:
    """Return extension properties."""
    told = "".join(
        f'<spiffworkflow:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>'
        for name, value in values.items()
    )
    return extensions(f"<spiffworkflow:properties>{told}</spiffworkflow:properties>")


def service(id_: str, operator: str = "do/it", result: str = "", **parameters: str) -> str:
    """Return a service task."""
    told = "".join(
        f'<spiffworkflow:parameter id="{name}" type="str" value="{value.replace(chr(34), "&quot;")}"/>'
        for name, value in parameters.items()
    )
    wanted = f' resultVariable="{result}"' if result else ""
    inside = f'<spiffworkflow:serviceTaskOperator id="{operator}"{wanted}><spiffworkflow:parameters>{told}'
    return node(
        "serviceTask", id_, extensions(f"{inside}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>")
    )


def many(
    items: str, *, item: str = "x", output: str = "", output_item: str = "", sequential: bool = False, until: str = ""
) -> str:
    """Return multi-instance characteristics."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopDataInputRef>{items}</bpmn:loopDataInputRef>"
        + (f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else "")
        + f'<bpmn:inputDataItem id="i_{item}" name="{item}"/>'
        + (f'<bpmn:outputDataItem id="o_{output_item}" name="{output_item}"/>' if output_item else "")
        + (f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else "")
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )


class Days:
    """Deadlines of so many days from now; those called ``never`` do not apply."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:  # noqa: ARG002
        """Return the end of *name*: its number counts days."""
        if name == "never":
            return Resolved(at=None, on=None, why={"off": "it does not apply"})
        at = now + timedelta(days=int(name.removeprefix("X")))
        return Resolved(at=at, on=at.date(), why={"article": name})

    def reads(self, name: str) -> frozenset[str]:  # noqa: ARG002
        """Return nothing: no data move them."""
        return frozenset()

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return *days* before the end."""
        end = self.resolve(name, data, now)
        return Resolved(at=end.at and end.at - timedelta(days=days), on=end.on, why={**end.why, "before": days})


class Walk:
    """A case on the engine; all that stays between two steps is bytes."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        data: Mapping[str, Any] | None = None,
        start: str = "main",
        deadlines: Deadlines | None = None,
        now: datetime = NOON,
    ) -> None:
        self.definition = parse(files, start)
        self.now = now
        self.deadlines = deadlines or Days()
        self.keep(process.start(self.definition, data or {}, now=self.now, deadlines=self.deadlines))

    def keep(self, outcome: Outcome) -> None:
        """Remember the state."""
        self.outcome = outcome
        self.state = outcome.state

    def _step(self, function: Any, *arguments: Any) -> None:
        self.keep(function(self.definition, self.state, *arguments, now=self.now, deadlines=self.deadlines))

    def complete(self, element: str, data: Mapping[str, Any] | None = None, nth: int = 0) -> None:
        """Complete the nth open work item at *element*."""
        self._step(process.complete, self.task(element, nth), data or {})

    def answer(self, element: str, result: Any, nth: int = 0) -> None:
        """Answer the nth waiting call of *element*."""
        self.answer_task(self.call(element, nth), result)

    def answer_task(self, task: int, result: Any) -> None:
        """Answer a call by its task."""
        self._step(process.deliver, Answer(task=task, result=result))

    def fail(self, element: str, code: str) -> None:
        """End the waiting call of *element* in a BPMN error."""
        self._step(process.deliver, BusinessError(task=self.call(element), code=code, message="it went wrong"))

    def message(self, name: str, payload: Mapping[str, Any] | None = None, **correlation: Any) -> None:
        """Send a message."""
        self._step(process.deliver, Message(name=name, payload=payload or {}, correlation=correlation))

    def signal(self, name: str, **payload: Any) -> None:
        """Send a signal."""
        self._step(process.deliver, Signal(name=name, payload=payload))

    def later(self, **length: float) -> None:
        """Let time pass and fire what is due."""
        self.now += timedelta(**length)
        self._step(process.tick)

    def retry(self, nth: int = 0, **data: Any) -> None:
        """Retry the nth incident, with *data* put right."""
        self._step(process.settle, self.look().incidents[nth].task, process.Retry(data=data))

    def choose(self, values: Mapping[str, Any], gone: frozenset[str] = frozenset()) -> None:
        """Settle the first incident by choosing."""
        self._step(process.settle, self.look().incidents[0].task, process.Choose(values=values, gone=gone))

    def task(self, element: str, nth: int = 0) -> int:
        """Return the task of an open work item."""
        return [work.task for work in self.look().work if work.element == element][nth]

    def call(self, element: str, nth: int = 0) -> int:
        """Return the task of a waiting call."""
        return [call.task for call in self.look().calls if call.element == element][nth]

    def look(self, task: int | None = None) -> process.View:
        """Look at the case."""
        return process.look(self.definition, self.state, task)

    def sees(self, element: str, nth: int = 0) -> dict[str, Any]:
        """Return what an open work item sees."""
        return dict(self.look(self.task(element, nth)).data)

    @property
    def open(self) -> list[str]:
        """Elements of the open work, with the scopes of instances, oldest first."""
        return [work.scope if "#" in work.scope else work.element for work in self.look().work]

    @property
    def data(self) -> dict[str, Any]:
        """What the case knows."""
        return dict(self.look().data)

    @property
    def ended(self) -> tuple[str, ...] | None:
        """End events reached, when it is over."""
        return self.look().ended

    @property
    def dues(self) -> dict[str, datetime]:
        """Running timers by element."""
        return {due.element: due.at for due in self.look().dues}

    def facts(self, kind: Kind) -> list[Mapping[str, Any]]:
        """Return the payloads of the last step's facts of *kind*."""
        return [happening.payload for happening in self.outcome.happenings if happening.kind == kind]
