"""Coverage: what a diagram's cases can walk, and what facts show walked."""

from __future__ import annotations

from duban.engine.coverage import FLOW, NODE, ROW, Place, Plan, wanted
from duban.model.facts import Happening, Kind
from tests.engine.diagrams import Walk, arrows, boundary, drawn, many, node, nodes, properties, timer
from tests.engine.test_decisions import column, model, table

ASKS = node("businessRuleTask", "way", properties(calledDecisionId="t"))
REQUIRES = '<informationRequirement><requiredDecision href="#u"/></informationRequirement>'
TABLES = model(
    table([(["< 5"], ['"low"']), ([">= 5"], ['"high"'])], id_="u"),
    table(
        [(['"low"'], ["1"]), (['"high"'], ["2"])],
        columns=column("U", "string"),
        requires=REQUIRES,
        id_="t",
    ),
)


class Told:
    """Everything that the steps of a case told."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.happenings = list(walk.outcome.happenings)
        self.plan: Plan = wanted(walk.definition)

    def complete(self, element: str, nth: int = 0) -> None:
        """Complete work and keep what the step told."""
        self.walk.complete(element, {}, nth)
        self.happenings += self.walk.outcome.happenings

    def missing(self) -> list[str]:
        """Return what was not walked yet: ids of nodes and flows, rows as ``table/row``."""
        return [_short(place) for place in self.plan.missing(self.happenings)]


def _short(place: Place) -> str:
    return f"{place.element}/{place.row}" if place.what == ROW else place.element


def test_what_a_case_walks_is_covered_and_the_rest_is_missing() -> None:
    """A scenario file is complete when nothing is missing."""
    flows = "s>x;x>a[v == 1];x>b;a>e;b>e2"
    body = nodes("start:s xor:x user:a user:b end:e end:e2").replace('Gateway id="x"', 'Gateway id="x" default="f_x_b"')
    told = Told(Walk(drawn(body, flows), {"v": 1}))

    assert told.missing() == ["b", "e", "e2", "f_x_b", "f_a_e", "f_b_e2"]
    told.complete("a")

    assert told.missing() == ["b", "e2", "f_x_b", "f_b_e2"]


def test_a_boundary_event_is_walked_when_it_fires_not_when_it_waits() -> None:
    """A warning that no scenario reaches is not tested."""
    body = nodes("start:s user:a end:e end:late") + boundary("b", "a", timer("P1D"), interrupting=False)
    walk = Walk(drawn(body, "s>a a>e b>late"))
    told = Told(walk)

    assert told.missing() == ["e", "late", "b", "f_a_e", "f_b_late"]
    walk.later(days=2)
    told.happenings += walk.outcome.happenings

    assert told.missing() == ["e", "f_a_e"]


def test_events_behind_a_gateway_are_told_apart_by_their_flows() -> None:
    """Each of them waits; only what follows the one that fired is walked."""
    wait = node("intermediateCatchEvent", "t", timer("P1D")) + node("intermediateCatchEvent", "u", timer("P2D"))
    walk = Walk(drawn(nodes("start:s race:g end:e end:f") + wait, "s>g g>t g>u t>e u>f"))
    told = Told(walk)
    walk.later(days=1)
    told.happenings += walk.outcome.happenings

    assert told.missing() == ["f", "f_u_f"]


def test_both_ways_into_a_join_count() -> None:
    """Every arrival is a token of its own."""
    told = Told(Walk(drawn(nodes("start:s and:g user:a user:b and:j end:e"), "s>g g>a g>b a>j b>j j>e")))
    told.complete("a")
    assert told.missing() == ["e", "f_b_j", "f_j_e"]

    told.complete("b")

    assert told.missing() == []


def test_levels_below_are_found_by_their_scope() -> None:
    """Ids of called processes may be those of the caller: the scope says whose step it was."""
    inner = nodes("start:si user:u end:ei") + arrows("si>u u>ei") + many("xs")
    body = (
        nodes("start:s user:a end:e") + node("subProcess", "sp", inner) + node("callActivity", "c", calledElement="o")
    )
    files = {**drawn(body, "s>sp sp>c c>a a>e"), **drawn(nodes("start:s user:a end:e"), "s>a a>e", process_id="o")}
    told = Told(Walk(files, {"xs": [1, 2]}))
    told.complete("u")
    told.complete("u")

    missing = [(place.file, place.element) for place in told.plan.missing(told.happenings)]
    assert missing == [
        *[("main.bpmn", id_) for id_ in ("a", "e", "f_c_a", "f_a_e")],
        *[("o.bpmn", id_) for id_ in ("e", "f_a_e")],
    ]
    told.complete("a")

    missing = [(place.file, place.element) for place in told.plan.missing(told.happenings)]
    assert missing == [("main.bpmn", "e"), ("main.bpmn", "f_a_e")]


def test_work_of_many_is_walked_in_their_level() -> None:
    """The instance of a loop has a scope of its own, and no level."""
    told = Told(Walk(drawn(nodes("start:s end:e") + node("userTask", "a", many("xs")), "s>a a>e"), {"xs": [1]}))

    assert told.missing() == ["e", "f_a_e"]


def test_rows_of_required_tables_count_too() -> None:
    """A decision is as well tested as those that it requires."""
    files = {**drawn(nodes("start:s user:a end:e") + ASKS, "s>way way>a a>e"), "t.dmn": TABLES}
    walk = Walk(files, {"n": 7})
    told = Told(walk)
    told.complete("a")

    assert told.missing() == ["u/r1", "t/r1"]
    assert [(fact["decision"], fact["rules"], fact.get("for")) for fact in _decisions(told.happenings)] == [
        ("u", ["r2"], "t"),
        ("t", ["r2"], None),
    ]


def _decisions(happenings: list[Happening]) -> list[dict[str, object]]:
    return [dict(happening.payload) for happening in happenings if happening.kind is Kind.DECISION_MADE]


def test_places_are_told_with_their_labels() -> None:
    """The report must be readable without the file."""
    body = nodes("start:s end:e") + node("userTask", "a", name="签收") + ASKS
    files = {**drawn(body, "s>way way>a a>e"), "t.dmn": TABLES}

    places = wanted(Walk(files, {"n": 7}).definition).places

    assert [(place.what, place.name, place.number) for place in places] == [
        *[(NODE, name, 0) for name in ("s", "e", "签收", "way")],
        *[(FLOW, name, 0) for name in ("s → way", "way → 签收", "签收 → e")],
        *[(ROW, f"{table} {number}", number) for table in "UT" for number in (1, 2)],
    ]


def test_facts_of_older_records_count_without_their_flows() -> None:
    """A record that does not say by which flow a token came still says where it was."""
    walk = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e"))
    older = Happening(kind=Kind.TOKENS_MOVED, payload={"entered": [["a", "", 3]], "left": []})

    assert [place.element for place in wanted(walk.definition).missing([older])] == ["s", "e", "f_s_a", "f_a_e"]
