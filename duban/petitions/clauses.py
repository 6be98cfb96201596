"""Clauses: what the law asks of a drawn process; each is decided on its routes, and a breach is told with the route.

信访工作条例 22, 23, 30, 34–36; the wording of the rules is processes.md §8, their exceptions are listed here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from duban.errors import Problem
from duban.model.chart import LEFT, Step, Way
from duban.model.routes import Facts, Place, Routes, Seen, TooWide, letters_of

NOTICES: Final = frozenset({"L01", "L02", "L03", "L04", "L05", "L06"})
"""Letters that tell the petitioner what becomes of the matter (条例 23)."""
ANSWERS: Final = frozenset({"L09", "L10", "L35"})
NOTICE: Final = "letters/issue_notice"
"""The handler that issues them and keeps the proof."""
OPINION: Final = "letters/issue_opinion"
EXITS: Final = frozenset(
    {
        "end_secret", "end_accusation", "end_withdrawn", "end_linked", "end_outside", "end_objected", "end_final",
        "end_routed", "end_transferred",
    }
)  # fmt: skip
"""Ends of a petition at which nobody is asked: it was not handled here (processes.md 4.1, Ends)."""
WORK: Final = frozenset({"task", "userTask", "manualTask", "receiveTask", "callActivity"})
CAPS: Final[Mapping[str, int]] = {
    "return_n": 2, "recusal_n": 3, "inv_n": 12, "back_n": 3, "redo_n": 2, "try_n": 3, "lost_n": 1, "visit_n": 1,
    "round_n": 2, "med_n": 3, "step_n": 9, "stage_n": 12, "plan_n": 2, "measure_n": 2, "draft_n": 2, "ask_n": 2,
    "level_n": 9, "stuck_n": 4,
}  # fmt: skip
"""Counter to the most rounds of its circle (processes.md §8)."""
MOST: Final = 12
"""Most rounds of any other circle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """One rule of law for one kind of process."""

    rule: str
    check: Callable[[Law], Iterator[tuple[Step, str]]]


class Law:
    """A chart as the clauses look at it."""

    def __init__(self, routes: Routes, statutory: frozenset[str], named: Callable[[Step], frozenset[str]]) -> None:
        """Take a chart.

        Args:
            routes: The routes of the process, with what runs beside the main line.
            statutory: Limits that the law sets.
            named: The limits that the timer of a step names.
        """
        self.chart = routes.chart
        self.statutory = statutory
        self.named = named
        self.routes = routes
        self.phases: dict[str, set[str]] = {}
        for step in routes.chart.steps.values():
            if step.kind == "boundaryEvent" and step.timer and "deadline(" in step.timer:
                self.phases.setdefault(step.host, set()).update(named(step))

    def under(self, step: Step, *limits: str) -> bool:
        """Tell whether *step* stands in an activity on whose edge one of these limits runs."""
        return any(self.phases.get(around, set()) & set(limits) for around in (*step.within, step.id))

    def letters(self, step: Step, facts: Facts) -> frozenset[str]:
        """Return the letters that *step* can issue; None among them is no letter."""
        if step.operator == OPINION:
            track = step.parameters.get("track", "")
            short = step.parameters.get("simple") == "True" or (track[:1] == '"' and track != '"ordinary"')
            return frozenset({"L10"} if short else {"L09", "L10"})
        return letters_of(self.chart, step, facts) if "letter" in step.parameters else frozenset()

    def tells(self, step: Step, facts: Facts) -> bool:
        """Tell whether *step* surely issues one of the notices."""
        letters = self.letters(step, facts)
        return step.operator == NOTICE and bool(letters) and letters <= NOTICES

    def ends(self, place: Place) -> bool:
        """Tell whether the case itself ends at *place*."""
        step = self.chart.steps[place.step]
        whole = step.level == self.chart.process or step.level in self.chart.aside
        return step.kind == "endEvent" and whole and (not place.beside or step.event == "terminate")

    def reach(self, halt: Callable[[Step, Facts], bool], bar: Callable[[Way], bool]) -> Seen:
        """Return the places that a case comes to before *halt*; lists are taken to have something in them."""
        starts = self.routes.from_(*self.chart.starts)
        return self.routes.reach(starts, halt=halt, bar=lambda way: way.kind == "skip" or bar(way))


def check(
    routes: Routes, statute: str, *, statutory: frozenset[str], named: Callable[[Step], frozenset[str]]
) -> Iterator[Problem]:
    """Yield where a process breaks the law.

    Args:
        routes: The routes of the process, with what runs beside the main line.
        statute: What it is by law: ``petition``, ``review``, ``reexam``, ``accusation``, or anything else.
        statutory: Limits that the law sets.
        named: The limits that the timer of a step names.
    """
    law = Law(routes, statutory, named)
    chart = routes.chart
    for clause in (*_CLAUSES.get(statute, ()), *_EVERYWHERE):
        try:
            seen: set[str] = set()
            for step, message in clause.check(law):
                if step.id in seen:
                    continue
                seen.add(step.id)
                yield Problem(file=step.file, element=step.id, line=step.line, message=message, rule=clause.rule)
        except TooWide as error:
            told = f"{clause.rule} cannot be decided: {error}"
            yield Problem(file=chart.file, element=chart.process, line=chart.line, message=told, rule=clause.rule)


# -- notice (条例 23) ---------------------------------------------------------------------------------


def _notice(law: Law) -> Iterator[tuple[Step, str]]:
    """Every route meets a notice, or an end of the closed list, or a recorded reason why none is due."""
    seen = law.reach(law.tells, lambda way: _reasoned(law, way))
    for place in seen:
        step = law.chart.steps[place.step]
        if law.ends(place) and step.id not in _EXCUSES:
            yield step, f"条例第23条: a route ends without a notice (L01–L06): {law.routes.told(place, seen)}"
    for end, (what, happened) in _EXCUSES.items():
        yield from _unexcused(law, end, what, happened)


def _unexcused(law: Law, end: str, what: str, happened: Callable[[Step], bool]) -> Iterator[tuple[Step, str]]:
    """Yield *end* if a route comes to it without a notice and without what excuses it."""
    seen = law.reach(lambda step, facts: happened(step) or law.tells(step, facts), lambda way: _reasoned(law, way))
    for place in seen:
        if place.step == end and law.ends(place):
            route = law.routes.told(place, seen)
            message = f"条例第23条: a route comes here without a notice (L01–L06) and without {what}: {route}"
            yield law.chart.steps[end], message


_EXCUSES: Final[Mapping[str, tuple[str, Callable[[Step], bool]]]] = {
    "end_secret": ("texts/purge", lambda step: step.operator == "texts/purge"),
    "end_accusation": (
        "the message accusation.start",
        lambda step: step.throws == "accusation.start" or step.operator == "handover/accusation",
    ),
    "end_withdrawn": ("the message petition.withdraw", lambda step: step.catches == "petition.withdraw"),
    "end_objected": ("the message sender.answer", lambda step: step.catches == "sender.answer"),
}
"""Ends that need no notice, and what must have happened before each."""


def _reasoned(law: Law, way: Way) -> bool:
    """Tell whether *way* is that of a decision that no letter is due, with its reason recorded."""
    for test in way.tests:
        key, _, output = test.path.partition(".")
        rows = law.chart.rows.get(key)
        if output == "letter" and test.holds and test.values == frozenset({None}) and rows:
            silent = [row for row in rows if row.get("letter", "?") is None]
            return all(isinstance(row.get("reason"), str) and row["reason"] for row in silent)
    return False


def _notice_clock(law: Law) -> Iterator[tuple[Step, str]]:
    """Whatever anybody waits for before the notice stands in a phase on whose edge X2 or X3 runs."""

    def loose(step: Step) -> bool:
        waits = step.kind in WORK or step.kind == "intermediateCatchEvent"
        return waits and not law.under(step, "X2.notice", "X3.notice")

    seen = law.reach(lambda step, facts: law.tells(step, facts) or loose(step), lambda way: _reasoned(law, way))
    for place in seen:
        step = law.chart.steps[place.step]
        if loose(step) and not place.beside:
            route = law.routes.told(place, seen)
            yield (
                step,
                f"条例第23条: somebody waits here before the notice, and neither X2 nor X3 runs around it: {route}",
            )


# -- answer (条例 34, 35, 36) -------------------------------------------------------------------------


def _answer(law: Law) -> Iterator[tuple[Step, str]]:
    """An opinion is given under X5, and no petition is closed without an answer."""
    yield from _opinion_under(law, "L09", "X5.finish", "条例第34条")
    before = _before_opinion(law)
    for step in law.chart.steps.values():
        if step.id in before and step.kind in WORK and not law.under(step, "X5.finish", "X2.notice", "X3.notice"):
            yield (
                step,
                '条例第34条: it lies between acceptance and opinion, where no deadline("X5.finish") runs around it',
            )

    def answered(step: Step, facts: Facts) -> bool:
        return bool(law.letters(step, facts) & ANSWERS) or step.calls == "suggestion"

    seen = law.reach(answered, lambda _: False)
    for place in seen:
        step = law.chart.steps[place.step]
        if law.ends(place) and step.id not in EXITS:
            yield step, f"条例第32条: a route ends without an answer: {law.routes.told(place, seen)}"


def _before_opinion(law: Law) -> set[str]:
    """Return the steps between the notice of acceptance and the opinion."""
    chart = law.chart
    nothing: Facts = frozenset()
    accepting = [step.id for step in chart.steps.values() if "L01" in law.letters(step, nothing)]
    giving = {step.id for step in chart.steps.values() if "L09" in law.letters(step, nothing)}
    done = {
        step.id
        for step in chart.steps.values()
        if step.calls in {"callback", "suggestion"} or law.letters(step, nothing) & ANSWERS
    }
    ahead = law.routes.reach(law.routes.from_(*accepting), halt=lambda step, _: step.id in done)
    before: dict[str, list[str]] = {step: [] for step in chart.steps}
    for ways in chart.ways.values():
        for way in ways:
            before[way.target].append(way.source)
    behind, todo = set(giving), list(giving)
    while todo:
        for source in before[todo.pop()]:
            if source not in behind:
                behind.add(source)
                todo.append(source)
    return {place.step for place in ahead if not place.beside and place.step in behind} - done - {*accepting}


def _opinion_under(law: Law, letter: str, limit: str, article: str) -> Iterator[tuple[Step, str]]:
    for step in law.chart.steps.values():
        if letter in law.letters(step, frozenset()) and not law.under(step, limit):
            yield step, f'{article}: {letter} is issued here, and no deadline("{limit}") runs on a phase around it'


def _review(law: Law) -> Iterator[tuple[Step, str]]:
    yield from _opinion_under(law, "L22", "X8.review", "条例第35条")


def _reexam(law: Law) -> Iterator[tuple[Step, str]]:
    yield from _opinion_under(law, "L23", "X10.reexam", "条例第36条")


def _extension(law: Law) -> Iterator[tuple[Step, str]]:
    """X5 is extended only after a leader approved, and the petitioner is told why (条例 34)."""
    leaders = {"chief", "deputy_leader"}
    seen = law.reach(lambda step, _: step.kind == "userTask" and step.role in leaders and bool(step.writes), _never)
    for place in seen:
        step = law.chart.steps[place.step]
        if "extend" in step.writes and step.kind != "left" and step.role not in leaders:
            yield step, f"条例第34条: X5 is extended before a leader approved it: {law.routes.told(place, seen)}"


def _extension_told(law: Law) -> Iterator[tuple[Step, str]]:
    """Whoever waits longer is told why, before the work goes on (L07)."""

    def tells(step: Step, facts: Facts) -> bool:
        return step.operator == NOTICE and "L07" in law.letters(step, facts)

    untold = {place.step for place in law.reach(tells, _never)}
    for step in law.chart.steps.values():
        if step.id not in untold or "extend" not in step.writes or step.kind == "left":
            continue
        ahead = law.routes.reach(law.routes.from_(step.id), halt=tells)
        out = [place for place in ahead if place.step == step.level + LEFT or law.ends(place)]
        if out:
            route = law.routes.told(out[0], ahead)
            yield step, f"条例第34条: X5 is extended and nobody tells the petitioner why (L07): {route}"


# -- callback, finality, clocks -----------------------------------------------------------------------


def _callback(law: Law) -> Iterator[tuple[Step, str]]:
    """No case is closed before the petitioner has been asked."""
    seen = law.reach(lambda step, _: step.calls == "callback", _never)
    for place in seen:
        step = law.chart.steps[place.step]
        if law.ends(place) and step.id not in EXITS:
            yield step, f"a route closes the case before anybody asked the petitioner: {law.routes.told(place, seen)}"


def _never(_: Way) -> bool:
    return False


def _finality(law: Law) -> Iterator[tuple[Step, str]]:
    """After the re-examination nothing follows but messages and the end (条例 36)."""
    quiet = {"intermediateThrowEvent", "sendTask", "endEvent", "exclusiveGateway", "parallelGateway", "left"}
    for step in law.chart.steps.values():
        if step.id == "final_lock" or step.operator.endswith("/final_lock"):
            ahead = law.routes.reach(law.routes.from_(step.id))
            for place in ahead:
                other = law.chart.steps[place.step]
                if other.kind not in quiet and other.id != step.id:
                    yield (
                        other,
                        f"条例第36条: only messages and the end may follow {step.id}: {law.routes.told(place, ahead)}",
                    )


def _clock(law: Law) -> Iterator[tuple[Step, str]]:
    """A duty does not vanish when its limit passes: a statutory limit interrupts nothing."""
    for step in law.chart.steps.values():
        limits = law.named(step) & law.statutory if step.timer else frozenset()
        begins = step.kind == "startEvent" and step.level in law.chart.aside
        if limits and step.interrupts and (step.kind == "boundaryEvent" or begins):
            names = ", ".join(sorted(limits))
            yield step, f"{names} is set by law: the duty goes on when it has passed; draw the event non-interrupting"


def _caps(law: Law) -> Iterator[tuple[Step, str]]:
    """Circles go round no more often than the caps allow."""
    counted = {key for step in law.chart.steps.values() if step.script for key in step.writes if key.endswith("_n")}
    for step in law.chart.steps.values():
        for way in law.chart.after(step.id):
            for text in dict.fromkeys(read.text for read in way.reads):
                for name, figure in _compared(text):
                    most = CAPS.get(name, MOST)
                    if name in counted and figure > most:
                        yield step, f"{text} lets {name} run to {figure}; at most {most} rounds are allowed"


def _compared(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names that a condition compares with figures."""
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = node.left, node.comparators[0]
            if isinstance(left, ast.Name) and isinstance(right, ast.Constant) and isinstance(right.value, int):
                yield left.id, right.value


_CLAUSES: Final[Mapping[str, tuple[Clause, ...]]] = {
    "petition": (
        Clause(rule="notice-rule", check=_notice),
        Clause(rule="notice-clock", check=_notice_clock),
        Clause(rule="answer-rule", check=_answer),
        Clause(rule="extension-rule", check=_extension),
        Clause(rule="extension-rule", check=_extension_told),
        Clause(rule="callback-rule", check=_callback),
    ),
    "review": (Clause(rule="answer-rule", check=_review),),
    "reexam": (Clause(rule="answer-rule", check=_reexam), Clause(rule="finality-rule", check=_finality)),
}
_EVERYWHERE: Final = (Clause(rule="clock-rule", check=_clock), Clause(rule="loop-limit", check=_caps))
