"""Talks: what was said is numbered as it was said, the minutes go out, and each quarter is reviewed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from duban.api import AppendWords, Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

OFFICE = "BGS"
HELD = "end_held"
COUNTED = ("petition", "suggestion", "talk")
RECURS, WITHIN = 5, timedelta(days=90)
"""So many supported petitions on one matter within so long ask for a rule (E7)."""
SUPPORTED = ("支持", "部分支持")
MONTHS = 3
YEAR = 12


@service_task("talks/points")
def points(call: Call, _: Tools) -> Done:
    """Number the points; the words go into the verbatim archive as they were said (D1)."""
    asked = call.parameters
    items = [_item(call, n, point, asked["at"]) for n, point in enumerate(asked["points"], 1)]
    words = (AppendWords(words=item["words"], said_by=item["name"] or "到场群众") for item in items)
    return Done(result={"items": items}, effects=tuple(words))


@service_task("talks/minutes")
def minutes(call: Call, tools: Tools) -> Done:
    """Send the minutes (L37) to every unit that has a point to answer."""
    asked = call.parameters
    number = tools.letter_number("L37")
    units = sorted({str(point["unit"]) for point in asked["points"]})
    named = [{**point, "unit": tools.unit(point["unit"])["name"]} for point in asked["points"]]
    to = "、".join(str(tools.unit(unit)["name"]) for unit in units)
    body = render(call, tools, "L37", number, {**asked, "points": named, "to": to})
    for unit in units:
        tools.send("notice", unit, TITLES["L37"], body, key=f"{call.key}/{unit}")
    effect = IssueLetter(letter="L37", title=TITLES["L37"], body=body, to=to, numbered=number, way="notice")
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))


@service_task("talks/lines")
def lines(call: Call, _: Tools) -> Done:
    """Number the conclusions of a review."""
    asked = call.parameters["lines"]
    return Done(result={"items": [{"no": n, "cases": [], **line} for n, line in enumerate(asked, 1)]})


@service_task("talks/quarter_papers")
def quarter_papers(call: Call, tools: Tools) -> Done:
    """Collect the quarter's figures; remind the office if nobody has reviewed the quarter yet (D2)."""
    begins, ends = _quarter(call.now)
    reviews = [other for other in tools.cases("quarter") if _within(other, begins) and other["number"] != call.number]
    held = any(other["end"] == HELD or other["ended_at"] is None for other in reviews)
    counted = {kind: tools.cases(kind) for kind in COUNTED}
    result = {
        "held": held,
        "next_quarter_on": ends.isoformat(),
        **{kind: sum(_within(other, begins) for other in found) for kind, found in counted.items()},
        "recurring": list(_recurring(counted["petition"], call.now)),
    }
    if not held:
        body = tools.render("notices/quarter.txt", case=call.number, ends=ends - timedelta(days=1), **result)
        tools.send("notice", OFFICE, "本季度尚未研判民意", body, key=call.key)
    return Done(result=result)


def _item(call: Call, n: int, point: Mapping[str, Any], at: str) -> dict[str, Any]:
    told = {name: point[name] for name in ("subject", "words", "kind", "unit")}
    spoken = {"name": point.get("name"), "phone": point.get("phone"), "on_spot": bool(point.get("on_spot"))}
    return {"no": n, **told, **spoken, "at": at, "external_id": f"{call.number}-{n}"}


def _quarter(now: datetime) -> tuple[date, date]:
    """Return the first day of the quarter of *now*, and of the next one."""
    first = (now.month - 1) // MONTHS * MONTHS + 1
    following = first + MONTHS
    ends = date(now.year + 1, 1, 1) if following > YEAR else date(now.year, following, 1)
    return date(now.year, first, 1), ends


def _within(other: Mapping[str, Any], begins: date) -> bool:
    return datetime.fromisoformat(str(other["opened_at"])).date() >= begins


def _recurring(petitions: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the matters on which enough petitions were found right lately."""
    since = (now - WITHIN).date()
    found = Counter(
        str(data["register"]["matter"])
        for petition in petitions
        if _within(petition, since)
        and ((data := petition["data"]).get("feed_back") or {}).get("outcome") in SUPPORTED  # None: handled anew
    )
    yield from ({"matter": matter, "count": count} for matter, count in found.items() if count >= RECURS)
