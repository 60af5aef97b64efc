"""CAS scales' protocol for tills (Aviator and others have it too): wake, ask, and a block with a check byte.

    ENQ →                                             are you there?
    ← ACK                                             yes
    DC1 →                                             the weight, please
    ← SOH STX STA SIGN w w w w w w k g BCC ETX EOT     STA S at rest, U not; SIGN blank, '-' or F (overload)

BCC is the exclusive or of the bytes from STA to the unit. It may be any byte, so a block is told by its length.
"""

from functools import reduce
from operator import xor

import msgspec

from .scale import Condition, Heard, Reading, grams_of, looks_like_parity

SOH, STX, ETX, EOT, ENQ, ACK, DC1, NAK = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x11, 0x15
LENGTH = 15


class Block(msgspec.Struct, frozen=True):
    """One block. Everything as it came."""

    status: str
    sign: str
    digits: str
    """Six characters."""
    unit: str = "kg"
    """Two characters."""

    def encode(self) -> bytes:
        """The block's bytes."""
        said = (self.status + self.sign + self.digits + self.unit).encode("ascii")
        return bytes((SOH, STX, *said, reduce(xor, said), ETX, EOT))


def decode(data: bytes) -> Block:
    """The block in fifteen bytes. Raises ValueError."""
    if len(data) != LENGTH or data[:2] != bytes((SOH, STX)) or data[13:] != bytes((ETX, EOT)):
        raise ValueError(_why(data))
    said = data[2:12]
    if not all(0x20 <= byte < 0x7F for byte in said):
        raise ValueError(_why(data))
    if reduce(xor, said) != data[12]:
        raise ValueError(f"{data.hex(' ')} has a wrong check byte")
    text = said.decode("ascii")
    return Block(text[0], text[1], text[2:8], text[8:])


def reading(block: Block) -> Reading:
    """What a block means. Raises ValueError for what the protocol does not know."""
    match block.status, block.sign:
        case _, "F":
            return Reading(Condition.OVERLOAD)
        case "U", " " | "-" | "+":
            return Reading(Condition.MOTION)
        case "S", "-":
            return Reading(Condition.UNDER_ZERO)
        case "S", " " | "+":
            grams = grams_of(block.digits, block.unit.strip())
            if grams is not None:
                return Reading(Condition.AT_REST, grams)
        case _:
            pass
    raise ValueError(
        f"the scale says {block.status}{block.sign}{block.digits}{block.unit}, which is no weight in kg or g"
    )


class Cas:
    """See Dialogue."""

    def __init__(self) -> None:
        self._data = b""
        self._asked = False

    def begin(self) -> bytes:
        """See Dialogue."""
        self._data = b""
        self._asked = False
        return bytes((ENQ,))

    def feed(self, data: bytes) -> Heard:
        """See Dialogue."""
        self._data += data
        if not self._asked:
            return self._awaken()
        if len(self._data) >= LENGTH:
            try:
                return Heard(reading(decode(self._data[:LENGTH])))
            except ValueError as error:
                return Heard(nonsense=str(error))
        if not bytes((SOH, STX)).startswith(self._data[:2]):
            return Heard(nonsense=_why(self._data))
        return Heard()

    def _awaken(self) -> Heard:
        if not self._data:
            return Heard()
        if self._data == bytes((NAK,)):
            return Heard(Reading(Condition.REFUSED))
        if self._data != bytes((ACK,)):
            return Heard(nonsense=_why(self._data))
        self._data, self._asked = b"", True
        return Heard(reply=bytes((DC1,)))


def _why(data: bytes) -> str:
    hint = " (its parity setting may differ)" if looks_like_parity(data) else ""
    return f"{data[:24].hex(' ')} is no answer of a CAS scale{hint}"
