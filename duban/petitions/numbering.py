"""Numbers that are printed on paper: 云信〔2026〕00042."""

from __future__ import annotations

from datetime import datetime

from duban.bureau.settings import Series
from duban.model.clock import SHANGHAI


def year_of(at: datetime) -> int:
    """Return the year whose numbers count: the bureau's, not the machine's."""
    return at.astimezone(SHANGHAI).year


def counter_of(series: Series, at: datetime) -> str:
    """Return the name under which the store counts: each series starts at 1 every year."""
    return f"{series.id}/{year_of(at)}"


def number_of(series: Series, at: datetime, n: int) -> str:
    """Return the *n*-th number of the year in which *at* lies."""
    return series.pattern.format(year=year_of(at), n=n)
