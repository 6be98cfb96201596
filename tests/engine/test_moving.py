"""Moving limits: a running deadline moves when what it reads is written, and nothing is restarted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from duban.api import Resolved
from duban.engine import process
from duban.errors import Refused
from duban.model.facts import Kind
from duban.model.work import Due
from tests.engine.diagrams import NOON, Walk, arrows, boundary, drawn, many, node, nodes, timer


class Extended:
    """``L``: ten days from when it is armed and what ``extend.days`` adds; off where ``stop`` is there.

    ``Z``: four days from ``at`` of the data, not in force without it.
    """

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return the end."""
        if name == "Z":
            at = None if "at" not in data else datetime.fromisoformat(data["at"]) + timedelta(days=4)
            return Resolved(at=at, on=None, why={"from": data.get("at")})
        days = 10 + data.get("extend", {}).get("days", 0)
        if not isinstance(days, int):
            raise Refused("extend.days must be whole")
        at = None if data.get("stop") else now + timedelta(days=days)
        return Resolved(at=at, on=None, why={"days": days})

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return *days* before."""
        end = self.resolve(name, data, now)
        return Resolved(at=end.at and end.at - timedelta(days=days), on=None, why={**end.why, "before": days})

    def reads(self, name: str) -> frozenset[str]:
        """Return what they depend on."""
        return frozenset({"at"} if name == "Z" else {"extend", "stop"})


class Case(Walk):
    """A case whose deadlines are extended."""

    def __init__(self, files: Mapping[str, bytes], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(files, data, deadlines=Extended())


def after(days: float) -> datetime:
    """Return an instant so many days after the case began."""
    return NOON + timedelta(days=days)


LATE = boundary("late", "a", timer('deadline("L")'), interrupting=False)
NEAR = boundary("near", "a", timer('warning("L", 2)'), interrupting=False)
FLOWS = "s>g g>a g>x x>y y>j a>j j>e late>e2"
"""Work with a deadline, and two steps of a parallel branch that write."""
ALONE = drawn(nodes("start:s and:g user:a user:x user:y and:j end:e end:e2") + LATE, FLOWS)
WARNED = drawn(nodes("start:s and:g user:a user:x user:y and:j end:e end:e2 end:e3") + LATE + NEAR, f"{FLOWS} near>e3")


def test_an_extension_moves_the_deadline_and_restarts_nothing() -> None:
    """SpiffWorkflow freezes a timer when it first waits; redrawing or restarting would lose the days that have run."""
    case = Case(ALONE)
    before = {work.element: work.task for work in case.look().work}
    timer_before = case.look().dues[0].task
    case.now += timedelta(days=6)

    case.complete("x", {"extend": {"days": 30}})

    assert case.dues == {"late": after(40)}
    moved = {
        "task": timer_before,
        "element": "late",
        "scope": "",
        "name": "L",
        "before": after(10).isoformat(),
        "after": after(40).isoformat(),
        "why": {"days": 40},
    }
    assert case.facts(Kind.TIMER_MOVED) == [moved]
    assert case.outcome.armed == (
        Due(
            task=timer_before,
            element="late",
            scope="",
            attached="a",
            at=after(40),
            name="L",
            warning=False,
            why={"days": 40},
            interrupting=False,
        ),
    )
    assert case.task("a") == before["a"]
    assert [case.facts(kind) for kind in (Kind.TIMER_ARMED, Kind.TIMER_CANCELLED)] == [[], []]


def test_a_moved_deadline_fires_at_its_new_time_only() -> None:
    """The old instant means nothing any more."""
    case = Case(ALONE)
    case.complete("x", {"extend": {"days": 5}})

    case.later(days=14.9)
    assert case.facts(Kind.TIMER_FIRED) == []
    case.later(days=0.1)

    assert [(fact["element"], fact["due"]) for fact in case.facts(Kind.TIMER_FIRED)] == [
        ("late", after(15).isoformat())
    ]


def test_what_no_limit_reads_moves_nothing() -> None:
    """An ordinary step tells nothing of timers."""
    case = Case(ALONE)

    case.complete("x", {"x": {"days": 30}})

    assert (case.facts(Kind.TIMER_MOVED), case.outcome.armed, case.dues) == ([], (), {"late": after(10)})


def test_the_same_extension_written_again_moves_nothing() -> None:
    """A fact says that something happened."""
    case = Case(ALONE)
    case.complete("x", {"extend": {"days": 5}})

    case.complete("y", {"extend": {"days": 5}})

    assert (case.facts(Kind.TIMER_MOVED), case.dues) == ([], {"late": after(15)})


def test_a_warning_that_was_sent_is_sent_again_before_the_new_end() -> None:
    """Before every limit a warning: an extension granted after the first one begins a new stretch."""
    case = Case(WARNED)
    case.later(days=8)
    assert [fact["element"] for fact in case.facts(Kind.TIMER_FIRED)] == ["near"]

    case.complete("x", {"extend": {"days": 30}})
    assert case.dues == {"late": after(40), "near": after(38)}
    case.later(days=30)

    assert [(fact["element"], fact["due"]) for fact in case.facts(Kind.TIMER_FIRED)] == [
        ("near", after(38).isoformat())
    ]


def test_what_has_fired_stays_quiet_while_its_time_has_passed() -> None:
    """A shortened limit does not warn a second time of the same end."""
    case = Case(WARNED)
    case.later(days=8)

    case.complete("x", {"extend": {"days": -1}})

    assert case.dues == {"late": after(9)}


def test_a_deadline_that_moves_into_the_past_is_due_at_once_and_its_warning_is_not() -> None:
    """Nobody is warned of what has passed."""
    case = Case(WARNED)
    case.now += timedelta(days=6)
    case.complete("x", {"extend": {"days": -5}})

    assert case.dues == {"late": after(5)}
    case.later(days=0)

    assert [fact["element"] for fact in case.facts(Kind.TIMER_FIRED)] == ["late"]


def test_a_deadline_sleeps_when_it_ceases_to_apply_and_wakes_when_it_applies_again() -> None:
    """A suspended limit shows no date; its arming instant is kept."""
    case = Case(ALONE)
    case.now += timedelta(days=2)
    case.complete("x", {"stop": True})
    assert case.dues == {}
    assert [fact["why"] for fact in case.facts(Kind.TIMER_CANCELLED)] == [{"days": 10}]
    assert len(case.outcome.disarmed) == 1
    case.now += timedelta(days=2)

    case.complete("y", {"stop": False})

    assert case.dues == {"late": after(10)}
    assert [fact["due"] for fact in case.facts(Kind.TIMER_ARMED)] == [after(10).isoformat()]


def test_a_deadline_that_did_not_apply_wakes_when_it_comes_to_apply() -> None:
    """A limit whose start is known later runs from that start."""
    files = drawn(
        nodes("start:s and:g user:a user:x user:y and:j end:e end:e2")
        + boundary("late", "a", timer('deadline("Z")'), interrupting=False),
        FLOWS,
    )
    case = Case(files)
    assert case.dues == {}

    case.complete("x", {"at": after(1).isoformat()})

    assert case.dues == {"late": after(5)}


def test_an_extension_written_inside_moves_the_limit_around_it() -> None:
    """The approval is a step of the phase that the limit sits on, two levels in."""
    inner = nodes("start:s2 user:x user:y end:e3") + arrows("s2>x x>y y>e3")
    middle = nodes("start:s1 end:e1") + node("subProcess", "deep", inner) + arrows("s1>deep deep>e1")
    body = nodes("start:s end:e end:e2") + node("subProcess", "a", middle) + LATE
    case = Case(drawn(body, "s>a a>e late>e2"))

    case.complete("x", {"extend": {"days": 30}})

    assert case.dues == {"late": after(40)}


def test_what_an_event_beside_the_flow_writes_is_heard() -> None:
    """The sender's consent comes as a message; its path ends at once, the limit moves all the same."""
    told = '<bpmn:messageEventDefinition messageRef="m"/>'
    body = nodes("start:s user:a end:e end:e2 end:e3") + LATE + boundary("extend", "a", told, interrupting=False)
    case = Case(drawn(body, "s>a a>e late>e2 extend>e3", beside='<bpmn:message id="m" name="consent"/>'))

    case.message("consent", {"days": 7})

    assert case.dues == {"late": after(17)}


def test_limits_of_an_instance_hear_their_own_instance() -> None:
    """An extension for one unit moves no other unit's limit."""
    inner = nodes("start:si and:gi user:a user:x and:ji end:ei end:el") + LATE
    inner += arrows("si>gi gi>a gi>x a>ji x>ji ji>ei late>el") + many("xs", item="unit")
    case = Case(drawn(nodes("start:s end:e") + node("subProcess", "sp", inner), "s>sp sp>e"), {"xs": ["U1", "U2"]})

    case.complete("x", {"extend": {"days": 3}}, nth=1)

    assert [(due.scope, due.at) for due in case.look().dues] == [("sp#0", after(10)), ("sp#1", after(13))]


def test_limits_around_a_called_process_hear_it_when_it_returns() -> None:
    """Its data are its own until then."""
    called = drawn(nodes("start:s user:x user:y end:e"), "s>x x>y y>e", process_id="other")
    body = nodes("start:s and:g user:a user:z and:j end:e end:e2") + LATE
    body += node("callActivity", "c", calledElement="other")
    case = Case({**drawn(body, "s>g g>a g>c c>z z>j a>j j>e late>e2"), **called})

    case.complete("x", {"extend": {"days": 3}})
    assert case.dues == {"late": after(10)}
    case.complete("y", {})

    assert case.dues == {"late": after(13)}


def test_a_step_inside_a_called_process_does_not_hear_its_caller() -> None:
    """A called process was given its data; what the caller learns later is not its business."""
    called = drawn(nodes("start:s user:a end:e end:e2") + LATE, "s>a a>e late>e2", process_id="other")
    body = nodes("start:s and:g user:x user:y and:j end:e") + node("callActivity", "c", calledElement="other")
    case = Case({**drawn(body, "s>g g>c g>x x>y y>j c>j j>e"), **called})

    case.complete("x", {"extend": {"days": 3}})

    assert case.dues == {"late": after(10)}


def test_a_token_that_waits_for_a_deadline_waits_for_its_new_time() -> None:
    """A wait in the flow moves like one beside an activity."""
    waits = node("intermediateCatchEvent", "t", timer('deadline("L")'))
    case = Case(drawn(nodes("start:s and:g user:x and:j end:e") + waits, "s>g g>t g>x t>j x>j j>e"))

    case.complete("x", {"extend": {"days": -3}})
    case.later(days=7)

    assert case.ended == ("e",)


def test_a_token_whose_wait_has_no_end_any_more_is_an_incident_until_it_has_one() -> None:
    """Nothing would ever end it; what heals it is what was written wrong."""
    waits = node("intermediateCatchEvent", "t", timer('deadline("L")'))
    case = Case(drawn(nodes("start:s and:g user:x user:y and:j end:e") + waits, "s>g g>t g>x x>y t>j y>j j>e"))
    case.complete("x", {"stop": True})
    assert [(found.element, found.reason) for found in case.outcome.incidents] == [("t", "expression")]

    case.complete("y", {"stop": False})

    assert (case.look().incidents, case.dues, len(case.outcome.settled)) == ((), {"t": after(10)}, 1)


def test_behind_an_event_gateway_another_event_may_end_the_wait() -> None:
    """The last level of a chain has no wait: only the message that stops it ends it."""
    waits = node("intermediateCatchEvent", "t", timer('deadline("L")')) + node(
        "intermediateCatchEvent", "m", '<bpmn:messageEventDefinition messageRef="stop"/>'
    )
    files = drawn(
        nodes("start:s race:r end:e end:e2") + waits,
        "s>r r>t r>m t>e m>e2",
        beside='<bpmn:message id="stop" name="stop"/>',
    )
    case = Case(files, {"stop": True})

    assert (case.look().incidents, case.dues) == ((), {})
    case.message("stop")

    assert case.ended == ("e2",)


def test_a_limit_that_cannot_be_counted_keeps_its_time_and_says_so() -> None:
    """A wrong number must not lose the deadline."""
    case = Case(ALONE)
    case.complete("x", {"extend": {"days": 1.5}})

    assert [found.element for found in case.outcome.incidents] == ["late"]
    assert case.dues == {"late": after(10)}
    case.later(days=10)

    assert [fact["element"] for fact in case.facts(Kind.TIMER_FIRED)] == ["late"]
    assert case.look().incidents == ()


def test_a_limit_that_could_not_be_counted_is_put_right_with_the_data() -> None:
    """Whoever corrects the number need not know of the timer."""
    case = Case(ALONE)
    case.complete("x", {"extend": {"days": 1.5}})
    case.now += timedelta(days=3)

    case.complete("y", {"extend": {"days": 2}})

    assert (case.look().incidents, case.dues) == ((), {"late": after(12)})


def test_a_duration_never_moves() -> None:
    """Only what the table of limits names can be extended."""
    body = nodes("start:s and:g user:a user:x user:y and:j end:e end:e2")
    body += boundary("late", "a", timer("days(extend.days)"), interrupting=False)
    case = Case(drawn(body, FLOWS), {"extend": {"days": 10}})

    case.complete("x", {"extend": {"days": 30}})

    assert case.dues == {"late": after(10)}


def test_a_condition_in_the_timer_is_asked_again_too() -> None:
    """Which limit applies may itself depend on what is written."""
    body = nodes("start:s and:g user:a user:x user:y and:j end:e end:e2")
    text = 'deadline("L") if v == 1 else warning("L", 4) if v == 2 else None'.replace('"', "&quot;")
    body += boundary("late", "a", timer(text), interrupting=False)
    case = Case(drawn(body, FLOWS), {"v": 3})
    assert case.dues == {}

    case.complete("x", {"v": 1})
    assert case.dues == {"late": after(10)}
    case.complete("y", {"v": 2})

    assert case.dues == {"late": after(6)}
    assert [due.warning for due in case.look().dues] == [True]


class Shifted(Extended):
    """Another calendar: everything ends three days later."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return the end."""
        found = super().resolve(name, data, now)
        return Resolved(at=found.at and found.at + timedelta(days=3), on=None, why={**found.why, "calendar": 2})


def test_another_calendar_moves_every_running_limit() -> None:
    """A new year's holiday file is loaded while cases are open."""
    case = Case(WARNED)
    state = case.state
    case.now += timedelta(days=2)

    case.keep(process.recount(case.definition, state, now=case.now, deadlines=Shifted()))

    assert case.dues == {"late": after(13), "near": after(11)}
    assert [(fact["before"], fact["after"]) for fact in case.facts(Kind.TIMER_MOVED)] == [
        (after(10).isoformat(), after(13).isoformat()),
        (after(8).isoformat(), after(11).isoformat()),
    ]
    assert [happening.kind for happening in case.outcome.happenings] == [Kind.TIMER_MOVED] * 2


def test_the_same_calendar_moves_nothing() -> None:
    """Counting again is safe at any time."""
    case = Case(WARNED)

    case.keep(process.recount(case.definition, case.state, now=after(5), deadlines=Extended()))

    assert (case.outcome.happenings, case.outcome.armed) == ((), ())


WRITES = st.lists(
    st.one_of(
        st.fixed_dictionaries({"extend": st.fixed_dictionaries({"days": st.integers(-5, 40)})}),
        st.fixed_dictionaries({"stop": st.booleans()}),
        st.fixed_dictionaries({"other": st.integers(0, 3)}),
    ),
    min_size=1,
    max_size=4,
)


@given(writes=WRITES, hours=st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_a_moved_limit_ends_when_one_armed_anew_with_the_same_start_would(
    writes: list[dict[str, Any]], hours: list[int]
) -> None:
    """However it came to its date, the date is that of the data and the start."""
    body = nodes("start:s and:g user:a and:j end:e end:e2") + LATE
    body += "".join(node("userTask", f"x{n}") for n in range(len(writes)))
    chain = [f"x{n}>x{n + 1}" for n in range(len(writes) - 1)]
    case = Case(drawn(body, f"s>g g>a g>x0 {' '.join(chain)} x{len(writes) - 1}>j a>j j>e late>e2"))
    known: dict[str, Any] = {}
    task = case.task("a")

    for n, (written, more) in enumerate(zip(writes, hours, strict=False)):
        case.now += timedelta(hours=more)
        known |= written
        case.complete(f"x{n}", written)

    anew = Extended().resolve("L", known, NOON).at
    assert case.dues == ({} if anew is None else {"late": anew})
    assert case.task("a") == task
