"""How long each ESC/POS command is: the only thing that keeps a reader of the stream in step.

Source: Epson, "ESC/POS Command Reference". A command that is not here is two bytes long for us, and what
follows is text: so do printers, and so a wrong byte is seen.
"""

from collections.abc import Callable

MAX_COMMAND = 1 << 20
"""The longest command that is kept, in bytes. A picture of the full paper, a metre long, is 0.6 MB."""

NUL_ENDED = {0: 65, 1: 66, 2: 67, 3: 68, 4: 69, 5: 70, 6: 71}
"""GS k, function A (data ended by NUL) → the same symbology's number in function B (data counted)."""

_DLE = 0x10

_PARAMETERS: dict[bytes, int] = {
    **dict.fromkeys((b"\x1b@", b"\x1b2", b"\x1bS", b"\x1bL", b"\x1b<", b"\x1b\x0c", b"\x1bi", b"\x1bm"), 0),
    **dict.fromkeys((b"\x1d:", b"\x1dc", b"\x1c.", b"\x1c&"), 0),
    **{b"\x1b" + bytes((c,)): 1 for c in b"! %+-3=?AEGJKMRTUVadertuv{"},
    **{b"\x1d" + bytes((c,)): 1 for c in b"!/BEHIabfhrwz|"},
    **{b"\x1c" + bytes((c,)): 1 for c in b"!-CW"},
    **{b"\x1b" + bytes((c,)): 2 for c in b"$\\Bc"},
    **{b"\x1d" + bytes((c,)): 2 for c in b"$\\LPW"},
    **dict.fromkeys((b"\x1cS", b"\x1cp"), 2),
    **dict.fromkeys((b"\x1bp", b"\x1d^"), 3),
    b"\x1bW": 8,
}
"""Commands of fixed length → the number of parameter bytes after the first two."""


def little(data: bytes) -> int:
    """A number as ESC/POS writes it, low byte first."""
    return int.from_bytes(data, "little")


def command_length(b: bytes) -> int | None:
    """The whole length of the command that `b` (at least two bytes) begins with; None while it cannot be told."""
    head = b[:2]
    if head in _PARAMETERS:
        return 2 + _PARAMETERS[head]
    return _VARYING[head](b) if head in _VARYING else 2


def _nul_ended(b: bytes, start: int, limit: int) -> int | None:
    """Where the data that begins at `start` ends, its NUL included; `limit` bytes at most."""
    at = b.find(b"\0", start, start + limit)
    if at >= 0:
        return at + 1
    return None if len(b) < start + limit else start + limit


def _bit_image(b: bytes) -> int | None:
    """ESC * m nL nH data: a byte a column, or three."""
    return None if len(b) < 5 else 5 + little(b[3:5]) * (3 if b[2] in (32, 33) else 1)


def _user_characters(b: bytes) -> int | None:
    """ESC & y c1 c2, then for each character its width x and x·y bytes."""
    if len(b) < 5:
        return None
    at = 5
    for _ in range(b[3], b[4] + 1):
        if at >= len(b):
            return None
        at += 1 + b[at] * b[2]
    return at


def _stored_pictures(b: bytes) -> int | None:
    """FS q n, then for each picture xL xH yL yH and x·y·8 bytes. Past the limit the rest is not walked."""
    if len(b) < 3:
        return None
    at = 3
    for _ in range(b[2]):
        if at > MAX_COMMAND:
            break
        if at + 4 > len(b):
            return None
        at += 4 + little(b[at : at + 2]) * little(b[at + 2 : at + 4]) * 8
    return at


def _cut(b: bytes) -> int | None:
    """GS V m, and n for the functions that feed."""
    return None if len(b) < 3 else (4 if b[2] in (65, 66, 97, 98, 103, 104) else 3)


def _barcode(b: bytes) -> int | None:
    """GS k m d1…dk NUL, or GS k m n d1…dn."""
    if len(b) < 3:
        return None
    if b[2] in NUL_ENDED:
        return _nul_ended(b, 3, 256)
    if not 65 <= b[2] <= 79:
        return 3
    return None if len(b) < 4 else 4 + b[3]


def _raster(b: bytes) -> int | None:
    """GS v 0 m xL xH yL yH data"""
    if len(b) < 3:
        return None
    if b[2] != 0x30:
        return 3
    return None if len(b) < 8 else 8 + little(b[4:6]) * little(b[6:8])


def _counted(b: bytes) -> int | None:
    """ESC ( x, FS ( x, GS ( x: pL pH and that many bytes."""
    return None if len(b) < 5 else 5 + little(b[3:5])


def _real_time(b: bytes) -> int | None:
    if len(b) < 3:
        return None
    match b[1], b[2]:
        case 0x04, 7 | 8 | 18:
            return 4
        case 0x14, 1 | 2:
            return 5
        case 0x14, 8:
            return 10
        case _:
            return 3


_VARYING: dict[bytes, Callable[[bytes], int | None]] = {
    b"\x1b*": _bit_image,
    b"\x1bD": lambda b: _nul_ended(b, 2, 33),
    b"\x1b&": _user_characters,
    b"\x1dV": _cut,
    b"\x1dk": _barcode,
    b"\x1dv": _raster,
    b"\x1d*": lambda b: None if len(b) < 4 else 4 + b[2] * b[3] * 8,
    b"\x1d8": lambda b: None if len(b) < 7 else 7 + little(b[3:7]),
    b"\x1cq": _stored_pictures,
    **dict.fromkeys((b"\x1b(", b"\x1d(", b"\x1c("), _counted),
    **{bytes((_DLE, code)): _real_time for code in (0x04, 0x05, 0x14)},
}
