"""A listening socket that stands for a device's network port, and what power and cable do to it."""

import socket
import struct


def listen(host: str, port: int, *, buffer: int | None = None) -> socket.socket:
    """Listen for one connection, non-blocking. `buffer`: bytes that arrive before the device takes them."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        listener.setblocking(False)
        listener.bind((host, port))
        listener.listen(0)
    except OSError:
        listener.close()
        raise
    return listener


def reset_on_close(connection: socket.socket) -> None:
    """As when the power goes: the till sees a reset, no end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Blockade:
    """The cable is out: takes the places of the listen queue, so that nobody else's connection is answered."""

    def __init__(self) -> None:
        self._fillers: list[socket.socket] = []

    def put_up(self, host: str, port: int) -> None:
        """From now on."""
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((host, port))
            self._fillers.append(filler)

    def take_down(self) -> None:
        """Until now."""
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
