"""Branches that disagree, and data that are wrong, put right on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duban.desk import cases, incidents
from duban.testing import House
from tests.desk.small import a_small_bureau, an_errand, clerk
from tests.desk.test_incidents import TORN, disagreeing
from tests.web.conftest import Browser, token

LOST = TORN.replace('id="errand/fetch" resultVariable="answer"/>', 'id="errand/fetch" resultVariable="answer">'
    '<spiffworkflow:parameters><spiffworkflow:parameter id="what" type="any" value="what"/></spiffworkflow:parameters>'
    "</spiffworkflow:serviceTaskOperator>",
    1,
)  # fmt: skip
"""The first call reads what nobody has said."""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A bureau whose two branches answer differently, the first of which lacks its data."""
    with a_small_bureau("sqlite://", bpmn=LOST, fetch=disagreeing) as opened:
        yield opened


def test_data_are_put_right_and_then_a_value_is_chosen(house: House, browser: Browser) -> None:
    """Both ways out of one case: what was missing is typed in, what disagrees is chosen."""
    desk, number = house.desk, an_errand(house)
    house.settle()
    client = browser(clerk(desk))
    (lost,) = incidents.list_(desk, number=number)
    address = f"/cases/{number}/incident/{lost.task}"
    form = {"token": token(client.get(address).text)}
    wrong = client.post(f"{address}/retry", data=form | {"data": "what"})
    client.post(f"{address}/retry", data=form | {"data": '{"what": "取件"}'})
    house.settle()
    (torn,) = incidents.list_(desk, number=number)
    page = client.get(f"/cases/{number}/incident/{torn.task}").text
    (disagreement,) = incidents.disagreements(torn)
    chosen = [alternative.value for alternative in disagreement.values].index("other")
    client.post(f"/cases/{number}/incident/{torn.task}/resolve", data={"token": token(page), "answer.by": chosen})
    look = cases.show(desk, number)

    assert (lost.reason, wrong.status_code, "不是 JSON" in wrong.text) == ("expression", 422, True)
    assert ("answer.by" in page, "fetch" in page, "other" in page) == (True, True, True)
    assert (look.case.end, look.data["answer"], look.incidents) == ("end_done", {"by": "other"}, [])
