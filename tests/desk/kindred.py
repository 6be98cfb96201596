"""A bureau of duties, of watches over them, and of ears: what the tests of messages between cases are made of."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from duban.bureau import Bureau
from duban.bureau.settings import Kind, Series
from duban.desk import cases, openings, work
from duban.model.case import Case
from duban.model.facts import Fact
from duban.model.facts import Kind as FactKind
from duban.testing import House, a_bureau, content
from tests.desk.small import clerk, task_at
from tests.engine.diagrams import boundary, drawn, extensions, node, nodes, properties, timer

MONDAY = "2026-03-02T09:00+08:00"
_NAMES = ("watch_start", "watch_stop", "watch_ended", "bell_rung", "duty_told", "nobody_hears", "petition_received")
_KEYS = ("ref_no", "limit")


def _beside() -> str:
    """Return the messages and the two properties by which a watch is found."""
    messages = "".join(f'<bpmn:message id="{name}" name="{name.replace("_", ".")}"/>' for name in _NAMES)
    return messages + "".join(_property(key) for key in _KEYS)


def _property(key: str) -> str:
    where = {"watch_start": f"watch_in.{key}", "watch_stop": key, "watch_ended": key, "bell_rung": key}
    inside = "".join(
        f'<bpmn:correlationPropertyRetrievalExpression messageRef="{message}"><bpmn:messagePath>{path}'
        "</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
        for message, path in where.items()
        if (message, key) != ("bell_rung", "limit")
    )
    return f'<bpmn:correlationProperty id="{key}" name="{key}">{inside}</bpmn:correlationProperty>'


def _message(name: str, payload: str = "") -> str:
    told = extensions(f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>") if payload else ""
    return f'<bpmn:messageEventDefinition messageRef="{name}">{told}</bpmn:messageEventDefinition>'


def _watch_of(limit: str) -> str:
    return _message("watch_start", f'{{"watch_in": {{"ref_no": case.no, "limit": "{limit}", "unit": "PCS01"}}}}')


_CLERK = {"role": "unit_clerk", "unit": '"PCS01"'}
_DUTY = (
    nodes("start:begin user:rest end:end_done end:end_heard")
    + node("userTask", "sign", properties(**_CLERK), name="签收")
    + boundary("late", "sign", timer('"PT1H"'), interrupting=False)
    + boundary("later", "sign", timer('"PT3H"'), interrupting=False)
    + node("endEvent", "end_late", _watch_of("sign"))
    + node("endEvent", "end_later", _watch_of("sign"))
    + node("userTask", "report", properties(**_CLERK), name="上报")
    + node("intermediateThrowEvent", "ring", _message("bell_rung", '{"ref_no": case.no}'))
    + node("intermediateThrowEvent", "tell", _message("duty_told", '{"case_no": get(told, "to"), "words": "好"}'))
    + node("intermediateThrowEvent", "call", _message("nobody_hears", '{"words": "有人吗"}'))
    + boundary("told_of_end", "rest", _message("watch_ended"), interrupting=False)
    + node("boundaryEvent", "was_told", _message("duty_told"), attachedToRef="rest", cancelActivity="false")
    + nodes("end:end_told")
)
_DUTY_FLOWS = (
    "begin>sign sign>report report>ring ring>tell tell>call call>rest rest>end_done late>end_late later>end_later "
    "told_of_end>end_heard was_told>end_told"
)
_WATCH = (
    node("startEvent", "begin", _message("watch_start"))
    + nodes("xor:again_or_begin race:race end:end_over end:end_acted")
    + node("intermediateCatchEvent", "stopped", _message("watch_stop"))
    + node("intermediateCatchEvent", "again", _message("watch_start"))
    + node("intermediateCatchEvent", "waited", timer('"PT24H"'))
    + node("userTask", "act", properties(**_CLERK), name="督促")
    + nodes("race:race_again")
    + node("intermediateCatchEvent", "stopped_then", _message("watch_stop"))
    + node("intermediateCatchEvent", "gave_up", timer('"P30D"'))
)
_WATCH_FLOWS = (
    "begin>again_or_begin again_or_begin>race race>stopped race>again race>waited again>again_or_begin "
    "stopped>end_over waited>act act>race_again race_again>stopped_then race_again>gave_up "
    "stopped_then>end_over gave_up>end_acted"
)
_EAR = nodes("start:begin end:end_heard") + node("intermediateCatchEvent", "hear", _message("bell_rung"), name="铃响")
_TALK = (
    nodes("start:begin end:end_held")
    + node(
        "intermediateThrowEvent",
        "raise",
        _message("petition_received", '{"envelope": point, "session_no": case.no}'),
    )
    + nodes("user:minutes")
)
DRAWN = {
    "duty": (_DUTY, _DUTY_FLOWS),
    "watch": (_WATCH, _WATCH_FLOWS),
    "ear": (_EAR, "begin>hear hear>end_heard"),
    "talk": (_TALK, "begin>raise raise>minutes minutes>end_held"),
}
BYHAND = ("unit_clerk",)


@contextmanager
def a_kindred_bureau(url: str = "sqlite://", **kinds: Any) -> Generator[House]:
    """Open a bureau of duties; *kinds*: columns that differ, by kind."""
    with a_bureau(url, at=MONDAY, bureau=_with(kinds) if kinds else _usual()) as house:
        yield house


@cache
def _usual() -> Bureau:
    return _with({})


def _with(kinds: Mapping[str, Any]) -> Bureau:
    usual = content()
    named = {
        id_: replace(Kind(id=id_, name=id_, process=id_, series=id_, open_by=BYHAND), **kinds.get(id_, {}))
        for id_ in DRAWN
    }
    files: dict[str, bytes] = {}
    for id_, (body, flows) in DRAWN.items():
        files |= drawn(body, flows, beside=_beside(), process_id=id_)
    petition = {"petition": usual.settings.kinds["petition"]}
    return replace(
        usual,
        settings=replace(
            usual.settings,
            kinds={**petition, **named},
            series={**usual.settings.series, **{id_: Series(id=id_, pattern=f"{id_}-{{n}}") for id_ in DRAWN}},
        ),
        files={**usual.files, **files},
    )


def a_duty(house: House, **data: Any) -> str:
    """Open a duty and return its number."""
    return openings.open_(house.desk, "duty", {"told": {}} | data, clerk(house.desk)).number


def done(house: House, number: str, element: str) -> None:
    """Complete the open work of *element* and let the messages go out."""
    work.complete(house.desk, number, task_at(house.desk, number, element), {}, clerk(house.desk))
    house.settle()


def children(house: House, number: str) -> list[Case]:
    """Return the cases that *number* opened."""
    return cases.show(house.desk, number).children


def facts(house: House, number: str, kind: FactKind) -> list[Fact]:
    """Return the facts of one kind of a case."""
    desk = house.desk
    found = desk.store.read(lambda record: record.journal.of(record.cases.load(number).id))
    return [fact for fact in found if fact.kind is kind]
