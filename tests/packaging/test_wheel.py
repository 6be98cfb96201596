"""The wheel: it carries the sample bureau and works in an empty folder, away from the sources."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_brings_its_own_bureau(tmp_path: Path) -> None:
    """Whoever installs Duban without its sources gets diagrams, tables, forms, letters and handlers that work."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)

    where = "import duban, duban.cli.app as app; print(duban.__file__); app.main()"
    checked = subprocess.run(
        [sys.executable, "-P", "-c", where, "bureau", "check"],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.startswith(str(installed))
