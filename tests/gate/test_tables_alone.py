"""A decision table can be checked by itself: designers send tables without diagrams."""

from __future__ import annotations

from functools import cache

from duban.bureau import Bureau
from duban.desk.gate import inspect
from duban.testing import content
from tests.gate.plans import table


@cache
def bureau() -> Bureau:
    return content(None)


def told(file: str, data: bytes) -> set[tuple[str, str, str | None]]:
    """Return file, rule and element of what is refused."""
    return {(p.file, p.rule, p.element) for p in inspect(bureau(), {file: data}) if not p.warning}


def test_a_shipped_table_by_itself_is_clean() -> None:
    """What the process that asks it knows of the data is known here too."""
    assert told("admissible.dmn", bureau().files["admissible.dmn"]) == set()


def test_a_row_that_a_process_needs_is_missed() -> None:
    """The gap shows where only the table is given, not the diagram that asks it."""
    text = bureau().files["admissible.dmn"].decode()
    last = text.rindex("<rule ")
    shorter = text[:last] + text[text.index("</rule>", last) + len("</rule>") :]

    assert ("admissible.dmn", "decision-complete", "admissible") in told("admissible.dmn", shorter.encode())


def test_a_table_that_nobody_asks_yet_is_read_too() -> None:
    """Whoever draws the table first must not hear that nothing is wrong with it."""
    overlapping = table("fee", "ask.age", "fee", "[0..18] | 0\n[18..70] | 5\n>70 | 0\n<0 | 0")
    broken = table("fee", "ask.age", "fee", "[0..18 | 0")

    assert told("fee.dmn", overlapping) == {("fee.dmn", "decision-overlap", "fee_2")}
    assert told("fee.dmn", broken) == {("fee.dmn", "decision-cell", "fee_1_i0")}


def test_a_row_for_what_is_below_nothing_can_be_the_answer() -> None:
    """Days left are negative when a limit has passed: such a row is no dead row."""
    late = table("late", "ask.days_left", "level", '<0 | "到期"\n[0..3] | "临期"\n>3 | "正常"'.replace('"', "&quot;"))

    assert told("late.dmn", late) == set()
