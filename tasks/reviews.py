"""Reviews: what the record knows of the petition under review, and the papers of review and re-examination (4.5).

Whoever handled, gated or called back the petition, and whoever reviewed it, may not look at it again (条例 28).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duban.api import Call, Done, Effect, IssueLetter, LockFinal, Tools, service_task
from tasks.letters import TITLES, render
from tasks.ways import names

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW = timedelta(days=30)
"""Days in which a review or re-examination may be asked for (条例 35, 36)."""
LEGAL = "FZ"
UNTOUCHED = frozenset({"system", "register", "group_receive"})
"""Whoever only takes an item in has decided nothing of it."""


@service_task("reviews/history")
def history(call: Call, tools: Tools) -> Done:
    """Say who handled the petition, whether it was answered, is final or under review, and until when one may ask."""
    asked = call.parameters
    ref, stage = str(asked["ref"]), str(asked["stage"])
    petition = next(iter(tools.cases("petition", number=ref)), None)
    reviews = _of(tools, "review", ref, call.number)
    finals = _of(tools, "reexam", ref, call.number)
    same = finals if stage == "reexam" else reviews
    data = petition["data"] if petition else {}
    answer = [case for case in reviews if "deliver_r" in case["data"]] if stage == "reexam" else [data.get("reply")]
    last = _last_day(tools, date.fromisoformat(str(asked["got_on"])))
    result = {
        "ref": ref,
        "case_no": ref if petition else None,
        "handlers": sorted(
            {*asked["handlers"], *_hands(data), *(hand for case in reviews for hand in _hands(case["data"]))}
        ),
        "answered": petition is None or bool(answer and answer[0]),
        "final": any(case["end"] == "end_final" for case in finals),
        "pending": any(case["ended_at"] is None for case in same),
        "last_day": last.isoformat(),
        "late": _day(str(asked["received_at"])) > last,
        "excused": bool(asked["late_reason"]),
        "to_organ": asked["to_organ"],
        "unit": asked["unit"],
        "weighty": _weighty(data),
    }
    return Done(result=result)


@service_task("reviews/admit")
def admit(call: Call, tools: Tools) -> Done:
    """Tell the applicant that the request is taken up, by whom, and until when (L21)."""
    asked = call.parameters
    own = {"admitted": True, "organ": asked["organ"], "what": asked["what"], "why": None, "article": None}
    return Done(result={"at": call.now.isoformat()}, effects=(_issue(call, tools, "L21", own),))


@service_task("reviews/refuse")
def refuse(call: Call, tools: Tools) -> Done:
    """Tell the applicant that the request is not taken up and why (L21), and what remains possible (L04)."""
    asked = call.parameters
    own = {"admitted": False, "organ": None, "what": asked["what"], "why": asked["why"], "article": asked["article"]}
    told = {"ask": f"{asked['what']}请求", "received_at": call.now.isoformat(), "relation": None}
    why = {"explained": f"{asked['why']}；{asked['article']}", "reason": None}
    effects: tuple[Effect, ...] = (_issue(call, tools, "L21", own), _issue(call, tools, "L04", {**told, **why}))
    return Done(result={"at": call.now.isoformat()}, effects=effects)


@service_task("reviews/hearing")
def hearing(call: Call, tools: Tools) -> Done:
    """Send the notice of the hearing (L14) to the applicant and the unit, seven days before."""
    asked = call.parameters
    own = {name: asked[name] for name in ("on", "place", "chair", "reason")}
    effect = _issue(call, tools, "L14", {**own, "ask": asked["reason"]})
    tools.send("notice", str(asked["unit"]), TITLES["L14"], effect.body, key=f"{call.key}/unit")
    return Done(result={"issued_at": call.now.isoformat()}, effects=(effect,))


@service_task("reviews/opinion")
def opinion(call: Call, tools: Tools) -> Done:
    """Issue the opinion of the review (L22) or of the re-examination (L23)."""
    asked = call.parameters
    own = {name: asked[name] for name in ("request", "facts", "opinion", "basis", "outcome")}
    effect = _issue(call, tools, str(asked["letter"]), own)
    return Done(result={"number": effect.numbered, "issued_at": call.now.isoformat()}, effects=(effect,))


@service_task("reviews/final_lock")
def final_lock(call: Call, _: Tools) -> Done:
    """Close the matter for good: the same facts and reasons are not accepted again (条例 36).

    A petition that was answered on paper only, before this system, has nothing that could be locked.
    """
    of = call.parameters["of"]
    effects = (LockFinal(of=str(of)),) if of else ()
    return Done(result={"at": call.now.isoformat()}, effects=effects)


# -- what the record knows ----------------------------------------------------------------------------


def _of(tools: Tools, kind: str, ref: str, own: str) -> list[Mapping[str, Any]]:
    """Return the other cases of *kind* that look at the petition *ref*."""
    return [
        case
        for case in tools.cases(kind)
        if case["number"] != own and (case["data"].get("history") or {}).get("ref") == ref
    ]


def _hands(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield whoever has done a step of a case, or was charged with it."""
    for step, written in data.items():
        if isinstance(written, Mapping) and step not in UNTOUCHED:
            yield from (str(written[name]) for name in ("_by", "officer", "reviewer") if written.get(name))


def _weighty(data: Mapping[str, Any]) -> bool:
    found = data.get("classify")
    return isinstance(found, Mapping) and found.get("weight") in {"weighty", "urgent"}


def _last_day(tools: Tools, got_on: date) -> date:
    """Return the last day on which one may ask: a rest day moves it to the next working day."""
    on = got_on + WINDOW
    while not tools.working_day(on):
        on += timedelta(days=1)
    return on


def _day(at: str) -> date:
    found = datetime.fromisoformat(at)
    return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI).date()


# -- papers -------------------------------------------------------------------------------------------


def _issue(call: Call, tools: Tools, letter: str, own: Mapping[str, Any]) -> IssueLetter:
    """Render, number and send *letter* to the applicants; by post, for such papers are handed over against receipt."""
    asked = call.parameters
    people: Sequence[Mapping[str, Any]] = asked["people"]
    number = tools.letter_number(letter)
    to = names(people)
    values = {**own, "about": asked["about"], "unit": asked.get("unit") or LEGAL, "to": to}
    body = render(call, tools, letter, number, values)
    tools.send("mail", to, TITLES[letter], body, key=f"{call.key}/{letter}")
    return IssueLetter(letter=letter, title=TITLES[letter], body=body, to=to, numbered=number, way="mail")
