"""Commands run in this process, on a database of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from duban.cli.app import main

ROOT = Path(__file__).resolve().parents[2]

ROWS = """来件编号,渠道,收到时间,标题,内容,姓名,电话,住址,发生地
T-0001,DH,2026-03-02 09:10,楼下犬吠扰民,楼下一户养的狗每天半夜叫个不停，请处理。,周小平,13800000001,桥东3幢,城关镇
T-0002,DH,2026-03-02 10:20,身份证补办跑了三趟,补办身份证每次要的材料都不一样。,吴梅,13800000002,滨河路58号,户政窗口
T-0003,DH,2026-03-02 11:30,,电动车上牌窗口排队三个小时，叫号机也坏了，希望增加窗口。,郑和,13800000003,解放路201号,车管所
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its last line, as a machine reads it."""
        return json.loads(self.out.splitlines()[-1])


Duban = Callable[..., Ended]


@pytest.fixture
def duban(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Duban:
    """Run one command on a database that has been made and holds three petitions."""
    shutil.copy(prepared, tmp_path / "duban.db")
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'duban.db'}")
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DUBAN_BUREAU", str(ROOT))
    monkeypatch.delenv("DUBAN_AS", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ended:
        code = run_main(*arguments)
        return Ended(code=code, **dict(zip(("out", "err"), capsys.readouterr(), strict=True)))

    return run


def run_main(*arguments: object) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with three petitions, made by the commands themselves."""
    folder = tmp_path_factory.mktemp("prepared")
    rows = folder / "tickets.csv"
    rows.write_text(ROWS, "utf-8")
    where = ("--database", f"sqlite:///{folder / 'duban.db'}", "--bureau", ROOT)
    assert run_main("init", *where) == 0
    assert run_main("import", rows, *where) == 0
    return folder / "duban.db"
