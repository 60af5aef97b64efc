"""Real-time commands are found wherever they stand, and what we print holds none."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos.raster import STRIP, raster
from terminal.protocols.escpos.realtime import PulseRequest, RealTimeScanner, StatusRequest, harmless
from terminal.protocols.escpos.status import Query

NEARLY = st.lists(st.sampled_from([0x10, 0x04, 0x14, 0x05, 0x00, 0x01, 0x02, 0x41]), max_size=40).map(bytes)


def test_requests_in_the_middle_of_a_picture() -> None:
    assert RealTimeScanner().feed(b"\x1dv0\x00\x04\x00\x02\x00\xff\x10\x04\x01\x10\x14\x01\x01\x02") == [
        StatusRequest(Query.PRINTER),
        PulseRequest(pin=5, on_ms=200),
    ]


@given(NEARLY, st.lists(st.integers(0, 40), max_size=6))
def test_pieces_make_no_difference(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    scanner = RealTimeScanner()
    in_pieces = [found for a, b in itertools.pairwise(places) for found in scanner.feed(stream[a:b])]
    assert in_pieces == RealTimeScanner().feed(stream)


@given(NEARLY)
def test_what_is_harmless_is_never_acted_on(stream: bytes) -> None:
    if harmless(stream):
        assert RealTimeScanner().feed(stream) == []


@given(st.lists(st.binary(min_size=3, max_size=3) | st.just(b"\x10\x04\x01") | st.just(b"\x01\x10\x14"), min_size=1))
def test_no_picture_opens_the_drawer(rows: list[bytes]) -> None:
    printed = raster(rows)
    assert harmless(printed)
    changed = sum((a ^ b).bit_count() for a, b in zip(printed[8:], b"".join(rows), strict=False) if len(rows) <= STRIP)
    assert changed <= 2 * len(rows)


def test_a_high_picture_goes_in_strips() -> None:
    printed = raster([b"\xaa"] * (STRIP + 1))
    assert printed == b"\x1dv0\x00\x01\x00\x00\x01" + b"\xaa" * STRIP + b"\x1dv0\x00\x01\x00\x01\x00\xaa"
