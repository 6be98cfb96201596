"""Taking a port."""

from __future__ import annotations

import socket

import pytest

from duban.cli.port import listen
from duban.errors import OutsideError


def test_a_free_port_is_taken() -> None:
    """Who connects before the pages are ready waits instead of being refused."""
    with listen("127.0.0.1", 0) as taken, socket.create_connection(taken.getsockname(), timeout=5) as caller:
        assert caller.getpeername() == taken.getsockname()


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    """The commonest mistake of a first day: it runs already."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(OutsideError) as caught:
            listen("127.0.0.1", port)

    assert str(caught.value) == (
        f"Port {port} of 127.0.0.1 is in use by another program, perhaps Duban itself. "
        f"Stop it, or choose another port: --port {port + 1} (make run PORT={port + 1})."
    )


def test_an_address_of_another_machine_is_told() -> None:
    """A typing mistake in --host."""
    with pytest.raises(OutsideError, match=r"^Cannot listen on 192\.0\.2\.1, port 8000: .+ Use --host 127\.0\.0\.1\.$"):
        listen("192.0.2.1", 8000)
