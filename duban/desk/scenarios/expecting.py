"""Expecting: holds what a scenario expects against what is there, and says both where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from duban.bureau.table import nearest
from duban.desk.scenarios.found import Found, local_day
from duban.desk.scenarios.reading import instant
from duban.desk.scenarios.script import Check
from duban.model.clock import SHANGHAI


def hold(found: Found, check: Check) -> str | None:
    """Return what is wrong about *check*, or None where it holds."""
    return _CHECKS[check.what](found, check)


def _differ(what: str, wanted: Any, there: Any) -> str:
    return f"{what}: expected {_said(wanted)}, found {_said(there)}"


def _open(found: Found, check: Check) -> str | None:
    left = sorted(found.open)
    missing: list[str] = []
    for wanted in sorted(map(str, check.wanted), key=lambda item: "@" not in item):
        match = next((item for item in left if wanted in {item, item.partition("@")[0]}), None)
        if match is None:
            missing.append(wanted)
        else:
            left.remove(match)
    return _differ("open", check.wanted, sorted(found.open)) if missing or left else None


def _ended(found: Found, check: Check) -> str | None:
    ends = found.ends
    if isinstance(check.wanted, list):
        return (
            None if ends is not None and sorted(ends) == sorted(check.wanted) else _differ("ended", check.wanted, ends)
        )
    fits = ends is None if check.wanted is None else ends is not None and check.wanted in ends
    if fits:
        return None
    return _differ("ended", check.wanted, f"still open: {', '.join(found.open) or 'no work'}" if ends is None else ends)


def _letters(found: Found, check: Check) -> str | None:
    return None if found.letters == check.wanted else _differ("letters", check.wanted, found.letters)


def _letters_include(found: Found, check: Check) -> str | None:
    left = list(found.letters)
    for letter in check.wanted:
        if letter not in left:
            return _differ("letters_include", check.wanted, found.letters)
        left.remove(letter)
    return None


def _due(found: Found, check: Check) -> str | None:
    dues = found.dues(check.key)
    what = f"due {check.key}"
    if check.wanted is None:
        return _differ(what, None, _days(dues)) if dues else None
    if not dues:
        near = nearest(check.key, found.limits)
        running = ", ".join(found.limits) or "none"
        return f"{what}: expected {_said(check.wanted)}, but it does not run{near}; running: {running}"
    wanted = check.wanted if isinstance(check.wanted, list) else [check.wanted]
    fits = len(wanted) == len(dues) if isinstance(check.wanted, list) else True
    if fits and all(any(_is_when(str(each), on, at) for on, at in dues) for each in wanted):
        return None
    return _differ(what, check.wanted, _days(dues))


def _is_when(wanted: str, on: date | None, at: datetime) -> bool:
    if len(wanted) == len("2026-01-31"):
        return on is not None and on.isoformat() == wanted
    return instant(wanted) == at


def _days(dues: list[tuple[date | None, datetime]]) -> list[str]:
    return [on.isoformat() if on else at.astimezone(SHANGHAI).isoformat(timespec="minutes") for on, at in dues]


def _warns(found: Found, check: Check) -> str | None:
    there = [on.isoformat() for on in found.warns(check.key)]
    return None if there == (check.wanted or []) else _differ(f"warns {check.key}", check.wanted, there)


def _moved(found: Found, check: Check) -> str | None:
    moved = found.moved(check.key)
    there = None if moved is None else [on.isoformat() for on in moved]
    return None if there == check.wanted else _differ(f"moved {check.key}", check.wanted, there)


def _late(found: Found, check: Check) -> str | None:
    there = found.late(check.key)
    return None if there == check.wanted else _differ(f"late {check.key} (days)", check.wanted, there)


def _data(found: Found, check: Check) -> str | None:
    there = found.value(check.key)
    if _same(there, check.wanted):
        return None
    known = found.look.data
    first = check.key.partition(".")[0]
    hint = "" if first in known else f"; the case's data have no {first!r}{nearest(first, list(known))}"
    return _differ(f"data {check.key}", check.wanted, there) + hint


def _same(there: Any, wanted: Any) -> bool:
    """Compare as JSON does: 1 is 1.0, but neither is true."""
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        return there.keys() == wanted.keys() and all(_same(there[key], wanted[key]) for key in wanted)
    if isinstance(there, list) and isinstance(wanted, list):
        return len(there) == len(wanted) and all(map(_same, there, wanted))
    if isinstance(there, bool) or isinstance(wanted, bool):
        return there is wanted
    return bool(there == wanted)


def _decided(found: Found, check: Check) -> str | None:
    there = found.rows(check.key)
    wanted = check.wanted if isinstance(check.wanted, list) else [check.wanted]
    numbers = found.stage.row_numbers(found.case, check.key)
    asked = [str(numbers.get(row, row)) for row in there or ()]
    if there is None:
        return f"decided {check.key}: expected rows {_said(wanted)}, but the table was never asked"
    if [str(each) for each in wanted] in (asked, there):
        return None
    return _differ(f"decided {check.key} (rows)", wanted, asked)


def _cases(found: Found, check: Check) -> str | None:
    there = sum(child.kind == check.key for child in found.look.children)
    return None if there == check.wanted else _differ(f"cases {check.key}", check.wanted, there)


def _incidents(found: Found, check: Check) -> str | None:
    there = sorted(incident.element for incident in found.look.incidents)
    if there == sorted(check.wanted):
        return None
    return _differ("incidents", check.wanted, [f"{i.element}: {i.message}" for i in found.look.incidents])


def _waits(found: Found, check: Check) -> str | None:
    there = found.waits
    missing = [name for name in check.wanted if name not in there]
    return _differ("waits (for messages)", check.wanted, there) if missing else None


def _sent(found: Found, check: Check) -> str | None:
    there = found.stage.sent_for(found.case)
    return None if there == check.wanted else _differ("sent", check.wanted, there)


def _opened(found: Found, check: Check) -> str | None:
    there = [local_day(case.opened_at).isoformat() for case in found.stage.cases(check.key)]
    return None if there == check.wanted else _differ(f"opened {check.key}", check.wanted, there)


def _seen_by(found: Found, check: Check) -> str | None:
    blind = [person for person in check.wanted if not found.sees(person)]
    return f"seen_by: {', '.join(blind)} cannot see the case" if blind else None


def _hidden_from(found: Found, check: Check) -> str | None:
    seeing = [person for person in check.wanted if found.sees(person)]
    return f"hidden_from: {', '.join(seeing)} can see the case" if seeing else None


def _unseen(found: Found, check: Check) -> str | None:
    seeing = [person for person in check.wanted if found.sees_key(person, check.key)]
    return f"unseen {check.key}: {', '.join(seeing)} can see it" if seeing else None


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return f"[{', '.join(_said(each) for each in value)}]"
    return value if isinstance(value, str) else repr(value)


_CHECKS: Mapping[str, Callable[[Found, Check], str | None]] = {
    "open": _open,
    "ended": _ended,
    "letters": _letters,
    "letters_include": _letters_include,
    "due": _due,
    "warns": _warns,
    "moved": _moved,
    "late": _late,
    "data": _data,
    "decided": _decided,
    "cases": _cases,
    "incidents": _incidents,
    "waits": _waits,
    "sent": _sent,
    "opened": _opened,
    "seen_by": _seen_by,
    "hidden_from": _hidden_from,
    "unseen": _unseen,
}
