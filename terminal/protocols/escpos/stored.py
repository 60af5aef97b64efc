"""Pictures that the printer keeps: asked for, stored under a key, printed by it.

    GS ( L, function 64  which keys there are; 67 stores; 69 prints (NV graphics; printers of about 2005 and later)

The key is made of the picture itself, so that "is it there?" is "is this very picture there?". The memory bears some
tens of thousands of writings at best and about ten a day: it is written to when the key is not there, and only then.

Source: Epson, "ESC/POS Command Reference", GS ( L and GS 8 L, functions 64, 67 and 69; "Transmission status".
"""

import hashlib

from .realtime import harmless

Key = bytes
"""Two characters, 32 to 126 each."""

ASK_KEYS = b"\x1d(L\x04\x000@KC"
ACKNOWLEDGE = b"\x06"
"""After each block of keys: the printer waits for it."""
MOST_ANSWER = 3 + 80 + 1
"""Bytes of one block."""

_HEAD, _MORE = b"\x37\x72", 0x41
_LAST = 0x40
_COUNTED_IN_TWO = 0xFFFF


def key_of(rows: list[bytes]) -> Key:
    """The key of a picture: rows of the same number of bytes, the first dot in bit 7."""
    digest = hashlib.sha256(len(rows[0]).to_bytes(2, "little") + b"".join(rows)).digest()
    return bytes(32 + part % 95 for part in (int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")))


def store(key: Key, rows: list[bytes]) -> bytes:
    """The command that stores it. Its dots and its lengths hold no real-time command."""
    rows = [_tamed(row) for row in rows]
    while not harmless(_store(key, rows)):
        # A length that is one, or two rows that meet so: a blank row more changes both.
        rows = [*rows, bytes(len(rows[0]))] if harmless(b"".join(rows)) else _apart(rows)
    return _store(key, rows)


def show(key: Key) -> bytes:
    """The command that prints it, in its own size."""
    return b"\x1d(L\x06\x000E" + key + b"\x01\x01"


def keys_in(answer: bytes) -> tuple[frozenset[Key], bool] | None:
    """The keys of one block, and whether more follow; None when it is none, or not whole."""
    if not answer.startswith(_HEAD) or len(answer) < 4 or answer[2] not in (_LAST, _MORE) or not answer.endswith(b"\0"):
        return None
    data = answer[3:-1]
    return frozenset(data[at : at + 2] for at in range(0, len(data) - 1, 2)), answer[2] == _MORE


def answer_with(keys: list[Key]) -> bytes:
    """What a printer says that has these (at most forty): for a simulator."""
    return _HEAD + bytes((_LAST,)) + b"".join(keys) + b"\0"


def _store(key: Key, rows: list[bytes]) -> bytes:
    width, height = 8 * len(rows[0]), len(rows)
    data = b"0C0" + key + b"\x01" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"1" + b"".join(rows)
    if len(data) > _COUNTED_IN_TWO:
        return b"\x1d8L" + len(data).to_bytes(4, "little") + data
    return b"\x1d(L" + len(data).to_bytes(2, "little") + data


def _tamed(dots: bytes) -> bytes:
    """One dot more where a real-time command stood, as in raster.py."""
    if not harmless(dots):
        for second in (0x04, 0x05, 0x14):
            dots = dots.replace(bytes((0x10, second)), bytes((0x10, second | 0x08)))
    return dots


def _apart(rows: list[bytes]) -> list[bytes]:
    """The same where one row ends and the next begins."""
    width, dots = len(rows[0]), _tamed(b"".join(rows))
    return [dots[at : at + width] for at in range(0, len(dots), width)]
