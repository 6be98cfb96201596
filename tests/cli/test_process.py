"""``duban`` as a process: how fast it answers, how it starts, how it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from duban.cli.port import listen
from tests.cli.conftest import ROOT, ROWS

COMMAND = [sys.executable, "-m", "duban"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A house of its own: a content folder with a sample of three petitions, and a database that is not there yet."""
    content = tmp_path / "content"
    content.mkdir()
    for name in ("bpmn", "tasks", "templates", "workflows", "bureau.toml"):
        (content / name).symlink_to(ROOT / name)
    (content / "sample").mkdir()
    (content / "sample" / "petitions.csv").write_text(ROWS, "utf-8")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DUBAN_", "COLUMNS"))},
        "PYTHONPATH": str(ROOT),
        "DUBAN_BUREAU": str(content),
        "DUBAN_DATABASE_URL": f"sqlite:///{tmp_path / 'duban.db'}",
        "DUBAN_VAR": str(tmp_path / "var"),
    }


@contextmanager
def running(*arguments: str, environment: dict[str, str], cwd: Path) -> Generator[subprocess.Popen[str]]:
    """Start a command that goes on until it is stopped."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], env=environment, cwd=cwd, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    """Wait until the house says where it is open."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "http://" in line:
            return next(word for word in line.split() if word.startswith("http://"))
    raise AssertionError("".join(said))


def test_run_serves_at_once_and_ends_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    """What ``make run`` does: database, pages, sample year behind them; Ctrl-C is no accident."""
    with running("run", "--port", "0", environment=environment, cwd=tmp_path) as process:
        with urllib.request.urlopen(address_of(process), timeout=30) as page:
            first = page.read().decode()

        for _ in range(2):  # an impatient hand, or make passing the signal on
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert "您是哪一位" in first
    assert process.returncode == 0
    assert (out, "Traceback" in err, err.endswith("Stopped.\n")) == ("", False, True)
    assert (tmp_path / "duban.db").exists()


def test_a_house_without_pages_ends_cleanly_too(environment: dict[str, str], tmp_path: Path) -> None:
    """A second process for timers and calls, stopped by its supervisor."""
    subprocess.run([*COMMAND, "init"], env=environment, cwd=tmp_path, check=True, capture_output=True)

    with running("serve", "--no-web", environment=environment, cwd=tmp_path) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=60)

    assert said == "Firing timers and running calls; Ctrl-C stops it.\n"
    assert (process.returncode, rest) == (0, "Stopped.\n")


def test_a_port_in_use_is_told_before_anything_else(environment: dict[str, str], tmp_path: Path) -> None:
    """Not after a minute of loading, and not as a traceback."""
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*COMMAND, "run", "--port", port],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ended.returncode, ended.stdout) == (5, "")
    assert ended.stderr.startswith(f"Port {port} of 127.0.0.1 is in use by another program")
    assert not (tmp_path / "duban.db").exists()


def test_help_opens_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    """Help and version answer at once: no engine, no database, no web is even imported."""
    script = (
        "import sys; from duban.cli.app import app; app(['work', 'complete', '--help'], standalone_mode=False); "
        "print(sorted({'SpiffWorkflow', 'sqlalchemy', 'fastapi', 'uvicorn', 'jsonschema'} & set(sys.modules)))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert "--set" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


def test_lists_load_no_engine() -> None:
    """``duban work list`` moves no case: it need not wait for SpiffWorkflow, JSON Schema or the holidays of China."""
    script = (
        "import sys; import duban.opening; from duban.desk import cases, due, work; "
        "print(sorted({'SpiffWorkflow', 'pydantic_monty', 'jsonschema', 'holidays', 'alembic'} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ended.stdout == "[]\n"


def test_a_misspelt_verb_is_answered_with_the_nearest(environment: dict[str, str], tmp_path: Path) -> None:
    """Nobody remembers every verb."""
    ended = subprocess.run(
        [*COMMAND, "case", "shw"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert "Did you mean 'show'?" in ended.stderr


def test_the_command_and_the_module_are_one() -> None:
    """``duban`` and ``python -m duban`` say the same version."""
    installed = shutil.which("duban", path=str(Path(sys.executable).parent))
    commands = [COMMAND, *([[installed]] if installed else [])]

    said = {
        subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        for command in commands
    }

    assert len(said) == 1
    assert said.pop().startswith("duban ")
