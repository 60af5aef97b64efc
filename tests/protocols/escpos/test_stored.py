"""Pictures that the printer keeps: stored under what they look like, and never a real-time command among the dots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos import events as e
from terminal.protocols.escpos import stored
from terminal.protocols.escpos.parser import Parser
from terminal.protocols.escpos.realtime import harmless

ROWS = st.integers(1, 64).flatmap(
    lambda width: st.lists(st.binary(min_size=width, max_size=width), min_size=1, max_size=20)
)


def parsed(data: bytes) -> list[e.Event]:
    return [event for event, _ in Parser().feed(data)]


@given(ROWS)
def test_what_is_stored_is_the_picture(rows: list[bytes]) -> None:
    key = stored.key_of(rows)
    assert all(32 <= part <= 126 for part in key)
    (event,) = parsed(stored.store(key, rows))
    assert isinstance(event, e.GraphicsStore)
    assert (event.key, event.picture.width) == (key, len(rows[0]))
    dots = b"".join(rows)
    if harmless(dots):
        assert event.picture.dots[: len(dots)] == dots
    assert parsed(stored.show(key)) == [e.GraphicsShow(key, 1, 1)]


@pytest.mark.parametrize(
    "rows",
    [
        [b"\x10\x04" * 8],
        [b"\x00\x10", b"\x14\x00"],
        [b"\x10"] * 4,
        [bytes(8)] * ((0x0410 - 11) // 8),
        [bytes(1)] * 0x0410,
        [bytes(64)] * 1024,
    ],
)
def test_no_printer_obeys_a_picture(rows: list[bytes]) -> None:
    command = stored.store(b"ab", rows)
    assert harmless(command)
    assert isinstance(parsed(command)[0], e.GraphicsStore)


def test_another_picture_has_another_key() -> None:
    assert stored.key_of([b"\x01"]) != stored.key_of([b"\x02"])
    assert stored.key_of([b"\x01\x01"]) != stored.key_of([b"\x01", b"\x01"])


def test_keys_are_read_when_the_block_is_whole() -> None:
    answer = stored.answer_with([b"ab", b"cd"])
    assert stored.keys_in(answer) == (frozenset({b"ab", b"cd"}), False)
    assert stored.keys_in(stored.answer_with([])) == (frozenset(), False)
    assert [stored.keys_in(answer[:end]) for end in range(len(answer))] == [None] * len(answer)
    assert stored.keys_in(b"\x37\x72\x41ab\0") == (frozenset({b"ab"}), True)
    assert stored.keys_in(b"\x16\x16") is None
