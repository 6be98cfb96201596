"""Escalation: the chain of a limit, who answers for a level today, and what each level is sent (processes.md 4.3, 3.2).

A chain is a row of bureau.toml. Its levels are copied into the case when it begins: a bureau that changes a chain
changes what begins afterwards, never what already runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

USUAL_CHAIN = "chain.bureau"
"""For limits whose row names no chain."""
NOTIFY: Mapping[str, Any] = {"n": 0, "who": ["unit_clerk", "officer"], "act": "通知", "letter": None, "wait": None}
"""The warning of chains that say nothing of one."""
LETTERS: Mapping[str, str] = {"催办": "L18", "督办": "L19"}
"""What is sent where a level names no letter."""
BEYOND: Mapping[str, Any] = {"who": ["agenda@周报"], "act": "列入周报", "letter": None, "wait": None}
"""What follows the last level of a chain without an agenda."""
UNIT_ROLES = frozenset({"unit_clerk", "officer", "unit_leader", "political_officer"})
"""Roles that every unit has of its own; the others are held once in the bureau."""
SHIELDED_ROLES = frozenset({"inspector", "inspect_head", "chief", "discipline"})
"""Who may know of an accusation's limits (art. 30)."""
DEPUTY = "deputy_leader"
SECOND = "L2"
"""The post in charge of whatever has none: units outside the house, superiors of several leaders."""
OFFICE = "BGS"
"""The unit that puts items on the agenda and into the weekly report."""

_WORDS: Mapping[str, str] = {"wd": "个工作日", "d": "日", "h": "小时", "min": "分钟", "mo": "个月"}

Person = Mapping[str, Any]


@service_task("escalation/chain")
def chain(call: Call, tools: Tools) -> Done:
    """Copy the chain of a limit, and what its letters say of the limit."""
    clock, ref = str(call.parameters["clock"]), str(call.parameters["ref"])
    limit = next(row for row in tools.setting("limits") if row["id"] == clock)
    name = limit.get("chain") or USUAL_CHAIN
    found = next(row for row in tools.setting("chains") if row["id"] == name)
    unit = tools.unit(str(call.parameters["unit"]))
    result = {
        "id": name,
        "clock": clock,
        "name": limit["name"],
        "source": limit["source"],
        "statutory": bool(limit.get("statutory", False)),
        "title": f"{unit['name']}：{ref}号“{limit['name']}”",
        "fact": f"{unit['name']}承办的{ref}号事项，“{limit['name']}”期限已过，经催办、督办仍未办理。",
        "levels": [_level(row) for row in found["levels"]],
    }
    return Done(result=result)


@service_task("escalation/level")
def level(call: Call, tools: Tools) -> Done:
    """Say who answers for the level *n* today: substitutes for those on leave, never who is accused."""
    asked = call.parameters
    n = int(asked["n"])
    row = next((row for row in asked["levels"] if row["n"] == n), NOTIFY if n == 0 else BEYOND)
    accused = frozenset(asked["accused"] or ())
    held = [(role, unit, _holders(tools, role, unit)) for role, unit in _places(tools, asked, row["who"])]
    people = [person for _, _, found in held for person in found]
    free = [person for person in people if not {person["id"], person["unit"]} & accused]
    first = next(((role, unit) for role, unit, found in held if any(each in free for each in found)), (None, None))
    result = {
        "act": row["act"],
        "letter": row["letter"] or LETTERS.get(row["act"]),
        "wait": row["wait"],
        "who": _once(free),
        "first": free[0] if free else None,
        "role": first[0],
        "unit": first[1],
        "present": bool(free),
        "accused": bool(people) and not free,
        "barred": [person["id"] for person in people if person not in free],
    }
    return Done(result=result)


@service_task("escalation/tell")
def tell(call: Call, tools: Tools) -> Done:
    """Tell the unit that its limit comes near, or a level that it has passed."""
    asked = call.parameters
    warns = int(asked["n"]) == 0
    template, title = ("notices/warn.txt", "临期提醒") if warns else ("notices/urge.txt", "逾期提醒")
    named = {**_named(asked, tools), "act": asked["act"], "to": _names(asked["who"])}
    body = tools.render(template, now=call.now, **named)
    for unit in _units(asked):
        tools.send("notice", unit, f"{title}：{asked['chain']['name']}", body, key=f"{call.key}/{unit}")
    return Done(result={"at": call.now.isoformat(), "to": _units(asked)})


@service_task("escalation/letter")
def letter(call: Call, tools: Tools) -> Done:
    """Send a prompt (L18) or a supervision order (L19) to everybody who answers for the level, and to the unit."""
    asked = call.parameters
    code = str(asked["letter"])
    number = tools.letter_number(code)
    to = _names(asked["who"]) or tools.unit(str(asked["unit"]))["name"]
    values = {**_named(asked, tools), "unit": asked["unit"], "about": asked["ref"], "to": to}
    values["wait"] = _spoken(str(asked["wait"]))
    body = render(call, tools, code, number, values)
    for unit in _units(asked):
        tools.send("notice", unit, TITLES[code], body, key=f"{call.key}/{unit}")
    effect = IssueLetter(letter=code, title=TITLES[code], body=body, to=to, numbered=number, way="notice")
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))


@service_task("escalation/pass_on")
def pass_on(call: Call, tools: Tools) -> Done:
    """Send a leader's instruction to the unit that has to carry it out."""
    asked = call.parameters
    said = asked["said"]
    unit = str(said.get("change_unit") or asked["unit"])
    words = tools.text(said["instruction"])
    named = {**_named(asked, tools), "words": words, "by": said.get("new_date"), "act": asked["act"]}
    tools.send("notice", unit, "领导批示", tools.render("notices/instruction.txt", now=call.now, **named), key=call.key)
    return Done(result={"at": call.now.isoformat(), "to": unit})


@service_task("escalation/agenda")
def agenda(call: Call, tools: Tools) -> Done:
    """Put what no level could move on the agenda of the leaders' meeting or into the weekly report."""
    asked = call.parameters
    body = tools.render("notices/agenda.txt", now=call.now, act=asked["act"], n=asked["n"], **_named(asked, tools))
    tools.send("notice", OFFICE, str(asked["act"]), body, key=call.key)
    return Done(result={"at": call.now.isoformat()})


# -- who ----------------------------------------------------------------------------------------------


def _places(tools: Tools, asked: Mapping[str, Any], who: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield role and unit (None: wherever it is held) of each that a level names, as ``role`` or ``role@unit``."""
    for text in who:
        role, _, at = text.partition("@")
        if role == "agenda" or (asked["shield"] and role not in SHIELDED_ROLES):
            continue
        if at == "common":
            yield role, str(asked["common"] or asked["lead"] or SECOND)
        elif role == DEPUTY:
            yield role, at if at not in {"", "unit"} else _deputy(tools, asked)
        else:
            yield role, at or (str(asked["unit"]) if role in UNIT_ROLES else None)


def _deputy(tools: Tools, asked: Mapping[str, Any]) -> str:
    """Return the post in charge of the unit: what the case says, else the unit's, else its parents'."""
    if asked["lead"]:
        return str(asked["lead"])
    unit = tools.unit(str(asked["unit"]))
    while "deputy" not in unit and "parent" in unit:
        unit = tools.unit(str(unit["parent"]))
    return str(unit.get("deputy", SECOND))


def _holders(tools: Tools, role: str, unit: str | None) -> list[Person]:
    """Return who holds *role* today; an organ outside the house answers for itself."""
    named = tools.unit(unit) if unit else {}
    if named.get("outside"):
        return [{"id": None, "name": named["name"], "unit": unit, "stands_for": None}]
    return [{**held, "stands_for": _person(tools, held["stands_for"])} for held in tools.holders(role, unit)]


def _person(tools: Tools, person: str | None) -> str | None:
    """Return the name of *person* as the table of people has it; whoever is not in it is named by id."""
    return next((str(row["name"]) for row in tools.setting("people") if row["id"] == person), person)


def _once(people: Sequence[Person]) -> list[Person]:
    """Return *people* without those who were named before under another role."""
    seen: dict[Any, Person] = {}
    for person in people:
        seen.setdefault(person["id"] or person["unit"], person)
    return list(seen.values())


def _names(people: Sequence[Person]) -> str:
    """Return the names on a letter; for a substitute both names (§3.2)."""
    return "、".join(_name(person) for person in people)


def _name(person: Person) -> str:
    stands_for = person["stands_for"]
    return f"{person['name']}（代{stands_for}）" if stands_for else str(person["name"])


def _units(asked: Mapping[str, Any]) -> list[str]:
    """Return the units that are told: the one that has the duty, and those of the people of the level."""
    return list(dict.fromkeys([str(asked["unit"]), *(str(person["unit"]) for person in asked["who"])]))


# -- what ---------------------------------------------------------------------------------------------


def _level(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"n": row["level"], "who": row["who"], "act": row["act"], **{k: row.get(k) for k in ("letter", "wait")}}


def _spoken(length: str) -> str:
    """Return a length of the limits table in words: 3wd is 3个工作日."""
    unit = length.lstrip("0123456789")
    return f"{length.removesuffix(unit)}{_WORDS[unit]}"


def _named(asked: Mapping[str, Any], tools: Tools) -> dict[str, Any]:
    """Return what every paper of an escalation says: the item, the unit and the limit."""
    found = asked["chain"]
    limit = {"name": found["name"], "source": found["source"], "statutory": found["statutory"]}
    return {"case": asked["ref"], "limit": limit, "unit": tools.unit(str(asked["unit"]))}
