"""The frame of every message: control field, length, data (transport text, chapter 5.2).

    class instr LL data              LL up to FE
    class instr FF lo hi data        two length bytes, low byte first

On TCP the frames follow each other with nothing between them, cut into pieces anywhere (chapter 4).
"""

import msgspec

from .errors import ApduError, EncodeError

LARGEST = 5 + 0xFFFF
"""Bytes of the largest APDU that the length field can say."""
_SHORT = 0xFE


class Apdu(msgspec.Struct, frozen=True, gc=False):
    """One frame. `long`: the length stood in three bytes although one would have done."""

    control: int
    """Class and instruction, for example 0x060F. An answer: 0x8000, or 0x84 and the error code."""
    data: bytes = b""
    long: bool = False


def write(control: int, data: bytes, *, long: bool = False) -> bytes:
    """The frame as bytes. Raises EncodeError for more data than a length field can say."""
    size = len(data)
    if size > 0xFFFF:
        raise EncodeError(f"{size} bytes are more than an APDU holds")
    if long or size > _SHORT:
        return control.to_bytes(2, "big") + b"\xff" + size.to_bytes(2, "little") + data
    return bytes((control >> 8, control & 0xFF, size)) + data


def read(raw: bytes) -> Apdu:
    """Exactly one frame. Raises ApduError when it is cut off or something stands behind it."""
    size = _size(raw)
    if size is None or len(raw) < size:
        raise ApduError(f"an APDU is cut off after {len(raw)} bytes")
    if len(raw) > size:
        raise ApduError(f"{len(raw) - size} bytes stand behind an APDU of {size}")
    return _frame(raw)


def split(raw: bytes) -> tuple[list[Apdu], bytes]:
    """The whole frames that stand one behind the other, and what is left."""
    found: list[Apdu] = []
    start, end = 0, len(raw)
    while (size := _size(raw, start)) is not None and start + size <= end:
        found.append(_frame(raw[start : start + size]))
        start += size
    return found, raw[start:]


class ApduStream:
    """Cuts what TCP delivers into frames. Holds at most one unfinished frame of `limit` bytes."""

    def __init__(self, limit: int = LARGEST) -> None:
        self._limit = limit
        self._held = bytearray()

    @property
    def unfinished(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[Apdu]:
        """The frames that are complete now. Raises ApduError for one that says it is larger than the limit.

        After that the stream is of no use: where the next frame begins is not known.
        """
        self._held += data
        done: list[Apdu] = []
        start = 0
        while (size := _size(self._held, start)) is not None:
            if size > self._limit:
                raise ApduError(f"an APDU of {size} bytes is larger than the {self._limit} that are taken")
            if len(self._held) - start < size:
                break
            done.append(_frame(bytes(self._held[start : start + size])))
            start += size
        del self._held[:start]
        return done


def _size(raw: bytes | bytearray, start: int = 0) -> int | None:
    """Bytes of the frame that begins at `start`, its head included; None when the head is not whole."""
    have = len(raw) - start
    if have < 3:
        return None
    if raw[start + 2] != 0xFF:
        return 3 + raw[start + 2]
    if have < 5:
        return None
    return 5 + raw[start + 3] + (raw[start + 4] << 8)


def _frame(raw: bytes) -> Apdu:
    control = (raw[0] << 8) | raw[1]
    if raw[2] != 0xFF:
        return Apdu(control, raw[3:])
    return Apdu(control, raw[5:], long=len(raw) - 5 <= _SHORT)
