"""Bytes of a serial scanner to scans."""

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.scan import Found, Read, Unreadable
from terminal.protocols.serial_scan import SerialDecoder


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """`data` as it may come over the wire."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(places)]


@given(
    st.lists(st.text(min_size=1, max_size=20).filter(lambda text: not set(text) & set("\r\n\t"))),
    st.sampled_from(["\r", "\n", "\r\n", "\t"]),
    st.lists(st.integers(min_value=0), max_size=9),
)
def test_texts_come_through_however_they_are_cut(texts: list[str], suffix: str, cuts: list[int]) -> None:
    decoder = SerialDecoder()
    data = "".join(text + suffix for text in texts).encode()

    found = [each for piece in pieces(data, cuts) for each in decoder.feed(piece)]

    assert found == [Read(text) for text in texts]


@given(st.lists(st.binary(max_size=60)), st.sampled_from(["utf-8", "latin-1"]))
def test_any_bytes_are_scans_or_told_and_the_next_scan_is_whole(data: list[bytes], encoding: str) -> None:
    decoder = SerialDecoder(encoding, longest=40)  # type: ignore[arg-type]
    found: list[Found] = []
    for each in data:
        found += decoder.feed(each)
    found += decoder.flush()

    assert decoder.patience is None
    assert all(each.text for each in found if isinstance(each, Read))
    assert decoder.feed(b"5701234567899\r") == [Read("5701234567899")]


def test_what_is_not_in_the_encoding_is_told_and_the_next_scan_is_whole() -> None:
    decoder = SerialDecoder("utf-8")

    assert decoder.feed(b"r\xf8d\rgr\xc3\xb8d\r") == [Unreadable("byte 2 of 3 is no utf-8: 0xF8"), Read("grød")]


def test_latin_1() -> None:
    assert SerialDecoder("latin-1").feed(b"r\xf8d\r") == [Read("rød")]


def test_separator_and_symbology_identifier_stay() -> None:
    assert SerialDecoder().feed(b"]d20105701234567899\x1d10AB\r\n") == [Read("]d20105701234567899\x1d10AB")]


@pytest.mark.parametrize("length", [4096, 4097])
def test_a_line_that_does_not_end_is_told(length: int) -> None:
    found = SerialDecoder().feed(b"5" * length + b"\r57\r")

    whole: list[Found] = [Read("5" * 4096)]
    assert found == [
        *(whole if length == 4096 else [Unreadable("more than 4096 characters without an end")]),
        Read("57"),
    ]


@given(st.text(string.digits, min_size=1))
def test_two_scanners_stay_two(text: str) -> None:
    one, other = SerialDecoder(), SerialDecoder()
    found = [[*one.feed(byte.encode()), *other.feed(byte.encode()[::-1])] for byte in text]

    assert not any(found)
    assert (one.feed(b"\r"), other.feed(b"x\r")) == ([Read(text)], [Read(text + "x")])
