"""Telling the service manager how the daemon is: sd_notify(3), and the watchdog of sd_watchdog_enabled(3).

Every function does nothing when no service manager listens (NOTIFY_SOCKET is not set), so the daemon runs the same
from a shell. One datagram a message; a socket that is set but cannot be reached raises OSError, for then the manager
will end the daemon anyway, and later and without a reason. Only at the stop that does not matter any more.
"""

import logging
import os
import socket

log = logging.getLogger(__name__)

_PATIENCE = 5.0
"""Seconds that one message may wait for room in the manager's queue."""


def ready(status: str) -> None:
    """The daemon serves. `status` is one English sentence, shown by `systemctl status`."""
    _send(f"READY=1\nSTATUS={_line(status)}", _PATIENCE)


def status(sentence: str) -> None:
    """What `systemctl status` shows from now on: one English sentence."""
    _send(f"STATUS={_line(sentence)}", _PATIENCE)


def stopping() -> None:
    """The daemon is shutting down: heard or not, so a manager that has gone is only logged."""
    try:
        _send("STOPPING=1", _PATIENCE)
    except OSError as error:
        log.warning("the service manager was not told of the stop: %s", error)


def watchdog() -> None:
    """The daemon is alive. Never waits: a full queue drops this beat, and the next one still comes in time."""
    try:
        _send("WATCHDOG=1", 0.0)
    except BlockingIOError:
        log.warning("the service manager's queue is full: one watchdog beat dropped")


def watchdog_interval() -> float | None:
    """Seconds within which the manager wants the next beat; None when it wants none from this process.

    WATCHDOG_USEC is the time in microseconds, WATCHDOG_PID the process it is meant for. Nonsense raises ValueError.
    """
    microseconds, process = os.environ.get("WATCHDOG_USEC"), os.environ.get("WATCHDOG_PID")
    if not microseconds or (process and int(process) != os.getpid()):
        return None
    interval = int(microseconds) / 1_000_000
    if interval <= 0:
        raise ValueError(f"WATCHDOG_USEC must be positive, not {microseconds}")
    return interval


def _line(text: str) -> str:
    """One line: what follows a line break would be read as another assignment."""
    return " ".join(text.split())


def _send(message: str, patience: float) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address[0] not in "/@":
        raise OSError(f"NOTIFY_SOCKET is neither a path nor an abstract address: {address}")
    if address[0] == "@":
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.settimeout(patience)
        sender.connect(address)
        sender.send(message.encode())
