"""Recording: what really happened in a case, written as a scenario that happens again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.desk.intake import KIND as PETITION
from duban.desk.rights import day_of
from duban.desk.scenarios.acting import instance_of
from duban.desk.scenarios.catchers import catchers_of
from duban.desk.scenarios.masking import NUMBER, Mask, trade_of
from duban.model.case import Case
from duban.model.clock import SHANGHAI
from duban.model.facts import Fact, Kind
from duban.model.people import SYSTEM
from duban.petitions.numbering import counter_of, number_of
from duban.store import Unit
from duban.store.people import Absence

START = "case"
"""Key of the start data that the desk adds anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A case and all that it opened, as they stand in the record."""

    cases: tuple[Case, ...]
    """The case itself, then the others in order of opening."""
    strangers: tuple[str, ...]
    """Numbers of other cases that they speak of."""
    facts: Mapping[int, list[Fact]]
    drawings: Mapping[int, Drawing]
    catchers: Mapping[int, Mapping[str, str]]
    """Of each case: its events that catch errors, with the codes."""
    key: Mapping[str, Any]
    """Correlation of the message that began the case."""
    names: tuple[str, ...]
    """Names of the petitioners."""
    absences: tuple[Absence, ...]
    incidents: Mapping[int, list[str]]
    """Elements of each case at which something waits for a person."""

    @property
    def stumbled(self) -> bool:
        """Tell whether anything went wrong that a person had to see to."""
        opened = any(fact.kind is Kind.INCIDENT_OPENED for facts in self.facts.values() for fact in facts)
        return opened or any(self.incidents.values())

    @property
    def registered(self) -> bool:
        """Tell whether the house did a step by itself in a case that this one opened."""
        others = [fact for case in self.cases[1:] for fact in self.facts[case.id]]
        return any(fact.kind is Kind.WORK_COMPLETED and fact.actor == SYSTEM for fact in others)


def record_of(desk: Desk, number: str) -> Recorded:
    """Read the case *number* and everything that it opened.

    Raises:
        NotFound: There is no such case.
    """

    def read(record: Unit) -> Recorded:
        main: Case = record.cases.load(number)
        cases = (main, *sorted(_below(record, main), key=lambda case: case.id))
        facts = {case.id: record.journal.of(case.id) for case in cases}
        key = record.keys.of(main.id)
        definitions = {case.id: desk.shelf.by_digest(case.definition, record) for case in cases}
        people = {party.name for case in cases for party in record.parties.of(case.id)}
        return Recorded(
            cases=cases,
            strangers=_strangers(record, cases, facts),
            facts=facts,
            drawings={case: desk.shelf.drawing(definition) for case, definition in definitions.items()},
            catchers={case: catchers_of(definition) for case, definition in definitions.items()},
            key={} if key is None else key.key,
            names=tuple(sorted(people)),
            absences=tuple(_absences(record, facts)),
            incidents={case.id: [each.element for each in record.incidents.of(case.id)] for case in cases},
        )

    return desk.store.read(read)


def _below(record: Unit, case: Case) -> Iterator[Case]:
    for child in record.cases.children(case.id):
        yield child
        yield from _below(record, child)


def _strangers(record: Unit, cases: Collection[Case], facts: Mapping[int, list[Fact]]) -> tuple[str, ...]:
    known = {case.number for case in cases}
    spoken = {number for each in facts.values() for fact in each for number in _numbers_in(fact.payload)}
    found = [record.cases.find(number) for number in sorted(spoken - known)]
    return tuple(case.number for case in found if case is not None)


def _numbers_in(value: Any) -> Iterator[str]:
    """Yield what looks like the number of a case, however deep in *value*."""
    if isinstance(value, str):
        if NUMBER.fullmatch(value):
            yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _numbers_in(each)


def _absences(record: Unit, facts: Mapping[int, list[Fact]]) -> Iterator[Absence]:
    """Yield the absences in which somebody of the case stood in for somebody."""
    seen: set[tuple[str, date]] = set()
    for fact in (fact for each in facts.values() for fact in each if fact.kind is Kind.WORK_COMPLETED):
        for absence in record.people.absences(on=day_of(fact.at)):
            known = (absence.person, absence.since)
            if absence.substitute == fact.actor and known not in seen:
                seen.add(known)
                yield absence


def scenario_of(
    desk: Desk,
    recorded: Recorded,
    id_: str,
    *,
    answered: Collection[str] = (),
    registers: bool = False,
    strangers: bool = False,
) -> dict[str, Any]:
    """Return the scenario of a recorded case as a YAML file's plain values.

    Args:
        desk: Where it was recorded.
        recorded: What was read.
        id_: What the scenario is called.
        answered: Operators whose calls the scenario answers itself, as they were answered then.
        registers: What the house did by itself in other cases (it registers what is complete) is done by somebody:
            without the words that were said it may not find everything that it found then.
        strangers: Petitions stand in for the other cases that they speak of, so that messages to these arrive.
    """
    if not strangers:
        recorded = replace(recorded, strangers=())
    writer = _Writer(desk=desk, recorded=recorded, answered=answered, registers=registers)
    return {"diagram": recorded.cases[0].process, "scenarios": [writer.scenario(id_)]}


@dataclass(kw_only=True)
class _Writer:
    desk: Desk
    recorded: Recorded
    answered: Collection[str]
    registers: bool
    _now: datetime | None = None
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _moved: tuple[int, datetime] | None = None
    """Where in the steps the last one stands that moved a case, and when it did."""

    @cached_property
    def mask(self) -> Mask:
        """What hides personal values; it also knows what the cases will be called."""
        bureau = self.desk.bureau
        trade = trade_of(bureau.files, dict(bureau.forms), bureau.settings.raw)
        return Mask(trade=trade - {*self.recorded.names}, numbers=self._numbers())

    @property
    def main(self) -> Case:
        return self.recorded.cases[0]

    def _numbers(self) -> dict[str, str]:
        """Return each case's number and the one that it gets in a world of its own."""
        counted: dict[str, int] = {}
        found: dict[str, str] = {}
        settings = self.desk.bureau.settings
        main, *others = self.recorded.cases
        standing_in = [(number, PETITION, main.opened_at) for number in self.recorded.strangers]
        opened = [(case.number, case.kind, case.opened_at) for case in others]
        for number, kind, at in [(main.number, main.kind, main.opened_at), *standing_in, *opened]:
            if kind in settings.kinds:
                series = settings.series[settings.kinds[kind].series]
                counter = counter_of(series, at)
                counted[counter] = counted.get(counter, 0) + 1
                found[number] = number_of(series, at, counted[counter])
        return found

    def named(self, case: Case) -> str | None:
        """Return how steps call *case*; None for the scenario's own."""
        if case.id == self.main.id:
            return None
        alike = [each.id for each in self.recorded.cases if each.kind == case.kind]
        before = len(self.recorded.strangers) if case.kind == PETITION else 0
        return f"{case.kind}#{alike.index(case.id) + 1 + before}"

    # -- the scenario ---------------------------------------------------------------------------------

    def scenario(self, id_: str) -> dict[str, Any]:
        given = self.given()
        facts = [(fact, case) for case in self.recorded.cases for fact in self.recorded.facts[case.id]]
        begun: list[dict[str, Any]] = []
        self._steps += [{"receive": {}} for _ in self.recorded.strangers]
        for fact, case in sorted(facts, key=lambda each: each[0].seq):
            if fact.kind is Kind.CALL_WANTED:
                self.call(fact, case, begun)
            elif (step := self.step(fact, case)) is not None:
                self.until(fact.at)
                self._moved = (len(self._steps), fact.at)
                self._steps.append(step)
        self.until(max(fact.at for fact, _ in facts))
        return {
            "id": id_,
            "title": f"由案件记录生成：{self.recorded.drawings[self.main.id].label(self.main.process)}",
            "given": given,
            "when": [*begun, *self._steps],
            "then": list(self.ends()),
        }

    def given(self) -> dict[str, Any]:
        first = self.recorded.facts[self.main.id][0]
        data = {key: value for key, value in first.payload["data"].items() if key != START}
        self._now = first.at
        given: dict[str, Any] = {"at": _when(first.at), "kind": self.main.kind, "data": self.mask.data(data)}
        if message := first.payload.get("message"):
            given |= {"message": message, "to": self.mask.data(self.recorded.key)}
        if self.recorded.absences:
            given["leave"] = [_leave(absence) for absence in self.recorded.absences]
        return given

    def step(self, fact: Fact, case: Case) -> dict[str, Any] | None:
        if fact.kind is Kind.WORK_COMPLETED and (fact.actor != SYSTEM or case.id == self.main.id or self.registers):
            return self.done(fact, case)
        if fact.kind is Kind.MESSAGE_RECEIVED and not fact.payload.get("signal") and self.is_from_outside(fact):
            return self.heard(fact, case)
        return None

    def until(self, at: datetime) -> None:
        if self._now is None or at > self._now:
            self._now = at
            self._steps.append({"until": _when(at)})

    def done(self, fact: Fact, case: Case) -> dict[str, Any]:
        payload = fact.payload
        element = payload["element"]
        written: Mapping[str, Any] = payload["data"].get(element, payload["data"])
        fields = {key: value for key, value in written.items() if not key.startswith("_")}
        schema = self._schema(case, element)
        step: dict[str, Any] = {"do": element}
        if (instance := instance_of(payload["scope"])) is not None:
            step["in"] = instance
        step["as"] = fact.actor
        if (named := self.named(case)) is not None:
            step["case"] = named
        if fields:
            step["with"] = self.mask.data(fields, schema)
        return step

    def _schema(self, case: Case, element: str) -> Mapping[str, Any] | None:
        form = self.recorded.drawings[case.id].forms.get(element)
        return self.desk.bureau.forms.get(form) if form else None

    def is_from_outside(self, fact: Fact) -> bool:
        """Tell whether a message came from none of the recorded cases: else it comes again by itself."""
        sender = str(fact.payload.get("id") or "").partition("/")[0]
        return not (sender.isdigit() and int(sender) in self.recorded.facts)

    def heard(self, fact: Fact, case: Case) -> dict[str, Any]:
        step: dict[str, Any] = {"message": fact.payload["name"]}
        if (named := self.named(case)) is not None:
            step["case"] = named
        for word, values in (("with", fact.payload["payload"]), ("to", fact.payload["correlation"])):
            if values:
                step[word] = self.mask.data(values)
        return step

    # -- calls ----------------------------------------------------------------------------------------

    def call(self, wanted: Fact, case: Case, begun: list[dict[str, Any]]) -> None:
        """Say how a call is answered, where its handler alone would not answer it so again, before what leads to it."""
        steps = list(self._answers(wanted, case))
        if self._moved is None and wanted.at <= self.recorded.facts[self.main.id][0].at:
            begun += steps
        elif self._moved is not None and wanted.at == self._moved[1]:
            place, at = self._moved
            self._steps[place:place] = steps
            self._moved = (place + len(steps), at)
        else:
            self._steps += steps

    def _answers(self, wanted: Fact, case: Case) -> Iterator[dict[str, Any]]:
        operator, task = wanted.payload["operator"], wanted.payload["task"]
        mine = [fact for fact in self.recorded.facts[case.id] if fact.payload.get("task") == task]
        failed = sum(fact.kind is Kind.CALL_FAILED for fact in mine)
        answer = next((fact for fact in mine if fact.kind is Kind.CALL_ANSWERED), None)
        by_hand = answer is not None and answer.actor != SYSTEM
        if failed and not by_hand:
            yield {"call": operator, "breaks": "recorded", "times": failed}
        if answer is not None and (by_hand or operator in self.answered):
            yield {"call": operator, "answers": self.mask.data(answer.payload["result"])}
        elif answer is None and (code := self._error(task, case)) is not None:
            yield {"call": operator, "fails": code}

    def _error(self, task: int, case: Case) -> str | None:
        """Return the code of the error in which a call ended: that of the event which caught it in the same step."""
        for fact in self.recorded.facts[case.id]:
            if fact.kind is Kind.TOKENS_MOVED and any(task == left[2] for left in fact.payload["left"]):
                caught = (self.recorded.catchers[case.id].get(each[0]) for each in fact.payload["entered"])
                return next((code for code in caught if code is not None), None)
        return None

    # -- the end --------------------------------------------------------------------------------------

    def ends(self) -> Iterator[dict[str, Any]]:
        for case in self.recorded.cases:
            facts = self.recorded.facts[case.id]
            named = self.named(case)
            told: dict[str, Any] = {} if named is None else {"case": named}
            told["ended"] = (case.end or "").split() if case.end is not None else None
            told["letters"] = [fact.payload["letter"] for fact in facts if fact.kind is Kind.LETTER_ISSUED]
            made = {f.payload["decision"]: list(f.payload["rules"]) for f in facts if f.kind is Kind.DECISION_MADE}
            is_raised = named is not None and case.kind == PETITION  # intake compares it with a record without history
            if not is_raised and (decided := {table: rows for table, rows in made.items() if rows}):
                told["decided"] = decided
            if self.recorded.stumbled:
                told["incidents"] = self.recorded.incidents[case.id]
            yield told


def _when(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()


def _leave(absence: Absence) -> dict[str, Any]:
    told = {"person": absence.person, "from": absence.since.isoformat(), "to": absence.until.isoformat()}
    return told if absence.substitute is None else {**told, "substitute": absence.substitute}
