"""Retelling: a recorded case as a scenario that was played and holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from duban.desk.desk import Desk
from duban.desk.scenarios.playing import Failure, play
from duban.desk.scenarios.reading import read_suite
from duban.desk.scenarios.recording import Recorded, record_of, scenario_of
from duban.desk.scenarios.writing import written
from duban.desk.virtual import Fresh
from duban.model.facts import Kind

FILE = "recorded.scenarios.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retold:
    """A scenario made from a case."""

    text: str
    """The YAML file."""
    failures: tuple[Failure, ...]
    """Where it does not hold when it is played; nothing where it does."""
    trail: tuple[str, ...]


def retell(desk: Desk, fresh: Fresh, number: str) -> Retold:
    """Write what happened in the case *number* as a scenario, and play it.

    Calls are left to their handlers where that leads to the same end; else those that wrote no letter are answered as
    they were then, else all of them: an answer that rests on other cases cannot come again in a world without them.

    Raises:
        NotFound: There is no such case.
    """
    recorded = record_of(desk, number)
    called, lettered = _operators(recorded)
    tried: list[Retold] = []
    ways = product(
        (False, True) if recorded.strangers else (False,),
        (False, True) if recorded.registered else (False,),
        (set[str](), called - lettered, called),
    )
    for strangers, registers, answered in ways:
        made = scenario_of(desk, recorded, number, answered=answered, registers=registers, strangers=strangers)
        text = written(made)
        (scenario,) = read_suite(FILE, text.encode(), desk.bureau.settings).scenarios
        played = play(fresh, scenario)
        tried.append(Retold(text=text, failures=played.failures, trail=played.trail))
        if played.passed:
            return tried[-1]
    return min(tried, key=lambda retold: len(retold.failures))


def _operators(recorded: Recorded) -> tuple[set[str], set[str]]:
    """Return the operators that were called, and those of them that wrote letters."""
    called: set[str] = set()
    lettered: set[str] = set()
    for facts in recorded.facts.values():
        keys = {fact.payload.get("key", "").partition("/")[2] for fact in facts if fact.kind is Kind.LETTER_ISSUED}
        for fact in facts:
            if fact.kind is Kind.CALL_WANTED:
                called.add(fact.payload["operator"])
                if any(key.startswith(f"{fact.payload['task']}/") for key in keys):
                    lettered.add(fact.payload["operator"])
    return called, lettered
