"""Calibration by one barcode, and the suspicion that one is needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos.code128 import escpos_data
from terminal.protocols.keymap import LAYOUTS, KeyDecoder, keystrokes
from terminal.protocols.keymap import keycodes as k
from terminal.protocols.keymap.calibrate import LOCKS, LONGEST, TEXT, calibrate, fits
from terminal.protocols.keymap.layouts import KEYPAD
from terminal.protocols.keymap.suspect import other_layout
from terminal.protocols.scan import Found, Read, Suffix
from terminal.protocols.wedge import Calibration, Case, Event, LayoutName, Lock, Typing, WhyNot

BARCODE_CHARACTERS = [chr(code) for code in range(0x20, 0x7F)] + ["\x1d"]
ENDS: dict[str, Suffix] = {"": "none", "\r": "cr", "\r\n": "cr", "\n": "lf", "\t": "tab", "\t\r": "any"}
GTIN = "5701234567899"

layouts, locks = st.sampled_from(LAYOUTS), st.sampled_from(LOCKS)


def reads(typing: Typing, events: list[Event]) -> list[Found]:
    decoder = KeyDecoder(typing.layout, typing.suffix, lock=typing.lock)
    found = [each for event in events for each in decoder.feed(*event)]
    return found + decoder.flush()


@given(layout=layouts, lock=locks, end=st.sampled_from(sorted(ENDS)), aim=st.sampled_from(["", "]C0"]))
def test_what_is_found_reads_every_barcode_character_as_the_scanner_types_it(
    layout: LayoutName, lock: Lock, end: str, aim: str
) -> None:
    found = calibrate(keystrokes(aim + TEXT + end, layout, lock=lock))

    assert isinstance(found, Calibration)
    assert (found.case, found.typing.suffix) == ("kept", ENDS[end])
    for character in BARCODE_CHARACTERS:
        code = f"1{character}2"
        assert reads(found.typing, keystrokes(code + end, layout, lock=lock)) == [Read(code)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_found_by_its_own_name(layout: LayoutName) -> None:
    assert calibrate(keystrokes(TEXT + "\r", layout)) == Calibration(Typing(layout, "cr"))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("case", "typed"), [("upper", TEXT.upper()), ("lower", TEXT.lower())])
def test_letters_that_the_scanner_turns_are_said(layout: LayoutName, case: Case, typed: str) -> None:
    assert calibrate(keystrokes(typed + "\r", layout)) == Calibration(Typing(layout, "cr"), case)


def test_a_scanner_that_types_by_alt_codes_alone() -> None:
    """Right on any layout: what is set today stays."""
    pad = {digit: key for key, digit in KEYPAD.items()}
    events: list[Event] = []
    for character in TEXT:
        keys = [(k.KEY_LEFTALT, k.DOWN)]
        keys += [(pad[digit], value) for digit in f"{ord(character):04}" for value in (k.DOWN, k.UP)]
        for key, value in [*keys, (k.KEY_LEFTALT, k.UP)]:
            events += [(k.EV_KEY, key, value), (k.EV_SYN, k.SYN_REPORT, 0)]

    assert calibrate([*events, *keystrokes("\r")], Typing("be", "tab")) == Calibration(Typing("be", "cr"))


def test_a_key_before_the_code_that_types_nothing_does_no_harm() -> None:
    f8 = [(k.EV_KEY, 66, value) for value in (k.DOWN, k.UP)]
    assert calibrate([*f8, (k.EV_SYN, 0, 0), *keystrokes(TEXT + "\r", "dk")]) == Calibration(Typing("dk", "cr"))


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], WhyNot.NOTHING),
        (keystrokes("\r"), WhyNot.NOTHING),
        (keystrokes(f"{GTIN}\r", "dk"), WhyNot.ANOTHER_CODE),
        (keystrokes(f"{GTIN}\r", "fr"), WhyNot.ANOTHER_CODE),
        (keystrokes(f"X{TEXT}\r", "de"), WhyNot.PREFIX),
        (keystrokes(TEXT[:-3] + "\r", "de"), WhyNot.UNKNOWN_LAYOUT),
        (keystrokes(TEXT[::-1] + "\r"), WhyNot.UNKNOWN_LAYOUT),
        ([*keystrokes(TEXT), (k.EV_SYN, k.SYN_DROPPED, 0)], WhyNot.LOST),
        (keystrokes("a" * LONGEST), WhyNot.LOST),
    ],
)
def test_why_not(events: list[Event], why: WhyNot) -> None:
    assert calibrate(events) == why


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300), st.integers(0, 2)), max_size=60))
def test_any_events_say_something(events: list[Event]) -> None:
    assert isinstance(calibrate(events), WhyNot)


def test_a_scanner_that_sends_characters_is_looked_at_too() -> None:
    assert fits(TEXT) == "none"
    assert fits(f"]C0{TEXT}") == "none"
    assert fits(TEXT.upper()) == WhyNot.UNKNOWN_LAYOUT
    assert fits(TEXT.upper(), "upper") == "none"


def test_the_text_makes_a_barcode_that_a_small_screen_holds() -> None:
    assert len(escpos_data(TEXT)) < 20


# --- the suspicion


LINK = f"https://id.example.dk/01/{GTIN:0>14}/10/AB?17=261231"
GS1 = f"]d201{GTIN:0>14}10AB\x1d21X"


@pytest.mark.parametrize(("scanner", "till"), [("fr", "us"), ("be", "dk"), ("us", "fr"), ("dk", "be")])
def test_a_number_through_another_layouts_digit_row(scanner: LayoutName, till: LayoutName) -> None:
    (seen,) = reads(Typing(till, "cr"), keystrokes(f"{GTIN}\r", scanner))
    if isinstance(seen, Read):
        layout = other_layout(seen.text, Typing(till))
        assert layout is not None
        assert reads(Typing(layout, "cr"), keystrokes(f"{GTIN}\r", scanner)) == [Read(GTIN)]


@pytest.mark.parametrize(("scanner", "till"), [("dk", "us"), ("us", "dk"), ("de", "us"), ("se", "gb"), ("us", "no")])
def test_a_link_through_another_layout(scanner: LayoutName, till: LayoutName) -> None:
    (seen,) = reads(Typing(till, "cr"), keystrokes(f"{LINK}\r", scanner))
    assert isinstance(seen, Read)
    assert other_layout(seen.text, Typing(till)) is not None


@pytest.mark.parametrize(
    "text", [GTIN, "5701234567890", LINK, GS1, "AB-123", "0000", "Kasse", "æøå", "1-42", "x" * 999]
)
@pytest.mark.parametrize("till", LAYOUTS)
def test_what_gives_no_reason_for_suspicion(text: str, till: LayoutName) -> None:
    assert other_layout(text, Typing(till)) is None
