"""Settings: the shipped bureau.toml is whole, and a bad one is told everything at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duban.bureau import read_settings
from duban.bureau.settings import Condition, Entry, Length, Settings, Target
from duban.errors import BureauError
from duban.model.people import Unit

FILE = Path(__file__).parents[2] / "bureau.toml"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings("bureau.toml", FILE.read_bytes())


def spoilt(*changes: tuple[str, str]) -> list[str]:
    """Return what is said about the shipped file after *changes*."""
    text = FILE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(BureauError) as caught:
        read_settings("bureau.toml", text.encode())
    return [str(problem) for problem in caught.value.problems]


def test_the_sample_bureau_is_complete(settings: Settings) -> None:
    """Everything of the sample bureau stands from the first day."""
    police = [
        unit for unit in settings.units.values() if not unit.outside and unit.kind not in {"post", "grid", "point"}
    ]
    grid = [unit for unit in settings.units.values() if unit.kind == "grid"]

    assert len(police) == 32
    assert len(grid) == 7 + 21 + 42 + 84
    assert len([unit for unit in settings.units.values() if unit.kind == "point"]) == 30
    assert len(settings.channels) == 30
    assert len(settings.matters) == 65
    assert len({matter.group for matter in settings.matters.values()}) == 14
    assert len(settings.letters) == 42
    assert len(settings.chains) == 8
    assert len(settings.people) >= 120


def test_a_row_becomes_its_value(settings: Settings) -> None:
    """What is written in a line is what the house works with."""
    limit = settings.limits["X4.objection"]

    assert settings.units["CGS"] == Unit(
        code="CGS", name="车辆管理所", kind="window", parent="JT", deputy="L5", window=True, whistled=True
    )
    assert settings.channels["WS"].entry is Entry.EITHER
    assert settings.matters["1302"].supervise == "DC"
    assert settings.keywords[0].target is Target.MATTER
    assert limit.length == Length(amount=5, unit="wd")
    assert limit.warn == (2, 1)
    assert limit.only == (Condition(path=("received", "direct"), values=(False,)),)
    assert [level.wait for level in settings.chains["chain.urgent"].levels] == [
        Length(amount=10, unit="min"),
        Length(amount=20, unit="min"),
        Length(amount=30, unit="min"),
        None,
    ]


@pytest.mark.parametrize("role", ["unit_clerk", "officer", "unit_leader", "political_officer"])
def test_every_unit_that_can_handle_has_its_people(settings: Settings, role: str) -> None:
    """A case that is routed to a unit must find somebody there for each lane."""
    handling = {matter.unit for matter in settings.matters.values()} & set(settings.units)
    handling |= {place.unit for place in settings.places}
    staffed = {membership.unit for membership in settings.memberships if membership.role == role}

    assert handling - staffed == set()


def test_every_unit_in_the_line_has_a_deputy_with_a_person(settings: Settings) -> None:
    """Weighty replies go to the deputy in charge: the post must be held."""
    posts = {unit.deputy for unit in settings.units.values() if unit.deputy}
    held = {membership.unit for membership in settings.memberships if membership.role == "deputy_leader"}

    assert posts - held == set()


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    """Whoever corrects a file wants one list, not one mistake per attempt."""
    said = spoilt(
        ('deputy = "L6"', 'deputy = "L9"'),
        ('length = "15d"', 'length = "15 Tage"'),
        ('matter = "0101"', 'matter = "9999"'),
        ("bar = 0.8", "bar = 8"),
        ('receives = "XFK"', 'recieves = "XFK"'),
    )

    lines = FILE.read_text(encoding="utf-8").splitlines()
    xfk = next(n for n, line in enumerate(lines, 1) if 'code = "XFK"' in line)
    x2 = next(n for n, line in enumerate(lines, 1) if 'id = "X2.notice"' in line)
    assert f"bureau.toml:{xfk}: units[9].deputy: 'L9' is not known" in "\n".join(said)
    assert f"bureau.toml:{x2}: limits[0].length: '15 Tage' is no length" in "\n".join(said)
    assert any("keywords[0].matter: '9999' is not known" in line for line in said)
    assert any("routing.bar: must lie between 0 and 1, not 8.0" in line for line in said)
    assert any("channels[0].receives: is missing" in line for line in said)
    assert any("channels[0].recieves: this key is not known here (did you mean receives?)" in line for line in said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("云信〔{year}〕{n:05}", "云信〔{year}〕", "must hold {n}"),
        ("云信〔{year}〕{n:05}", "云信〔{jahr}〕{n}", "may use {year} and {n} only"),
        ('"XFK/unit_leader"', '"XFK/unit_ledder"', "did you mean unit_leader"),
        ("match = '^(\\d{8})'", "match = '^\\d{8}'", "needs a group"),
        ("ask = 0.25", "ask = 0.9", "must not be above same"),
        ("warn = [5, 2]", "warn = [-5, 2]", "offsets are counted before the end"),
        ('first_day = "excluded"', "first_day = 1", "must be a text, not 1"),
        ("roll = true", 'roll = "ja"', "must be true or false"),
        ("warn_hour = 9", "warn_hour = 24", "must be an hour of the day"),
        ('id = "X3.notice"', 'id = "X2.notice"', "'X2.notice' is there twice"),
        ("level = 2", "level = 7", "must count up by one"),
        ('"deputy_leader@L6"', '"deputy_leader@L66"', "did you mean L6"),
        ('"deputy_leader@common"', '"deputy_leader@commen"', "did you mean common"),
        ("starts = [", "starts = [17, ", "must be a list of texts"),
        ("only = {", "only = {a = true, ", "give the list of values"),
        ("[routing]", "[rooting]", "routing: the table is missing"),
    ],
)
def test_each_mistake_is_told_in_words(before: str, after: str, said: str) -> None:
    """A message says what was found and what is expected."""
    if before not in FILE.read_text(encoding="utf-8"):
        pytest.fail(f"{before} no longer stands in bureau.toml: give the test another line")

    assert said in "\n".join(spoilt((before, after)))


def test_a_file_that_is_no_toml_names_the_line() -> None:
    """The first thing that goes wrong in an editor is a bracket."""
    with pytest.raises(BureauError) as caught:
        read_settings("bureau.toml", b'a = 1\nb = [\n"x" "y"]\n')

    assert caught.value.problems[0].line == 3


def test_a_file_in_another_encoding_is_told() -> None:
    """Some editors still save GBK."""
    with pytest.raises(BureauError, match="is not UTF-8"):
        read_settings("bureau.toml", '[bureau]\nname = "云溪"\n'.encode("gb18030"))


def test_a_calendar_file_wins_over_the_settings() -> None:
    """The State Council's notice comes in November; the bureau drops a file beside bureau.toml."""
    year = 'year = 2027\noff = [2027-02-11, 2027-02-12]\non = [2027-02-20]\nsource = "国办通知"\n'

    settings = read_settings("bureau.toml", FILE.read_bytes(), {"calendar/2027.toml": year.encode()})

    assert settings.years[2027].off == {date(2027, 2, 11), date(2027, 2, 12)}
    assert settings.digest != read_settings("bureau.toml", FILE.read_bytes()).digest


def test_a_bad_calendar_file_is_told_by_its_name() -> None:
    """A make-up day on a Wednesday is a slip of the pen."""
    year = 'year = 2027\noff = [2026-02-11]\non = [2027-02-10]\nsource = "x"\n'

    with pytest.raises(BureauError) as caught:
        read_settings("bureau.toml", FILE.read_bytes(), {"calendar/2027.toml": year.encode()})

    assert [str(problem) for problem in caught.value.problems] == [
        "calendar/2027.toml:2: off: 2026-02-11 lie outside 2027",
        "calendar/2027.toml:3: on: 2027-02-10 are ordinary weekdays, no make-up days",
    ]


def test_a_rhythm_is_told_everything_that_is_wrong_with_it() -> None:
    """A meeting that never comes is noticed by nobody: the file is refused instead."""
    said = spoilt(
        (
            'every = "2w", weekday = "wed", time = "15:00", roll = "forward"',
            'every = "14d", weekday = "wen", time = "3pm", roll = "on", before = "soon"',
        ),
        (
            'process = "callback", series',
            'open_by = ["callbck_officer"], rhythm = "clear", process = "callback", series',
        ),
    )

    assert len(said) == 7
    assert all(
        any(part in line for line in said)
        for part in (
            "'14d' is no rhythm",
            "'wen'",
            "'3pm'",
            "'on'",
            "'soon'",
            "callback_officer",
            "did you mean clearing",
        )
    )
