"""Group commit: callers that come together share a commit, and only that."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import pytest

from duban.errors import OutsideError
from duban.store import Store, Unit

CALLERS = 8


@pytest.fixture
def lone(sqlite_url: str) -> Store:
    """A store on SQLite."""
    return Store(sqlite_url)


def together(store: Store, jobs: list[Callable[[Unit], object]]) -> list[object]:
    """Run *jobs* from a thread each, all waiting while one holds the writer; return results or errors."""
    answers: list[object] = [None] * len(jobs)
    holds, may_go = threading.Event(), threading.Event()

    def hold(_: Unit) -> None:
        holds.set()
        may_go.wait(10)

    def ask(place: int, job: Callable[[Unit], object]) -> None:
        try:
            answers[place] = store.write(job)
        except BaseException as error:  # noqa: BLE001 (the test looks at it)
            answers[place] = error

    leader = threading.Thread(target=store.write, args=(hold,))
    leader.start()
    holds.wait(10)
    callers = [threading.Thread(target=ask, args=pair) for pair in enumerate(jobs)]
    group = store._group
    assert group is not None
    for waiting, caller in enumerate(callers, start=1):
        caller.start()
        while len(group._waiting) < waiting:
            pass
    may_go.set()
    for thread in (leader, *callers):
        thread.join(10)
    return answers


def take(unit: Unit) -> int:
    """Take a number."""
    return unit.numbers.next("n")


def fail(unit: Unit) -> int:
    """Take a number and fail."""
    take(unit)
    raise ValueError("not this one")


def test_waiting_callers_share_one_commit(lone: Store) -> None:
    """A durable commit costs a disk's flush; eight callers must not wait for eight."""
    with lone:
        begins: list[str] = []
        lone.write(take)
        wire = lone._writers._idle[0].wire
        say = wire.say
        wire.say = lambda sql: (begins.append(sql), say(sql))[1]  # type: ignore[method-assign, func-returns-value]

        answers = together(lone, [take] * CALLERS)

    assert sorted(answers) == list(range(2, CALLERS + 2))  # type: ignore[type-var]
    assert (begins.count("BEGIN IMMEDIATE"), begins.count("COMMIT")) == (2, 2)


def test_a_failing_job_takes_only_itself_back(lone: Store) -> None:
    """Its caller gets its own error; the others' steps are written."""
    with lone:
        answers = together(lone, [take, fail, take])

        assert [answers[0], answers[2]] == [1, 2]
        assert isinstance(answers[1], ValueError)
        assert lone.read(lambda unit: unit.numbers.last("n")) == 2


def test_when_the_database_undoes_all_every_caller_hears_it(lone: Store) -> None:
    """A full disk ends the whole transaction: nobody may believe that their step was written."""

    def disk_full(unit: Unit) -> None:
        take(unit)
        unit.wire.say("ROLLBACK")

    with lone:
        answers = together(lone, [take, disk_full, take])

        assert all(isinstance(answer, OutsideError) for answer in answers)
        assert lone.read(lambda unit: unit.numbers.last("n")) == 0
        assert lone.write(take) == 1


def test_an_interrupted_leader_answers_the_others(lone: Store) -> None:
    """Ctrl-C in the thread that happens to commit for all: nothing is written and everybody hears it."""

    def interrupt(_: Unit) -> None:
        raise KeyboardInterrupt

    with lone:
        answers = together(lone, [take, interrupt, take])

        assert [type(answer) for answer in answers] == [KeyboardInterrupt, OutsideError, OutsideError]
        assert lone.read(lambda unit: unit.numbers.last("n")) == 0
        assert lone.write(take) == 1


def test_a_caller_who_gives_up_waiting_stops_nobody(lone: Store) -> None:
    """Ctrl-C while another thread commits: the job is forgotten, and the lead does not fall to it."""
    holds, may_go = threading.Event(), threading.Event()
    main, group = threading.get_ident(), lone._group
    assert group is not None

    def hold(_: Unit) -> None:
        holds.set()
        while not group._waiting:
            pass
        signal.pthread_kill(main, signal.SIGUSR1)
        may_go.wait(10)

    def give_up(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, give_up)
    leader = threading.Thread(target=lone.write, args=(hold,))
    leader.start()
    holds.wait(10)
    with lone:
        with pytest.raises(KeyboardInterrupt):
            lone.write(take)
        signal.signal(signal.SIGUSR1, before)
        may_go.set()
        leader.join(10)

        assert lone.write(take) == 1


def test_many_callers_lose_nothing(store: Store) -> None:
    """Sixteen clerks at once, on either database: every number once, none twice, none missing."""
    taken: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        for _ in range(20):
            number = store.write(take)
            with lock:
                taken.append(number)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(1, 321))
