"""Expectations: what ``then:`` may say, read into checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from duban.bureau.table import Table
from duban.desk.scenarios.page import Page
from duban.desk.scenarios.script import Check, Expect, Which

_CASE = re.compile(r"([a-z][a-z0-9_]*)(?:#([1-9][0-9]*))?")

TABLES = frozenset({"due", "warns", "data", "decided", "cases", "moved", "late", "opened", "unseen"})
"""Expectations that say something of several things by name."""
LISTS = frozenset({"open", "letters", "letters_include", "incidents", "waits", "seen_by", "hidden_from"})
SINGLE = frozenset({"ended", "sent"})
KNOWN = (*sorted(LISTS | TABLES | SINGLE), "case")


def which(row: Table) -> Which | None:
    """Read ``case: escalation`` or ``case: escalation#2``; None: the scenario's own case."""
    text = row.text("case", "")
    if not text:
        return None
    found = _CASE.fullmatch(text)
    if found is None:
        row.problem("case", f"{text!r} names no case; write the kind, as in escalation, or escalation#2 for the second")
        return None
    return Which(kind=found[1], nth=int(found[2]) if found[2] else None)


def read_expectation(page: Page, row: Table) -> Expect:
    """Read one block of ``then:``."""
    case = which(row)
    checks: list[Check] = []
    for what, wanted in row.values.items():
        if what == "case":
            continue
        if what not in KNOWN:
            row.unknown(what, what, KNOWN)
        elif what in TABLES:
            checks += _each(page, row, what, wanted)
        else:
            line = page.line_of(f"{row.path}.{what}") or 0
            checks.append(Check(what=what, key="", wanted=_listed(row, what, wanted), line=line))
    if not set(row.values) - {"case"}:
        row.problem("", "expects nothing; say open, ended, letters, due, data …")
    return Expect(line=page.line_of(row.path) or 0, case=case, checks=tuple(checks))


def _listed(row: Table, what: str, wanted: Any) -> Any:
    if what not in LISTS or isinstance(wanted, list):
        return wanted
    row.problem(what, f"must be a list, as in [{wanted}]")
    return []


def _each(page: Page, row: Table, what: str, wanted: Any) -> list[Check]:
    if not isinstance(wanted, Mapping):
        row.problem(what, f"must name what is meant, as in {what}: {{name: value}}")
        return []
    return [
        Check(what=what, key=str(key), wanted=value, line=page.line_of(f"{row.path}.{what}.{key}") or 0)
        for key, value in wanted.items()
    ]
