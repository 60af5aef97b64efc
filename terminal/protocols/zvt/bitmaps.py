"""The BMPs: a number, perhaps a length, a value (chapter 13). They come in any order and are kept as they came.

    fixed     the value at once
    LLVAR     two bytes Fx Fy, the value has xy bytes (transport text, chapter 5.2.8)
    LLLVAR    three bytes Fx Fy Fz
    TLV       BMP 06 alone: a length as in tlv.py

A BMP that chapter 13 does not know has no known length: it and what stands behind it stay unread, in `rest`. So does
one that runs past the end, or whose length cannot be read.
"""

import msgspec

from terminal.protocols.masking import mask_packed, mask_text

from . import bcd, tlv
from .errors import EncodeError, FieldError

TIMEOUT = 0x01
SERVICE = 0x03
AMOUNT = 0x04
CONTAINER = 0x06
TRACE = 0x0B
TIME = 0x0C
DATE = 0x0D
EXPIRY = 0x0E
CARD_SEQUENCE = 0x17
KIND = 0x19
"""Payment type, status byte or card type: the command says which."""
PAN = 0x22
TRACK_2 = 0x23
TRACK_3 = 0x24
RESULT = 0x27
TERMINAL_ID = 0x29
CONTRACT = 0x2A
TRACK_1 = 0x2D
CHIP_DATA = 0x2E
ORIGINAL_TRACE = 0x37
CVV = 0x3A
AUTHORISATION = 0x3B
TEXT = 0x3C
CURRENCY = 0x49
TOTALS = 0x60
RECEIPT = 0x87
TURNOVER = 0x88
CARD_TYPE = 0x8A
CARD_NAME = 0x8B
FULL_DATE = 0xAA

_FIXED = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x72, 0x73, 0x74, 0x75, 0x8A, 0x8C, 0xA0), 1),
    **dict.fromkeys((0xD0, 0xD2, 0xD3, 0xE0, 0xE9, 0xEA, 0xF0, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    **dict.fromkeys((0x29, 0x70, 0x71), 4),
    0xBA: 5,
    0x04: 6,
    **dict.fromkeys((0x3B, 0xEB), 8),
    0x2A: 15,
}
_VARIABLE = {
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x4C, 0x8B, 0xA7, 0xD1), 2),
    **dict.fromkeys((*range(0xE1, 0xE9), *range(0xF1, 0xF9)), 2),
    **dict.fromkeys((0x24, 0x2E, 0x3C, 0x60, 0x9A, 0xAF), 3),
}
"""Digits of the length."""
_SECRET = frozenset({TRACK_1, TRACK_3, CHIP_DATA, CVV, EXPIRY, 0x3D, 0xA7, 0xAF, 0xD1})
_SECRET_TAGS = frozenset({0x1F08, 0x1F09, 0x1F0A, 0x1F31, 0x1F5D, 0x1F74, 0x4D})
_PAN_TAG = 0x1F1A
_TEXT_TAGS = frozenset({0x07, 0x46, 0x47, 0x1F17})


class Bmp(msgspec.Struct, frozen=True, gc=False):
    """One BMP."""

    number: int
    value: bytes
    prefix: bytes = b""
    """The length as it stood; empty for a fixed one."""

    def encode(self) -> bytes:
        """Number, length, value."""
        return bytes((self.number,)) + self.prefix + self.value

    @property
    def objects(self) -> tlv.Objects:
        """The objects of BMP 06."""
        return tlv.parse(self.value)

    def __repr__(self) -> str:
        """For the log: no card data."""
        if self.number == CONTAINER:
            shown = _show(self.objects)
        elif self.number in (PAN, TRACK_2):
            shown = mask_packed(self.value)
        elif self.number == TEXT:
            shown = repr(mask_text(self.value.decode("cp437")))
        else:
            shown = "…" if self.number in _SECRET else self.value.hex()
        return f"{self.number:02X}:{shown}"


class Fields(msgspec.Struct, frozen=True, gc=False):
    """The BMPs of a message in their order. `rest`: from the first byte that is no known BMP."""

    bitmaps: tuple[Bmp, ...] = ()
    rest: bytes = b""

    def encode(self) -> bytes:
        """As they came."""
        if not self.bitmaps:
            return self.rest
        return b"".join([bmp.encode() for bmp in self.bitmaps]) + self.rest

    @property
    def fault(self) -> str:
        """What is wrong at the end: a known BMP that runs past it or has no length; empty: nothing.

        A message that moves money is not believed with one: what was cut off may have said otherwise.
        """
        known = self.rest and (self.rest[0] in _FIXED or self.rest[0] in _VARIABLE or self.rest[0] == CONTAINER)
        return f"BMP {self.rest[0]:02X} does not end within {len(self.rest)} bytes" if known else ""

    def get(self, number: int) -> bytes | None:
        """A BMP's value. Raises FieldError when it stands there twice and says two things."""
        value: bytes | None = None
        for bmp in self.bitmaps:
            if bmp.number == number:
                if value is not None and bmp.value != value:
                    raise FieldError(f"BMP {number:02X} says two things")
                value = bmp.value
        return value

    def first(self, number: int) -> bytes | None:
        """A BMP's value, the first one when there are two: for texts, on which nothing hangs."""
        return next((bmp.value for bmp in self.bitmaps if bmp.number == number), None)

    def number(self, number: int) -> int | None:
        """A packed decimal BMP. Raises FieldError."""
        value = self.get(number)
        return None if value is None else bcd.number(value)

    def byte(self, number: int) -> int | None:
        """A BMP of one byte. Raises FieldError."""
        value = self.get(number)
        return None if value is None else value[0]

    @property
    def objects(self) -> tlv.Objects:
        """The objects of all BMPs 06."""
        found = [bmp.objects for bmp in self.bitmaps if bmp.number == CONTAINER]
        return tlv.Objects(tuple(node for each in found for node in each.nodes))

    def __repr__(self) -> str:
        """For the log: no card data, so of `rest` only its size."""
        parts = [repr(bmp) for bmp in self.bitmaps] + ([f"{len(self.rest)} bytes unread"] if self.rest else [])
        return f"[{' '.join(parts)}]"


NO_FIELDS = Fields()


def parse(data: bytes) -> Fields:
    """The BMPs in `data`, without loss whatever it is: from the first byte that is none, it is `rest`."""
    if not data:
        return NO_FIELDS
    found: list[Bmp] = []
    at, end = 0, len(data)
    while at < end:
        number = data[at]
        start = at + 1
        size = _FIXED.get(number)
        if size is None:
            head = _variable(data, at)
            if head is None:
                break
            start, size = head
        stop = start + size
        if stop > end:
            break
        found.append(Bmp(number, data[start:stop], data[at + 1 : start]))
        at = stop
    return Fields(tuple(found), data[at:])


def fits(data: bytes) -> bool:
    """Whether `data` is BMPs and nothing else."""
    return not parse(data).rest


def lenient(data: bytes) -> Fields:
    """The BMPs in data that may be anything (a maker's own): when one of them is cut off, all of it is `rest`."""
    fields = parse(data)
    return Fields(rest=data) if fields.fault else fields


def bmp(number: int, value: bytes) -> Bmp:
    """A BMP of ours. Raises EncodeError when the value does not fit the BMP."""
    size = len(value)
    if number == CONTAINER:
        return Bmp(number, value, tlv.length(size))
    places = _VARIABLE.get(number)
    if places is None:
        if _FIXED.get(number) != size:
            raise EncodeError(f"BMP {number:02X} does not take {size} bytes")
        return Bmp(number, value)
    if size >= 10**places:
        raise EncodeError(f"BMP {number:02X} does not take {size} bytes")
    return Bmp(number, value, bytes(0xF0 | int(digit) for digit in f"{size:0{places}d}"))


def packed(number: int, value: int) -> Bmp:
    """A packed decimal BMP of ours. Raises EncodeError."""
    return bmp(number, bcd.pack(value, _FIXED[number]))


def container(*nodes: tlv.Node) -> Bmp:
    """BMP 06 with these objects."""
    return bmp(CONTAINER, b"".join(node.encode() for node in nodes))


def _variable(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the value of the BMP at `at` begins, and its size; None when it is not known, or has no length."""
    number = data[at]
    if number == CONTAINER:
        head = tlv.read_length(data, at + 1)
        return None if head is None else (head[1], head[0])
    places = _VARIABLE.get(number)
    if places is None:
        return None
    start = at + 1 + places
    if start > len(data):
        return None
    size = 0
    # The high nibble is F by the text; what else stands there is kept in the prefix and does not matter.
    for byte in data[at + 1 : start]:
        place = byte & 0x0F
        if place > 9:
            return None
        size = 10 * size + place
    return start, size


def _show(objects: tlv.Objects) -> str:
    parts = []
    for node in objects.nodes:
        if node.tag in _SECRET_TAGS:
            shown = "…"
        elif node.tag == _PAN_TAG:
            shown = mask_packed(node.value)
        elif node.tag in _TEXT_TAGS:
            shown = repr(mask_text(node.value.decode("cp437")))
        elif node.children.nodes:
            shown = _show(node.children)
        else:
            shown = node.value.hex()
        parts.append(f"{node.tag:02X}:{shown}")
    return "{" + " ".join(parts) + "}" + (f"+{len(objects.rest)} bytes unread" if objects.rest else "")
