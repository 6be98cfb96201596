"""Forms: JSON Schemas compiled once; what a person filled in is checked whole and never coerced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duban.desk.predicates import Predicate, compile_predicate
from duban.errors import InvalidForm

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

LONG = 200
"""Characters from which a text is kept beside the case and only referenced, whatever its field says."""
WORDS = frozenset({"text", "verbatim"})
"""Formats whose values are always kept beside the case."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of the bureau, ready to check."""

    name: str
    schema: Mapping[str, Any]
    words: frozenset[str]
    """Fields whose texts are kept beside the case."""
    names: Mapping[str, str]
    """Fields whose values name somebody: ``person`` or ``unit``; a list of them too."""
    _validator: Draft202012Validator = field(repr=False)
    _fits: Predicate | None = field(repr=False)
    """A fast test for the usual case that all is well; None where the schema says more than it understands."""

    def check(self, data: Mapping[str, Any]) -> None:
        """Check *data*.

        Raises:
            InvalidForm: Something does not fit; every field is named with what it should be, in Chinese.
        """
        if self._fits is not None and self._fits(data):
            return
        wrong: dict[str, str] = {}
        for error in sorted(self._validator.iter_errors(dict(data)), key=lambda e: [str(p) for p in e.absolute_path]):
            for name, what in _said(error, self.schema):
                wrong.setdefault(name, what)
        if wrong:
            raise InvalidForm(wrong)


def compile_form(name: str, source: Mapping[str, Any]) -> Form:
    """Compile the form *name*.

    Raises:
        BureauError: It is not a JSON Schema.
    """
    from duban.desk.validator import validator_of  # a list of work needs no form

    schema = dict(source)  # the validator knows objects as dicts only
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return Form(
        name=name,
        schema=schema,
        words=frozenset(key for key, part in properties.items() if part.get("format") in WORDS),
        names={key: kind for key, part in properties.items() if (kind := _named(part)) is not None},
        _validator=validator_of(name, schema),
        _fits=compile_predicate(schema),
    )


def _named(part: Mapping[str, Any]) -> str | None:
    """Return ``person`` or ``unit`` for a field whose value, or list of values, names one."""
    kind = part.get("format") or (part.get("items") or {}).get("format")
    return kind if kind in {"person", "unit"} else None


def _said(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say one error of the validator as (field, Chinese sentence)."""
    place = _place(error.absolute_path)
    if error.validator == "required":
        present = error.instance if isinstance(error.instance, Mapping) else {}
        for name in error.validator_value if isinstance(error.validator_value, list) else []:
            if name not in present:
                path = f"{place}.{name}" if place else name
                yield path, f"「{_title(schema, [*error.absolute_path, name])}」必填"
        return
    if error.validator in {"additionalProperties", "unevaluatedProperties"} and isinstance(error.instance, Mapping):
        known = _subschema(schema, list(error.absolute_path)).get("properties", {})
        for name in error.instance:
            if name not in known:
                yield f"{place}.{name}" if place else str(name), "表单没有这一栏"
        return
    title = _title(schema, list(error.absolute_path)) if place else "表单"
    yield place or "*", f"「{title}」{_what(error)}"


_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "是或否（true/false）",
    "array": "多项（列表）",
    "object": "一组栏目",
    "null": "空",
}


def _what(error: ValidationError) -> str:
    """Say what the value should have been."""
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else list(limit)
            return f"应为{'或'.join(_TYPES.get(kind, kind) for kind in kinds)}"
        case "enum":
            return f"只能是：{'、'.join(str(each) for each in limit)}"
        case "minLength" if limit == 1:
            return "不能为空"
        case "format":
            return _FORMATS.get(str(limit), f"不是{limit}的格式")
        case rule:
            return _RULES.get(str(rule), "不符合要求（{rule}）").format(limit=limit, rule=rule)


_RULES = {
    "const": "须为{limit}",
    "minLength": "至少{limit}个字",
    "maxLength": "最多{limit}个字",
    "minItems": "至少{limit}项",
    "maxItems": "最多{limit}项",
    "minimum": "不得小于{limit}",
    "maximum": "不得大于{limit}",
    "exclusiveMinimum": "须大于{limit}",
    "exclusiveMaximum": "须小于{limit}",
    "uniqueItems": "有重复的项",
    "pattern": "格式不对",
    "not": "不允许这样填写",
}
_FORMATS = {
    "date": "应为日期，例如 2026-02-24",
    "date-time": "应为带时区的时间，例如 2026-02-24T09:30+08:00",
}


def _place(path: Any) -> str:
    """Write a path as pages name their fields: ``steps.0.what``."""
    return ".".join(str(part) for part in path)


def _title(schema: Mapping[str, Any], path: list[Any]) -> str:
    """Return the label of the field at *path*."""
    title = _subschema(schema, path).get("title")
    return str(title) if title else str(path[-1] if path else schema.get("title", "表单"))


def _subschema(schema: Mapping[str, Any], path: list[Any]) -> Mapping[str, Any]:
    part: Any = schema
    for step in path:
        part = part.get("items", {}) if isinstance(step, int) else part.get("properties", {}).get(step, {})
        if not isinstance(part, Mapping):
            return {}
    return part  # type: ignore[no-any-return]  # JSON
