"""A petition gets in once, whoever brings it and however often."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from duban.desk import cases, intake, work
from duban.errors import NotFound, Refused
from duban.model.facts import Kind
from duban.model.people import SYSTEM
from duban.testing import House, a_bureau, a_case, a_petition, walk


def completed(house: House, number: str) -> dict[str, str]:
    """Return who completed which step."""
    timeline = cases.show(house.desk, number).timeline
    return {entry.element or "": entry.actor for entry in timeline if entry.kind == "work_completed"}


def test_the_same_envelope_gets_the_same_receipt(database_url: str) -> None:
    """A gateway that repeats itself must not open a second case."""
    with a_bureau(database_url) as house:
        petition = a_petition()
        first = intake.receive(house.desk, petition, SYSTEM)
        second = intake.receive(house.desk, petition, SYSTEM)

        assert (first.known, second.known, first.number) == (False, True, second.number)
        assert cases.list_(house.desk).total == 1


def test_without_a_number_of_its_own_the_content_decides(database_url: str) -> None:
    """Letters carry no ticket number; the same letter read in twice is one letter."""
    with a_bureau(database_url) as house:
        petition = a_petition(external_id=None)
        numbers = {intake.receive(house.desk, petition, SYSTEM).number for _ in range(2)}
        other = intake.receive(house.desk, a_petition(external_id=None, text=petition.text + "另外还有一只。"), SYSTEM)

        assert (len(numbers), other.number in numbers) == (1, False)


def test_a_complete_petition_is_registered_by_the_house() -> None:
    """Nobody types again what is there already."""
    with a_bureau() as house:
        number = a_case(house)

        assert completed(house, number) == {"register": SYSTEM}


def test_an_incomplete_petition_waits_for_a_clerk_with_what_was_found() -> None:
    """An anonymous letter has to be looked at; what intake has found stands in the form already."""
    with a_bureau() as house:
        number = a_case(house, petition=a_petition(people=()))
        [item] = cases.show(house.desk, number).work
        sheet = work.show(house.desk, number, item.task)

        assert (item.element, item.role, sheet.values["anonymous"], sheet.values["matter"]) == (
            "register",
            "intake",
            True,
            "0801",
        )
        assert "犬吠" in sheet.values["request"]


def test_words_are_kept_beside_the_case_and_belong_to_it() -> None:
    """State and facts hold references, so that words can be destroyed."""
    with a_bureau() as house:
        number = a_case(house)

        def read(record: Any) -> tuple[bytes, list[str | None]]:
            case = record.cases.load(number)
            return case.state, [text.words for text in record.texts.of(case.id)]

        state, texts = house.desk.store.read(read)

        assert ("孩子睡不好".encode() in state, any("孩子睡不好" in (words or "") for words in texts)) == (False, True)


def test_a_repeat_is_found_and_both_histories_stay(database_url: str) -> None:
    """Same person, same dog, the first still open: linked, not investigated twice (E2)."""
    with a_bureau(database_url) as house:
        first = a_case(house)
        house.clock.move(days=1)
        again = a_petition(received_at=house.clock.now())
        receipt = intake.receive(house.desk, again, SYSTEM)
        house.settle()
        walk(house, receipt.number)
        look, original = cases.show(house.desk, receipt.number), cases.show(house.desk, first)

        assert (receipt.repeat_of, look.case.end, look.repeats) == (first, "end_linked", first)
        assert (original.case.is_open, original.row and original.row.repeat_n) == (True, 1)


def test_a_file_of_the_past_is_received_now() -> None:
    """When it reached us is what the channel says; when we noticed is when we read it."""
    with a_bureau() as house:
        number = a_case(house, petition=a_petition(received_at=house.clock.now() - timedelta(days=3)))
        look = cases.show(house.desk, number)

        assert (look.row and look.row.received_at, look.case.opened_at) == (
            house.clock.now() - timedelta(days=3),
            house.clock.now(),
        )


def test_an_unknown_channel_is_answered_with_the_known_ones() -> None:
    """A typing mistake in a gateway's settings is found by reading the message."""
    with a_bureau() as house, pytest.raises(Refused, match=r"no channel 'FAX'; .*LX"):
        intake.receive(house.desk, a_petition(channel="FAX"), SYSTEM)


def test_a_ticket_delivered_again_with_other_words_keeps_them_once() -> None:
    """A hotline corrects its ticket under the same number: one case, and no word lost."""
    with a_bureau() as house:
        petition = a_petition()
        corrected = replace(petition, text=petition.text + "更正：是4幢。")
        number = intake.receive(house.desk, petition, SYSTEM).number
        again = [intake.receive(house.desk, corrected, SYSTEM) for _ in range(2)]
        kinds = [entry.kind for entry in cases.show(house.desk, number).timeline]

        assert ([receipt.number for receipt in again], kinds.count(Kind.WORDS_ADDED)) == ([number, number], 1)


def test_nobody_acts_under_an_unknown_name() -> None:
    """Who did what is in every fact; so whoever acts must be somebody."""
    with a_bureau() as house, pytest.raises(NotFound):
        intake.receive(house.desk, a_petition(), "nobody")
