"""Gateways that choose: exclusive by conditions, event-based by what happens first."""

from __future__ import annotations

from typing import Any

from duban.engine.expressions import Expression
from duban.engine.kernel.element import Element, evaluate, view
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import KernelTask


class Choosing(Element):
    """What exclusive and inclusive gateways have in common: conditions in the order of the document."""

    choices: tuple[tuple[Expression, Any], ...]
    """Condition and following spec, in the order in which the flows stand in the document."""
    default: Any
    """The spec behind the default flow, or None."""

    def no_flow(self, my_task: KernelTask) -> Stuck:
        """Return the incident of a gateway that no token can leave."""
        seen = view(my_task)
        names = sorted({name for condition, _ in self.choices for name in condition.names})
        conditions = [condition.text for condition, _ in self.choices]
        return Stuck(
            "no_flow",
            "no condition holds and there is no default flow: correct the data or draw a default, then retry",
            {"conditions": conditions, "data": {name: seen[name] for name in names if name in seen}},
        )


class Exclusive(Choosing):
    """Takes the first flow whose condition holds, else the default."""

    def _run(self, my_task: KernelTask) -> bool | None:
        KernelTask(my_task.workflow, self.chosen(my_task), my_task)
        return True

    def chosen(self, my_task: KernelTask) -> Any:
        """Return the spec that the token goes to."""
        for condition, spec in self.choices:
            if evaluate(my_task, condition):
                return spec
        if self.default is None:
            raise self.no_flow(my_task)
        return self.default


class EventGateway(Element):
    """Lets several events wait, each a task of its own; the first that fires takes the others away.

    SpiffWorkflow keeps one value for all timers of a gateway, so the first drawn timer decides for all.
    """

    is_event_gateway = True
    ends_otherwise: bool
