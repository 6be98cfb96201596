"""The cursor of FEEL's grammar: what is read next, what was found on the way, and how a cell is refused."""

from __future__ import annotations

from typing import Any

from duban.engine.feel.tokens import FeelError, Token, tokens

LONGEST = 4_000
"""Most characters of a cell."""


class Cursor:
    """Walks over the tokens of one cell."""

    def __init__(self, text: str, names: frozenset[str], functions: frozenset[str]) -> None:
        if len(text) > LONGEST:
            raise FeelError(f"the cell is longer than {LONGEST} characters")
        self.functions = functions
        """Names of the business knowledge that may be called."""
        self.tokens = tokens(text, names)
        self.at = 0
        self.constants: dict[str, Any] = {}
        """Values made when the cell is read, by the name that its tree knows them under."""
        self.names: set[str] = set()
        """Top-level names of the data that the cell reads."""
        self.paths: set[str] = set()
        self.kinds: set[str] = set()
        """Kinds of the literal values that the tests of the cell compare the input with."""
        self.looks = False
        """Whether the test that is being read looks at the input itself, by ``?``."""

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    def sees(self, *texts: str) -> bool:
        """Tell whether the next token is one of these signs or keywords."""
        return self.token.kind in ("sign", "word") and self.token.text in texts

    def take(self, *texts: str) -> bool:
        """Skip the next token if it is one of these signs or keywords."""
        if not self.sees(*texts):
            return False
        self.at += 1
        return True

    def expect(self, text: str, why: str) -> None:
        """Skip *text* or refuse the cell."""
        if not self.take(text):
            raise self.refused(f"{text} is missing {why}, before {self.token.text}")

    def refused(self, message: str) -> FeelError:
        """Return the error for the next token."""
        return FeelError(message, self.token.at)

    def next(self) -> Token:
        """Return the next token and go on."""
        token = self.token
        self.at += 1
        return token

    def end(self) -> None:
        """Refuse anything behind the expression."""
        if self.token.kind != "end":
            name = self.tokens[self.at - 1].kind == self.token.kind == "name"
            hint = "; a name with spaces must be declared as input data of the file" if name else ""
            raise self.refused(f"{self.token.text} is not expected here{hint}")
