"""What a case waits to hear is handed on by those who may, as it was said."""

from __future__ import annotations

import pytest

from duban.desk import cases, replies
from duban.errors import InvalidForm, NotWaiting, NotYourWork
from duban.testing import a_bureau, a_case
from tests.desk.small import clerk


def test_a_petitioners_word_reaches_the_case_as_it_was_said() -> None:
    """D1: not edited, not shortened; who handed it on and for which unit stands beside it."""
    with a_bureau() as house:
        number = a_case(house, at="first_contact")
        office = clerk(house.desk, "XFK", "petition_office")
        offered = {each.message: each for each in replies.awaited(house.desk, number, office)}
        replies.say(
            house.desk,
            number,
            offered["petition.withdraw"].task,
            {"why": "撤回", "words": "我不反映了，麻烦你们了。"},
            office,
        )
        (fact,) = [e for e in cases.show(house.desk, number).timeline if e.kind == "message_received"]

        assert offered["petition.withdraw"].name == "信访人要求撤回"
        assert fact.actor == office
        assert (fact.payload["payload"]["_by"], fact.payload["payload"]["_unit"]) == (office, "XFK")
        assert fact.payload["payload"]["words"].keys() == {"$text"}  # kept beside the case, word for word


def test_nobody_else_is_offered_it() -> None:
    """A button that is refused afterwards is no button."""
    with a_bureau() as house:
        number = a_case(house, at="first_contact")
        office, stranger = clerk(house.desk, "XFK", "petition_office"), clerk(house.desk, "HFZX", "callback_officer")
        task = replies.awaited(house.desk, number, office)[0].task

        assert replies.awaited(house.desk, number, stranger) == []
        with pytest.raises(NotYourWork, match=r"may not hand on petition\.withdraw"):
            replies.say(house.desk, number, task, {"words": "撤"}, stranger)
        with pytest.raises(InvalidForm, match="必填"):
            replies.say(house.desk, number, task, {}, office)
        with pytest.raises(NotWaiting, match=r"nothing in .* waits at task 9999"):
            replies.say(house.desk, number, 9999, {"words": "撤"}, office)
