"""Packed decimal: two digits a byte, high nibble first."""

from .errors import EncodeError, FieldError


def digits(data: bytes) -> str:
    """All nibbles as digits. Raises FieldError for a nibble above 9."""
    text = data.hex()
    if text and not text.isdecimal():
        raise FieldError(f"{len(data)} bytes of packed decimal hold a nibble that is no digit")
    return text


def number(data: bytes) -> int:
    """The number; empty is 0. Raises FieldError for a nibble above 9."""
    return int(digits(data) or "0")


def pack(value: int, size: int) -> bytes:
    """`value` in `size` bytes with leading zeros. Raises EncodeError when it does not fit."""
    if not 0 <= value < 100**size:
        raise EncodeError(f"{value} does not fit {2 * size} digits")
    return bytes.fromhex(f"{value:0{2 * size}d}")


def pack_digits(text: str) -> bytes:
    """An even number of digits as they stand. Raises EncodeError."""
    if not (text.isascii() and text.isdecimal()) or len(text) % 2:
        raise EncodeError("not an even number of digits")
    return bytes.fromhex(text)
