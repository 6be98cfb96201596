"""Every sentence of the pages exists in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban.web import messages, words, worklist
from duban.web.language import Language, catalogue, chosen

WEB = Path(messages.__file__).parent
PAGES = WEB.parent.parent / "templates" / "pages"


def spoken() -> dict[str, str]:
    """Return every sentence that templates and code say, with the file that says it."""
    found: dict[str, str] = {}
    for file in [*PAGES.glob("*.html"), *WEB.glob("*.py")]:
        pattern = r"\bt\((['\"])(.+?)\1" if file.suffix == ".html" else r"\bsay\(\s*([\"'])(.+?)\1"
        found |= {match[2]: file.name for match in re.finditer(pattern, file.read_text("utf-8"))}
    for table in (words.ENDS, words.REASONS, words.WEIGHTS, worklist.LISTS):
        found |= dict.fromkeys(table.values(), "words.py")
    found |= {text: "words.py" for _, text in words._SAID.values()}
    found |= {text: "messages.py" for _, text in messages._SENTENCES}
    return found


def test_every_sentence_has_its_english() -> None:
    """A Chinese sentence left over on an English page is a page half translated."""
    missing = {text: file for text, file in spoken().items() if text not in catalogue()}

    assert missing == {}


def test_translations_keep_the_names_to_fill_in() -> None:
    """A lost {n} would print a sentence without its figure."""
    names = re.compile(r"\{(\w+)\}")
    different = {
        chinese: english
        for chinese, english in catalogue().items()
        if any(set(names.findall(chinese)) != set(names.findall(form)) for form in english.split("|"))
    }

    assert different == {}


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "expected"),
    [
        (None, None, None, "zh"),  # nothing is said: the bureau's language
        (None, None, "en-US,en;q=0.9", "en"),  # the browser says
        (None, None, "en;q=0.5, zh-CN;q=0.9", "zh"),  # the browser prefers
        (None, None, "fr, de;q=0.8", "zh"),  # none of ours
        (None, None, "en;q=x, zh", "zh"),  # a broken header
        (None, "en", "zh-CN", "en"),  # what somebody chose before wins over the browser
        ("zh", "en", "en", "zh"),  # what the address asks wins over all
        ("xx", "en", "zh", "en"),  # a language we do not have is as good as none
    ],
)
def test_the_language_is_what_was_chosen_last(
    asked: str | None, kept: str | None, accepted: str | None, expected: str
) -> None:
    """Address, then cookie, then browser."""
    assert chosen(asked, kept, accepted) == Language(expected)
