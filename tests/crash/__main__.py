"""Kill a working process at random moments: ``python -m tests.crash --kills 200 --database both``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.campaign import campaign
from tests.postgres import Postgres

DATABASES = ("sqlite", "postgresql")


@contextmanager
def database(kind: str) -> Generator[str]:
    """Lend a database of its kind, flushing to disk as a bureau's would."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'duban.db'}"
        return
    with Postgres.running(flushes=True) as postgres, postgres.lend_bare() as url:
        yield url


def say(words: str) -> None:
    """Say it now: the campaign takes minutes."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the campaigns and say what they found; 1 when a step was lost, repeated or half written."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills on each database")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments; they differ all the same")
    asked = parser.parse_args()
    found = 0
    for kind in DATABASES if asked.database == "both" else (asked.database,):
        began = time.monotonic()
        with database(kind) as url:
            report = campaign(url, asked.kills, asked.seed)
        compared = ", ".join(f"{name} {number}" for name, number in report.compared.items())
        seconds = time.monotonic() - began
        say(f"{kind}: {report.kills} kills, {len(report.problems)} problems in {seconds:.0f} s, seed {asked.seed}")
        say(f"  {compared}")
        for problem in report.problems:
            say(f"  {problem}")
        found += len(report.problems)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
