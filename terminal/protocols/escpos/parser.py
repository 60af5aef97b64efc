"""Bytes in, events out: an ESC/POS stream as a printer reads it.

Any bytes are allowed, in any pieces; what is no command comes out as Unknown. The events are the same
however the stream was cut into pieces, except that one run of characters may come as several Chars.

Source: Epson, "ESC/POS Command Reference".
"""

import re
from collections.abc import Callable

from . import events as e
from .lengths import MAX_COMMAND, NUL_ENDED, command_length, little

_PIECE = 4096
_TEXT = re.compile(rb"[\x20-\xff]+")
_LEADS = b"\x10\x1b\x1c\x1d"


class Parser:
    """One stream. `feed` gives each event with the bytes that it stood in."""

    def __init__(self) -> None:
        self._buffer = b""
        self._skip = 0

    def reset(self) -> None:
        """Forget what has begun: power off."""
        self._buffer = b""
        self._skip = 0

    @property
    def pending(self) -> int:
        """Bytes of a command that has begun and is not complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[tuple[e.Event, bytes]]:
        """What is complete with `data`, in order. Never raises."""
        found: list[tuple[e.Event, bytes]] = []
        # In pieces, since what is left is copied after each event: a megabyte at once would take minutes.
        for at in range(0, len(data), _PIECE):
            self._feed(data[at : at + _PIECE], found)
        return found

    def _feed(self, data: bytes, found: list[tuple[e.Event, bytes]]) -> None:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._buffer += data[skipped:]
        while self._buffer:
            one = _next(self._buffer)
            if one is None:
                break
            event, length = one
            found.append((event, self._buffer[:length]))
            self._skip = max(0, length - len(self._buffer))
            self._buffer = self._buffer[length:]


def _next(b: bytes) -> tuple[e.Event, int] | None:
    """The event that `b` begins with and its length; None while it is not complete."""
    text = _TEXT.match(b)
    if text:
        return e.Chars(text[0]), text.end()
    if b[0] not in _LEADS:
        return e.Control(b[0]), 1
    length = command_length(b) if len(b) > 1 else None
    if length is None or (length <= MAX_COMMAND and len(b) < length):
        return None
    if length > MAX_COMMAND:
        return e.TooLong(b[:2], length), length
    raw = b[:length]
    if raw[0] == 0x10:
        return (e.RealTime(raw) if length > 2 else e.Unknown(raw)), length
    return _MEANING.get(raw[:2], _without_meaning)(raw), length


def _without_meaning(raw: bytes) -> e.Event:
    """A command of known length that we do not draw, or two bytes that are none."""
    return e.Other(raw) if len(raw) > 2 or raw in _SILENT else e.Unknown(raw)


_SILENT = (b"\x1bS", b"\x1bL", b"\x1b<", b"\x1b\x0c", b"\x1d:", b"\x1dc", b"\x1c.", b"\x1c&")
"""Commands without parameters that we do not draw."""


def _print_mode(raw: bytes) -> e.Event:
    bits = raw[2]
    return e.PrintMode(
        small=bool(bits & 0x01),
        bold=bool(bits & 0x08),
        height=2 if bits & 0x10 else 1,
        width=2 if bits & 0x20 else 1,
        underline=bool(bits & 0x80),
    )


def _up_to(limit: int, parameter: int) -> int:
    """A parameter that may be a number or its ASCII digit; out of range is 0."""
    value = parameter - 0x30 if parameter >= 0x30 else parameter
    return value if value <= limit else 0


def _cut(raw: bytes) -> e.Event:
    mode = raw[2]
    partial = mode in (1, 49, 66, 98, 104)
    return e.Cut(partial, raw[3] if len(raw) > 3 else None)


def _barcode(raw: bytes) -> e.Event:
    if raw[2] in NUL_ENDED:
        return e.Barcode(NUL_ENDED[raw[2]], raw[3:].rstrip(b"\0"))
    return e.Barcode(raw[2], raw[4:]) if len(raw) > 3 else e.Unknown(raw)


def _raster(raw: bytes) -> e.Event:
    if len(raw) < 8:
        return e.Unknown(raw)
    return e.Raster(
        width=little(raw[4:6]),
        height=little(raw[6:8]),
        dots=raw[8:],
        x_scale=2 if raw[3] & 1 else 1,
        y_scale=2 if raw[3] & 2 else 1,
    )


def _counted(raw: bytes) -> e.Event:
    """GS ( x pL pH …"""
    match raw[2:3], raw[5:6]:
        case b"L", _:
            return _graphics(raw, raw[5:])
        case b"k", b"1":
            return _qr(raw)
        case _:
            return e.Other(raw)


def _qr(raw: bytes) -> e.Event:
    """GS ( k pL pH 49 fn …"""
    match raw[6:7], raw[7:]:
        case b"C", value if len(value) == 1:
            return e.QrModuleSize(min(max(value[0], 1), 16))
        case b"E", value if len(value) == 1:
            return e.QrLevel(_up_to(3, value[0]))
        case b"P", value if value[:1] == b"0":
            return e.QrStore(value[1:])
        case b"Q", _:
            return e.QrPrint()
        case _:
            return e.Other(raw)


def _graphics(raw: bytes, data: bytes) -> e.Event:
    """GS ( L and GS 8 L: m fn a bx by c xL xH yL yH dots; fn 112 stores a raster, fn 2 or 50 prints it."""
    if data[1:2] in (b"\x02", b"2"):
        return e.GraphicsPrint()
    match data[1:2]:
        case b"@" | b"\x00":
            return e.GraphicsKeys()
        case b"C":
            return _stored(raw, data)
        case b"E" if len(data) == 6:
            return e.GraphicsShow(data[2:4], min(data[4], 2) or 1, min(data[5], 2) or 1)
        case _:
            pass
    width, height = (little(data[6:8]) + 7) // 8, little(data[8:10])
    if data[1:2] != b"p" or len(data) < 10 or len(data) - 10 != width * height:
        return e.Other(raw)
    return e.Raster(
        width,
        height,
        data[10:],
        x_scale=2 if data[3] == 2 else 1,
        y_scale=2 if data[4] == 2 else 1,
        stored=True,
    )


def _stored(raw: bytes, data: bytes) -> e.Event:
    """m fn a kc1 kc2 b xL xH yL yH c dots, of one colour."""
    width, height = (little(data[6:8]) + 7) // 8, little(data[8:10])
    if data[5:6] != b"\x01" or len(data) != 11 + width * height:
        return e.Other(raw)
    return e.GraphicsStore(data[3:5], e.Raster(width, height, data[11:]))


_MEANING: dict[bytes, Callable[[bytes], e.Event]] = {
    b"\x1b@": lambda _: e.Initialise(),
    b"\x1b!": _print_mode,
    b"\x1bE": lambda raw: e.Bold(bool(raw[2] & 1)),
    b"\x1bG": lambda raw: e.Bold(bool(raw[2] & 1)),
    b"\x1b-": lambda raw: e.Underline(_up_to(2, raw[2])),
    b"\x1bM": lambda raw: e.Font(_up_to(1, raw[2])),
    b"\x1bR": lambda raw: e.International(raw[2]),
    b"\x1bt": lambda raw: e.CodeTable(raw[2]),
    b"\x1ba": lambda raw: e.Align(_up_to(2, raw[2])),
    b"\x1b2": lambda _: e.LineSpacing(None),
    b"\x1b3": lambda raw: e.LineSpacing(raw[2]),
    b"\x1bd": lambda raw: e.FeedLines(raw[2]),
    b"\x1bJ": lambda raw: e.FeedDots(raw[2]),
    b"\x1bi": lambda _: e.Cut(partial=True, feed=None),
    b"\x1bm": lambda _: e.Cut(partial=True, feed=None),
    b"\x1bp": lambda raw: e.Pulse(pin=5 if raw[2] & 1 else 2, on_ms=2 * raw[3], off_ms=2 * raw[4]),
    b"\x1d!": lambda raw: e.Size(width=(raw[2] >> 4 & 7) + 1, height=(raw[2] & 7) + 1),
    b"\x1dB": lambda raw: e.Inverse(bool(raw[2] & 1)),
    b"\x1dH": lambda raw: e.HriPosition(_up_to(3, raw[2])),
    b"\x1dh": lambda raw: e.BarcodeHeight(max(raw[2], 1)),
    b"\x1dw": lambda raw: e.BarcodeWidth(min(max(raw[2], 1), 6)),
    b"\x1dr": lambda raw: e.ReportInOrder(raw[2]),
    b"\x1dV": _cut,
    b"\x1dk": _barcode,
    b"\x1dv": _raster,
    b"\x1d(": _counted,
    b"\x1d8": lambda raw: _graphics(raw, raw[7:]),
}
"""Command → what it means. `raw` is whole, its length as lengths.py says."""
