"""Messages: from people and systems to cases, and from case to case."""

from __future__ import annotations

from duban.desk.desk import Desk
from duban.model.calls import Message


def deliver(desk: Desk, number: str, message: Message, actor: str) -> None:
    """Deliver *message* to the case *number*, once per message id.

    Raises:
        NotWaiting: Nothing in the case waits for it.
        AmbiguousMessage: Several instances wait and it names none.
    """
    raise NotImplementedError
