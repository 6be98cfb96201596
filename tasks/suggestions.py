"""Suggestions: everybody who raised one is told what became of it, by name, once per decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, issue, render
from tasks.ways import way_to

SHARE = 10
"""One of so many who were told is called back (T12); where anybody has a telephone, at least one."""
PUBLIC = "公众"
CHIEF = "L1"


@service_task("suggestions/raisers")
def raisers(call: Call, tools: Tools) -> Done:
    """List everybody who is to be told: those of this case and of all that were joined to it, each person once.

    Read from the record whenever somebody is to be told, so that one who joins later is not left out.
    """
    people = [*call.parameters["raised"]]
    for other in tools.cases("suggestion"):
        people += _joined(other["data"], call.number)
    return Done(result={"people": list(_once(people))})


@service_task("suggestions/tell")
def tell(call: Call, tools: Tools) -> Done:
    """Write to one of those who raised it (L35; L03 where it is no police matter)."""
    asked = call.parameters
    raiser = asked["raiser"]
    values = {
        **{name: asked[name] for name in ("track", "decision", "of", "reasons", "measure", "words", "unit")},
        "people": [raiser],
        "received_at": asked["raised_at"],
        "ask": asked["words"],
        "reason": asked["reasons"],
        "owner": tools.unit(asked["measure"]["owner"]) if asked["measure"] else None,
        "organ": tools.unit(asked["organ"]) if asked["organ"] else None,
        "known": _known(tools, str(asked["of"])) if asked["of"] else None,
    }
    done = issue(call, tools, str(asked["letter"]), way_to(_reply(tools, asked["channel"]), [raiser]), values)
    result = {"name": raiser.get("name"), "number": done.result["number"], "at": done.result["issued_at"]}
    return Done(result=result, effects=done.effects)


@service_task("suggestions/to_chief")
def to_chief(call: Call, tools: Tools) -> Done:
    """Put a measure that was promised and twice not kept on the chief's weekly list."""
    asked = call.parameters
    told = {**asked, "owner": tools.unit(asked["owner"])}
    body = tools.render("notices/measure.txt", case=call.number, **told)
    tools.send("notice", CHIEF, "举措未落实：列入局长周报", body, key=call.key)
    return Done(result={"at": call.now.isoformat()})


@service_task("suggestions/publish")
def publish(call: Call, tools: Tools) -> Done:
    """Tell the public what was suggested and what was done (L36)."""
    asked = call.parameters
    number = tools.letter_number("L36")
    values = {**asked, "measure": asked["title"], "unit": asked["owner"], "to": PUBLIC}
    body = render(call, tools, "L36", number, values)
    tools.send("platform", PUBLIC, TITLES["L36"], body, key=call.key)
    effect = IssueLetter(letter="L36", title=TITLES["L36"], body=body, to=PUBLIC, numbered=number, way="platform")
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))


@service_task("suggestions/sample")
def sample(call: Call, tools: Tools) -> Done:
    """Choose who is called back about the measure: by lot, the same lot at every attempt."""
    asked = call.parameters
    reached = [person for person in asked["people"] if person.get("phone")]
    drawn = sorted(reached, key=lambda person: _lot(call.key, str(person["phone"])))
    unit = str(asked["unit"])
    chosen = drawn[: -(-len(drawn) // SHARE)]
    lead = tools.unit(unit).get("deputy")
    return Done(result={"asked": [_callback(call, person, unit, lead, n) for n, person in enumerate(chosen, 1)]})


def _callback(call: Call, person: Mapping[str, Any], unit: str, lead: str | None, n: int) -> Mapping[str, Any]:
    """Return what the callback process wants to know (cb_in)."""
    return {
        "kind": "measure",
        "ref": f"{call.number}-{n}",
        "persons": [person.get("name")],
        "phone": person["phone"],
        "unit": unit,
        "lead_leader": lead,
        "officer": None,
        "done_at": call.parameters["done_at"],
        "sampled": True,
        "shield": False,
    }


def _joined(data: Mapping[str, Any], number: str) -> Sequence[Mapping[str, Any]]:
    """Return who raised a case that was joined to *number*: by its clerk, or as a petition's suggestion (``of``)."""
    given = data["suggestion_in"]
    of = given.get("of") or (data.get("valid") or {}).get("of")
    return [*given["raised"]] if of == number else []


def _known(tools: Tools, number: str) -> Mapping[str, Any] | None:
    """Return what was decided on the suggestion *number*, if it was: whoever joins it late is told at once."""
    for other in tools.cases("suggestion"):
        if other["number"] == number and "answer_s" in other["data"]:
            decided = other["data"]
            return {"decision": decided["answer_s"]["says"], "reasons": (decided.get("adopt_s") or {}).get("reasons")}
    return None


def _once(people: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield each person once: by telephone, else by name; whoever gave neither cannot be told apart and stays."""
    seen: set[str] = set()
    for person in people:
        key = str(person.get("phone") or person.get("name") or "")
        if not key or key not in seen:
            seen.add(key)
            yield {"name": person.get("name"), "phone": person.get("phone")}


def _reply(tools: Tools, channel: str) -> str:
    """Return how the channel is answered."""
    return next((str(row["reply"]) for row in tools.setting("channels") if row["code"] == channel), "")


def _lot(key: str, person: str) -> str:
    return hashlib.sha256(f"{key} {person}".encode()).hexdigest()
