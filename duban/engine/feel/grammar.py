"""Grammar of FEEL: reads a cell by precedence and builds the Python tree that computes it (DMN 10.3.1.2).

Every operator becomes a call of a function in ``operators``, every name an item of the data; the tree is
assembled like any expression's, so a cell reaches nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from duban.engine.assembly import called, extra_value
from duban.engine.feel.atoms import Atoms
from duban.engine.feel.operators import negative
from duban.engine.feel.values import Interval, kind

DEEPEST = 40
"""Deepest nesting of a cell."""

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


class Parser(Atoms):
    """Reads one cell."""

    depth = 0
    """How many expressions the present one is inside of."""

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
            bound = self.sum()
            self._note_kinds(bound)
            return called(_COMPARISONS[comparison], [extra_value(), bound])
        self.looks = False
        expected = self.expression()
        if self.looks:
            return expected
        self._note_kinds(expected)
        return called(_kind_of_test(expected), [extra_value(), expected])

    def _note_kinds(self, expected: ast.expr) -> None:
        """Note of which kind the literals are that the input is compared with."""
        for value in self.literal(expected):
            self.kinds.add(kind(value.low if isinstance(value, Interval) else value))
        if isinstance(expected, ast.List):
            for item in expected.elts:
                self._note_kinds(item)
        self.kinds.discard("null")

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
        if count % 2 == 0:
            return node
        known = [value for value in self.literal(node) if kind(value) == "number"]
        return self.constant(negative(known[0])) if known else called("negative", [node])

    def _postfix(self) -> ast.expr:
        start = self.at
        node = self.primary()
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
