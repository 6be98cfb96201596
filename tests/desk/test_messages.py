"""Messages reach the case that waits, once."""

import pytest

from duban.desk import messages, work
from duban.errors import NotFound, NotWaiting
from duban.model.calls import Message
from duban.model.people import SYSTEM
from tests.desk.small import a_small_bureau, an_errand, clerk, facts_of, task_at


def test_a_message_is_delivered_once_by_its_id(database_url: str) -> None:
    """A gateway that repeats itself must not stop two errands."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
        house.settle()
        message = Message(name="errand.stop", id="gateway/1")
        first = messages.deliver(house.desk, number, message, SYSTEM)
        second = messages.deliver(house.desk, number, message, SYSTEM)

        assert (first, second) == (True, False)
        assert facts_of(house.desk, number).count("message_received") == 1
        assert facts_of(house.desk, number)[-1] == "case_ended"


def test_a_message_that_nobody_waits_for_is_refused_and_may_come_again(database_url: str) -> None:
    """The sender must learn it; and an id that was refused is not used up."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        message = Message(name="errand.stop", id="gateway/2")
        with pytest.raises(NotWaiting):
            messages.deliver(house.desk, number, message, SYSTEM)
        work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
        house.settle()

        assert messages.deliver(house.desk, number, message, SYSTEM)


def test_an_unknown_case_is_named(database_url: str) -> None:
    """A wrong number is the commonest mistake of all."""
    with a_small_bureau(database_url) as house, pytest.raises(NotFound, match="差〔1999〕00001"):
        messages.deliver(house.desk, "差〔1999〕00001", Message(name="errand.stop"), SYSTEM)
