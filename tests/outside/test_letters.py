"""Letters are rendered whole or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from duban.errors import BureauError, MissingTemplate
from duban.outside.letters import Letters, day, moment


def letters(tmp_path: Path, **files: str) -> Letters:
    for name, text in files.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return Letters([tmp_path])


def test_a_letter_says_days_as_letters_do(tmp_path: Path) -> None:
    """A citizen reads 2026年2月24日, not an ISO string."""
    rendered = letters(tmp_path, L01="{{ name }}：{{ due|day }}前答复。").render(
        "L01.html", {"name": "周小平", "due": "2026-02-24"}
    )

    assert rendered == "周小平：2026年2月24日前答复。"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2026, 2, 24), "2026年2月24日"),
        # 23:00 UTC is the next morning in Shanghai
        (datetime(2026, 2, 23, 23, 5, tzinfo=UTC), "2026年2月24日"),
        ("2026-02-23T23:05:00+00:00", "2026年2月24日"),
    ],
)
def test_an_instant_counts_by_its_day_in_shanghai(value: date | datetime | str, said: str) -> None:
    """The day on a letter is the day where its reader lives."""
    assert day(value) == said


def test_a_moment_is_said_to_the_minute() -> None:
    """Receipts give the time, in Shanghai."""
    assert [moment("2026-02-24T01:05:00+00:00"), moment("2026-02-24")] == ["2026年2月24日 9时05分", "2026年2月24日"]


def test_a_missing_value_is_an_error_with_its_place(tmp_path: Path) -> None:
    """A letter with an empty place must never leave the house."""
    with pytest.raises(BureauError) as caught:
        letters(tmp_path, L01="第一行\n尊敬的{{ petitioner }}：").render("L01.html", {})

    [problem] = caught.value.problems

    assert (problem.file, problem.line, "petitioner" in problem.message) == ("templates/L01.html", 2, True)


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    """Whoever wrote the letter finds the mistake at once."""
    with pytest.raises(BureauError) as caught:
        letters(tmp_path, L01="好\n{% if x %}").render("L01.html", {})

    [problem] = caught.value.problems

    assert (problem.file, problem.line) == ("templates/L01.html", 2)


def test_an_unknown_template_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """A misspelt name is mended by reading the message."""
    with pytest.raises(MissingTemplate, match=r"templates/L99\.html: .*offers: L01\.html"):
        letters(tmp_path, L01="好").render("L99.html", {})


def test_what_people_wrote_cannot_become_markup(tmp_path: Path) -> None:
    """A petitioner's name is text, whatever stands in it."""
    rendered = letters(tmp_path, L01="{{ name }}").render("L01.html", {"name": "<script>"})

    assert rendered == "&lt;script&gt;"


def test_a_template_cannot_reach_the_machine(tmp_path: Path) -> None:
    """Templates are content, not code."""
    with pytest.raises(BureauError):
        letters(tmp_path, L01="{{ ''.__class__.__mro__[1].__subclasses__() }}").render("L01.html", {})


def test_the_bureaus_own_template_wins(tmp_path: Path) -> None:
    """A bureau may override any letter."""
    own, house = tmp_path / "own", tmp_path / "house"
    for folder in (own, house):
        folder.mkdir()
        (folder / "L01.txt").write_text(folder.name, encoding="utf-8")

    assert Letters([own, house]).render("L01.txt", {}) == "own"


def test_every_broken_template_is_told_before_a_letter_is_due(tmp_path: Path) -> None:
    """A letter that cannot be read must stop the opening, not a case in its third week."""
    (tmp_path / "gbk.html").write_bytes("信".encode("gbk"))
    found = letters(tmp_path, good="{{ x }}", open="一\n{% if x %}").problems()

    assert [(problem.file, problem.line) for problem in found] == [
        ("templates/gbk.html", None),
        ("templates/open.html", 2),
    ]
