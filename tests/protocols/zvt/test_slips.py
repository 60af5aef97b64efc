"""Receipt text collected into slips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.payment import CardSlip
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.bitmaps import Fields, container
from terminal.protocols.zvt.charset import Charset
from terminal.protocols.zvt.codec import decode
from terminal.protocols.zvt.errors import FieldError, ZvtError
from terminal.protocols.zvt.slips import MOST_LINES, Slips, amounts_on
from terminal.protocols.zvt.tlv import node
from tests.protocols.zvt.zvt_frames import framed


def line(text: str, attribute: int = 0, charset: Charset = "cp437") -> m.PrintLine:
    return m.PrintLine(attribute, text.encode(charset))


def test_lines_until_the_last() -> None:
    slips = Slips()

    assert slips.feed(line("KUNDENBELEG", 0x43)) == ()
    assert slips.feed(line("")) == ()
    assert slips.feed(line("Summe", 0x02)) == ()
    assert slips.feed(m.PrintLine(0xFF, b"\x02")) == ()
    assert slips.feed(line("Danke", 0x81)) == (
        CardSlip("customer", (" KUNDENBELEG".rjust(14), "", "  Summe", "", "", "Danke")),
    )
    assert slips.flush() == ()


def test_two_slips_and_one_that_never_ends() -> None:
    slips = Slips()

    assert slips.feed(line("Händlerbeleg", 0x90)) == (CardSlip("merchant", ("Händlerbeleg",)),)
    assert slips.feed(line("open")) == ()
    assert slips.flush() == (CardSlip("unknown", ("open",)),)
    assert slips.flush() == ()


def test_a_block_says_whose_copy_it_is() -> None:
    text = node(0x25, node(0x07, b"one"), node(0x09, b"\x41"), node(0x07, b"two"), node(0x09, b"\x81"))
    block = m.PrintTextBlock(Fields((container(node(0x1F07, b"\x02"), text),)))

    assert Slips().feed(block) == (CardSlip("customer", ("one", " two")),)


def test_a_slip_over_several_blocks() -> None:
    def block(*nodes: object, kind: bytes = b"\x01") -> m.PrintTextBlock:
        return m.PrintTextBlock(Fields((container(node(0x1F07, kind), node(0x25, *nodes)),)))  # type: ignore[arg-type]

    slips = Slips()

    assert slips.feed(block(node(0x07, b"one"))) == ()
    assert slips.feed(block(node(0x07, b"two"), node(0x09, b"\xff"), node(0x07, b"three"), node(0x09, b"\x81"))) == (
        CardSlip("merchant", ("one", "two", "", "three")),
    )


def test_blank_lines_around_a_slip_are_left_out() -> None:
    slips = Slips()
    for text in ("", " ", "text", " ", ""):
        slips.feed(line(text))

    assert slips.flush() == (CardSlip("unknown", ("text",)),)


def test_nothing_but_blank_lines_is_no_slip() -> None:
    assert Slips().feed(line(" ", 0x81)) == ()


def test_danish_letters_in_both_character_sets() -> None:
    assert Slips("utf-8").feed(line("Rødgrød på", 0x81, "utf-8")) == (CardSlip("unknown", ("Rødgrød på",)),)
    assert Slips("utf-8").feed(line("Händler på", 0x81)) == (CardSlip("unknown", ("Händler på",)),)
    assert Slips().feed(line("ÆæÅåäöü", 0x81)) == (CardSlip("unknown", ("ÆæÅåäöü",)),)


def test_card_numbers_and_control_characters() -> None:
    assert Slips().feed(line("4571100012345673\r\x1b", 0x81)) == (CardSlip("unknown", ("457110******5673",)),)


def test_a_slip_without_end() -> None:
    slips = Slips()
    for _ in range(MOST_LINES):
        slips.feed(line("x"))

    with pytest.raises(FieldError, match="more than 500 lines"):
        slips.feed(line("x"))


@given(st.lists(framed(), max_size=4))
def test_any_print_command_gives_slips_or_an_error(frames: list[bytes]) -> None:
    slips = Slips()
    for raw in frames:
        try:
            message = decode(b"\x06\xd3" + raw[2:])
            assert isinstance(message, m.PrintTextBlock)
            ended = slips.feed(message)
        except ZvtError:
            continue
        assert all(each.lines for each in ended)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Beløb DKK       125,00", {12500}),
        ("BELOEB 1.250,00", {125000}),
        ("Betrag EUR 12.345.678,90", {1234567890}),
        ("Amount 1,250.00 kr", {125000}),
        ("Total 12 500,00", {1250000}),
        ("Total 0,05", {5}),
        ("Total 25,00 DKK heraf moms 5,00", {2500, 500}),
        ("Tid 24.11.26 12.30", set()),
        ("DKK den 24.11.2026 kl. 12:30", set()),
        ("Beløb 125", set()),
        ("Ref. 000042  Nr. 0017", set()),
        ("Underskrift 125,00", set()),
    ],
)
def test_amounts_on_a_receipt(text: str, wanted: set[int]) -> None:
    assert amounts_on([text]) == wanted
