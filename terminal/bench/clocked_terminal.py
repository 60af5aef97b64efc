"""A ZVT terminal on TCP that clocks its own work: the far end of `kasse bench payment`. `PORT`.

Each message leaves after a time to think. What the terminal does from the moment that the till's message is there until
its own last message leaves is a *spell* of its own work, and is told to the bench. Whatever of a payment lies between
the spells is the till's (and the wire's). A process of its own, so that no clock waits for somebody else's work.
"""

import socket
import sys
import time
from collections import deque
from collections.abc import Callable

import msgspec

from terminal.protocols.zvt import bcd, bitmaps, codec, tlv
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.apdu import Apdu, ApduStream
from terminal.protocols.zvt.charset import UTF_8

THINK = 0.02
"""Seconds before each message: a terminal is a slow computer. The till has gone to sleep meanwhile."""
_LINES = 10
_INSERT_CARD, _PIN, _HOST = 0x0A, 0x01, 0x04
_TERMINAL_ID = b"\x29\0\x10\6"


class Spell(msgspec.Struct, frozen=True, array_like=True):
    """The terminal's own time, by the clock that all processes share (CLOCK_MONOTONIC), s."""

    heard: str
    """The till's message that it began with."""
    began: float
    said: str
    """The terminal's message that it ended with; empty when the till speaks again."""
    ended: float


class TillGone(Exception):
    """The till has closed the connection."""


def main(port: str) -> None:
    """Tell the bench where the terminal listens; then, of each payment that it has completed, its spells."""
    bench = socket.create_connection(("127.0.0.1", int(port)))
    listener = socket.create_server(("127.0.0.1", 0))

    def tell(news: object) -> None:
        bench.sendall(msgspec.json.encode(news) + b"\n")

    tell(listener.getsockname()[1])
    number = 0
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = _serve(_Talk(connection), number, tell)


class _Talk:
    """One connection of the till's."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = ApduStream()
        self._arrived: deque[Apdu] = deque()
        self.spells: list[Spell] = []

    def hear(self) -> m.AnyMessage:
        """The till's next message, whose spell begins. Raises TillGone."""
        while not self._arrived:
            data = self._connection.recv(4096)
            if not data:
                raise TillGone
            self._arrived += self._stream.feed(data)
        now = time.perf_counter()
        message = codec.read(self._arrived.popleft())
        self.spells.append(Spell(type(message).__name__, now, "", now))
        return message

    def say(self, message: m.AnyMessage) -> None:
        """Think, and send: so far goes the spell."""
        data = codec.encode(message)
        time.sleep(THINK)
        spell = self.spells[-1]
        self.spells[-1] = msgspec.structs.replace(spell, said=type(message).__name__, ended=time.perf_counter())
        self._connection.sendall(data)

    def ask(self, message: m.AnyMessage) -> None:
        """Send, and have it taken. Raises TillGone."""
        self.say(message)
        answer = self.hear()
        if not isinstance(answer, m.Ack):
            raise TypeError(f"the till answered {message!r} with {answer!r}")


def _serve(talk: _Talk, number: int, tell: Callable[[object], None]) -> int:
    """Commands until the till hangs up; the number of the last payment."""
    try:
        while True:
            command = talk.hear()
            talk.say(m.Ack())
            match command:
                case m.Registration():
                    talk.ask(m.Completion(fields=_terminal()))
                case m.Authorisation():
                    number += 1
                    _pay(talk, command, number)
                    tell(talk.spells)
                case _:
                    talk.ask(m.Completion(status=0))
    except TillGone:
        return number


def _pay(talk: _Talk, command: m.Authorisation, number: int) -> None:
    """What a terminal without a printer says: card, PIN, host, approval, both slips, the end."""
    for code in (_INSERT_CARD, _PIN, _HOST):
        talk.ask(m.IntermediateStatus(code))
    talk.ask(_approval(command.fields.number(bitmaps.AMOUNT) or 0, number))
    for kind in (b"\1", b"\2"):
        talk.ask(_slip(kind))
    talk.ask(m.Completion())


def _terminal() -> bitmaps.Fields:
    utf_8 = bitmaps.container(tlv.node(0x27, tlv.node(0x14, UTF_8)))
    return bitmaps.Fields((bitmaps.bmp(bitmaps.KIND, b"\0"), bitmaps.bmp(bitmaps.TERMINAL_ID, _TERMINAL_ID), utf_8))


def _approval(amount: int, number: int) -> m.StatusInformation:
    fields = (
        bitmaps.bmp(bitmaps.RESULT, b"\0"),
        bitmaps.packed(bitmaps.AMOUNT, amount),
        bitmaps.packed(bitmaps.CURRENCY, 208),
        bitmaps.packed(bitmaps.TRACE, number),
        bitmaps.packed(bitmaps.TIME, 120000),
        bitmaps.packed(bitmaps.DATE, 1124),
        bitmaps.bmp(bitmaps.PAN, bcd.pack_digits("4571100012345673")),
        bitmaps.bmp(bitmaps.TERMINAL_ID, _TERMINAL_ID),
        bitmaps.packed(bitmaps.RECEIPT, number),
        bitmaps.bmp(bitmaps.CARD_TYPE, b"\xc5"),
        bitmaps.bmp(bitmaps.CARD_NAME, b"Visa/Dankort\0"),
        bitmaps.container(tlv.node(0x1F1F, number.to_bytes(2, "big"))),
    )
    return m.StatusInformation(bitmaps.Fields(fields))


def _slip(kind: bytes) -> m.PrintTextBlock:
    lines = (tlv.node(0x07, f"Linje {number}".ljust(24).encode()) for number in range(_LINES))
    text = tlv.node(0x25, *lines, tlv.node(0x09, b"\x81"))
    return m.PrintTextBlock(bitmaps.Fields((bitmaps.container(tlv.node(0x1F07, kind), text),)))


if __name__ == "__main__":
    main(*sys.argv[1:])
