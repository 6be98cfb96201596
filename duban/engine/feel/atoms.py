"""Atoms of FEEL: literals, names, calls, lists, contexts and intervals, each as the node that computes it."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from duban.engine.assembly import all_data, called, extra_value
from duban.engine.feel.cursor import Cursor
from duban.engine.feel.functions import FEEL_FUNCTIONS, MAKERS, PATTERNS, literal_pattern
from duban.engine.feel.tokens import FeelError, Token
from duban.engine.feel.values import Interval, kind, number, order, text_of

_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class Atoms(Cursor, ABC):
    """Reads the smallest parts; what stands inside their brackets is the grammar's."""

    @abstractmethod
    def expression(self) -> ast.expr:
        """Return the node of an expression."""

    @abstractmethod
    def sum(self) -> ast.expr:
        """Return the node of sums and all that binds tighter."""

    def primary(self) -> ast.expr:
        """Return the node of a value."""
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
        return self.constant(value)

    def _named(self, token: Token) -> ast.expr:
        self.names.add(token.text)
        self.paths.add(token.text)
        return self._datum(token.text)

    def _datum(self, name: str) -> ast.expr:
        return called("item", [all_data(), ast.Constant(value=name)])

    def constant(self, value: Any) -> ast.expr:
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
        high = self._upper_bound()
        if not self.sees("]", ")", "["):
            raise self.refused(f"the interval is not closed before {self.token.text}")
        with_high = self.next().text == "]"
        for least in self.literal(low):
            for most in self.literal(high):
                return self.constant(self._literal_interval(Interval(least, most, with_low, with_high)))
        return called("interval", [low, high, ast.Constant(value=with_low), ast.Constant(value=with_high)])

    def _literal_interval(self, interval: Interval) -> Interval:
        """Return an interval whose bounds are known, refused if nothing can lie in it."""
        compared = order(interval.low, interval.high)
        if compared is None:
            raise self.refused(f"the interval goes from a {kind(interval.low)} to a {kind(interval.high)}")
        if compared > 0:
            raise self.refused(f"the interval from {text_of(interval.low)} to {text_of(interval.high)} holds nothing")
        return interval

    def literal(self, node: ast.expr) -> list[Any]:
        """Return the value of *node* in a list, or an empty one if it is not known before the cell is evaluated."""
        if isinstance(node, ast.Constant):
            return [node.value]
        return [self.constants[node.id]] if isinstance(node, ast.Name) and node.id in self.constants else []

    def _upper_bound(self) -> ast.expr:
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
                    return self.constant(value)
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
        return self.constant(value)

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
