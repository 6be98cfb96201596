"""Calls are done after the commit, at least once, and never lost."""

import pytest

from duban.api import Call, Done, Failed, IssueLetter, Tools
from duban.desk import calls, cases, incidents, work
from duban.desk.calls import Ran
from duban.testing import House
from tests.desk.small import a_small_bureau, an_errand, clerk, facts_of, task_at


def wanting_a_call(house: House) -> str:
    number = an_errand(house)
    work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
    return number


def open_elements(house: House, number: str) -> list[str]:
    items = house.desk.store.read(lambda record: record.worklist.of(record.cases.load(number).id))
    return [item.element for item in items]


class Stubborn:
    """A handler that fails a number of times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls: list[Call] = []

    def __call__(self, call: Call, _tools: Tools) -> Done:
        self.calls.append(call)
        if len(self.calls) <= self.times:
            raise ConnectionError("the gateway does not answer")
        return Done(result={"got": True})


def test_a_call_is_run_after_the_commit_and_its_answer_goes_on(database_url: str) -> None:
    """The step of the clerk never waits for the world."""
    with a_small_bureau(database_url) as house:
        number = wanting_a_call(house)
        waiting = open_elements(house, number)
        ran = calls.run(house.desk)

        assert (waiting, ran, open_elements(house, number)) == ([], Ran(done=1), ["check"])
        assert cases.show(house.desk, number).data["fetch"] == {"got": True}


def test_a_failing_handler_is_tried_again_with_the_same_key(database_url: str) -> None:
    """A gateway that was away for six minutes costs six minutes, not a letter sent twice."""
    handler = Stubborn(times=2)
    with a_small_bureau(database_url, fetch=handler) as house:
        number = wanting_a_call(house)
        first = calls.run(house.desk)
        too_early = calls.run(house.desk)
        house.clock.move(minutes=1)
        house.clock.move(minutes=5)

        assert (first, too_early) == (Ran(retried=1), Ran())
        assert [call.attempt for call in handler.calls] == [1, 2, 3]
        assert len({call.key for call in handler.calls}) == 1
        assert facts_of(house.desk, number).count("call_failed") == 2
        assert open_elements(house, number) == ["check"]


class UnreadableError(Exception):
    """An error that fails when it is asked what happened."""

    def __str__(self) -> str:
        raise TypeError("no words")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnreadableError(), "UnreadableError: its message cannot be read"),
        (SystemExit(3), "SystemExit: 3"),  # a handler that ends its process must not end ours
        (ValueError("x" * 10_000), f"ValueError: {'x' * 1_988}"),  # the journal keeps it for ever
    ],
)
def test_whatever_a_handler_raises_is_an_attempt_that_failed(error: BaseException, told: str) -> None:
    """One bad handler stops neither the sweep nor the other cases."""

    def handler(_call: Call, _tools: Tools) -> Done:
        raise error

    with a_small_bureau("sqlite://", fetch=handler) as house:
        number = wanting_a_call(house)
        ran = calls.run(house.desk)
        failed = [
            entry.payload["error"] for entry in cases.show(house.desk, number).timeline if entry.kind == "call_failed"
        ]

        assert (ran, failed) == (Ran(retried=1), [told])


def test_a_handler_that_keeps_failing_becomes_an_incident_that_a_person_retries(database_url: str) -> None:
    """Nothing is given up silently."""
    handler = Stubborn(times=5)
    with a_small_bureau(database_url, fetch=handler) as house:
        number = wanting_a_call(house)
        house.clock.move(days=1)
        [trouble] = incidents.list_(house.desk)
        incidents.retry(house.desk, number, trouble.task, clerk(house.desk))
        house.settle()

        assert (trouble.number, trouble.element, trouble.reason) == (number, "fetch", "call")
        assert "the gateway does not answer" in trouble.message
        assert (incidents.list_(house.desk), open_elements(house, number)) == ([], ["check"])


def test_a_person_answers_by_hand(database_url: str) -> None:
    """When the gateway is gone for good, the case still goes on."""
    with a_small_bureau(database_url, fetch=Stubborn(times=99)) as house:
        number = wanting_a_call(house)
        house.clock.move(days=1)
        [trouble] = incidents.list_(house.desk, number=number)
        incidents.answer(house.desk, number, trouble.task, {"got": "电话办理"}, clerk(house.desk))

        assert cases.show(house.desk, number).data["fetch"] == {"got": "电话办理"}
        assert (incidents.list_(house.desk), open_elements(house, number)) == ([], ["check"])


def test_an_error_that_no_boundary_catches_becomes_an_incident(database_url: str) -> None:
    """A BPMN error is the diagram's business; where the diagram forgot it, a person decides."""
    with a_small_bureau(database_url, fetch=lambda _call, _tools: Failed(code="gone", message="查无此件")) as house:
        number = wanting_a_call(house)
        calls.run(house.desk)
        [trouble] = incidents.list_(house.desk, number=number)

        assert (trouble.element, trouble.reason) == ("fetch", "error")


def test_what_is_no_answer_is_said_at_once(database_url: str) -> None:
    """A handler that forgets its return is a mistake of the content, not of the network."""
    with a_small_bureau(database_url, fetch=lambda _call, _tools: None) as house:  # type: ignore[arg-type, return-value]
        wanting_a_call(house)
        ran = calls.run(house.desk)
        [trouble] = incidents.list_(house.desk)

        assert (ran, "a handler answers Done or Failed" in trouble.message) == (Ran(failed=1), True)


def test_a_letter_keeps_its_number_however_often_it_is_tried(database_url: str) -> None:
    """Numbers of letters have no gaps and no twins."""
    numbers: list[str] = []

    def issue(call: Call, tools: Tools) -> Done:
        numbers.append(tools.letter_number("L01"))
        tools.send("sms", "13800000001", "回执", "已收到", key=call.key)
        if call.attempt == 1:
            raise ConnectionError("after the message had gone")
        letter = IssueLetter(
            letter="L01", title="受理告知书", body="正文", to="周小平", numbered=numbers[-1], way="邮寄"
        )
        return Done(result={"no": numbers[-1]}, effects=(letter,))

    with a_small_bureau(database_url, fetch=issue) as house:
        number = wanting_a_call(house)
        calls.run(house.desk)
        house.clock.move(minutes=1)
        [letter] = cases.show(house.desk, number).letters

        assert (len(numbers), len(set(numbers)), letter.number) == (2, 1, numbers[0])
        assert [sent.to for sent in house.post.sent.values()] == ["13800000001"]
        assert "letter_issued" in facts_of(house.desk, number)


def test_an_error_that_no_event_catches_can_be_answered_by_hand(database_url: str) -> None:
    """Whether a handler breaks or says Failed, the person who knows the answer can give it."""
    with a_small_bureau(database_url, fetch=lambda _call, _tools: Failed(code="LOST", message="nobody there")) as house:
        number = wanting_a_call(house)
        calls.run(house.desk)
        [trouble] = incidents.list_(house.desk, number=number)

        incidents.answer(house.desk, number, trouble.task, {"got": "by hand"}, clerk(house.desk))

        assert (trouble.reason, open_elements(house, number)) == ("error", ["check"])
        assert cases.show(house.desk, number).data["fetch"] == {"got": "by hand"}
        assert incidents.list_(house.desk, number=number) == []
