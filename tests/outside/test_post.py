"""What leaves the house leaves once."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from duban.errors import OutsideError
from duban.outside.post import Folder, Memory, Post

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_message_lies_whole_in_the_folder(tmp_path: Path) -> None:
    """A gateway or a person can carry it on from there."""
    receipt = Folder(tmp_path).send("sms", "13800000001", "回执", "您的来信已收到", key="7/3", at=AT)
    message = json.loads((tmp_path / "sms" / f"{receipt}.json").read_text(encoding="utf-8"))

    assert message == {
        "way": "sms",
        "to": "13800000001",
        "title": "回执",
        "body": "您的来信已收到",
        "key": "7/3",
        "at": "2026-03-02T01:00:00+00:00",
    }


@pytest.mark.parametrize("make", [Folder, lambda _: Memory()])
def test_the_same_key_sends_once_and_gives_the_same_receipt(tmp_path: Path, make: type[Folder]) -> None:
    """A handler runs at least once; the citizen must not get two messages."""
    post: Post = make(tmp_path)
    receipts = {
        post.send("sms", "1", "回执", "一", key="7/3", at=AT),
        post.send("sms", "1", "回执", "二", key="7/3", at=AT),
    }
    other = post.send("sms", "1", "回执", "三", key="7/4", at=AT)

    assert (len(receipts), other in receipts) == (1, False)


def test_nothing_unfinished_is_left_beside(tmp_path: Path) -> None:
    """A half-written message would be carried on as if it were whole."""
    receipt = Folder(tmp_path).send("mail", "县信访局", "报告", "办理情况", key="9/1", at=AT)

    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{receipt}.json"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The operator must learn which folder to repair."""
    blocked = tmp_path / "post"
    blocked.write_text("not a folder", encoding="utf-8")

    with pytest.raises(OutsideError, match=str(blocked)):
        Folder(blocked).send("sms", "1", "回执", "一", key="7/3", at=AT)


def test_a_way_cannot_climb_out_of_the_folder(tmp_path: Path) -> None:
    """Ways come from diagrams; they name a folder, never a path."""
    Folder(tmp_path / "post").send("../../etc", "1", "t", "b", key="k", at=AT)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["post"]
