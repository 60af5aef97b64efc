"""The stream's reader: transcripts of commands, and any bytes in any pieces."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos import events as e
from terminal.protocols.escpos.lengths import MAX_COMMAND
from terminal.protocols.escpos.parser import Parser

LEADS = [
    b"\x1b",
    b"\x1d",
    b"\x1c",
    b"\x10",
    b"\x1dk",
    b"\x1d(",
    b"\x1dv0",
    b"\x1b*",
    b"\x1b&",
    b"\x1cq",
    b"\x1d8L",
    b"\x1bD",
]
STREAMS = st.lists(st.sampled_from(LEADS) | st.binary(max_size=12), max_size=30).map(b"".join)


def parse(*pieces: bytes) -> list[e.Event]:
    """The events, neighbouring characters together."""
    parser = Parser()
    found: list[e.Event] = []
    for event in (event for piece in pieces for event, _ in parser.feed(piece)):
        match found[-1:], event:
            case [e.Chars(before)], e.Chars(data):
                found[-1] = e.Chars(before + data)
            case _:
                found.append(event)
    return found


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"\x1b@Hej\n", [e.Initialise(), e.Chars(b"Hej"), e.Control(10)]),
        (b"\x1bt\x13\x91\x9b\x86", [e.CodeTable(19), e.Chars(b"\x91\x9b\x86")]),
        (b"\x1bR\x04[", [e.International(4), e.Chars(b"[")]),
        (b"\x1b!\x38", [e.PrintMode(small=False, bold=True, width=2, height=2, underline=False)]),
        (b"\x1b!\x81", [e.PrintMode(small=True, bold=False, width=1, height=1, underline=True)]),
        (b"\x1bE\x01\x1bG\x00\x1b-\x31", [e.Bold(True), e.Bold(False), e.Underline(1)]),
        (b"\x1bM\x01\x1d!\x12\x1dB\x01", [e.Font(1), e.Size(2, 3), e.Inverse(True)]),
        (b"\x1ba1\x1ba\x02\x1ba\x07", [e.Align(1), e.Align(2), e.Align(0)]),
        (b"\x1b2\x1b3\x18\x1bd\x03\x1bJ\x20", [e.LineSpacing(None), e.LineSpacing(24), e.FeedLines(3), e.FeedDots(32)]),
        (b"\x1dV\x00\x1dV\x01\x1dVB\x10", [e.Cut(False, None), e.Cut(True, None), e.Cut(True, 16)]),
        (b"\x1bi\x1bm\x1dVA\x00", [e.Cut(True, None), e.Cut(True, None), e.Cut(False, 0)]),
        (b"\x1bp\x00\x3c\x64", [e.Pulse(2, 120, 200)]),
        (b"\x1bp1\x19\xfa", [e.Pulse(5, 50, 500)]),
        (b"\x1dh\x48\x1dw\x03\x1dH\x02\x1dk\x49\x04{BA1", [
            e.BarcodeHeight(72), e.BarcodeWidth(3), e.HriPosition(2), e.Barcode(73, b"{BA1"),
        ]),
        (b"\x1dk\x025701234567899\x00", [e.Barcode(67, b"5701234567899")]),
        (b"\x1d(k\x03\x001C\x05\x1d(k\x03\x001E1", [e.QrModuleSize(5), e.QrLevel(1)]),
        (b"\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0", [e.QrStore(b"abc"), e.QrPrint()]),
        (b"\x1dv0\x03\x01\x00\x02\x00\x10\x04", [e.Raster(1, 2, b"\x10\x04", 2, 2)]),
        (b"\x1d(L\x0c\x000p0\x01\x021\x08\x00\x02\x00\xf0\x0f\x1d(L\x02\x0002", [
            e.Raster(1, 2, b"\xf0\x0f", 1, 2, stored=True), e.GraphicsPrint(),
        ]),
        (b"A\x10\x04\x01B\x10\x05\x02", [
            e.Chars(b"A"), e.RealTime(b"\x10\x04\x01"), e.Chars(b"B"), e.RealTime(b"\x10\x05\x02"),
        ]),
        (b"\x10\x14\x01\x00\x01C", [e.RealTime(b"\x10\x14\x01\x00\x01"), e.Chars(b"C")]),
        (b"\x1d(A\x02\x00\x00\x02T", [e.Other(b"\x1d(A\x02\x00\x00\x02"), e.Chars(b"T")]),
        (b"\x1b*\x21\x02\x00abcdefT", [e.Other(b"\x1b*\x21\x02\x00abcdef"), e.Chars(b"T")]),
        (b"\x1bD\x08\x10\x00T", [e.Other(b"\x1bD\x08\x10\x00"), e.Chars(b"T")]),
        (b"\x1b&\x01AB\x02ab\x01cT", [e.Other(b"\x1b&\x01AB\x02ab\x01c"), e.Chars(b"T")]),
        (b"\x1b\x7fHej", [e.Unknown(b"\x1b\x7f"), e.Chars(b"Hej")]),
        (b"\x1dk\x20A", [e.Unknown(b"\x1dk\x20"), e.Chars(b"A")]),
    ],
)  # fmt: skip
def test_what_a_command_means(stream: bytes, events: list[e.Event]) -> None:
    assert parse(stream) == events
    assert parse(*(bytes((byte,)) for byte in stream)) == events


@given(STREAMS, st.lists(st.integers(0, 400), max_size=8))
def test_any_bytes_in_any_pieces_are_the_same_events(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert parse(*pieces) == parse(stream)


@given(st.binary(max_size=200) | STREAMS)
def test_no_byte_is_lost_and_none_is_read_twice(stream: bytes) -> None:
    parser = Parser()
    read = b"".join(raw for _, raw in parser.feed(stream))
    assert stream.startswith(read)
    assert len(read) + parser.pending == len(stream)


def test_a_command_that_never_ends_is_skipped_and_what_follows_is_read() -> None:
    head = b"\x1dv0\x00\x00\x08\x00\x08"
    parser = Parser()
    (event, _), *rest = parser.feed(head)
    assert event == e.TooLong(b"\x1dv", 8 + 0x800 * 0x800)
    assert rest == []
    left = 0x800 * 0x800
    while left:
        assert parser.feed(b"x" * min(left, MAX_COMMAND)) == []
        left -= min(left, MAX_COMMAND)
    assert parser.feed(b"T\n") == [(e.Chars(b"T"), b"T"), (e.Control(10), b"\n")]
    assert parser.pending == 0


def test_power_off_forgets_half_a_command() -> None:
    parser = Parser()
    assert parser.feed(b"\x1dv0\x00\x08\x00") == []
    parser.reset()
    assert parser.feed(b"A") == [(e.Chars(b"A"), b"A")]
