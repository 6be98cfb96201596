"""A bureau that sends people on trips, and stories about them: what the tests of scenarios are made of."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duban import opening
from duban.api import Call, Done, Failed, Offered, Tools
from duban.bureau import Bureau
from duban.bureau.settings import Kind, Series
from duban.desk.scenarios.running import Results, run
from duban.desk.shelf import Shelf
from duban.testing import content
from tests.engine.diagrams import boundary, drawn, extensions, many, node, nodes, properties, service, timer
from tests.engine.test_decisions import column, model, table

__all__ = ["BUREAU", "Calls", "failures", "played", "problems"]

BESIDE = '<bpmn:message id="stop_message" name="trip.stop"/><bpmn:error id="lost_error" errorCode="lost"/>'
_CLERK = {"role": "unit_clerk", "unit": '"PCS01"'}
_ASK = node("userTask", "ask", properties(**_CLERK, formJsonSchemaFilename="trip.json"), name="交办")
_RATE = node(
    "businessRuleTask",
    "rate",
    extensions("<spiffworkflow:calledDecisionId>level</spiffworkflow:calledDecisionId>"),
    name="分级",
)
_VISIT = node("userTask", "visit", properties(role="unit_clerk", unit="u") + many("ask.units", item="u"), name="走访")
_CHECK = node("userTask", "check", properties(role="unit_leader", unit='"PCS01"'), name="查收")
_STOP = '<bpmn:messageEventDefinition messageRef="stop_message"/>'
_LOST = '<bpmn:errorEventDefinition errorRef="lost_error"/>'
_BODY = (
    nodes("start:begin end:end_done end:end_told end:end_stopped end:end_none end:end_lost")
    + node("exclusiveGateway", "g_rate", default="f_g_rate_visit")
    + _ASK
    + _RATE
    + _VISIT
    + boundary("late", "visit", timer('deadline("B.contact")'), interrupting=False)
    + boundary("warn", "visit", timer('warning("B.contact", 1)'), interrupting=False)
    + service("remind", "trip/remind")
    + service("fetch", "trip/fetch", "fetch")
    + boundary("lost", "fetch", _LOST)
    + _CHECK
    + boundary("stop", "check", _STOP)
)
_FLOWS = (
    "begin>ask; ask>rate; rate>g_rate; g_rate>visit; g_rate>end_none[rate.x == 'none']; visit>fetch; fetch>check;"
    "check>end_done; late>remind; remind>end_told; warn>end_told; stop>end_stopped; lost>end_lost"
)
_LEVEL = model(
    table(
        [(['"小事"'], ['"low"']), (['"大事"'], ['"high"']), (['"无事"'], ['"none"'])],
        columns=column("ask.what", "string"),
        id_="level",
    )
)
FORM: Mapping[str, Any] = {
    "title": "交办",
    "type": "object",
    "properties": {
        "what": {"title": "事项", "type": "string", "enum": ["小事", "大事", "无事"]},
        "code": {"title": "编号", "type": "string"},
        "units": {"title": "单位", "type": "array", "minItems": 1, "items": {"type": "string", "format": "unit"}},
        "urgent": {"title": "紧急", "type": "boolean"},
    },
    "required": ["what", "units", "urgent"],
    "additionalProperties": False,
}


class Calls:
    """Handlers that remember who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, call: Call, _tools: Tools) -> Done | Failed:
        self.asked.append(call.operator)
        return Done(result={"got": "something"})


def _bureau() -> Bureau:
    usual = content()
    trip = Kind(id="trip", name="出差", process="trip", series="trip", open_by=("petition_office",), rhythm="clearing")
    kinds = {"trip": trip}
    handlers = {name: Offered(name=name, handler=Calls()) for name in ("trip/remind", "trip/fetch")}
    return replace(
        usual,
        settings=replace(
            usual.settings,
            kinds=kinds,
            series={**usual.settings.series, "trip": Series(id="trip", pattern="差〔{year}〕{n:03}")},
        ),
        files={**drawn(_BODY, _FLOWS, beside=BESIDE, process_id="trip"), "level.dmn": _LEVEL},
        forms={"trip": FORM},
        handlers=handlers,
    )


BUREAU = _bureau()
SHELF = Shelf(BUREAU)
FRESH = opening.rehearsals(BUREAU, SHELF)


@contextmanager
def written(*texts: str) -> Generator[Sequence[Path]]:
    """Write texts to files ``one.scenarios.yaml`` …, gone afterwards."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.scenarios.yaml" for n in range(1, len(texts) + 1)]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        yield paths


def played(*texts: str, only: Sequence[str] = (), processes: int = 1) -> Results:
    """Play the files with these *texts*."""
    with written(*texts) as files:
        return run(BUREAU, SHELF, FRESH, files=files, only=only, processes=processes)


def failures(when: str, then: str = "{ended: null}", *, given: str = "{}") -> list[str]:
    """Play one scenario and return how it failed, with the line counted from the first step."""
    indented = "\n".join(f"      {line}" for line in when.strip("\n").splitlines())
    head = "diagram: trip\ngiven: {at: 2026-03-02T09:00+08:00}\nscenarios:\n  - id: one\n"
    text = f"{head}    given: {given}\n    then: {then}\n    when:\n{indented}\n"
    results = played(text)
    told = [f"{(problem.line or 0) - 7}: {problem.message}" for problem in results.problems]
    return told + [f"{failure.line - 7}: {failure.message}" for each in results.failed for failure in each.failures]


def problems(text: str) -> list[tuple[int | None, str]]:
    """Return the problems of a file, with their lines."""
    return [(problem.line, problem.message) for problem in played(text).problems]
