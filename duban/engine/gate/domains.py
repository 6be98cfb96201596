"""Domains: which values a piece of the data can have, known from forms and decision tables."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from duban.model.chart import Chart, Step
from duban.model.offers import Field, Offers
from duban.model.routes import Place


class Domains:
    """What is known about the data of one process."""

    def __init__(self, chart: Chart, offers: Offers) -> None:
        self.offers = offers
        self.rows = chart.rows
        self.outputs = chart.outputs
        self.writers: dict[str, list[str]] = {}
        self.emptied: set[tuple[str, str]] = set()
        """Keys and the scripts that only set them to None: they say nothing about the fields."""
        self.fields: dict[str, list[Mapping[str, Field]]] = {}
        for step in chart.steps.values():
            for key in step.writes:
                self.writers.setdefault(key, []).append(step.id)
                if _empties(step, key):
                    self.emptied.add((key, step.id))
            if step.form in offers.forms and not step.many and step.id in step.writes:
                self.fields.setdefault(step.id, []).append(offers.forms[step.form])
        self.scripted = {key for step in chart.steps.values() if step.kind == "scriptTask" for key in step.writes}

    def values(self, path: str) -> frozenset[Hashable] | None:
        """Return the values that *path* can have; None where nothing is known."""
        key, _, rest = path.partition(".")
        if key in self.scripted or len(self.writers.get(key, ())) != 1:
            return None
        if key in self.rows:
            rows = self.rows[key]
            return frozenset(row[rest] for row in rows) if all(rest in row for row in rows) else None
        found = [fields[rest].values for fields in self.fields.get(key, ()) if rest in fields]
        return found[0] if len(found) == 1 else None

    def at(self, path: str, places: Iterable[Place]) -> frozenset[Hashable] | None:
        """Return the values that *path* can still have at these places of the process."""
        known = self.values(path)
        if known is None:
            return None
        left: set[Hashable] = set()
        for place in places:
            facts = [fact for fact in place.facts if fact.path == path]
            left |= {value for value in known if all((value in fact.values) == fact.holds for fact in facts)}
        return frozenset(left) or known

    def fields_of(self, key: str) -> Mapping[str, Any] | None:
        """Return the fields of the form that alone fills *key*; None if something else fills it or it has none."""
        filled = [step for step in self.writers.get(key, ()) if (key, step) not in self.emptied]
        if len(filled) != 1 or len(self.fields.get(key, ())) != 1:
            return None
        return self.fields[key][0]

    def outputs_of(self, key: str) -> frozenset[str] | None:
        """Return the outputs of the table that alone writes *key*; None if it is no table."""
        if len(self.writers.get(key, ())) != 1:
            return None
        return self.outputs.get(key) or None


def _empties(step: Step, key: str) -> bool:
    """Tell whether *step* is a script that sets *key* to None, as is done before a loop is entered again."""
    return any(test.path == key and test.holds and test.values == frozenset[Hashable]({None}) for test in step.sets)
