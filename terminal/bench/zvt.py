"""`kasse bench zvt`: reading and writing a payment's messages, against a bare loop over the same bytes.

The bare loop copies each APDU and looks at every byte of the copy once: what no reader of it can do without.
"""

from pathlib import Path
from time import perf_counter

from terminal.protocols.zvt import bcd, bitmaps, codec, requests, tlv
from terminal.protocols.zvt import messages as m

from . import Figures
from .figures import compared, median

ROUNDS = 2000
_LINES = 24


def messages() -> tuple[m.AnyMessage, ...]:
    """What the two sides say in a payment, an enquiry and a day's end; the acknowledgements too."""
    payment: tuple[m.AnyMessage, ...] = (
        requests.register("000000", 208),
        m.Ack(),
        m.Completion(
            fields=bitmaps.Fields((bitmaps.bmp(bitmaps.KIND, b"\0"), bitmaps.bmp(bitmaps.TERMINAL_ID, b"\x29\0\x10\6")))
        ),
        m.Ack(),
        requests.authorise(12500, 208, last=b"\0\x2a"),
        m.Ack(),
        *(m.IntermediateStatus(code) for code in (0x0A, 0x01, 0x04)),
        m.IntermediateStatus(
            0x17, 0x02, bitmaps.Fields((bitmaps.container(tlv.node(0x24, tlv.node(0x07, b"Vent venligst"))),))
        ),
        m.Ack(),
        _result(),
        m.Ack(),
        _slip(b"\1"),
        m.Ack(),
        _slip(b"\2"),
        m.Ack(),
        *(m.PrintLine(0, b"Tak og p\xe5 gensyn".ljust(24)) for _ in range(3)),
        m.Completion(),
        m.Ack(),
    )
    return (*payment, requests.enquire("000000"), _result(), m.Nack(0x9C), requests.end_of_day("000000"), _totals())


def measure(folder: Path, rounds: int = ROUNDS) -> Figures:
    """Both sides alternately, a set at a time. Needs no folder."""
    del folder
    frames = [codec.encode(message) for message in messages()]
    if [codec.encode(codec.decode(frame)) for frame in frames] != frames:
        raise AssertionError("the codec loses something")
    ours, theirs = [], []
    for _ in range(rounds):
        begun = perf_counter()
        for frame in frames:
            codec.encode(codec.decode(frame))
        ours.append((perf_counter() - begun) / len(frames))
        begun = perf_counter()
        for frame in frames:
            _copy_and_scan(frame)
        theirs.append((perf_counter() - begun) / len(frames))
    return {
        "name": "zvt",
        **compared(ours, theirs),
        "messages_per_s": round(1 / median(ours)),
        "bare_messages_per_s": round(1 / median(theirs)),
        "bytes": sum(map(len, frames)),
        "messages": len(frames),
        "rounds": rounds,
    }


def _copy_and_scan(frame: bytes) -> int:
    seen = 0
    for byte in bytes(bytearray(frame)):
        seen ^= byte
    return seen


def _result() -> m.StatusInformation:
    fields = (
        bitmaps.bmp(bitmaps.RESULT, b"\0"),
        bitmaps.packed(bitmaps.AMOUNT, 12500),
        bitmaps.packed(bitmaps.CURRENCY, 208),
        bitmaps.packed(bitmaps.TRACE, 42),
        bitmaps.packed(bitmaps.TIME, 120000),
        bitmaps.packed(bitmaps.DATE, 1124),
        bitmaps.bmp(bitmaps.PAN, bcd.pack_digits("4571100012345673")),
        bitmaps.bmp(bitmaps.TERMINAL_ID, b"\x29\0\x10\6"),
        bitmaps.packed(bitmaps.RECEIPT, 17),
        bitmaps.bmp(bitmaps.CARD_TYPE, b"\xc5"),
        bitmaps.bmp(bitmaps.CARD_NAME, b"Visa/Dankort\0"),
        bitmaps.bmp(bitmaps.TEXT, b"Godkendt"),
        bitmaps.container(tlv.node(0x1F1F, b"\0\x11"), tlv.node(0x60, tlv.node(0x43, bytes(7)))),
    )
    return m.StatusInformation(bitmaps.Fields(fields))


def _slip(kind: bytes) -> m.PrintTextBlock:
    lines = (tlv.node(0x07, f"Linje {number}".ljust(24).encode()) for number in range(_LINES))
    text = tlv.node(0x25, *lines, tlv.node(0x09, b"\x81"))
    return m.PrintTextBlock(bitmaps.Fields((bitmaps.container(tlv.node(0x1F07, kind), text),)))


def _totals() -> m.StatusInformation:
    fields = (
        bitmaps.bmp(bitmaps.RESULT, b"\0"),
        bitmaps.packed(bitmaps.AMOUNT, 12500),
        bitmaps.bmp(bitmaps.TOTALS, bytes(53)),
        bitmaps.packed(bitmaps.TRACE, 43),
    )
    return m.StatusInformation(bitmaps.Fields(fields))
