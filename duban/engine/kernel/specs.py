"""Preparing specs: what the parser built becomes ours by a swap of classes, with everything computed once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.control import (
    BoundaryEventJoin,
    BoundaryEventSplit,
    BpmnStartTask,
    StartEventJoin,
    StartEventSplit,
    _EndJoin,
)
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.manual_task import ManualTask
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    MultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.bpmn.specs.mixins.none_task import NoneTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptTask
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity, SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.user_task import UserTask
from SpiffWorkflow.dmn.specs.business_rule_task_mixin import BusinessRuleTaskMixin

from duban.engine.drawing import Drawing, extension
from duban.engine.expressions import compile_expression
from duban.engine.kernel.activities import Decided, Scripted, Serviced, Worked
from duban.engine.kernel.element import Element
from duban.engine.kernel.events import Boundary, Catching, Joined, Split, Start
from duban.engine.kernel.gateways import EventGateway, Exclusive
from duban.engine.kernel.joins import EndJoin, Inclusive, InclusiveSplit, Parallel, PassThrough
from duban.engine.kernel.loops import MultiInstance, StandardLoop
from duban.engine.kernel.scopes import Called, End, EventScope, Root, SubProcess
from duban.engine.kernel.throwing import Throwing
from duban.engine.kernel.triggers import optional, read_trigger

_KINDS: Final = (
    (_EndJoin, EndJoin),
    (BoundaryEventSplit, Split),
    (BoundaryEventJoin, Joined),
    (BpmnStartTask, Root),
    (StartEvent, Start),
    (EndEvent, End),
    (BoundaryEvent, Boundary),
    (EventBasedGateway, EventGateway),
    (CatchingEvent, Catching),
    (ThrowingEvent, Throwing),
    (ExclusiveGateway, Exclusive),
    (InclusiveGateway, Inclusive),
    (ParallelGateway, Parallel),
    (StandardLoopTask, StandardLoop),
    (MultiInstanceTask, MultiInstance),
    (CallActivity, Called),
    (SubWorkflowTask, SubProcess),
    (UserTask, Worked),
    (ManualTask, Worked),
    (NoneTask, Worked),
    (ScriptTask, Scripted),
    (ServiceTask, Serviced),
    (BusinessRuleTaskMixin, Decided),
)
_ALONE: Final[Mapping[type[Element], type[Element]]] = {Parallel: PassThrough, Inclusive: InclusiveSplit}
"""What a gateway with one incoming flow is: it has nothing to join."""
_SWAPPED: dict[tuple[type, type], type] = {}


def kernelise(processes: Mapping[str, Any], drawings: Mapping[str, Drawing], decisions: Mapping[str, Any]) -> None:
    """Prepare the specs of *processes* (id to SpiffWorkflow's process spec) for the kernel, once and for all."""
    for name, process in processes.items():
        _Preparation(process, drawings[name], processes, drawings, decisions).run()
    specs = [spec for process in processes.values() for spec in process.kernel_specs]
    event_keys = frozenset(spec.kept_as for spec in specs if getattr(spec, "kept_as", None) is not None)
    for process in processes.values():
        process.event_keys = event_keys


class _Preparation:
    """Prepares one process or sub-process."""

    def __init__(
        self,
        process: Any,
        drawing: Drawing,
        processes: Mapping[str, Any],
        drawings: Mapping[str, Drawing],
        decisions: Mapping[str, Any],
    ) -> None:
        self.process = process
        self.drawing = drawing
        self.processes = processes
        self.drawings = drawings
        self.decisions = decisions
        self.specs: Mapping[str, Any] = process.task_specs
        self.event_scopes = frozenset(drawing.event_scopes())
        self.inputs: dict[str, list[str]] = {name: [] for name in self.specs}

    def run(self) -> None:
        """Do it."""
        self._place()
        self._connect()
        for spec in self.specs.values():
            self._swap(spec)
        for spec in self.specs.values():
            getattr(self, f"_{_kind_of(spec).__name__.lower()}", _nothing)(spec)
        self._find_starts()
        self._find_main_ends()
        self.process.kernel_specs = tuple(self.specs.values())
        for spec in self.specs.values():
            spec.__dict__["sealed"] = True

    # -- the graph ------------------------------------------------------------------------------------

    def _place(self) -> None:
        flows_in: dict[str, dict[str, str]] = {}
        for flow in self.drawing.flows:
            flows_in.setdefault(flow.get("targetRef"), {}).setdefault(flow.get("sourceRef"), flow.get("id"))
        for index, (name, spec) in enumerate(self.specs.items()):
            spec.index = index
            spec.element = getattr(spec, "bpmn_id", None) or name.removesuffix(" [child]")
            spec.visible = getattr(spec, "bpmn_id", None) is not None
            spec.holds_token = not isinstance(spec, BoundaryEvent) and name not in self.event_scopes
            spec.flows_in = flows_in.get(spec.element, {}) if spec.visible else {}
            spec.loop = None
            spec.split = None
            spec.stores = tuple(item.bpmn_id for item in getattr(spec, "data_output_associations", ()))

    def _connect(self) -> None:
        bodies = {
            spec.task_spec for spec in self.specs.values() if isinstance(spec, StandardLoopTask | MultiInstanceTask)
        }
        for name, spec in self.specs.items():
            outs = [self.specs[out] for out in spec._outputs]
            outs = [out for out in outs if not isinstance(out, BoundaryEventJoin | StartEventJoin)]
            if isinstance(spec, BpmnStartTask):  # of several start events SpiffWorkflow lets all wait
                outs = [start for out in outs for start in _starts(self.specs, out)]
                outs = [out for out in outs if out.name not in self.event_scopes]
            elif isinstance(spec, StartEventSplit):
                outs = []
            elif name in self.event_scopes or (not outs and spec.visible and name not in bodies):
                outs = [self.process.end]  # a step without a way out ends its token (BPMN 2.0, 13.2.2)
            spec.outs = tuple(outs)
            for out in outs:
                self.inputs[out.name].append(name)

    def _swap(self, spec: Any) -> None:
        mixin = self._mixin(spec)
        stock = type(spec)
        swapped = _SWAPPED.get((mixin, stock))
        if swapped is None:
            swapped = _SWAPPED[mixin, stock] = type(mixin.__name__, (mixin, stock), {"__module__": mixin.__module__})
        spec.__class__ = swapped

    def _mixin(self, spec: Any) -> type[Element]:
        if spec.name in self.event_scopes:
            return EventScope
        mixin = next((mixin for stock, mixin in _KINDS if isinstance(spec, stock)), Element)
        if len(self.inputs[spec.name]) <= 1:
            return _ALONE.get(mixin, mixin)
        return mixin

    def _find_starts(self) -> None:
        """Say at which start event a token begins, by the message that begins it."""
        root = self.process.start
        root.by_message = {start.trigger.name: start for start in root.outs if start.catches == "message"}
        plain = [start for start in root.outs if start.catches != "message"] or root.outs
        root.plain = plain[0] if len(plain) == 1 else None

    def _find_main_ends(self) -> None:
        """Mark the end events that the main line can reach, not only tokens of events that interrupt nothing."""
        scopes = [self.specs[name] for name in self.event_scopes]
        todo = [self.process.start, *(scope for scope in scopes if scope.cancel_activity)]
        seen = set()
        while todo:
            spec = todo.pop()
            if spec.name in seen or (spec.is_boundary and not spec.cancel_activity):
                continue
            seen.add(spec.name)
            todo.extend(spec.outs)
        for name, spec in self.specs.items():
            if isinstance(spec, End):
                spec.main = name in seen

    # -- one kind of element each ---------------------------------------------------------------------

    def _root(self, spec: Any) -> None:
        spec.event_scopes = tuple(self.specs[name] for name in self.drawing.nodes if name in self.event_scopes)

    def _split(self, spec: Any) -> None:
        main, *events = spec.outs
        main.split = spec
        for event in events:
            event.host = main

    def _catching(self, spec: Any) -> None:
        spec.trigger = read_trigger(spec.event_definition)
        spec.catches = spec.trigger.kind

    _start = _catching

    def _boundary(self, spec: Any) -> None:
        self._catching(spec)
        spec.kept_as = _kept_as(spec)

    def _throwing(self, spec: Any) -> None:
        spec.trigger = read_trigger(spec.event_definition)

    _end = _throwing

    def _eventgateway(self, spec: Any) -> None:
        """Give the events back to those who wait: SpiffWorkflow has moved them all to the gateway."""
        for out, definition in zip(spec.outs, spec.event_definition.event_definitions, strict=True):
            out.event_definition = definition
            self._catching(out)
        spec.ends_otherwise = any(out.catches != "timer" for out in spec.outs)

    def _exclusive(self, spec: Any) -> None:
        spec.choices = tuple(
            (compile_expression(condition.args[0].strip()), self.specs[target])
            for condition, target in spec.cond_task_specs
            if condition is not None
        )
        default = [target for condition, target in spec.cond_task_specs if condition is None]
        spec.default = self.specs[default[0]] if default else None

    _inclusivesplit = _exclusive

    def _parallel(self, spec: Any) -> None:
        inputs = self.inputs[spec.name]
        spec.inputs_by_name = {name: number for number, name in enumerate(inputs)}
        spec.flows = tuple(self.drawing.flow_id(self.specs[name].element, spec.element) for name in inputs)

    _endjoin = _parallel

    def _inclusive(self, spec: Any) -> None:
        self._exclusive(spec)
        self._parallel(spec)
        spec.reach = tuple(self._reaching(name, spec.name) for name in self.inputs[spec.name])

    def _reaching(self, name: str, join: str) -> frozenset[int]:
        """Return the specs from which a token can come to *name* without passing *join*."""
        seen = {name}
        todo = [name]
        while todo:
            for before in self.inputs[todo.pop()]:
                if before != join and before not in seen:
                    seen.add(before)
                    todo.append(before)
        return frozenset(self.specs[seen_name].index for seen_name in seen)

    def _multiinstance(self, spec: Any) -> None:
        self._body(spec)
        spec.sequential = isinstance(spec, SequentialMultiInstanceTask)
        spec.items = compile_expression(spec.data_input.bpmn_id.strip()) if spec.data_input is not None else None
        spec.cardinality = optional(spec.cardinality)
        spec.input_item = _variable(spec.input_item)
        spec.output_item = _variable(spec.output_item) or spec.element
        spec.output = spec.data_output.bpmn_id if spec.data_output is not None else None
        spec.condition = optional(spec.condition)

    def _standardloop(self, spec: Any) -> None:
        self._body(spec)
        spec.condition = optional(spec.condition)

    def _body(self, spec: Any) -> None:
        spec.body = self.specs[spec.task_spec]
        spec.body.loop = spec

    def _subprocess(self, spec: Any) -> None:
        spec.process = spec.spec

    def _called(self, spec: Any) -> None:
        spec.process = spec.spec
        io = self.processes[spec.spec].io_specification
        spec.inputs_wanted = tuple(_variable(item) for item in io.data_inputs) if io is not None else ()
        spec.outputs_given = tuple(_variable(item) for item in io.data_outputs) if io is not None else ()

    def _eventscope(self, spec: Any) -> None:
        spec.process = spec.spec
        inner = self.processes[spec.spec]
        start = next(event for event in inner.task_specs.values() if isinstance(event, StartEvent))
        spec.start_element = start.bpmn_id
        spec.trigger = read_trigger(start.event_definition)
        spec.catches = spec.trigger.kind
        node = self.drawings[spec.spec].nodes[start.bpmn_id]
        spec.cancel_activity = spec.catches == "error" or node.get("isInterrupting", "true") == "true"
        spec.kept_as = _kept_as(spec)

    def _worked(self, spec: Any) -> None:
        node = self.drawing.nodes[spec.element]
        role = extension(node, "role") or ""
        said = role and not role.isidentifier()
        spec.role = (role if not said else "") or self.drawing.lanes.get(spec.element) or self._outer_role()
        spec.role_said = optional(role) if said else None
        spec.unit = optional(extension(node, "unit"))
        spec.person = optional(extension(node, "person"))
        spec.not_by = optional(extension(node, "not_by"))
        form = extension(node, "formJsonSchemaFilename")
        spec.form = form.removesuffix(".json") if form else None

    def _outer_role(self) -> str:
        """Return the role of the nearest enclosing level that stands in a lane."""
        node = self.drawing.node
        while (parent := node.getparent()) is not None:
            outer = self.drawings.get(parent.get("id") or "")
            if outer is not None and node.get("id") in outer.lanes:
                return outer.lanes[node.get("id")]
            node = parent
        return ""

    def _scripted(self, spec: Any) -> None:
        """Its text is already there."""

    def _serviced(self, spec: Any) -> None:
        spec.operator = spec.operation_name
        spec.parameters = tuple(
            (name, compile_expression(parameter["value"])) for name, parameter in spec.operation_params.items()
        )
        operator = _operator(self.drawing.nodes[spec.element])
        spec.result = operator.get("resultVariable") or spec.element

    def _decided(self, spec: Any) -> None:
        node = self.drawing.nodes[spec.element]
        spec.decision_id = extension(node, "calledDecisionId") or ""
        spec.decision = self.decisions[spec.decision_id]
        spec.result = extension(node, "result") or spec.element


def _kept_as(spec: Any) -> str | None:
    """Return under which key an event that may fire several times keeps what came with it."""
    comes_again = not spec.cancel_activity and spec.catches in {"message", "signal", "escalation"}
    return (spec.trigger.variable or spec.element) if comes_again else None


def _starts(specs: Mapping[str, Any], out: Any) -> list[Any]:
    """Return the start events that *out*, which follows SpiffWorkflow's Start, stands for."""
    return [specs[start] for start in out._outputs] if isinstance(out, StartEventSplit) else [out]


def _variable(item: Any) -> str | None:
    """Return the name under which a data item is known: ids are unique in a file, names need not be."""
    if item is None:
        return None
    name = item.bpmn_name
    return name if name and name.isidentifier() else item.bpmn_id  # type: ignore[no-any-return]


def _operator(node: Any) -> Any:
    return next(node.iter("{http://spiffworkflow.org/bpmn/schema/1.0/core}serviceTaskOperator"))


def _kind_of(spec: Any) -> type:
    return type(spec).__mro__[1]


def _nothing(spec: Any) -> None:
    """Most elements need nothing of their own."""
