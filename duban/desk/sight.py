"""Sight: who may see a case that is shielded, and what a step wrote for few eyes only (条例 30)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from duban.bureau import Settings
from duban.desk import rights
from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.facts import Fact
from duban.model.outcome import Outcome
from duban.model.people import SYSTEM, Membership
from duban.model.petition import Envelope
from duban.model.work import Due
from duban.petitions.intake import Checked
from duban.store import Unit

HEAD = "chief"
"""The role of the bureau's head."""
LEADERSHIP = frozenset({"leadership", "post"})
"""The kinds of units that are no units but posts of leaders."""
HIDDEN = "（仅限有权人员查看）"
"""What stands where a step's data are not shown."""


def shield(desk: Desk, record: Unit, case: Case, parent: Case | None, data: Mapping[str, Any]) -> None:
    """Shield a new case whose kind few may see, and the petition that it came from; a child is like its parent.

    *data* are those it starts with: whom they name as ``about_unit`` does not see it, whatever role he holds.

    What the shielded petition has opened before is shielded with it: a prompt would tell of it otherwise.
    """
    above = record.shields.of(parent.id) if parent else None
    if desk.bureau.settings.kinds[case.kind].seen_by:
        said = data.get(f"{case.kind}_in")
        rule = _rule(case.kind, said.get("about_unit") if isinstance(said, Mapping) else None)
        record.shields.raise_(case.id, rule)
        if parent is not None and _is_petition(record, parent):
            raise_over(record, parent.id, rule)
    elif above is not None:
        record.shields.raise_(case.id, above)


def raise_over(record: Unit, case: int, rule: str) -> None:
    """Shield a case and everything that it opened."""
    record.shields.raise_(case, rule)
    for child in record.cases.children(case):
        raise_over(record, child.id, rule)


def _rule(kind: str, accused: Any) -> str:
    """Return what the record keeps of a shield: whose rule it is, and which unit is accused, if one is named."""
    return f"{kind}/{accused}" if isinstance(accused, str) and accused else kind


def shielding_kind(desk: Desk) -> str | None:
    """Return the kind whose rule shields what arrives as an accusation; None: the bureau has none."""
    return next((kind.id for kind in desk.bureau.settings.kinds.values() if kind.seen_by), None)


def is_accusation(desk: Desk, envelope: Envelope, checked: Checked) -> bool:
    """Tell whether what arrives reads like an accusation, or comes from where accusations come from."""
    return desk.bureau.settings.channels[envelope.channel].shielded or checked.found.get("accusation") is True


def follow(desk: Desk, record: Unit, case: Case, outcome: Outcome) -> None:
    """Raise or lower the shield of a case as its classification says (``classify.shield``).

    Whom an accusation is about may come out when it is sorted (``sort.unit``): from then on that unit is kept out.
    """
    classified = outcome.written.get("classify")
    said = classified.get("shield") if isinstance(classified, Mapping) else None
    if said is True and (kind := shielding_kind(desk)) is not None:
        raise_over(record, case.id, kind)
    elif said is False:
        record.shields.lower(case.id)
    sorted_ = outcome.written.get("sort")
    if case.kind == shielding_kind(desk) and isinstance(sorted_, Mapping) and sorted_.get("unit"):
        raise_over(record, case.id, _rule(case.kind, sorted_["unit"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What somebody may see today."""

    viewer: str | None
    kinds: frozenset[str] | None
    """Rules of shields that let them see: kinds, and kinds with an accused unit that is not theirs; None: all."""
    roles: frozenset[str] | None
    """Roles held or stood in for; None: all."""


ALL = Sight(viewer=None, kinds=None, roles=None)
NOBODY = ""
"""A viewer who has not said who they are: sees what everybody sees."""


def sight_of(desk: Desk, record: Unit, viewer: str | None, at: datetime) -> Sight:
    """Return what *viewer* may see today; None is the house itself.

    Raises:
        NotFound: There is no such person.
    """
    if viewer is None or viewer == SYSTEM:
        return ALL
    held: tuple[Membership, ...] = ()
    if viewer != NOBODY:
        held = tuple(desk.roster.standing(record, viewer, at).memberships)
    roles = frozenset(one.role for one in held)
    settings = desk.bureau.settings
    seen = [kind.id for kind in settings.kinds.values() if roles & {*kind.seen_by}]
    others = [code for code in settings.units if not _answers_for(settings, held, code)] if seen else []
    kinds = frozenset([*seen, *(_rule(kind, unit) for kind in seen for unit in others)])
    return Sight(viewer=viewer, kinds=kinds, roles=roles)


def _answers_for(settings: Settings, held: Iterable[Membership], accused: str) -> bool:
    """Tell whether whoever holds these posts is of the accused unit, or in charge of it (条例 30).

    The head of the bureau is in charge of every unit and heads the inspectorate by law (督察条例 3): he is kept out
    only where his own post, or the leadership, is accused.
    """
    unit = settings.units[accused]
    posts = {one.unit for one in held}
    theirs = posts | {settings.units[post].parent for post in posts if post in settings.units}
    if any(one.role == HEAD for one in held):
        return unit.kind in LEADERSHIP and accused in theirs
    return accused in theirs or bool(posts & {unit.deputy, unit.parent})


def is_visible(desk: Desk, record: Unit, case: int, sight: Sight, at: datetime) -> bool:
    """Tell whether whoever has *sight* may know of *case*.

    Whoever has open work in it may see it: the diagram's lanes are held against the law by the gate.
    """
    if sight.kinds is None or (by := record.shields.of(case)) is None or by in sight.kinds:
        return True
    if not sight.viewer:
        return False
    who = desk.roster.standing(record, sight.viewer, at)
    return any(rights.may_do(who, item) for item in record.worklist.of(case))


def require(desk: Desk, record: Unit, case: Case, viewer: str | None, at: datetime) -> Sight:
    """Return what *viewer* sees of *case*; refuse whoever may not know of it, in the words for one that is not there.

    Raises:
        NotFound: *viewer* may not see it.
    """
    sight = sight_of(desk, record, viewer, at)
    if not is_visible(desk, record, case.id, sight, at):
        raise NotFound(f"there is no case {case.number}")
    return sight


def without_hidden(drawing: Drawing, data: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    """Return *data* with what only other roles may see replaced by a remark."""
    if sight.roles is None or not drawing.hidden:
        return dict(data)
    return {key: HIDDEN if is_hidden(drawing, key, sight) else value for key, value in data.items()}


def is_hidden(drawing: Drawing, key: str | None, sight: Sight) -> bool:
    """Tell whether what stands under *key*, or happens at the element of that id, is for other roles only."""
    seen_by = drawing.hidden.get(key or "")
    return sight.roles is not None and seen_by is not None and not seen_by & sight.roles


def without_hidden_facts(drawing: Drawing, facts: Iterable[Fact], sight: Sight) -> Iterator[Fact]:
    """Yield the facts that whoever has *sight* may read, each as far as they may."""
    if sight.roles is None or not any(is_hidden(drawing, key, sight) for key in drawing.hidden):
        yield from facts
        return
    for fact in facts:
        if not is_hidden(drawing, fact.payload.get("element"), sight):
            told = {name: value for name, value in fact.payload.items() if name in _PLAIN}
            if isinstance(data := fact.payload.get("data"), Mapping):
                told["data"] = without_hidden(drawing, data, sight)
            yield replace(fact, payload=told)


def without_hidden_days(desk: Desk, drawing: Drawing, outcome: Outcome) -> Outcome:
    """Take the names off timers whose day only few may know, so that no list of named deadlines shows them."""
    if not drawing.hidden or not outcome.armed:
        return outcome
    armed = tuple(replace(due, name=None) if _tells(desk, drawing, due) else due for due in outcome.armed)
    return replace(outcome, armed=armed)


def _tells(desk: Desk, drawing: Drawing, due: Due) -> bool:
    """Tell whether a timer tells a hidden day: by its own text, or by what its limit reads."""
    if due.element not in drawing.hidden and due.name is not None:
        hiding = [drawing.hidden[key] for key in desk.deadlines.reads(due.name) if key in drawing.hidden]
        if hiding:
            drawing.hidden[due.element] = frozenset.intersection(*hiding)
    return due.element in drawing.hidden


_PLAIN = frozenset(
    {
        *("task", "element", "name", "scope", "role", "unit", "person", "form", "process", "ends", "letter", "number"),
        *("due", "before", "after", "attempt", "entered", "left", "of", "text", "purged", "said_by", "tasks", "why"),
    }
)
"""What a fact says to whoever may not see everything: not what was computed, called for or sent."""


def _is_petition(record: Unit, case: Case) -> bool:
    try:
        record.register.get(case.id)
    except NotFound:
        return False
    return True
