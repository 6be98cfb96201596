"""Work: what people are asked to do, and the times by which things must happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One open work item, as the engine offers it. (case, task) is its address for ever."""

    task: int
    """Number of the task in its case, from the case's own counter."""
    element: str
    """Id of the BPMN element."""
    name: str
    """Label of the element, as drawn."""
    scope: str
    """Where in the case: ``""`` at the top, else ``sub_process/units#2`` (called process or instance index)."""
    role: str
    """Role that may do it: the id of its lane, or what its property ``role`` says."""
    unit: str | None
    """Code of the unit whose role it is; None: whoever has the role in the bureau."""
    person: str | None
    """The one person who must do it; None: anybody with the role."""
    form: str | None
    """Name of its form in bpmn/forms, without ``.json``."""
    excluded: tuple[str, ...] = ()
    """Ids of the persons who may not do it, whatever their role: separation of duties (property ``not_by``)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A running timer: what must happen when."""

    task: int
    element: str
    """Id of the BPMN event."""
    scope: str
    attached: str | None
    """Id of the activity that the boundary event sits on; None for an event in the flow."""
    at: datetime
    """The instant at which it fires."""
    name: str | None
    """Named deadline (``X5.finish``), or None for a plain timer."""
    warning: bool
    """True when it only warns that the deadline comes near."""
    why: Mapping[str, Any]
    """How *at* was computed, for people: see duban.petitions.deadlines."""
    interrupting: bool
