"""Letters: templates of the bureau filled with values; a missing value is an error, never an empty place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from duban.errors import BureauError, MissingTemplate, Problem
from duban.model.clock import SHANGHAI


class Letters:
    """Renders templates; the first folder that has a template wins, so a bureau can override any of them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """*folders*: the bureau's templates/ first."""
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            undefined=StrictUndefined,
            autoescape=_is_html,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._environment.filters.update(day=day, moment=moment)

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """Render *template* (a path below templates/) with *values*.

        Raises:
            MissingTemplate: templates/ has no such file.
            BureauError: It cannot be rendered: file, line and the missing value are named.
        """
        try:
            return self._environment.get_template(template).render(dict(values))
        except TemplateNotFound as error:
            raise MissingTemplate([Problem(file=f"templates/{error.name}", message=self._missing())]) from error
        except TemplateSyntaxError as error:
            raise BureauError(
                [Problem(file=_file(error.name or template), line=error.lineno, message=str(error.message))]
            ) from error
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
            line = _line_in(error, template)
            raise BureauError(
                [Problem(file=_file(template), line=line, message=f"{error}; hand this value in")]
            ) from error

    def problems(self) -> list[Problem]:
        """List the templates that cannot be read as templates, each with its line."""
        found: list[Problem] = []
        for name in self.names():
            try:
                self._environment.get_template(name)
            except TemplateSyntaxError as error:
                found.append(Problem(file=_file(error.name or name), line=error.lineno, message=str(error.message)))
            except UnicodeDecodeError as error:
                found.append(Problem(file=_file(name), message=f"is not UTF-8 (byte {error.start}); save it as UTF-8"))
        return found

    def names(self) -> tuple[str, ...]:
        """List every template that can be named."""
        return tuple(sorted(self._environment.list_templates()))

    def _missing(self) -> str:
        offered = ", ".join(self.names()) or "nothing"
        return f"there is no such template; templates/ offers: {offered}"


def day(value: date | datetime | str) -> str:
    """Write a day as letters do: 2026年2月24日; an instant counts by the day it has in Shanghai."""
    moment_or_day = _parsed(value)
    on = moment_or_day.astimezone(SHANGHAI).date() if isinstance(moment_or_day, datetime) else moment_or_day
    return f"{on.year}年{on.month}月{on.day}日"


def moment(value: datetime | str) -> str:
    """Write an instant as letters do: 2026年2月24日 9时05分, Shanghai time."""
    at = _parsed(value)
    if not isinstance(at, datetime):
        return day(at)
    local = at.astimezone(SHANGHAI)
    return f"{day(local)} {local.hour}时{local.minute:02d}分"


def _parsed(value: date | datetime | str) -> date | datetime:
    if not isinstance(value, str):
        return value
    iso_day = 10  # len("2026-02-24")
    return date.fromisoformat(value) if len(value) == iso_day else datetime.fromisoformat(value)


def _is_html(template: str | None) -> bool:
    return template is None or ".html" in template


def _file(template: str) -> str:
    return f"templates/{template}"


def _line_in(error: BaseException, template: str) -> int | None:
    """Return the template line at which *error* was raised: Jinja2 rewrites tracebacks to template lines."""
    line: int | None = None
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename.endswith(template):
            line = at.tb_lineno
        at = at.tb_next
    return line
