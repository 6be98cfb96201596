"""Taking a port before anything else is started, so that one in use is told at once."""

from __future__ import annotations

import errno
import socket

from duban.errors import OutsideError

_BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*.

    Raises:
        OutsideError: The port is in use, not allowed, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(_BACKLOG)
    except OSError as error:
        taken.close()
        raise OutsideError(_why(error, host, port)) from error
    taken.setblocking(False)
    return taken


def _why(error: OSError, host: str, port: int) -> str:
    other = f"Stop it, or choose another port: --port {port + 1} (make run PORT={port + 1})."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use by another program, perhaps Duban itself. {other}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs an administrator's rights. Choose one above 1023: --port 8000."
    return f"Cannot listen on {host}, port {port}: {error.strerror}. Use --host 127.0.0.1."
