"""Words of FEEL: a cell's text cut into numbers, texts, names and signs; names may have spaces in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from duban.engine.feel.functions import FEEL_FUNCTIONS
from duban.errors import BureauError

KEYWORDS = frozenset(
    {"if", "then", "else", "and", "or", "in", "between", "true", "false", "null", "not", "for", "some", "every"}
    | {"return", "satisfies", "function", "instance"}
)
"""Words that are no names."""

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SIGNS = r"\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},:.?@]"


class FeelError(BureauError):
    """A cell is not written in FEEL as offered here."""

    def __init__(self, message: str, offset: int = 0) -> None:
        self.message = message
        self.offset = offset
        """Where in the text, in characters from 0."""
        super().__init__(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One word or sign."""

    kind: str
    """``number`` · ``string`` · ``name`` · ``word`` (a keyword) · ``sign`` · ``end``."""
    text: str
    """As written; of a string its value, of a name with single spaces."""
    at: int


def tokens(text: str, names: frozenset[str]) -> list[Token]:
    """Return the tokens of *text*, in which *names* are the known names with spaces or signs in them.

    Raises:
        FeelError: Something in it is no word of FEEL.
    """
    return [*_cut(text, _pattern(names)), Token(kind="end", text="the end", at=len(text))]


def _cut(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            raise FeelError(_unknown(text, at), at)
        if found.lastgroup not in (None, "space"):
            yield _token(str(found.lastgroup), found[0], at)
        at = found.end()


def _token(kind: str, text: str, at: int) -> Token:
    if kind == "string":
        return Token(kind=kind, text=_whole(_ESCAPE.sub(_unescaped, text[1:-1])), at=at)
    if kind == "name" and text in KEYWORDS:
        return Token(kind="word", text=text, at=at)
    return Token(kind="name" if kind == "known" else kind, text=" ".join(text.split()), at=at)


def _whole(text: str) -> str:
    """Return *text* with pairs of halves as the characters that they are; single halves cannot be recorded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _ESCAPED.get(found[3], found[0])  # what is no escape stays, for patterns
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF else found[0]  # noqa: PLR2004  the last code point


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    spaced = [name for name in FEEL_FUNCTIONS if " " in name]
    known = sorted({*names, *spaced, "time offset"}, key=len, reverse=True)
    alternatives = "|".join(r"\s+".join(map(re.escape, name.split())) for name in known)
    return re.compile(
        r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
        r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)"
        r'|(?P<string>"(?:\\.|[^"\\])*")'
        rf"|(?P<known>(?:{alternatives})(?!\w))"
        r"|(?P<name>[^\W\d]\w*)"
        rf"|(?P<sign>{_SIGNS})",
        re.DOTALL,
    )


def _unknown(text: str, at: int) -> str:
    if text[at] == '"':
        return "this text has no closing quote"
    if text[at] in "“”「」‘’'":
        return f'texts stand between straight quotes ("…"), not {text[at]}'
    if text[at] in "，、；（）《》＜＞＝：":
        return f"{text[at]} is a full-width sign; write the half-width one"
    return f"{text[at]} means nothing in FEEL"


def spaced_names(names: Iterable[str]) -> frozenset[str]:
    """Return those of *names* that have spaces or signs in them, which the words of a cell must be matched with."""
    return frozenset(" ".join(name.split()) for name in names if name.strip() and not re.fullmatch(r"[^\W\d]\w*", name))
