"""The simulated printer's sockets: raw TCP as a network printer has it, and a pty for a serial or USB one.

Each serves one till at a time, as printers do: a second one waits.
"""

import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import anyio

from .gate import Gate
from .pty_port import link_for, open_port
from .tcp_port import Blockade, listen, reset_on_close

Feed = Callable[[bytes], Awaitable[bytes | None]]
"""Gives what arrived to the printer; gives what it answers, or None: the connection is to be dropped."""

Room = Callable[[], int]
"""How many bytes the printer takes now."""

_PIECE = 1024
_LOOK = 0.02
"""Seconds between two looks at a full printer."""


class FarEnd(Protocol):
    """One of the two wires."""

    address: str

    async def serve(self, started: Callable[[], None]) -> None:
        """Serve until cancelled."""

    def power(self, on: bool) -> None:
        """The printer was switched."""

    def plug(self, in_: bool) -> None:
        """Somebody pulled the cable, or put it back."""

    def say(self, data: bytes) -> None:
        """The printer says something of its own accord; lost when nobody is there."""


class TcpFarEnd:
    """A listening socket.

    Power off: the connection is reset and new ones are refused. Cable out: nothing comes and nothing goes, new
    connections hang (the listen queue is filled, so that the kernel drops them). One thing is not like a real
    cable: the kernel here still acknowledges a few kilobytes.
    """

    def __init__(self, host: str, port: int, room: Room, feed: Feed) -> None:
        self._host, self._port = host, port
        self._room, self._feed = room, feed
        self._on, self._plugged = Gate(), Gate()
        self._session: anyio.CancelScope | None = None
        self._connection: socket.socket | None = None
        self._blockade = Blockade()
        self.address = f"{host}:{port}"

    async def serve(self, started: Callable[[], None]) -> None:
        first = True
        try:
            while True:
                await self._on.wait()
                with self._listen() as listener, anyio.CancelScope() as self._session:
                    self._fill()
                    if first:
                        started()
                        first = False
                    while True:
                        await self._accept(listener)
        finally:
            self._blockade.take_down()

    def power(self, on: bool) -> None:
        self._on.set(on)
        if not on and self._session is not None:
            self._session.cancel()
            self._blockade.take_down()

    def plug(self, in_: bool) -> None:
        self._plugged.set(in_)
        self._blockade.take_down()
        if self._session is not None and self._on.is_open:
            self._fill()

    def say(self, data: bytes) -> None:
        if self._connection is not None and self._plugged.is_open:
            # A till that has gone does not hear it.
            with contextlib.suppress(OSError):
                self._connection.send(data)

    def _fill(self) -> None:
        if not self._plugged.is_open:
            self._blockade.put_up(self._host, self._port)

    def _listen(self) -> socket.socket:
        # A printer's memory is small: what it does not take must be felt at the till.
        listener = listen(self._host, self._port, buffer=2048)
        self._port = listener.getsockname()[1]
        self.address = f"{self._host}:{self._port}"
        return listener

    async def _accept(self, listener: socket.socket) -> None:
        await anyio.wait_readable(listener)
        await self._plugged.wait()
        try:
            connection, _ = listener.accept()
        except OSError:
            # Whoever knocked has gone again.
            return
        with connection:
            connection.setblocking(False)
            self._connection = connection
            try:
                if not await self._converse(connection):
                    reset_on_close(connection)
            except ConnectionError:
                # The till let go in the middle: its business.
                return
            except anyio.get_cancelled_exc_class():
                reset_on_close(connection)
                raise
            finally:
                self._connection = None

    async def _converse(self, connection: socket.socket) -> bool:
        """Until the till hangs up (true) or the connection is to be dropped (false)."""
        while True:
            await anyio.wait_readable(connection)
            await self._plugged.wait()
            room = self._room()
            # A till that gives up while the printer is full resets the connection: a look raises it.
            data = connection.recv(min(room, _PIECE)) if room else connection.recv(1, socket.MSG_PEEK)
            if data and not room:
                await anyio.sleep(_LOOK)
                continue
            if not data:
                return True
            answer = await self._feed(data)
            await self._plugged.wait()
            if answer is None:
                return False
            if answer:
                connection.send(answer)


class PtyFarEnd:
    """A pty, found under a link that stays the same when it is unplugged and comes back.

    Power off: what the till writes is lost, as on a serial line. Cable out: the port is gone, as with USB.
    """

    def __init__(self, name: str, link: Path | None, room: Room, feed: Feed) -> None:
        self._name = name
        self._wanted = link
        self._room, self._feed = room, feed
        self._plugged = Gate()
        self._session: anyio.CancelScope | None = None
        self._master: int | None = None
        self.address = ""

    async def serve(self, started: Callable[[], None]) -> None:
        first = True
        with link_for(self._name, self._wanted) as link:
            self.address = str(link)
            while True:
                await self._plugged.wait()
                with open_port(link) as master:
                    if first:
                        started()
                        first = False
                    self._master = master
                    with anyio.CancelScope() as self._session:
                        await self._converse(master)
                    self._master = None

    def power(self, on: bool) -> None:
        """The port stays: it is the till's."""

    def say(self, data: bytes) -> None:
        if self._master is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, data)

    def plug(self, in_: bool) -> None:
        self._plugged.set(in_)
        if not in_ and self._session is not None:
            self._session.cancel()

    async def _converse(self, master: int) -> None:
        """Until the connection is to be dropped."""
        while True:
            await anyio.wait_readable(master)
            room = self._room()
            if not room:
                await anyio.sleep(_LOOK)
                continue
            try:
                data = os.read(master, min(room, _PIECE))
            except BlockingIOError:
                continue
            answer = await self._feed(data)
            if answer is None:
                return
            if answer:
                os.write(master, answer)
