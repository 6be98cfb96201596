"""Sampling: business of other systems, handed to the callback centre, whose table draws whom to ask (T12).

Petitions, booked services, cleared and adopted items ask for their callbacks themselves. What other systems have done
(110, household, vehicles, cases, windows) is laid as CSV into ``var/in/business/``, one row per matter; each becomes a
callback case once, by its reference, and the table ``sampling`` in that case says whether and how somebody is asked.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from duban.bureau.table import nearest
from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.inbox import BUSINESS, DONE, REFUSED, alone, inbox, put_aside, waiting
from duban.desk.steps import write
from duban.errors import OutsideError, Refused
from duban.model.clock import SHANGHAI
from duban.model.people import SYSTEM
from duban.store import Unit

KIND, REQUEST = "callback", "callback.request"
KNOWN = "business/"
"""Number series, per reference, that says by standing at 1 that it was handed over."""
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ref": ("ref", "业务编号"),
        "kind": ("kind", "业务类型"),
        "unit": ("unit", "办理单位"),
        "phone": ("phone", "手机号"),
        "done_at": ("done_at", "办结时间"),
        "exempt": ("exempt", "不得回访"),
    }
)
NEEDED = ("ref", "kind", "unit", "done_at")
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "110": "110",
        "110报警": "110",
        "110_focus": "110_focus",
        "110重点": "110_focus",
        "household": "household",
        "户籍": "household",
        "vehicle": "vehicle",
        "车驾管": "vehicle",
        "case": "case",
        "案件": "case",
        "window": "window",
        "窗口": "window",
        "measure": "measure",
        "措施": "measure",
    }
)
YES = frozenset({"1", "true", "yes", "是"})
_PHONE = re.compile(r"\d{7,12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Business:
    """Something that another system has done for somebody."""

    ref: str
    kind: str
    unit: str
    phone: str | None
    done_at: datetime
    exempt: bool
    """Secret, a victim of sexual violence, a minor: the unit in charge decides, the sample does not."""


def hand_over(desk: Desk) -> Mapping[str, Any]:
    """Hand everything that lies in the folder to the callback centre, each matter once."""
    files = handed = known = refused = 0
    with alone(desk, BUSINESS) as mine:
        for path in waiting(desk, inbox(desk) / BUSINESS) if mine else ():
            rows, problems = _read(desk, path)
            begun = [write(desk, partial(_begin, desk, row, desk.now())) for row in rows]
            put_aside(desk, path, REFUSED if problems else DONE, "\n".join(problems))
            files, handed, known = files + 1, handed + sum(begun), known + begun.count(False)
            refused += len(problems)
    return {"files": files, "handed_over": handed, "known": known, "refused": refused}


def preview(desk: Desk) -> Mapping[str, Any]:
    """Say what would be handed over, and hand over nothing."""
    read = [_read(desk, path) for path in waiting(desk, inbox(desk) / BUSINESS)]
    return {
        "files": len(read),
        "rows": sum(len(rows) for rows, _ in read),
        "problems": [problem for _, problems in read for problem in problems],
    }


def _begin(desk: Desk, row: Business, now: datetime, record: Unit) -> bool:
    """Open the callback of a matter; False: it was handed over before."""
    if not record.numbers.reach(KNOWN + row.ref, 1):
        return False
    key = {"callback_no": row.ref}
    given = {
        "kind": row.kind,
        "ref": row.ref,
        "unit": row.unit,
        "lead_leader": desk.bureau.settings.units[row.unit].deputy,
        "phone": row.phone,
        "done_at": row.done_at.isoformat(),
        "exempt": row.exempt,
        "shield": False,
    }
    beginning = Beginning(
        kind=KIND, data={"cb_in": given}, at=now, noticed_at=now, actor=SYSTEM, message=REQUEST, key=key
    )
    case, _ = begin(desk, record, beginning)
    record.keys.add(case.id, KIND, key, is_found=case.is_open)
    return True


def _read(desk: Desk, path: Path) -> tuple[list[Business], list[str]]:
    """Return the rows that can be used, and what is wrong with the others, each by its line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            header = reader.fieldnames or ()
            names = {field: next((name for name in known if name in header), None) for field, known in COLUMNS.items()}
            if missing := [" / ".join(COLUMNS[field]) for field in NEEDED if names[field] is None]:
                return [], [f"{path.name}: the columns {', '.join(missing)} are missing"]
            cells = [{f: (row.get(n) or "").strip() if n else "" for f, n in names.items()} for row in reader]
    except OSError as error:
        raise OutsideError(f"cannot read {path}: {error}; mend the folder") from error
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [f"{path.name}: is not a CSV file in UTF-8 ({error}); save it as such"]
    return _checked(desk, path.name, cells)


def _checked(desk: Desk, name: str, cells: Sequence[Mapping[str, str]]) -> tuple[list[Business], list[str]]:
    rows: list[Business] = []
    problems: list[str] = []
    for line, row in enumerate(cells, start=2):
        try:
            rows.append(_business(desk, row))
        except Refused as error:
            problems.append(f"{name}: line {line}: {error}")
    return rows, problems


def _business(desk: Desk, row: Mapping[str, str]) -> Business:
    wrong: list[str] = []
    units = desk.bureau.settings.units
    if not row["ref"]:
        wrong.append("the reference is empty")
    if row["kind"] not in KINDS:
        wrong.append(f"there is no business {row['kind']!r}{nearest(row['kind'], KINDS)}")
    if row["unit"] not in units or units[row["unit"]].outside:
        wrong.append(f"there is no unit {row['unit']!r} in this bureau{nearest(row['unit'], units)}")
    if row["phone"] and not _PHONE.fullmatch(row["phone"]):
        wrong.append("the phone number is none")
    done_at = _instant(row["done_at"])
    if done_at is None:
        wrong.append(f"{row['done_at']!r} is no time; write 2026-03-02 09:30")
    if wrong or done_at is None:
        raise Refused("; ".join(wrong))
    return Business(
        ref=row["ref"],
        kind=KINDS[row["kind"]],
        unit=row["unit"],
        phone=row["phone"] or None,
        done_at=done_at,
        exempt=row["exempt"].lower() in YES,
    )


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
