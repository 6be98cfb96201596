"""Plans: what the cases of a definition can walk, worked out once for all scenarios."""

from __future__ import annotations

from duban.engine import coverage
from duban.engine.coverage import Plan
from duban.model.definition import Definition

_known: dict[str, Plan] = {}
"""By digest: a tenth of a second each, and hundreds of scenarios ask."""


def plan_of(definition: Definition) -> Plan:
    """Return everything that cases of *definition* can walk."""
    if (plan := _known.get(definition.digest)) is None:
        plan = _known.setdefault(definition.digest, coverage.wanted(definition))
    return plan
