"""Decision tables: stock knows two hit policies and takes the first match for all others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stock.ours import Ours
from tests.stock.paper import decision, end, paper, rule, start, user
from tests.stock.stock import Stock

ROWS = """
    > 5 -> "a"
    > 3 -> "b"
    > 1 -> "a"
"""
NUMBERS = """
    > 5 -> 10
    > 3 -> 20
"""


def decided(policy: str, rows: str, aggregation: str = "", values: str = "") -> dict[str, bytes]:
    """Return a diagram that asks one table."""
    drawn = paper(start(), user("go"), rule("R", "decide"), user("U"), end(), flows="s>go>R>U>e")
    return drawn | decision("decide", policy, rows, aggregation, values)


@pytest.mark.parametrize(
    ("policy", "rows", "aggregation", "values", "expected"),
    [
        ("PRIORITY", ROWS, "", '"b","a"', "b"),
        ("RULE ORDER", ROWS, "", "", ["a", "b", "a"]),
        ("OUTPUT ORDER", ROWS, "", '"b","a"', ["b", "a", "a"]),
        ("COLLECT", NUMBERS, "SUM", "", 30),
        ("COLLECT", NUMBERS, "MAX", "", 20),
        ("COLLECT", NUMBERS, "COUNT", "", 2),
    ],
)
def test_hit_policies_are_honoured(policy: str, rows: str, aggregation: str, values: str, expected: Any) -> None:
    """A table that says which rule wins must be taken at its word."""
    files = decided(policy, rows, aggregation, values)
    stock, ours = Stock(files), Ours(files)
    stock.complete("go", n=7)
    ours.complete("go", n=7)

    assert stock.sees("U").get("out") != expected
    assert ours.sees("U")["R"]["out"] == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_a_table_that_contradicts_itself_is_an_incident(policy: str) -> None:
    """Stock takes the first match, as if the others were not there."""
    files = decided(policy, ROWS)
    stock, ours = Stock(files), Ours(files)
    stock.complete("go", n=7)
    ours.complete("go", n=7)

    assert stock.sees("U")["out"] == "a"
    assert (ours.open, ours.incidents) == ([], ["decision"])
