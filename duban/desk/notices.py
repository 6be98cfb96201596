"""Notices: what the house itself tells a unit, once, beside what handlers send for cases."""

from __future__ import annotations

from duban.desk.desk import Desk
from duban.store.letters import Sent


def tell(desk: Desk, unit: str, title: str, body: str, *, key: str) -> bool:
    """Lay a notice on a unit's table; False: one with this *key* lies there already.

    Raises:
        OutsideError: It cannot be sent now.
    """
    if desk.store.read(lambda record: record.letters.sent(key)) is not None:
        return False
    now = desk.now()
    receipt = desk.post.send("notice", unit, title, body, key=key, at=now)
    sent = Sent(key=key, way="notice", to=unit, title=title, body=body, receipt=receipt, at=now)
    return desk.store.write(lambda record: record.letters.keep_sent(sent))
