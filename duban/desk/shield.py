"""The shield of article 30: an accusation never reaches the accused unit or what stands above it, whoever it is.

The diagram is walked once for every unit as the accused one. What is known then (the start data, the unit fields of
forms, and what the decisions make of them) is computed; questions that only people answer are gone through with every
value that the form offers. Whoever would hold a step on such a route must not be of the accused unit.
"""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final

from duban.bureau import Settings
from duban.errors import BureauError, Problem
from duban.model.chart import Chart, Step, Way
from duban.model.offers import Offers

RULE: Final = "art30-rule"
WORK: Final = frozenset({"task", "userTask", "manualTask"})
LEADERSHIP: Final = frozenset({"leadership", "post"})
HEAD: Final = "chief"
"""The role of the bureau's head."""
MOST: Final = 4_000
"""Most places of one walk."""
Known = Mapping[str, Any]


def check_shield(chart: Chart, decisions: Mapping[str, Any], settings: Settings, offers: Offers) -> Iterator[Problem]:
    """Yield the steps of *chart* that somebody of an accused unit would hold."""
    told: set[str] = set()
    for unit in settings.units.values():
        if unit.outside:
            continue
        walk = _Walk(chart, decisions, settings, offers, unit.code)
        for step, holder in walk.holders():
            if step.id not in told:
                told.add(step.id)
                message = f"条例第30条: where {unit.code} {unit.name} is accused, this comes to {holder}"
                yield Problem(file=step.file, element=step.id, line=step.line, message=message, rule=RULE)


class _Walk:
    """One unit accused."""

    def __init__(
        self, chart: Chart, decisions: Mapping[str, Any], settings: Settings, offers: Offers, accused: str
    ) -> None:
        self.chart = chart
        self.decisions = decisions
        self.settings = settings
        self.offers = offers
        self.accused = accused
        self.forbidden = {accused, *_above(settings, accused)}

    def holders(self) -> Iterator[tuple[Step, str]]:
        """Yield the steps that one of the forbidden units would hold, and who that is."""
        leader = self.settings.units[self.accused].kind in LEADERSHIP
        seen: set[tuple[str, str]] = set()
        begun = [{"accusation_in": {"about_unit": self.accused, "about_leader": yes}} for yes in {True, leader}]
        todo: list[tuple[str, Known]] = [(start, known) for start in self.chart.starts for known in begun]
        while todo and len(seen) < MOST:
            name, known = todo.pop()
            key = (name, json.dumps(known, ensure_ascii=False, sort_keys=True, default=str))
            if key in seen:
                continue
            seen.add(key)
            step = self.chart.steps[name]
            yield from self._held(step, known)
            for after in self._done(step, known):
                todo += [(way.target, after) for way in self._ways(name, after)]

    # -- who

    def _held(self, step: Step, known: Known) -> Iterator[tuple[Step, str]]:
        units: set[str] = set()
        if step.kind in WORK:
            units = self._units(step, known)
        elif step.throws == "escalation.start":
            unit = _evaluated(_entry(step.payload, "unit"), known)
            units = {unit} if isinstance(unit, str) else set()
        for unit in sorted(units & self.forbidden):
            yield step, f"{unit} {self.settings.units[unit].name}"

    def _units(self, step: Step, known: Known) -> set[str]:
        """Return the units in which somebody could be asked to do *step*."""
        role = step.role if step.role.isidentifier() else _evaluated(step.role, known)
        if step.unit:
            unit = _evaluated(step.unit, known)
            return {unit} if isinstance(unit, str) else set()
        return {member.unit for member in self.settings.memberships if member.role == role}

    # -- what comes next

    def _done(self, step: Step, known: Known) -> list[Known]:
        """Return what is known when *step* is done: once for each answer that makes a difference."""
        if step.decision:
            key = next(iter(step.writes), step.id)
            return [{**known, key: outputs} for outputs in self._decided(step.decision, known)]
        if step.kind in WORK and step.form in self.offers.forms:
            fields = self.offers.forms[step.form]
            answer = {name: self.accused for name, field in fields.items() if field.unit}
            return [{**known, step.id: answer}] if answer else [known]
        return [known]

    def _decided(self, name: str, known: Known) -> list[Known]:
        """Return what the decision can come to, whatever people answer to the questions it reads."""
        decision = self.decisions[name]
        open_ = [path for path in sorted(decision.paths) if "." in path and not _has(known, path)]
        values = [sorted(self._values(path), key=repr) for path in open_]
        found: dict[str, Known] = {}
        for chosen in itertools.islice(itertools.product(*values), MOST):
            data = dict(known)
            for path, value in zip(open_, chosen, strict=True):
                key, _, rest = path.partition(".")
                data[key] = {**data.get(key, {}), rest: value}
            try:
                outputs = decision.decide(data).outputs
            except BureauError:
                continue
            found[json.dumps(dict(outputs), ensure_ascii=False, sort_keys=True, default=str)] = dict(outputs)
        return list(found.values())

    def _values(self, path: str) -> frozenset[Hashable]:
        """Return the values that a form offers for *path*; None where any text may stand."""
        key, _, rest = path.partition(".")
        form = self.chart.steps[key].form if key in self.chart.steps else ""
        field = self.offers.forms.get(form, {}).get(rest)
        return field.values if field is not None and field.values else frozenset({None})

    def _ways(self, name: str, known: Known) -> list[Way]:
        """Return the ways that may be gone: those whose condition holds or cannot be told."""
        ways = [way for way in self.chart.after(name) if way.kind != "caught"]
        asked = {way.id: _evaluated(way.reads[0].text, known) for way in ways if way.reads}
        certain = [way for way in ways if asked.get(way.id) is True]
        if certain:
            return certain
        return [way for way in ways if way.id not in asked or asked[way.id] is None]


def _above(settings: Settings, unit: str) -> set[str]:
    """Return the units above *unit*, and the posts of the deputy leaders in charge of it and of them.

    The head of the bureau stands above everybody and heads the inspectorate by law (督察条例 art. 3): he is kept out
    only where he himself is accused.
    """
    found: set[str] = set()
    heads = {member.unit for member in settings.memberships if member.role == HEAD}
    todo = [unit]
    while todo:
        here = settings.units.get(todo.pop())
        for higher in (here.parent, here.deputy) if here is not None else ():
            if higher and higher not in found and higher not in heads:
                found.add(higher)
                todo.append(higher)
    return found


def _evaluated(text: str, known: Known) -> Any:
    """Return the value of an expression over what is known; None where it cannot be told."""
    from duban.engine.expressions import compile_expression  # see duban.desk.engine

    if not text.strip():
        return None
    try:
        return compile_expression(text).run(known, None)
    except Exception:  # noqa: BLE001  what is not known raises whatever Python raises; why is of no interest here
        return None


def _entry(payload: str, name: str) -> str:
    """Return the expression under *name* in a payload that is written as a mapping."""
    try:
        tree = ast.parse(payload.strip(), mode="eval")
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name:
                    return ast.unparse(value)
    return ""


def _has(known: Known, path: str) -> bool:
    place: Any = known
    for name in path.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return False
        place = place[name]
    return True
