"""The frame, and cutting a stream into frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt.apdu import Apdu, ApduStream, read, write
from terminal.protocols.zvt.errors import ApduError, EncodeError
from tests.protocols.zvt.zvt_frames import FRAMES, frame


def test_a_long_length_comes_low_byte_first() -> None:
    """As recorded: 06 D3 FF 61 04 carries 0x0461 bytes."""
    assert read(b"\x06\xd3\xff\x61\x04" + bytes(1121)) == Apdu(0x06D3, bytes(1121))


@pytest.mark.parametrize(("size", "head"), [(0, "00"), (0xFE, "fe"), (0xFF, "ffff00"), (0xFFFF, "ffffff")])
def test_the_shortest_length_is_written(size: int, head: str) -> None:
    assert write(0x060F, bytes(size))[2 : -size or None].hex() == head


def test_a_long_form_is_kept() -> None:
    raw = bytes.fromhex("040FFF01006C")

    one = read(raw)

    assert one == Apdu(0x040F, b"\x6c", long=True)
    assert write(one.control, one.data, long=one.long) == raw


def test_more_than_a_length_can_say_is_refused() -> None:
    with pytest.raises(EncodeError):
        write(0x060F, bytes(0x10000))


@pytest.mark.parametrize("raw", ["", "04", "040F", "040F01", "040FFF", "040FFF01", "040FFF0100"])
def test_a_frame_that_is_cut_off(raw: str) -> None:
    with pytest.raises(ApduError, match="cut off"):
        read(bytes.fromhex(raw))


def test_something_behind_a_frame() -> None:
    with pytest.raises(ApduError, match="1 bytes stand behind an APDU of 3"):
        read(bytes.fromhex("80000000"))


def test_a_declared_size_above_the_limit_is_refused_before_it_is_collected() -> None:
    stream = ApduStream(limit=100)
    assert stream.feed(write(0x06D3, bytes(97))) == [Apdu(0x06D3, bytes(97))]

    with pytest.raises(ApduError, match="larger than the 100"):
        stream.feed(b"\x06\xd3\xff\x60\x00")


@given(st.lists(st.sampled_from(sorted(FRAMES)), max_size=8), st.lists(st.integers(1, 40), max_size=20))
def test_any_cutting_gives_the_same_frames(names: list[str], sizes: list[int]) -> None:
    sent = [frame(name) for name in names]
    rest, stream, came = b"".join(sent), ApduStream(), []

    for size in sizes:
        came += stream.feed(rest[:size])
        rest = rest[size:]
    came += stream.feed(rest)

    assert [write(each.control, each.data, long=each.long) for each in came] == sent
    assert not stream.unfinished


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_an_error(data: bytes) -> None:
    stream = ApduStream(limit=64)
    try:
        came = stream.feed(data)
    except ApduError:
        return
    assert (
        b"".join(write(each.control, each.data, long=each.long) for each in came) == data[: len(data) - _held(stream)]
    )


def _held(stream: ApduStream) -> int:
    return len(stream._held)
