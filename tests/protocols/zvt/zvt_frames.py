"""Frames that tests share: those of the standard's text and of public reports, and ways to make more."""

from hypothesis import strategies as st

from terminal.protocols.zvt import apdu, bitmaps

FRAMES = {
    "registration in euro": "06 00 06 12 34 56 DE 09 78",
    "registration with objects": """
        06 00 63 00 00 00 FE 09 78 03 00 06 59 10 02 16 02 12 01 40 1A 02 10 00 26 28 0A 02 04 0F
        0A 02 06 0F 0A 02 06 1E 0A 02 04 FF 0A 02 06 D8 0A 02 06 DB 0A 02 06 D9 0A 02 06 DA 0A 02
        06 DD 0A 02 06 D3 27 03 14 01 FF 28 10 15 02 44 45 15 02 45 4E 15 02 46 52 15 02 49 54 40
        02 C0 00 1F 04 02 F1 00 1F 05 01 00""",
    "registration that numbers messages": "06 00 14 00 00 00 9E 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00",
    "its completion": "06 0F 18 19 00 29 65 00 00 28 49 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00",
    "authorisation": "06 01 0A 04 00 00 00 01 10 00 49 09 78",
    "authorisation with a limit": "06 01 0E 02 01 04 00 00 00 00 10 00 19 44 49 09 78",
    "please wait": "04 FF 01 17",
    "please wait, numbered": "04 FF 09 17 06 06 1F 73 03 00 00 02",
    "text with a timeout": "04 FF 19 17 03 06 15 24 0D 07 0B 30 30 20 41 70 70 72 6F 76 65 64 1F 73 03 00 00 08",
    "stopped": "04 0F 07 27 6C 29 29 00 10 06",
    "approved": """
        04 0F 37 27 00 04 00 00 00 00 40 00 49 09 78 0C 09 38 48 0D 04 25 22 F1 F1 59 66 66 66 66
        D2 00 21 22 01 00 17 00 01 87 01 75 0B 61 39 95 19 40 29 60 09 99 14 0E 05 12 8A 02""",
    "approved, masked, long trace": """
        04 0F 65 27 00 0C 23 13 55 0D 10 29 0E 99 99 22 F0 F8 EE EE EE EE EE EE 47 71 A0 01 29 00
        00 00 06 87 00 08 0B 00 00 00 8A 06 8B F1 F1 4D 41 53 54 45 52 43 41 52 44 00 06 2E 2F 08
        1F 12 01 02 1F 10 01 00 60 1B 43 07 A0 00 00 00 04 10 10 44 10 44 65 62 69 74 20 4D 61 73
        74 65 72 63 61 72 64 1F 2B 04 10 01 50 08""",
    "print line": "06 D1 17 00 20 20 20 20 20 20 20 20 20 4B 61 73 73 65 6E 73 63 68 6E 69 74 74",
    "empty print line": "06 D1 00",
    "completion": "06 0F 00",
    "completion with version": "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00",
    "completion with status": "06 0F 01 DC",
    "a maker's own completion": "06 0F 05 31 37 46 45 35",
    "abort": "06 1E 01 6C",
    "abort for the currency": "06 1E 03 6F 02 08",
    "yes": "80 00 00",
    "yes, numbered": "80 00 08 06 06 1F 73 03 00 00 02",
    "no": "84 83 00",
    "no, the currency": "84 1E 03 6F 09 78",
    "long form of a short length": "04 0F FF 01 00 6C",
    "the till's abort": "06 B0 00",
    "log off": "06 02 00",
    "status enquiry": "05 01 00",
    "status enquiry with password": "05 01 05 00 00 00 03 02",
    "repeat receipt": "06 20 05 00 00 00 03 03",
    "reversal": "06 30 0D 00 00 00 87 00 42 04 00 00 00 01 25 00",
    "refund": "06 31 0A 00 00 00 04 00 00 00 01 25 00",
    "end of day": "06 50 03 00 00 00",
    "tax free, which the till does not know": "06 0A 02 01 02",
}


def frame(name: str) -> bytes:
    """One of them."""
    return bytes.fromhex(FRAMES[name].replace("\n", ""))


CONTROLS = sorted({bytes.fromhex(each[:5]) for each in FRAMES.values()} | {b"\x04\x01", b"\x0f\xa1"})
"""Control fields of known and unknown messages."""

_FIXED = {0x03: 1, 0x04: 6, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x27: 1, 0x29: 4, 0x2A: 15, 0x3B: 8, 0x49: 2, 0x87: 2, 0xBA: 5}
_VARIABLE = (0x22, 0x23, 0x24, 0x2D, 0x3C, 0x60, 0x8B, 0x9A, 0xE1, 0xF8)


def bitmaps_of_any_value() -> st.SearchStrategy[bytes]:
    """BMPs that are right in themselves, in any order and number."""
    fixed = st.sampled_from(sorted(_FIXED.items())).flatmap(
        lambda each: st.binary(min_size=each[1], max_size=each[1]).map(lambda value: bytes((each[0],)) + value)
    )
    variable = st.builds(bitmaps.bmp, st.sampled_from((*_VARIABLE, bitmaps.CONTAINER)), st.binary(max_size=60))
    return st.lists(fixed | variable.map(bitmaps.Bmp.encode), max_size=8).map(b"".join)


def framed() -> st.SearchStrategy[bytes]:
    """APDUs with any control field that matters and content that may or may not be right, both length forms."""
    content = st.one_of(bitmaps_of_any_value(), st.binary(max_size=40), _mixed())
    return st.builds(_frame, st.sampled_from(CONTROLS) | st.binary(min_size=2, max_size=2), content, st.booleans())


def _mixed() -> st.SearchStrategy[bytes]:
    return st.builds(
        lambda *parts: b"".join(parts), st.binary(max_size=4), bitmaps_of_any_value(), st.binary(max_size=4)
    )


def _frame(control: bytes, content: bytes, long: bool) -> bytes:
    return apdu.write(int.from_bytes(control, "big"), content, long=long)
