"""The store: transactions, and databases that are away, locked, damaged or foreign."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from duban.errors import BureauError, Conflict, Corrupted, DubanError, OutsideError, Refused
from duban.store import Store, Unit, databases
from tests.store.builders import NOW, a_case, happening


def a_number(unit: Unit) -> int:
    """Take a number: the smallest thing to write."""
    return unit.numbers.next("n")


def last(unit: Unit) -> int:
    """Return the last number taken."""
    return unit.numbers.last("n")


def then_fail(unit: Unit) -> int:
    """Write, then fail."""
    a_number(unit)
    raise ValueError("after all")


def test_what_is_written_can_be_read_elsewhere(store: Store, database_url: str) -> None:
    """A write returns after its commit."""
    assert store.write(a_number) == 1

    with Store(database_url) as other:
        assert other.read(last) == 1


def test_an_exception_undoes_everything_and_comes_through_unchanged(store: Store) -> None:
    """No partial state stays."""
    with pytest.raises(ValueError, match="after all"):
        store.write(then_fail)

    assert store.read(last) == 0
    assert store.write(a_number) == 1


def test_a_text_that_no_database_can_keep_is_refused_alone(store: Store) -> None:
    """Half a surrogate pair is wrong input, not a broken database: one row is refused, the rest goes on."""
    refused, number = store.write_many([lambda unit: unit.numbers.next("\ud83d"), a_number])

    assert (type(refused), number) == (Refused, 1)
    with pytest.raises(Refused, match="surrogates not allowed"):
        store.write(lambda unit: unit.numbers.next("\ud83d"))


def test_nul_is_refused_where_the_database_cannot_keep_it(database_url: str, store: Store) -> None:
    """PostgreSQL's texts have no NUL; that is no reason to say that the server is away."""
    if database_url.startswith("postgresql"):
        with pytest.raises(Refused, match="cannot contain NUL"):
            store.write(lambda unit: unit.numbers.next("n\0"))

    assert store.write(a_number) == 1


def test_several_share_a_commit_and_fail_alone(store: Store) -> None:
    """A sweep of hundreds must not stop at one broken case, nor lose the others."""
    case = store.write(a_case)

    def conflict(unit: Unit) -> int:
        a_number(unit)
        unit.note(case, [happening()], at=NOW, actor="zhang")
        return unit.note(case, [happening()], at=NOW, actor="li").version

    results = store.write_many([a_number, conflict, then_fail, a_number])

    assert [type(result) for result in results] == [int, Conflict, DubanError, int]
    assert (results[0], results[3], str(results[2])) == (1, 2, "ValueError: after all")
    assert store.read(lambda unit: (last(unit), unit.cases.load(case.id))) == (2, case)


def test_reading_cannot_write(store: Store) -> None:
    """A page that shows a case must not change it, whatever it calls."""
    with pytest.raises(DubanError):
        store.read(a_number)

    assert store.read(last) == 0
    assert store.write(a_number) == 1


def test_a_read_sees_one_moment(store: Store, database_url: str) -> None:
    """A page with list and count must not show two truths."""
    with Store(database_url) as other:

        def look_twice(unit: Unit) -> tuple[int, int]:
            first = last(unit)
            other.write(a_number)
            return first, last(unit)

        assert store.read(look_twice) == (0, 0)
    assert store.read(last) == 1


def test_transactions_do_not_nest(store: Store) -> None:
    """On SQLite the inner one would wait for the outer one for ever; on PostgreSQL it would see something else."""
    with pytest.raises(RuntimeError, match="do not nest"):
        store.write(lambda _: store.read(last))
    with pytest.raises(RuntimeError, match="do not nest"):
        store.read(lambda _: store.write(a_number))

    assert store.write(a_number) == 1


@pytest.mark.postgres
def test_a_server_that_was_restarted_is_connected_again(postgres_url: str) -> None:
    """A night's maintenance of PostgreSQL must not need a restart of ours."""
    with Store(postgres_url) as store:
        store.write(a_number)
        store.read(last)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        assert store.write(a_number) == 2
        assert store.read(last) == 2


@pytest.mark.postgres
def test_a_connection_lost_midway_writes_nothing_and_says_so(postgres_url: str) -> None:
    """The caller must know that the step has to be repeated."""

    def cut(unit: Unit) -> None:
        a_number(unit)
        unit.wire.text("SELECT pg_terminate_backend(pg_backend_pid())")

    with Store(postgres_url) as store:
        with pytest.raises(OutsideError, match="nothing was written"):
            store.write(cut)

        assert store.read(last) == 0


@pytest.mark.postgres
def test_a_deadlock_is_run_again(postgres_url: str) -> None:
    """The database picks a victim; nobody did anything wrong."""
    runs: list[int] = []

    def victim(unit: Unit) -> int:
        runs.append(1)
        if len(runs) == 1:
            unit.wire.say("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = 'deadlock_detected'; END $$")
        return a_number(unit)

    with Store(postgres_url) as store:
        assert store.write(victim) == 1
    assert len(runs) == 2


def test_a_locked_file_is_said_plainly(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's database browser holds the file."""
    monkeypatch.setattr(databases, "BUSY", 20)
    file = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other, Store(sqlite_url) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutsideError, match="Another process holds it"):
            store.write(a_number)
        other.execute("ROLLBACK")

        assert store.write(a_number) == 1


def test_a_full_disk_is_said_plainly_and_leaves_nothing_half_written(sqlite_url: str) -> None:
    """When room is made, the house goes on without a restart."""

    def fill(unit: Unit) -> None:
        a_number(unit)
        unit.texts.add("长" * 1_000_000, at=NOW, by="zhang")

    def limit(pages: int) -> Callable[[Unit], object]:
        return lambda unit: unit.wire.text(f"PRAGMA max_page_count={pages}")

    with Store(sqlite_url) as store:
        pages = store.read(lambda unit: unit.wire.text("PRAGMA page_count")[0][0])
        store.write(limit(pages + 10))
        with pytest.raises(OutsideError, match="The disk is full; make room"):
            store.write(fill)
        assert store.read(last) == 0

        store.write(limit(2**30))
        store.write(fill)
        assert store.read(last) == 1


def test_a_file_that_is_no_database_is_kept_and_named(tmp_path: Path) -> None:
    """Overwriting it would destroy whatever it is."""
    file = tmp_path / "duban.db"
    file.write_bytes(b"something else" * 1000)

    with Store(f"sqlite:///{file}") as store, pytest.raises(Corrupted, match=r"duban\.db is damaged or no database"):
        store.migrate()

    assert file.read_bytes() == b"something else" * 1000


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    """A path below a file can never be a folder."""
    (tmp_path / "var").write_text("a file")

    with (
        Store(f"sqlite:///{tmp_path}/var/duban.db") as store,
        pytest.raises(OutsideError, match="Check that the folder"),
    ):
        store.migrate()


def test_a_server_that_is_away_is_said_plainly_and_without_the_password(tmp_path: Path) -> None:
    """The message goes into logs and onto pages."""
    url = f"postgresql://duban:secret@/duban?host={tmp_path}"

    with Store(url) as store, pytest.raises(OutsideError, match="Check that the server runs") as caught:
        store.read(last)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        # nothing like a URL
        ("var/duban.db", "cannot be read"),
        # a database that we do not run on
        ("mysql://root@localhost/duban", "does not run on 'mysql'"),
        # one that nobody knows
        ("duckdb:///duban.db", "does not run on 'duckdb'"),
        ("", "cannot be read"),
    ],
)
def test_a_url_that_names_no_database_of_ours_is_refused(url: str, said: str) -> None:
    """With an example, for it is typed by hand into an environment variable."""
    with pytest.raises(BureauError, match=said):
        Store(url)


def test_what_can_be_made_again_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """The sample year is lived in half the time; whatever happened, everything afterwards is durable again."""
    found = []

    def look(unit: Unit) -> None:
        found.extend(unit.wire.text("PRAGMA synchronous"))

    with Store(f"sqlite:///{tmp_path / 'quick.db'}") as store:
        store.migrate()
        store.write(look)
        with store.remade_if_lost():
            store.write(look)
        with suppress(ZeroDivisionError), store.remade_if_lost():
            store.write(lambda _: 1 // 0)
        store.write(look)

    assert found == [(2,), (1,), (2,)]
