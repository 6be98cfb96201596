"""Predicates: JSON Schemas compiled to plain Python tests, for the usual case that all is well.

A validator that explains costs some 200 us per form; a compiled test costs some 5. A predicate that says yes is
always right; no means ask the validator, which decides and explains. Keywords not known here make no predicate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

Predicate = Callable[[Any], bool]

_SAYS_NOTHING = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated"}
)


def compile_predicate(schema: Any) -> Predicate | None:
    """Return a test that is true only for values that fit *schema*, or None when it says more than we know."""
    if schema is True:
        return lambda _: True
    if not isinstance(schema, Mapping):
        return None
    tests: list[Predicate] = []
    for keyword, value in schema.items():
        if keyword in _SAYS_NOTHING or keyword.startswith("x-") or keyword in _HANDLED_BY_ANOTHER:
            continue
        make = _KEYWORDS.get(keyword)
        test = make(value, schema) if make else None
        if test is None:
            return None
        tests.append(test)
    return _all(tests)


def _all(tests: Sequence[Predicate]) -> Predicate:
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    fixed = tuple(tests)

    def every(value: Any) -> bool:
        return all(test(value) for test in fixed)

    return every


def _is_integer(value: Any) -> bool:
    return type(value) is int


_TYPES: Mapping[str, Predicate] = {
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": _is_integer,
    "number": lambda v: type(v) in {int, float},
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, Mapping),
    "null": lambda v: v is None,
}


def _type(value: Any, _: Mapping[str, Any]) -> Predicate | None:
    kinds = [value] if isinstance(value, str) else list(value)
    tests = [_TYPES[kind] for kind in kinds if kind in _TYPES]
    if len(tests) != len(kinds):
        return None
    return tests[0] if len(tests) == 1 else lambda v: any(test(v) for test in tests)


def _enum(value: Any, _: Mapping[str, Any]) -> Predicate | None:
    # 1 == True in Python but not in JSON: only plain strings are compared here
    if not all(isinstance(each, str) for each in value):
        return None
    allowed = frozenset(value)
    return lambda v: isinstance(v, str) and v in allowed


def _const(value: Any, _: Mapping[str, Any]) -> Predicate | None:
    if isinstance(value, str):
        return lambda v: isinstance(v, str) and v == value
    return (lambda v: v is value) if isinstance(value, bool) else None


def _required(value: Any, _: Mapping[str, Any]) -> Predicate:
    names = tuple(value)
    return lambda v: not isinstance(v, Mapping) or all(name in v for name in names)


def _properties(value: Mapping[str, Any], schema: Mapping[str, Any]) -> Predicate | None:
    tests: dict[str, Predicate] = {}
    for name, part in value.items():
        test = compile_predicate(part)
        if test is None:
            return None
        tests[name] = test
    closed = schema.get("additionalProperties", True)
    if closed not in (True, False):
        return None
    find = tests.get

    def fits(v: Any) -> bool:
        if not isinstance(v, Mapping):
            return True
        for name, each in v.items():
            test = find(name)
            if test is None:
                if not closed:
                    return False
            elif not test(each):
                return False
        return True

    return fits


def _additional(value: Any, schema: Mapping[str, Any]) -> Predicate | None:
    if value is True or "properties" in schema:  # the latter is tested with the properties
        return lambda _: True
    return (lambda v: not isinstance(v, Mapping) or not v) if value is False else None


def _items(value: Any, _: Mapping[str, Any]) -> Predicate | None:
    test = compile_predicate(value)
    return test and (lambda v: not isinstance(v, list) or all(test(each) for each in v))


def _unique(value: Any, _: Mapping[str, Any]) -> Predicate:
    if not value:
        return lambda _: True
    return lambda v: not isinstance(v, list) or (all(isinstance(each, str) for each in v) and len(set(v)) == len(v))


def _count(measure: type[Any] | tuple[type[Any], ...], fits: Callable[[int, int], bool]) -> Any:
    def make(value: Any, _: Mapping[str, Any]) -> Predicate | None:
        if type(value) is not int:
            return None
        return lambda v: not isinstance(v, measure) or fits(len(v), value)

    return make


def _bound(fits: Callable[[Any, Any], bool]) -> Any:
    def make(value: Any, _: Mapping[str, Any]) -> Predicate:
        return lambda v: type(v) not in {int, float} or fits(v, value)

    return make


def _pattern(value: str, _: Mapping[str, Any]) -> Predicate:
    search = re.compile(value).search
    return lambda v: not isinstance(v, str) or search(v) is not None


def _format(value: str, _: Mapping[str, Any]) -> Predicate:
    test = {"date": _date, "date-time": _instant}.get(value)
    return test or (lambda _: True)  # other formats only annotate (JSON Schema 2020-12, 7.2.1)


def _date(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return len(value) == len("2026-02-24") and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _instant(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _all_of(value: Sequence[Any], _: Mapping[str, Any]) -> Predicate | None:
    tests = [compile_predicate(part) for part in value]
    return None if any(test is None for test in tests) else _all([test for test in tests if test is not None])


def _any_of(value: Sequence[Any], _: Mapping[str, Any]) -> Predicate | None:
    tests = [test for test in (compile_predicate(part) for part in value) if test is not None]
    return (lambda v: any(test(v) for test in tests)) if tests else None


def _if(value: Any, schema: Mapping[str, Any]) -> Predicate | None:
    """If/then/else is only understood where the condition is exact: a predicate's no may mean "do not know"."""
    condition = _exact(value)
    then, other = (compile_predicate(schema.get(word, True)) for word in ("then", "else"))
    if condition is None or then is None or other is None:
        return None
    return lambda v: then(v) if condition(v) else other(v)


def _exact(schema: Any) -> Predicate | None:
    """Return a test that is true for every value that fits and for no other, or None."""
    exact = isinstance(schema, Mapping) and set(schema) <= {"properties", "required", "type"}
    parts = schema.get("properties", {}).values() if exact else ()
    if not exact or not all(
        isinstance(part, Mapping) and set(part) <= {"const", "enum", "type", "title"} for part in parts
    ):
        return None
    if not all(_is_exact_choice(part) for part in parts):
        return None
    return compile_predicate(schema)


def _is_exact_choice(part: Mapping[str, Any]) -> bool:
    # an integer written 1.0 fits JSON Schema's "integer" but not our stricter test
    return part.get("type") not in {"integer", "number"} and not isinstance(part.get("type"), list)


_HANDLED_BY_ANOTHER = frozenset({"then", "else"})
_KEYWORDS: Mapping[str, Callable[[Any, Mapping[str, Any]], Predicate | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "uniqueItems": _unique,
    "minLength": _count(str, lambda n, limit: n >= limit),
    "maxLength": _count(str, lambda n, limit: n <= limit),
    "minItems": _count(list, lambda n, limit: n >= limit),
    "maxItems": _count(list, lambda n, limit: n <= limit),
    "minimum": _bound(lambda v, limit: v >= limit),
    "maximum": _bound(lambda v, limit: v <= limit),
    "exclusiveMinimum": _bound(lambda v, limit: v > limit),
    "exclusiveMaximum": _bound(lambda v, limit: v < limit),
    "pattern": _pattern,
    "format": _format,
    "allOf": _all_of,
    "anyOf": _any_of,
    "if": _if,
}
