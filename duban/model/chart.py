"""Charts: a process as steps and the ways between them, without its picture; what the rules of the gate look at."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

LEFT = "/"
"""Behind the id of a sub-process: the place where its tokens come out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """One reading of the data by an expression."""

    path: str
    """``sign`` or ``sign.decision``: the name, with the fields that are read of it one after the other."""
    sure: bool
    """It is read whatever the rest of the expression comes to: not behind ``and``, ``or``, ``if``, ``get``."""
    text: str
    """The expression."""
    at: str = ""
    """Element that reads, where it is not the step itself (a condition stands on a flow)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Test:
    """Something that a condition asks: a value of the data is one of these, or none of them."""

    path: str
    values: frozenset[Hashable]
    holds: bool
    """Whether it must be one of them (True) or none of them (False)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way from one step to the next."""

    id: str
    """Id of the flow; empty where nothing is drawn: into a sub-process, out of it, to a boundary event."""
    source: str
    target: str
    kind: str
    """``flow``, ``into``, ``out``, ``skip`` (an empty multi-instance), ``link``; ``boundary``: instead of the activity;
    ``side``: beside the main line; ``thrown``: from an error end to the event that catches it; ``caught``: the same,
    from the activity on whose edge it sits, for what is known there is what was known when that began."""
    tests: tuple[Test, ...] = ()
    """What must hold for it, as far as it can be read off the condition."""
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One element of a process; a sub-process has two: itself, and the place where it is left."""

    id: str
    kind: str
    """BPMN's name: ``userTask``, ``endEvent``, ``subProcess`` … ``left`` for the second of a sub-process."""
    name: str
    file: str
    line: int
    level: str
    """Id of the process or sub-process that it stands in."""
    within: tuple[str, ...] = ()
    """The sub-processes around it, the outermost first."""
    role: str = ""
    laned: bool = False
    """The role is that of a lane, and no expression."""
    unit: str = ""
    """Expression of the unit that does it; empty: any that has the role."""
    person: str = ""
    operator: str = ""
    """Of a service task: its handler."""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    decision: str = ""
    """Of a business rule task: the decision that it asks."""
    calls: str = ""
    """Of a call activity: the process."""
    throws: str = ""
    """Name of the message that it throws."""
    catches: str = ""
    """Name of the message for which it waits."""
    payload: str = ""
    """Expression of what goes with the thrown message."""
    correlation: frozenset[str] = frozenset()
    """Correlation properties of its message."""
    own_keys: frozenset[str] = frozenset()
    """Correlation properties whose value it takes from the data itself."""
    event: str = ""
    """Of an event: ``none``, ``message``, ``timer``, ``error`` …"""
    timer: str = ""
    """Of a timer: its expression."""
    host: str = ""
    """Of a boundary event: the activity on whose edge it sits."""
    interrupts: bool = True
    many: bool = False
    """It is a multi-instance."""
    output: str = ""
    """Of a multi-instance: the list that it makes."""
    items: frozenset[str] = frozenset()
    """Of a multi-instance: names that its expressions and steps know besides, the present item."""
    form: str = ""
    musts: tuple[str, ...] = ()
    """What must hold when it is completed (``must.…``)."""
    not_by: str = ""
    """Expression of who may not do it."""
    script: str = ""
    writes: frozenset[str] = frozenset()
    """Top-level keys that it has written when it is done."""
    deletes: frozenset[str] = frozenset()
    """Top-level keys that a script may delete."""
    sets: tuple[Test, ...] = ()
    """What is known when it is done: a script gave a key a literal."""
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One process, with the sub-processes inside it; processes that it calls are charts of their own."""

    process: str
    name: str
    file: str
    line: int
    steps: Mapping[str, Step] = field(repr=False)
    ways: Mapping[str, tuple[Way, ...]] = field(repr=False)
    """Step to the ways that leave it, in the order of the file."""
    starts: tuple[str, ...]
    """Start events of the process itself."""
    aside: tuple[str, ...]
    """Start events of event sub-processes: they run beside the flow or instead of it."""
    given: frozenset[str]
    """Top-level keys that a case has when it starts."""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(repr=False)
    """Key that a decision writes to the outputs of its rows, as far as they are literals; a row's other outputs are
    missing. Decisions that are no such tables are missing."""
    conditions: Mapping[str, tuple[Mapping[str, frozenset[Any]], ...]] = field(repr=False)
    """The same keys to what each row asks: path of the data to the values that it must have; {} if nothing is known."""
    outputs: Mapping[str, frozenset[str]] = field(repr=False)
    """Key that a decision writes to the names of what it gives, where they are known."""

    def after(self, step: str) -> tuple[Way, ...]:
        """Return the ways that leave *step*."""
        return self.ways.get(step, ())
