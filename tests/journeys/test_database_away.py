"""The database goes away and comes back: nothing acknowledged is lost, nothing happens twice."""

import psycopg
import pytest
from sqlalchemy.engine import make_url

from duban.desk import cases, due, work
from duban.errors import OutsideError
from duban.testing import House, a_bureau, a_case
from tests.desk.small import clerk


def cut(url: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (name,),
        )


def sign(house: House, number: str) -> None:
    [item] = cases.show(house.desk, number).work
    work.complete(house.desk, number, item.task, {"decision": "签收"}, clerk(house.desk))


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_step_after_the_cut_is_done_once(database_url: str) -> None:
    """The clerk is told to try again, or never notices; the journal has one step."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        cut(database_url)
        for _ in range(3):
            try:
                sign(house, number)
            except OutsideError:
                continue
            break
        house.settle()
        look = cases.show(house.desk, number)

        assert [item.element for item in look.work] == ["assign_officer"]
        assert [entry.element for entry in look.timeline if entry.kind == "work_completed"] == ["register", "sign"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_sweep_after_the_cut_finds_what_was_due(database_url: str) -> None:
    """Deadlines that passed while the database was away are noticed late, not lost."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        cut(database_url)
        for _ in range(3):
            try:
                house.clock.jump(days=3)
            except OutsideError:
                continue
            break
        due.fire(house.desk)

        assert "timer_fired" in [entry.kind for entry in cases.show(house.desk, number).timeline]
