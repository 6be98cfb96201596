"""Settings become a desk, in one place."""

from pathlib import Path

import pytest

from duban.desk import people
from duban.errors import BureauError, OutsideError
from duban.opening import DATABASE_URL, Settings, open_desk, prepare


def test_what_the_environment_says_and_what_it_leaves_out() -> None:
    """Nothing else reads the environment; an empty variable says nothing."""
    said = Settings.of(
        {"DUBAN_DATABASE_URL": "postgresql:///duban", "DUBAN_BUREAU": "/srv/bureau", "DUBAN_VAR": "/srv"}
    )
    silent = Settings.of({"DUBAN_DATABASE_URL": "", "DUBAN_BUREAU": ""})

    assert said == Settings(database_url="postgresql:///duban", bureau=Path("/srv/bureau"), var=Path("/srv"))
    assert silent == Settings(database_url=DATABASE_URL, bureau=None, var=Path("var"))


def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    """It is done at every start."""
    desk = open_desk(Settings(database_url=f"sqlite:///{tmp_path}/duban.db", var=tmp_path))
    try:
        prepare(desk)
        before = people.list_(desk)
        prepare(desk)

        assert (people.list_(desk), len(before) > 100) == (before, True)
    finally:
        desk.close()


def test_a_folder_that_is_no_bureau_is_named(tmp_path: Path) -> None:
    """The operator sees which folder was meant and what it misses."""
    with pytest.raises(BureauError, match=str(tmp_path)):
        open_desk(Settings(database_url="sqlite://", bureau=tmp_path))


def test_a_database_that_is_away_is_the_worlds_fault(tmp_path: Path) -> None:
    """It is not the content that must be corrected; it will be tried again."""
    desk = open_desk(Settings(database_url=f"postgresql://nobody@/none?host={tmp_path}"))
    with pytest.raises(OutsideError):
        prepare(desk)
    desk.close()
