"""The serial line under the APDUs: frames, checksum, acknowledgements (transport text, chapter 3).

    10 02 | APDU with every 10 doubled | 10 03 | CRC low, CRC high

CRC-16/KERMIT over the undoubled APDU and 03. A frame is answered with 06 (whole) or 15 (send again). Times are the
caller's: 200 ms between two bytes of a frame (T1), 5 s to the answer (T2), at most two repeats.
"""

from enum import Enum

import msgspec

from .apdu import LARGEST

DLE, STX, ETX = 0x10, 0x02, 0x03
ACK, NAK = b"\x06", b"\x15"


class Answer(Enum):
    """What the other side says to our frame."""

    ACK = 0x06
    NAK = 0x15


class Block(msgspec.Struct, frozen=True):
    """A whole frame's content: to be answered with ACK."""

    data: bytes


class Broken(msgspec.Struct, frozen=True):
    """A frame that is not right: to be answered with NAK."""

    why: str


Heard = Answer | Block | Broken


class _State(Enum):
    IDLE = "idle"
    OPENING = "opening"
    """A 10 has come."""
    INSIDE = "inside"
    ESCAPED = "escaped"
    """A 10 has come within."""
    CHECK_LOW = "check-low"
    CHECK_HIGH = "check-high"


def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x8408 if value & 1 else 0)
        rows.append(value)
    return tuple(rows)


_CRC = _table()


def checksum(data: bytes) -> int:
    """CRC-16/KERMIT: polynomial 1021 reflected, begins with 0."""
    value = 0
    for byte in data:
        value = (value >> 8) ^ _CRC[(value ^ byte) & 0xFF]
    return value


def frame(apdu: bytes) -> bytes:
    """An APDU as it goes over the line."""
    doubled = apdu.replace(bytes((DLE,)), bytes((DLE, DLE)))
    check = checksum(apdu + bytes((ETX,))).to_bytes(2, "little")
    return bytes((DLE, STX)) + doubled + bytes((DLE, ETX)) + check


class LinkReader:
    """Takes the line's bytes in any pieces. Noise between frames is passed over."""

    def __init__(self, limit: int = LARGEST) -> None:
        self._limit = limit
        self._state = _State.IDLE
        self._data = bytearray()
        self._low = 0

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and not ended: T1 runs."""
        return self._state is not _State.IDLE

    def feed(self, data: bytes) -> list[Heard]:
        """What has been heard, in order."""
        heard: list[Heard] = []
        for byte in data:
            event = self._step(byte)
            if event is not None:
                heard.append(event)
        return heard

    def give_up(self) -> Broken:
        """T1 has passed within a frame."""
        return self._break("a frame stopped in the middle")

    def _step(self, byte: int) -> Heard | None:
        match self._state:
            case _State.IDLE:
                if byte == DLE:
                    self._state = _State.OPENING
                    return None
                return Answer(byte) if byte in (Answer.ACK.value, Answer.NAK.value) else None
            case _State.OPENING:
                if byte == STX:
                    self._data.clear()
                    self._state = _State.INSIDE
                elif byte != DLE:
                    self._state = _State.IDLE
                return None
            case _State.INSIDE:
                if byte == DLE:
                    self._state = _State.ESCAPED
                    return None
                return self._take(byte)
            case _State.ESCAPED:
                return self._escaped(byte)
            case _State.CHECK_LOW:
                self._low = byte
                self._state = _State.CHECK_HIGH
                return None
            case _State.CHECK_HIGH:
                return self._check(byte)

    def _escaped(self, byte: int) -> Broken | None:
        self._state = _State.INSIDE
        if byte == DLE:
            return self._take(byte)
        if byte == ETX:
            self._state = _State.CHECK_LOW
            return None
        if byte == STX:
            # The sender has begun again.
            self._data.clear()
            return None
        return self._break(f"10 {byte:02X} within a frame")

    def _take(self, byte: int) -> Broken | None:
        if len(self._data) >= self._limit:
            return self._break(f"a frame of more than {self._limit} bytes")
        self._data.append(byte)
        return None

    def _check(self, high: int) -> Block | Broken:
        self._state = _State.IDLE
        data = bytes(self._data)
        self._data.clear()
        if checksum(data + bytes((ETX,))) != (high << 8) | self._low:
            return Broken("a frame's checksum is wrong")
        return Block(data)

    def _break(self, why: str) -> Broken:
        self._state = _State.IDLE
        self._data.clear()
        return Broken(why)
