"""The displays' protocols: what is written is what the glass shows, whatever was on the line before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.customer_display import WIDTH, Cd5220, DisplayCodec, EscposDisplay, Glass

CODECS: dict[str, DisplayCodec] = {"cd5220": Cd5220(), "escpos-display": EscposDisplay()}
VISIBLE = st.integers(0x20, 0xFF).filter(lambda byte: byte != 0x7F)
LINE = st.lists(VISIBLE, min_size=WIDTH, max_size=WIDTH).map(bytes)
NAMES = st.sampled_from(tuple(CODECS))


@given(NAMES, LINE, LINE)
def test_two_lines_are_shown_as_they_were_written(name: str, top: bytes, bottom: bytes) -> None:
    glass, codec = Glass(name), CODECS[name]

    glass.feed(codec.start(-1))
    assert glass.feed(codec.lines(top, bottom)) == ([top, bottom] != [b" " * WIDTH] * 2)
    assert glass.lines == [top, bottom]
    assert (glass.unknown, glass.has_cursor) == (0, False)


@given(NAMES, LINE, LINE, st.integers(1, 30))
def test_it_does_not_matter_how_the_bytes_arrive(name: str, top: bytes, bottom: bytes, step: int) -> None:
    glass, codec = Glass(name), CODECS[name]
    data = codec.start(19) + codec.lines(bottom, top) + codec.lines(top, bottom)
    for at in range(0, len(data), step):
        glass.feed(data[at : at + step])

    assert (glass.lines, glass.table, glass.unknown) == ([top, bottom], 19, 0)


@given(NAMES, st.binary(max_size=60), LINE)
def test_a_start_and_two_texts_make_good_whatever_noise_came_before(name: str, noise: bytes, line: bytes) -> None:
    glass, codec = Glass(name), CODECS[name]
    glass.feed(noise)
    for _ in range(2):
        glass.feed(codec.start(-1))
        glass.feed(codec.lines(line, line))

    assert glass.lines == [line, line]


@pytest.mark.parametrize(("name", "table"), [("cd5220", -1), ("escpos-display", -1), ("escpos-display", 19)])
def test_a_text_is_sent_again_without_the_display_going_blank(name: str, table: int) -> None:
    glass, codec = Glass(name), CODECS[name]
    glass.feed(codec.start(table) + codec.lines(b"a" * WIDTH, b"b" * WIDTH))
    assert not glass.feed(codec.again(table))
    assert not glass.feed(codec.lines(b"a" * WIDTH, b"b" * WIDTH))

    glass.reset()
    glass.feed(codec.again(table) + codec.lines(b"a" * WIDTH, b"b" * WIDTH))
    assert (glass.lines, glass.table, glass.unknown) == ([b"a" * WIDTH, b"b" * WIDTH], max(0, table), 0)


def test_in_its_string_mode_a_cd5220_takes_no_other_command() -> None:
    glass = Glass("cd5220")
    glass.feed(Cd5220().lines(b"a" * WIDTH, b"b" * WIDTH))
    glass.feed(b"\x1b@")
    assert (glass.lines[0], glass.unknown) == (b"a" * WIDTH, 2)

    glass.feed(Cd5220().start(2))
    assert (glass.lines, glass.table) == ([b" " * WIDTH] * 2, 2)


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@pytest.mark.parametrize("line", [b"", b"a" * 19, b"a" * 21, b"\x1bQA" + b"a" * 17, b"a" * 19 + b"\x7f"])
def test_a_line_that_could_be_a_command_is_never_written(codec: DisplayCodec, line: bytes) -> None:
    with pytest.raises(ValueError, match="visible bytes"):
        codec.lines(line, b"b" * WIDTH)
