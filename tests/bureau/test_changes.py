"""The same settings with a few values put otherwise: held together as a whole again."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.bureau import open_bureau
from duban.bureau.changes import changed
from duban.errors import BureauError

SETTINGS = open_bureau(Path(__file__).parents[2]).settings


def test_a_row_is_found_by_its_id_dots_and_all() -> None:
    """Limits are called C.t2: the longest name that fits is meant."""
    other = changed(SETTINGS, {"limits.C.t2.length": "3wd", "count.roll": False, "units.ZA.name": "治安支队"})

    assert (str(other.limits["C.t2"].length), other.counting.roll, other.units["ZA"].name) == ("3wd", False, "治安支队")
    assert (str(SETTINGS.limits["C.t2"].length), SETTINGS.counting.roll) == ("3d", True)
    assert other.digest != SETTINGS.digest


def test_every_path_that_leads_nowhere_is_told() -> None:
    """A misspelt setting would otherwise be a setting that changes nothing."""
    with pytest.raises(BureauError) as told:
        changed(SETTINGS, {"conut.roll": False, "limits.C.t22.length": "3wd"})

    assert [str(problem) for problem in told.value.problems] == [
        "bureau.toml: conut.roll: leads nowhere (did you mean count?)",
        "bureau.toml: limits.C.t22.length: leads nowhere",
    ]


def test_settings_that_no_longer_hold_together_are_refused() -> None:
    """A scenario cannot set what a bureau cannot."""
    with pytest.raises(BureauError, match="'3 weeks' is no length"):
        changed(SETTINGS, {"limits.C.t2.length": "3 weeks"})
