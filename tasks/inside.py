"""Inside: numbered letters that stay in the house, to units and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools
from tasks.letters import TITLES, render


def to_units(
    call: Call, tools: Tools, letter: str, units: Sequence[str], values: Mapping[str, Any], result: Mapping[str, Any]
) -> Done:
    """Issue *letter* under one number to every one of *units*; ``values["unit"]`` is the unit to ask.

    The result is *result* with the letter's number and time.
    """
    number = tools.letter_number(letter)
    to = "、".join(str(tools.unit(unit)["name"]) for unit in units)
    body = render(call, tools, letter, number, {**values, "to": to})
    for unit in units:
        tools.send("notice", unit, TITLES[letter], body, key=f"{call.key}/{unit}")
    effect = IssueLetter(
        letter=letter, title=TITLES[letter], body=body, to="、".join(units), numbered=number, way="notice"
    )
    return Done(result={**result, "number": number, "at": call.now.isoformat()}, effects=(effect,))
