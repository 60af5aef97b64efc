"""The simulated card terminal's wires: TCP, and a pty that carries the serial line's frames.

What the machine behind them sees is the same: APDUs that arrive, and a session that is gone. A till talks in sessions;
a serial line has one that never ends.
"""

import os
import socket
from collections.abc import Callable
from typing import Protocol

import anyio

from terminal.protocols.zvt.apdu import Apdu, ApduStream, read
from terminal.protocols.zvt.errors import ApduError
from terminal.protocols.zvt.link import ACK, NAK, Answer, Block, LinkReader, frame

from .gate import Gate
from .pty_port import link_for, open_port
from .tcp_port import Blockade, listen, reset_on_close

_CHUNK = 4096
_TRIES = 3


class Hears(Protocol):
    """What the machine does with its wire's news."""

    def arrived(self, session: int, apdu: Apdu) -> None:
        """A whole APDU."""

    def gone(self, session: int) -> None:
        """The till hung up, or the connection broke."""


class FarEnd(Protocol):
    """One of the two wires."""

    address: str
    session: int
    """The running one; 0 = none."""

    async def serve(self, hears: Hears, started: Callable[[], None]) -> None:
        """Serve until cancelled."""

    async def send(self, apdu: bytes) -> bool:
        """Whether it went out, as far as can be known."""

    def forget(self) -> None:
        """A talk has broken off: what the till says next is new, also when it looks the same."""

    def power(self, on: bool) -> None:
        """The terminal was switched."""

    def plug(self, in_: bool) -> None:
        """Somebody pulled the cable, or put it back."""

    def mute(self, on: bool) -> None:
        """The terminal hangs: what comes is not heard, what it says does not leave."""

    def spoil(self, frames: int) -> None:
        """Disturb so many frames, in either direction."""


class TcpFarEnd:
    """A listening socket; one till at a time.

    Power off: the connection is reset and new ones are refused. Cable out: nothing comes and nothing goes, new
    connections hang (the listen queue is filled, so that the kernel drops them); what was said meanwhile arrives when
    the cable is back, as TCP has it.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._on, self._plugged = Gate(), Gate()
        self._power: anyio.CancelScope | None = None
        self._talk: anyio.CancelScope | None = None
        self._connection: socket.socket | None = None
        self._held: list[bytes] = []
        self._blockade = Blockade()
        self._muted = False
        self._sessions = 0
        self.session = 0
        self.address = f"{host}:{port}"

    async def serve(self, hears: Hears, started: Callable[[], None]) -> None:
        """See FarEnd."""
        try:
            while True:
                await self._on.wait()
                with self._listen() as listener, anyio.CancelScope() as self._power:
                    started()
                    while True:
                        await self._accept(listener, hears)
        finally:
            self._blockade.take_down()

    async def send(self, apdu: bytes) -> bool:
        """See FarEnd."""
        if self._connection is None:
            return False
        if self._muted:
            return True
        if not self._plugged.is_open:
            self._held.append(apdu)
            return True
        try:
            self._connection.sendall(apdu)
        except OSError:
            self.cut()
            return False
        return True

    def forget(self) -> None:
        """See FarEnd. TCP repeats nothing."""

    def cut(self) -> None:
        """Break the connection; a new one is taken."""
        self.session = 0
        if self._talk is not None:
            self._talk.cancel()

    def power(self, on: bool) -> None:
        """See FarEnd."""
        self._on.set(on)
        if not on and self._power is not None:
            if self._connection is not None:
                reset_on_close(self._connection)
            self.session = 0
            self._power.cancel()

    def plug(self, in_: bool) -> None:
        """See FarEnd."""
        self._plugged.set(in_)
        self._blockade.take_down()
        if not in_:
            self._blockade.put_up(self._host, self._port)
            return
        held, self._held = self._held, []
        if self._connection is not None and held:
            try:
                self._connection.sendall(b"".join(held))
            except OSError:
                self.cut()

    def mute(self, on: bool) -> None:
        """See FarEnd."""
        self._muted = on

    def spoil(self, frames: int) -> None:
        """See FarEnd. TCP repairs by itself."""

    def _listen(self) -> socket.socket:
        listener = listen(self._host, self._port)
        self._port = listener.getsockname()[1]
        self.address = f"{self._host}:{self._port}"
        return listener

    async def _accept(self, listener: socket.socket, hears: Hears) -> None:
        await anyio.wait_readable(listener)
        await self._plugged.wait()
        try:
            connection, _ = listener.accept()
        except OSError:
            # Whoever knocked has gone again.
            return
        self._sessions += 1
        session = self.session = self._sessions
        try:
            with connection, anyio.CancelScope() as self._talk:
                self._connection = connection
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await self._listen_to(connection, lambda apdu: hears.arrived(session, apdu))
        finally:
            self._connection = None
            self._held.clear()
            self.session = 0
            hears.gone(session)

    async def _listen_to(self, connection: socket.socket, arrived: Callable[[Apdu], None]) -> None:
        """Until the till hangs up."""
        connection.setblocking(False)
        stream = ApduStream()
        while True:
            await anyio.wait_readable(connection)
            await self._plugged.wait()
            try:
                data = connection.recv(_CHUNK)
                for apdu in stream.feed(data):
                    if not self._muted:
                        arrived(apdu)
            except (OSError, ApduError):
                return
            if not data:
                return


class PtyFarEnd:
    """A pty, found under a link that stays the same when it is unplugged and comes back.

    Power off: what the till writes is lost, as on a serial line. Cable out: the port is gone, as with a USB adapter.
    """

    def __init__(self, name: str, *, t1: float, t2: float) -> None:
        self._name = name
        self._t1, self._t2 = t1, t2
        self._on, self._muted = True, False
        self._plugged = Gate()
        self._talk: anyio.CancelScope | None = None
        self._master: int | None = None
        self._answer: Answer | None = None
        self._answered = anyio.Event()
        self._last: bytes | None = None
        self._spoilt = 0
        self.session = 1
        self.address = ""

    async def serve(self, hears: Hears, started: Callable[[], None]) -> None:
        """See FarEnd."""
        with link_for(self._name) as link:
            self.address = str(link)
            while True:
                await self._plugged.wait()
                with open_port(link) as master:
                    self._master = master
                    started()
                    try:
                        with anyio.CancelScope() as self._talk:
                            await self._converse(master, hears)
                    finally:
                        self._master = None

    async def send(self, apdu: bytes) -> bool:
        """See FarEnd. False when the till has not acknowledged in three tries."""
        data = frame(apdu)
        for _ in range(_TRIES):
            self._answer = None
            self._write(self._disturb(data))
            with anyio.move_on_after(self._t2):
                while self._answer is None:
                    self._answered = anyio.Event()
                    await self._answered.wait()
            if self._answer is Answer.ACK:
                return True
        return False

    def forget(self) -> None:
        """See FarEnd."""
        self._last = None

    def power(self, on: bool) -> None:
        """See FarEnd. The port stays: it is the till's."""
        self._on = on

    def plug(self, in_: bool) -> None:
        """See FarEnd."""
        self._plugged.set(in_)
        if not in_ and self._talk is not None:
            self._talk.cancel()

    def mute(self, on: bool) -> None:
        """See FarEnd. Not even a frame is acknowledged."""
        self._muted = on

    def spoil(self, frames: int) -> None:
        """See FarEnd."""
        self._spoilt = frames

    async def _converse(self, master: int, hears: Hears) -> None:
        reader = LinkReader()
        while True:
            with anyio.move_on_after(self._t1 if reader.inside else None) as t1:
                await anyio.wait_readable(master)
            if t1.cancelled_caught:
                reader.give_up()
                self._write(NAK)
                continue
            try:
                data = os.read(master, _CHUNK)
            except BlockingIOError:
                continue
            if not self._on or self._muted:
                continue
            for heard in reader.feed(data):
                if isinstance(heard, Answer):
                    self._answer = heard
                    # At once: what stands behind the ACK in the same piece is new, also when it looks the same.
                    self._last = None if heard is Answer.ACK else self._last
                    self._answered.set()
                elif isinstance(heard, Block) and not self._spoils():
                    self._write(ACK)
                    self._take(heard.data, hears)
                else:
                    self._write(NAK)

    def _take(self, block: bytes, hears: Hears) -> None:
        if block == self._last:
            return
        self._last = block
        try:
            apdu = read(block)
        except ApduError:
            return
        hears.arrived(self.session, apdu)

    def _write(self, data: bytes) -> None:
        if self._on and not self._muted and self._master is not None:
            os.write(self._master, data)

    def _spoils(self) -> bool:
        self._spoilt = max(0, (had := self._spoilt) - 1)
        return had > 0

    def _disturb(self, data: bytes) -> bytes:
        return data[:-1] + bytes((data[-1] ^ 0x55,)) if self._spoils() else data
