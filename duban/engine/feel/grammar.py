"""Grammar of FEEL: reads a cell by precedence and builds the Python tree that computes it (DMN 10.3.1.2).

Every operator becomes a call of a function in ``operators``, every name an item of the data; the tree is
assembled like any expression's, so a cell reaches nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from duban.engine.expressions import all_data, called, extra_value
from duban.engine.feel.functions import FEEL_FUNCTIONS, MAKERS, PATTERNS, literal_pattern
from duban.engine.feel.tokens import FeelError, Token, tokens
from duban.engine.feel.values import number

DEEPEST = 40
"""Deepest nesting of a cell."""
LONGEST = 4_000
"""Most characters of a cell."""

_COMPARISONS: Mapping[str, str] = {
    "=": "equal",
    "!=": "unequal",
    "<": "less",
    "<=": "less_or_equal",
    ">": "greater",
    ">=": "greater_or_equal",
}
_SUMS: Mapping[str, str] = {"+": "plus", "-": "minus"}
_PRODUCTS: Mapping[str, str] = {"*": "times", "/": "divided"}
_REFUSED = {"for": "for", "some": "some … satisfies", "every": "every … satisfies", "function": "a function"}
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


_CONDITIONS = frozenset(
    f"{name}()"
    for name in (
        *_COMPARISONS.values(),
        "both",
        "either",
        "negation",
        "between",
        "contains",
        "starts with",
        "ends with",
    )
)


def _kind_of_test(expected: ast.expr) -> str:
    """Return the operator that compares an input with *expected*."""
    if isinstance(expected, ast.Constant):
        return "equal"
    function = expected.func if isinstance(expected, ast.Call) else None
    return "holds" if isinstance(function, ast.Name) and function.id in _CONDITIONS else "matches"


class Parser:
    """Reads one cell."""

    def __init__(self, text: str, names: frozenset[str], functions: frozenset[str]) -> None:
        if len(text) > LONGEST:
            raise FeelError(f"the cell is longer than {LONGEST} characters")
        self.functions = functions
        """Names of the business knowledge that may be called."""
        self.tokens = tokens(text, names)
        self.at = 0
        self.depth = 0
        self.constants: dict[str, Any] = {}
        """Values made when the cell is read, by the name that its tree knows them under."""
        self.names: set[str] = set()
        """Top-level names of the data that the cell reads."""
        self.paths: set[str] = set()
        self.looks = False
        """Whether the test that is being read looks at the input itself, by ``?``."""

    # -- tokens

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

    # -- unary tests: the cells under an input

    def tests(self) -> ast.expr | None:
        """Return the node that is true when the input passes; None if any input does (``-`` or nothing)."""
        if self.token.kind == "end":
            return None
        if self.sees("-") and self.tokens[self.at + 1].kind == "end":
            self.at += 1
            return None
        return self._negated() or self._disjunction()

    def _negated(self) -> ast.expr | None:
        """Return the node of ``not(test, …)`` if that is the whole cell; else it is the function of that name."""
        start = self.at
        if not (self.take("not") and self.take("(")):
            self.at = start
            return None
        inner = self._disjunction()
        if self.take(")") and self.token.kind == "end":
            return called("negation", [inner])
        self.at = start
        return None

    def _disjunction(self) -> ast.expr:
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        return tests[0] if len(tests) == 1 else called("either", tests)

    def test(self) -> ast.expr:
        """Return the node of one test: a comparison, an interval, a value, or a condition with ``?``."""
        if self.sees(*_COMPARISONS):
            comparison = self.next().text
            return called(_COMPARISONS[comparison], [extra_value(), self.sum()])
        self.looks = False
        expected = self.expression()
        if self.looks:
            return expected
        return called(_kind_of_test(expected), [extra_value(), expected])

    # -- expressions, by precedence from loose to tight

    def expression(self) -> ast.expr:
        """Return the node of an expression."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refused(f"more than {DEEPEST} parts inside each other")
        if self.sees(*_REFUSED):
            raise self.refused(f"{_REFUSED[self.token.text]} is not offered in cells; compute it in a step before")
        node = self._choice() if self.take("if") else self._or()
        self.depth -= 1
        return node

    def _choice(self) -> ast.expr:
        test = self.expression()
        self.expect("then", "behind if …")
        yes = self.expression()
        self.expect("else", "behind if … then …")
        condition = ast.Compare(left=test, ops=[ast.Is()], comparators=[ast.Constant(value=True)])
        return ast.IfExp(test=condition, body=yes, orelse=self.expression())

    def _or(self) -> ast.expr:
        parts = [self._and()]
        while self.take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else called("either", parts)

    def _and(self) -> ast.expr:
        parts = [self._comparison()]
        while self.take("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else called("both", parts)

    def _comparison(self) -> ast.expr:
        left = self.sum()
        while True:
            if self.sees(*_COMPARISONS):
                comparison = self.next().text
                left = called(_COMPARISONS[comparison], [left, self.sum()])
            elif self.take("between"):
                low = self.sum()
                self.expect("and", "behind between …")
                left = called("between", [left, low, self.sum()])
            elif self.take("in"):
                left = self._membership(left)
            elif self.sees("instance"):
                raise self.refused("instance of is not offered in cells")
            else:
                return left

    def _membership(self, left: ast.expr) -> ast.expr:
        """Return the node of ``left in (test, test)`` or ``left in test``."""
        bracketed = self.sees("(") and self._closes_before_interval()
        self.at += bracketed
        tests = [self._positive(left)]
        while bracketed and self.take(","):
            tests.append(self._positive(left))
        if bracketed:
            self.expect(")", "behind in (…")
        return tests[0] if len(tests) == 1 else called("either", tests)

    def _closes_before_interval(self) -> bool:
        """Tell whether the bracket ahead holds tests rather than opens an interval ``(1..5)``."""
        depth = 0
        for token in self.tokens[self.at :]:
            if token.kind == "sign" and depth == 1 and token.text == "..":
                return False
            depth += (token.kind == "sign") * ((token.text in ("(", "[")) - (token.text in (")", "]")))
            if depth == 0:
                return True
        return True

    def _positive(self, left: ast.expr) -> ast.expr:
        if self.sees(*_COMPARISONS):
            comparison = self.next().text
            return called(_COMPARISONS[comparison], [left, self.sum()])
        return called("matches", [left, self.sum()])

    def sum(self) -> ast.expr:
        """Return the node of sums and all that binds tighter."""
        return self._chain(lambda: self._chain(self._power, _PRODUCTS), _SUMS)

    def _chain(self, part: Callable[[], ast.expr], signs: Mapping[str, str]) -> ast.expr:
        left = part()
        while self.sees(*signs):
            function = signs[self.next().text]
            left = called(function, [left, part()])
        return left

    def _power(self) -> ast.expr:
        left = self._signed()
        while self.take("**"):
            left = called("power", [left, self._signed()])
        return left

    def _signed(self) -> ast.expr:
        count = 0
        while self.take("-"):
            count += 1
        node = self._postfix()
        return called("negative", [node]) if count % 2 else node

    def _postfix(self) -> ast.expr:
        start = self.at
        node = self._primary()
        while True:
            if self.take("."):
                name = self._member()
                node = called("item", [node, ast.Constant(value=name)])
                self._path(start)
            elif self.take("["):
                node = called("element", [node, self.sum()])
                self.expect("]", "behind the index (filters by condition are not offered)")
            else:
                return node

    def _member(self) -> str:
        token = self.next()
        if token.kind not in ("name", "word"):
            self.at -= 1
            raise self.refused("a name is missing behind the point")
        return token.text

    def _path(self, start: int) -> None:
        part = self.tokens[start : self.at]
        if part[0].kind == "name" and all(token.kind in ("name", "word") or token.text == "." for token in part):
            self.paths.add("".join(token.text for token in part))

    # -- the smallest parts

    def _primary(self) -> ast.expr:
        token = self.next()
        if token.kind == "number":
            return self._numeral(token)
        if token.kind == "string":
            return ast.Constant(value=token.text)
        if token.kind == "name":
            return self._call(token) if self.sees("(") else self._named(token)
        if token.kind == "word" and token.text in _WORDS:
            return ast.Constant(value=_WORDS[token.text])
        if token.text == "not" and self.sees("("):
            return self._call(token)
        if token.kind == "sign" and token.text in ("(", "[", "]", "{", "?", "@"):
            return self._bracketed(token)
        self.at -= 1
        raise self.refused(f"a value is missing before {token.text}")

    def _numeral(self, token: Token) -> ast.expr:
        value = number(token.text)
        if value is None:
            raise FeelError(f"{token.text} is too large a number", token.at)
        return self._constant(value)

    def _named(self, token: Token) -> ast.expr:
        self.names.add(token.text)
        self.paths.add(token.text)
        return self._datum(token.text)

    def _datum(self, name: str) -> ast.expr:
        return called("item", [all_data(), ast.Constant(value=name)])

    def _constant(self, value: Any) -> ast.expr:
        """Return the node of a value that is made once, when the cell is read."""
        if value is None or isinstance(value, bool | int | str):
            return ast.Constant(value=value)
        name = f"constant {len(self.constants)}"
        self.constants[name] = value
        return ast.Name(id=name, ctx=ast.Load())

    def _bracketed(self, token: Token) -> ast.expr:
        if token.text == "?":
            self.looks = True
            return extra_value()
        if token.text == "@":
            return self._at_literal()
        if token.text == "{":
            return self._context()
        if token.text == "[" and self.take("]"):
            return ast.List(elts=[], ctx=ast.Load())
        first = self.expression()
        if self.take(".."):
            return self._interval(first, with_low=token.text == "[")
        if token.text == "(":
            self.expect(")", "behind (…")
            return first
        if token.text == "]":
            raise self.refused("] opens an interval such as ]1..5], but there is no ..")
        return self._list(first)

    def _interval(self, low: ast.expr, *, with_low: bool) -> ast.expr:
        high = self.sum_before_bracket()
        if not self.sees("]", ")", "["):
            raise self.refused(f"the interval is not closed before {self.token.text}")
        with_high = self.next().text == "]"
        bounds = [ast.Constant(value=with_low), ast.Constant(value=with_high)]
        return called("interval", [low, high, *bounds])

    def sum_before_bracket(self) -> ast.expr:
        """Return the upper bound of an interval; ``[`` behind it closes, it is no index."""
        closing = next((at for at in range(self.at, len(self.tokens)) if self._closes(at)), None)
        if closing is None:
            return self.sum()
        kept = self.tokens[closing]
        self.tokens[closing] = Token(kind="sign", text=")", at=kept.at)
        node = self.sum()
        self.tokens[closing] = kept
        return node

    def _closes(self, at: int) -> bool:
        """Tell whether the ``[`` at this place closes an interval: nothing follows, or what may follow a test."""
        token, after = self.tokens[at], self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.kind != "sign" or token.text != "[" or after is None:
            return False
        return after.kind == "end" or (after.kind == "sign" and after.text in (",", ")"))

    def _list(self, first: ast.expr) -> ast.expr:
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.expect("]", "behind the list")
        return ast.List(elts=items, ctx=ast.Load())

    def _context(self) -> ast.expr:
        keys: list[ast.Constant] = []
        values: list[ast.expr] = []
        while not self.take("}"):
            key = self.next()
            if key.kind not in ("name", "string", "word"):
                self.at -= 1
                raise self.refused("a name is missing in the context")
            self.expect(":", f"behind {key.text}")
            before = set(self.names)
            values.append(self.expression())
            if {k.value for k in keys} & (self.names - before):
                raise FeelError("an entry of a context cannot use another one here", key.at)
            keys.append(ast.Constant(value=key.text))
            if not self.take(",") and not self.sees("}"):
                raise self.refused(f"}} is missing before {self.token.text}")
        return ast.Dict(keys=[*keys], values=values)

    def _at_literal(self) -> ast.expr:
        token = self.next()
        if token.kind == "string":
            for maker in ("date", "time", "date and time", "duration"):
                value = FEEL_FUNCTIONS[maker].call(token.text)
                if value is not None:
                    return self._constant(value)
        raise FeelError(f'@"{token.text}" is no date, time or duration', token.at)

    def _call(self, name: Token) -> ast.expr:
        self.at += 1
        arguments: list[ast.expr] = []
        while not self.take(")"):
            if self.token.kind == "name" and self.tokens[self.at + 1].text == ":":
                raise self.refused("arguments are given in order here, without names")
            arguments.append(self.expression())
            if not self.take(",") and not self.sees(")"):
                raise self.refused(f") is missing before {self.token.text}")
        if name.text in self.functions:
            self.names.add(name.text)
            return called("invoke", [self._datum(name.text), *arguments])
        self._check_call(name, arguments)
        return self._made(name, arguments) or called(name.text, arguments)

    def _made(self, name: Token, arguments: list[ast.expr]) -> ast.expr | None:
        """Return the value of ``date("2026-01-01")`` and the like, made now."""
        literals = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
        if name.text not in MAKERS or len(literals) < len(arguments):
            return None
        value = FEEL_FUNCTIONS[name.text].call(*literals)
        if value is None:
            raise FeelError(f"{name.text}({', '.join(map(repr, literals))}) is no {name.text}", name.at)
        return self._constant(value)

    def _check_call(self, name: Token, arguments: list[ast.expr]) -> None:
        function = FEEL_FUNCTIONS.get(name.text)
        if function is None:
            raise FeelError(f"{name.text} is no function of the list in docs/decisions-language.md", name.at)
        if not function.least <= len(arguments) <= function.most:
            raise FeelError(f"{function.shape} does not take {len(arguments)} arguments", name.at)
        if name.text in PATTERNS:
            pattern = arguments[PATTERNS[name.text]]
            text = pattern.value if isinstance(pattern, ast.Constant) else None
            if not isinstance(text, str) or not literal_pattern(text):
                raise FeelError(f"the pattern of {name.text} must be a plain text here, no regular expression", name.at)
