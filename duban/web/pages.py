"""The templates of the pages: found in the bureau's folder first, escaped, strict about missing values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import duban
from duban.web.due import why
from duban.web.visit import address, case_address
from duban.web.words import mark

_PACKAGE = Path(duban.__file__).parent


def templates_in(bureau: Path) -> Environment:
    """Return the environment of the pages: what the *bureau* has, else what came with the house.

    The house's own templates lie beside the package in a checkout and in ``duban/content`` in a wheel.
    """
    folders = (bureau, _PACKAGE.parent, _PACKAGE / "content")
    environment = Environment(
        loader=FileSystemLoader([folder / "templates" for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {"icon": icon, "address": address, "case_address": case_address, "mark": mark, "why": why}
    environment.globals.update(shared)
    return environment


def icon(name: str) -> Markup:
    """Return one of the icons; it only repeats in a sign what words beside it say."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{}"/></svg>').format(name)
