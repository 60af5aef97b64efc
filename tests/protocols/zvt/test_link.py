"""The serial line's frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt.link import Answer, Block, Broken, Heard, LinkReader, checksum, frame

AUTHORISE = bytes.fromhex("06010A04000000011000490978")
FRAME = bytes.fromhex("1002 06010A0400000001101000490978 1003 F2FF".replace(" ", ""))


def test_the_standard_s_frame() -> None:
    assert frame(AUTHORISE) == FRAME
    assert LinkReader().feed(FRAME) == [Block(AUTHORISE)]


def test_a_recorded_frame() -> None:
    recorded = bytes.fromhex("1002060F0BF0F0F7322E31342E3135001003B111")

    (heard,) = LinkReader().feed(recorded)

    assert isinstance(heard, Block)
    assert frame(heard.data) == recorded


def test_the_checksum_s_check_value() -> None:
    """CRC-16/KERMIT of "123456789"."""
    assert checksum(b"123456789") == 0x2189


@given(st.binary(max_size=80), st.lists(st.integers(1, 9), max_size=40))
def test_any_content_in_any_pieces(content: bytes, sizes: list[int]) -> None:
    rest, reader = frame(content), LinkReader()
    heard: list[Heard] = []
    for size in sizes:
        heard += reader.feed(rest[:size])
        rest = rest[size:]
    heard += reader.feed(rest)

    assert heard == [Block(content)]
    assert not reader.inside


def test_answers_between_frames() -> None:
    assert LinkReader().feed(b"\x06" + FRAME + b"\x15\x06") == [
        Answer.ACK,
        Block(AUTHORISE),
        Answer.NAK,
        Answer.ACK,
    ]


@given(st.integers(2, len(FRAME) - 1), st.integers(1, 255))
def test_a_changed_byte_gives_no_block_of_the_same_length(at: int, flip: int) -> None:
    spoilt = bytearray(FRAME)
    spoilt[at] ^= flip

    assert Block(AUTHORISE) not in LinkReader().feed(bytes(spoilt))


def test_a_wrong_checksum_is_broken() -> None:
    assert LinkReader().feed(FRAME[:-1] + b"\x00") == [Broken("a frame's checksum is wrong")]


def test_a_frame_after_a_broken_one() -> None:
    assert LinkReader().feed(b"\x10\x02\x06\x10\x99" + FRAME) == [Broken("10 99 within a frame"), Block(AUTHORISE)]


def test_a_sender_that_begins_again() -> None:
    assert LinkReader().feed(FRAME[:7] + FRAME) == [Block(AUTHORISE)]


def test_noise_is_passed_over() -> None:
    assert LinkReader().feed(b"\xff\x00\x10\x99AB\x10\x10\x02" + FRAME[2:]) == [Block(AUTHORISE)]


def test_a_pause_within_a_frame() -> None:
    reader = LinkReader()
    assert reader.feed(FRAME[:5]) == []
    assert reader.inside

    assert reader.give_up() == Broken("a frame stopped in the middle")
    assert not reader.inside
    assert reader.feed(FRAME) == [Block(AUTHORISE)]


def test_a_frame_has_a_limit() -> None:
    heard = LinkReader(limit=8).feed(b"\x10\x02" + bytes(9))

    assert heard == [Broken("a frame of more than 8 bytes")]


@pytest.mark.parametrize("seed", [b"\x10\x02", b"\x10", b""])
@given(noise=st.binary(max_size=120))
def test_after_any_bytes_and_a_pause_it_reads_again(seed: bytes, noise: bytes) -> None:
    reader = LinkReader(limit=64)
    reader.feed(seed + noise)
    reader.give_up()

    assert reader.feed(FRAME) == [Block(AUTHORISE)]
