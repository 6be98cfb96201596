"""The published pages list what the languages offer, neither more nor less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban.engine.expressions import compile_expression
from duban.engine.feel.cells import compile_test
from duban.engine.feel.functions import FEEL_FUNCTIONS
from duban.engine.functions import FUNCTIONS
from duban.engine.scripts import MODULES, check_script

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def listed(text: str) -> list[str]:
    """Return the functions in the table under the heading Functions."""
    section = text.partition("\n## Functions\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE)


def test_the_page_on_expressions_lists_every_function() -> None:
    """A designer finds each function with its arguments, and none that is not there."""
    assert listed(page("expressions.md")) == [function.shape for function in FUNCTIONS.values()]


def test_the_page_on_decisions_lists_every_function() -> None:
    """Likewise for cells."""
    assert listed(page("decisions-language.md")) == [function.shape for function in FEEL_FUNCTIONS.values()]


def test_the_page_on_scripts_lists_every_module() -> None:
    """What may be imported is a promise."""
    line = re.search(r"^Modules that can be imported: (.+)\.$", page("scripts.md"), re.MULTILINE)

    assert line is not None
    assert re.findall(r"`(\w+)`", line[1]) == sorted(MODULES)


def test_the_examples_of_the_pages_are_read() -> None:
    """An example that does not work teaches the wrong language."""
    for line in re.findall(r"```python\n(.+?)```", page("expressions.md"), re.DOTALL)[0].splitlines():
        compile_expression(line)
    for script in re.findall(r"```python\n(.+?)```", page("scripts.md"), re.DOTALL):
        check_script(script)


def cells() -> list[str]:
    """Return the example cells of the page on decisions."""
    rows = page("decisions-language.md").partition("## Cells under an input")[2].partition("\n## ")[0]
    written = [re.findall(r"`([^`]+)`", line.split("|")[1]) for line in rows.splitlines() if line.startswith("| `")]
    return [cell for cells_ in written for cell in cells_]


@pytest.mark.parametrize("text", cells())
def test_the_example_cells_are_read(text: str) -> None:
    """Likewise for cells."""
    compile_test(text)
