"""Monitoring of sensing points: who checks whose point, what is worth an item, what falls below its mark."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duban.api import Call, Done, Tools, service_task

POINTS, FOUND = "QR", "DCFX"
"""Channels by which a demand heard at a point, and a figure below its mark, come in."""
WHOLE = 100


@service_task("monitoring/pairs")
def pairs(call: Call, tools: Tools) -> Done:
    """Draw which points are monitored again and by whose team: another station's, and never each other."""
    asked = call.parameters
    points = [{"point": code, "station": tools.unit(code)["parent"]} for code in asked["points"]]
    wanted = -(-len(points) * int(asked["share"]) // WHOLE)
    return Done(result={"points": points, "cross": list(_drawn(points, wanted, call.key))})


@service_task("monitoring/digest")
def digest(call: Call, _: Tools) -> Done:
    """Number what was found worth an item, and count it: reviews, items, groups, small matters (A8)."""
    asked = call.parameters
    items = [_item(call, n, found, asked["at"]) for n, found in enumerate(asked["items"], 1)]
    small = Counter(item["small"] for item in items if item["kind"] == "两小").most_common(1)
    result = {
        "items": items,
        "reviews": asked["reviews"],
        "valid": len(items),
        "groups": dict(sorted(Counter(item["group"] for item in items).items())),
        "most": small[0][1] if small else 0,
        "most_small": small[0][0] if small else None,
    }
    return Done(result=result)


@service_task("monitoring/below")
def below(call: Call, _: Tools) -> Done:
    """Make an item of every source indicator that fell below its mark (E9)."""
    asked = call.parameters
    rows = [(row, mark) for row, mark in zip(asked["rows"], asked["judged"], strict=True) if mark["below"]]
    items = [_matter(call, n, row, mark["mark"]) for n, (row, mark) in enumerate(rows, 1)]
    return Done(result={"items": items, "valid": len(items), "most": 0, "most_small": None})


@service_task("monitoring/small_notice")
def small_notice(call: Call, tools: Tools) -> Done:
    """Tell a unit of a small fault that it is to mend, without making a petition of it."""
    asked = call.parameters
    unit = str(asked["unit"])
    told = {name: asked[name] for name in ("subject", "words", "small")}
    body = tools.render("notices/small_matter.txt", case=call.number, unit=tools.unit(unit), **told)
    tools.send("notice", unit, f"两小问题整改：{asked['small']}", body, key=call.key)
    return Done(result={"at": call.now.isoformat()})


def _drawn(points: Sequence[Mapping[str, Any]], wanted: int, key: str) -> Iterator[dict[str, Any]]:
    """Yield up to *wanted* pairs, drawn by lot from *key*, so that anybody can draw them again."""
    order = sorted(range(len(points)), key=lambda n: hashlib.sha256(f"{key} {points[n]['point']}".encode()).digest())
    pairs: set[tuple[int, int]] = set()
    for place, checked in enumerate(order):
        if len(pairs) == wanted:
            return
        by = _checker(points, order[place + 1 :] + order[:place], checked, pairs)
        if by is not None:
            pairs.add((by, checked))
            yield {
                "point": points[checked]["point"],
                "of": checked,
                "by": points[by]["point"],
                "station": points[by]["station"],
            }


def _checker(
    points: Sequence[Mapping[str, Any]], others: Sequence[int], checked: int, pairs: set[tuple[int, int]]
) -> int | None:
    """Return the first of *others* from another station whose own point *checked* does not check."""
    station = points[checked]["station"]
    return next((n for n in others if points[n]["station"] != station and (checked, n) not in pairs), None)


def _item(call: Call, n: int, found: Mapping[str, Any], at: str) -> dict[str, Any]:
    known = {"name": found.get("name"), "phone": found.get("phone")}
    told = {name: found[name] for name in ("kind", "group", "subject", "words", "unit")}
    raised = [known] if any(known.values()) else []
    small = found.get("small", "其他")
    return {"no": n, **told, "small": small, "raised": raised, **_origin(call, n, at, POINTS)}


def _matter(call: Call, n: int, row: Mapping[str, Any], mark: float) -> dict[str, Any]:
    subject = f"{row['indicator']}低于标线"
    words = f"{subject}：本期{row['value']:g}%，标线{mark:g}%"
    if row.get("before") is not None:
        words += f"，上期{row['before']:g}%"
    at = str(call.parameters["at"])
    return {"no": n, "kind": "指标", "subject": subject, "words": words, "unit": row["unit"], "raised": []} | _origin(
        call, n, at, FOUND
    )


def _origin(call: Call, n: int, at: str, channel: str) -> dict[str, Any]:
    return {"at": at, "channel": channel, "external_id": f"{call.number}-{n}"}
