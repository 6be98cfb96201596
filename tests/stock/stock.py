"""SpiffWorkflow 3.2.0 as it comes, in memory, with a face that the tests of this folder can drive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.event_definitions import timer as timer_module
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition, SignalEventDefinition
from SpiffWorkflow.util.task import TaskState

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class Specs:
    """Diagrams, parsed once, to be shared by several cases."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        parser = SpiffBpmnParser()
        for name, data in files.items():
            if name.endswith(".dmn"):
                parser.add_dmn_str(data)
            else:
                parser.add_bpmn_str(data)
        self.main = parser.get_spec("main")
        self.others = parser.get_subprocess_specs("main")


class Stock:
    """One case on the stock engine."""

    def __init__(self, files: Mapping[str, bytes] | Specs, monkeypatch: Any = None, **data: Any) -> None:
        specs = files if isinstance(files, Specs) else Specs(files)
        self.now = NOON
        if monkeypatch is not None:
            monkeypatch.setattr(timer_module, "datetime", self._clock())
        self.case = BpmnWorkflow(specs.main, specs.others, script_engine=self.engine())
        self.case.get_next_task(state=TaskState.READY).data.update(data)
        self.settle()

    def settle(self) -> None:
        """Let the case go as far as it can by itself."""
        self.case.do_engine_steps()

    def engine(self) -> PythonScriptEngine:
        """Return what runs expressions and scripts."""
        return PythonScriptEngine()

    def _clock(self) -> type[datetime]:
        engine = self

        class Clock(datetime):
            """The stock timers read this clock."""

            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return engine.now.astimezone(tz)

        return Clock

    def ready(self, name: str = "") -> list[Any]:
        """Return the open user tasks called *name*, or all."""
        tasks = [task for task in self.case.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        return [task for task in tasks if name in {"", named(task)}]

    @property
    def open(self) -> list[str]:
        """Names of the open user tasks, sorted."""
        return sorted(named(task) for task in self.ready())

    @property
    def ended(self) -> bool:
        """Tell whether the case says that it is over."""
        return bool(self.case.is_completed())

    @property
    def data(self) -> dict[str, Any]:
        """What the case knows at its end."""
        return dict(self.case.data)

    def sees(self, name: str) -> dict[str, Any]:
        """Return the data that an open user task sees."""
        return dict(self.ready(name)[0].data)

    def complete(self, name: str, nth: int = 0, **data: Any) -> None:
        """Complete the nth open user task called *name*."""
        task = self.ready(name)[nth]
        task.data.update(data)
        task.run()
        self.settle()

    def signal(self, name: str) -> None:
        """Send a signal."""
        self.case.send_event(BpmnEvent(SignalEventDefinition(name), None))
        self.settle()

    def message(self, name: str, **payload: Any) -> None:
        """Send a message; correlation is worked out from the payload as the diagram says."""
        waiting = [d for t in self.case.event_manager.tasks.values() for d in definitions(t)]
        found = [d for d in waiting if isinstance(d, MessageEventDefinition) and d.name == name]
        definition = found[0] if found else MessageEventDefinition(name)
        keys = definition.calculate_correlations(
            self.case.script_engine, definition.correlation_properties or [], payload
        )
        self.case.send_event(BpmnEvent(definition, payload, keys))
        self.settle()

    def later(self, hours: float) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)
        self.case.refresh_timers()
        self.settle()


def named(task: Any) -> str:
    """Return the id of a task's element."""
    return str(task.task_spec.name).removesuffix(" [child]")


def definitions(task: Any) -> list[Any]:
    """Return the event definitions that a waiting task listens to."""
    definition = task.task_spec.event_definition
    return list(getattr(definition, "event_definitions", None) or [definition])
