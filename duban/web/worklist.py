"""The worklist: what waits, for whom, until when; its filters stay in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from duban.desk import work
from duban.web.visit import OwnForm, SignedIn, Visit, address, case_address, go, text_of

router = APIRouter(include_in_schema=False)
PAGE = 50
_COUNTED = 1000
LISTS = {"mine": "我的", "unit": "本单位", "near": "快到期", "over": "超期", "callback": "回访"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the rail."""

    name: str
    label: str
    count: int
    state: str


@router.get("/work")
def worklist(visit: SignedIn, list_: Annotated[str, Query(alias="list")] = "", offset: int = 0) -> Response:
    """Show one of the lists."""
    start = max(offset, 0)
    counts = work.counts(visit.house.desk, visit.who.id)
    chosen = list_ if list_ in LISTS else "mine" if counts.mine else "unit"
    entries = rail(visit, counts)
    # nearest deadline first: what is over stands before what is near
    skipped = counts.over if chosen == "near" else 0
    return visit.page(
        "work.html",
        here="work",
        rail=entries,
        chosen=chosen,
        items=work.list_(
            visit.house.desk, **_filter(visit, chosen), viewer=visit.who.id, limit=PAGE, offset=start + skipped
        ),
        total=next(entry.count for entry in entries if entry.name == chosen),
        offset=start,
        size=PAGE,
        at=lambda start: address("/work", list=chosen, offset=start),
    )


@router.post("/cases/{number}/work/{task}/claim")
def claim(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Take an item, and stay where the button was."""
    work.claim(visit.house.desk, number, task, visit.who.id)
    return _back(form, number, task, "claimed")


@router.post("/cases/{number}/work/{task}/return")
def give_back(visit: SignedIn, form: OwnForm, number: str, task: int) -> Response:
    """Give an item back."""
    work.give_back(visit.house.desk, number, task, visit.who.id)
    return _back(form, number, task, "returned")


def rail(visit: Visit, counts: work.Counts) -> tuple[Entry, ...]:
    """Return the rail for whoever is here."""
    callbacks = len(work.list_(visit.house.desk, **_filter(visit, "callback"), viewer=visit.who.id, limit=_COUNTED))
    numbers = {
        "mine": counts.mine,
        "unit": counts.unit,
        "near": counts.near,
        "over": counts.over,
        "callback": callbacks,
    }
    return tuple(
        Entry(name=name, label=visit.language.say(label), count=numbers[name], state=_state(name, numbers[name]))
        for name, label in LISTS.items()
    )


def _filter(visit: Visit, name: str) -> dict[str, Any]:
    person = visit.who.id
    match name:
        case "mine":
            return {"claimed_by": person}
        case "near":
            return {"person": person, "due_before": visit.now + work.NEAR}
        case "over":
            return {"person": person, "due_before": visit.now}
        case "callback":
            return {"role": "callback_officer"}
        case _:
            return {"person": person}


def _state(name: str, count: int) -> str:
    return {"near": "near", "over": "over"}.get(name, "") if count else ""


def _back(form: OwnForm, number: str, task: int, said: str) -> Response:
    if text_of(form, "from") == "list":
        return go("/work", list=text_of(form, "list", "mine"), said=said)
    return go(case_address(number, task), said=said)
