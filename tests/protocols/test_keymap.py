"""Key events of a keyboard wedge to scans."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.keymap import LAYOUTS, KeyDecoder, Untypable, keystrokes
from terminal.protocols.keymap import keycodes as k
from terminal.protocols.keymap.keyboard import STUCK_AFTER
from terminal.protocols.keymap.layouts import layout_of
from terminal.protocols.scan import AFTER_LAST, Found, Read, Unreadable
from terminal.protocols.wedge import Event, LayoutName, Lock

US = "".join(sorted(chr(code) for code in range(0x20, 0x7F)))
SYN: Event = (k.EV_SYN, k.SYN_REPORT, 0)

typable = st.text(US + "\x1d", min_size=1, max_size=30)


def frames(*events: tuple[int, int]) -> list[Event]:
    """One frame an event."""
    return [each for code, value in events for each in ((k.EV_KEY, code, value), SYN)]


def tap(*codes: int) -> list[Event]:
    """Each key down and up."""
    return [event for code in codes for event in frames((code, k.DOWN), (code, k.UP))]


def decoded(decoder: KeyDecoder, events: Iterable[Event]) -> list[Found]:
    return [found for event in events for found in decoder.feed(*event)]


def read(events: Iterable[Event]) -> list[Found]:
    return decoded(KeyDecoder(), [*events, *tap(k.KEY_ENTER)])


A, B, ONE = 30, 48, 2


# --- the layout


def test_the_us_layout_types_all_of_ascii() -> None:
    typed = {character for characters in layout_of("us").values() for character in characters}

    assert typed == set(US)


@given(st.lists(typable, max_size=5), st.sampled_from("\r\n\t"))
def test_what_is_typed_is_read(texts: list[str], suffix: str) -> None:
    events = keystrokes("".join(text + suffix for text in texts))

    assert decoded(KeyDecoder(), events) == [Read(text) for text in texts]


@given(typable)
def test_modifier_and_key_in_frames_of_their_own_read_the_same(text: str) -> None:
    """As a person types, and some scanners: shift down, key down, shift up, key up, a frame each."""
    events = [each for event in keystrokes(text + "\r") if event != SYN for each in (event, SYN)]

    assert decoded(KeyDecoder(), events) == [Read(text)]


@given(typable, st.data())
def test_the_order_within_a_frame_does_not_matter(text: str, data: st.DataObject) -> None:
    shuffled: list[Event] = []
    frame: list[Event] = []
    for event in keystrokes(text + "\r"):
        frame.append(event)
        if event == SYN:
            shuffled += [*data.draw(st.permutations(frame[:-1])), SYN]
            frame = []

    assert decoded(KeyDecoder(), shuffled) == [Read(text)]


def test_what_the_layout_has_no_key_for_cannot_be_typed() -> None:
    with pytest.raises(Untypable, match="'ø'"):
        keystrokes("rød")


# --- keys


def test_a_shift_that_goes_up_with_the_next_key_does_not_count_for_it() -> None:
    """In one report of the keyboard; the kernel may give the keys before the modifiers."""
    events = [
        *frames((k.KEY_LEFTSHIFT, k.DOWN)),
        *tap(A),
        (k.EV_KEY, B, k.DOWN),
        (k.EV_KEY, k.KEY_LEFTSHIFT, k.UP),
        SYN,
    ]

    assert read(events) == [Read("Ab")]


def test_a_whole_shifted_letter_in_one_frame_is_taken_as_it_stands() -> None:
    shifted = [(k.EV_KEY, code, value) for value in (k.DOWN, k.UP) for code in (k.KEY_LEFTSHIFT, A)]

    assert read([*shifted, (k.EV_KEY, B, k.DOWN), SYN]) == [Read("Ab")]


def test_both_shifts() -> None:
    events = frames((k.KEY_LEFTSHIFT, k.DOWN), (k.KEY_RIGHTSHIFT, k.DOWN), (k.KEY_LEFTSHIFT, k.UP), (A, k.DOWN))

    assert read([*events, *frames((k.KEY_RIGHTSHIFT, k.UP))]) == [Read("A")]


def test_a_key_that_is_held_types_once() -> None:
    assert read([*frames((A, k.DOWN)), *frames(*[(A, 2)] * 50), *frames((A, k.UP))]) == [Read("a")]


def test_caps_lock_turns_letters_over_and_nothing_else() -> None:
    shifted = [*frames((k.KEY_LEFTSHIFT, k.DOWN)), *tap(A, ONE), *frames((k.KEY_LEFTSHIFT, k.UP))]

    assert read([*tap(k.KEY_CAPSLOCK, A, ONE), *shifted, *tap(k.KEY_CAPSLOCK, A)]) == [Read("A1a!a")]


def test_the_numeric_pad_types_digits_with_and_without_num_lock() -> None:
    pad = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73, k.KEY_KPDOT, k.KEY_KPSLASH, k.KEY_KPMINUS, k.KEY_KPPLUS]
    found = decoded(KeyDecoder(), [*tap(*pad), *tap(k.KEY_NUMLOCK), *tap(*pad), *tap(k.KEY_KPENTER)])

    assert found == [Read("0123456789./-+" * 2)]


def test_the_separator_is_ctrl_and_the_key_right_of_p() -> None:
    ctrl = frames((k.KEY_LEFTCTRL, k.DOWN)), frames((k.KEY_LEFTCTRL, k.UP))

    assert read([*ctrl[0], *tap(k.KEY_RIGHTBRACE), *ctrl[1], *tap(A)]) == [Read("\x1da")]


@pytest.mark.parametrize(
    ("digits", "character"),
    [("029", "\x1d"), ("0029", "\x1d"), ("29", "\x1d"), ("0065", "A"), ("65", "A"), ("0248", "ø"), ("145", "æ")],
)
def test_alt_and_a_number_on_the_pad(digits: str, character: str) -> None:
    pad = [(82, 79, 80, 81, 75, 76, 77, 71, 72, 73)[int(digit)] for digit in digits]
    events = [*frames((k.KEY_LEFTALT, k.DOWN)), *tap(*pad), *frames((k.KEY_LEFTALT, k.UP)), *tap(A)]

    assert read(events) == [Read(character + "a")]


@pytest.mark.parametrize("digits", ["300", "0999", "0129", "000", "9", "00029"])
def test_alt_and_a_number_that_is_no_character(digits: str) -> None:
    pad = [(82, 79, 80, 81, 75, 76, 77, 71, 72, 73)[int(digit)] for digit in digits]
    events = [*frames((k.KEY_LEFTALT, k.DOWN)), *tap(*pad), *frames((k.KEY_LEFTALT, k.UP)), *tap(A)]

    assert read(events) == [Unreadable(f"Alt+{digits} is no character")]


F8, BUTTON, SCAN_CODE = 66, 0x110, (4, 4, 0x7001E)


def test_a_key_without_a_character_spoils_the_scan_it_is_in_and_no_other() -> None:
    found = decoded(KeyDecoder(), tap(F8, A, k.KEY_ENTER, A, F8, B, k.KEY_ENTER, B, k.KEY_ENTER))

    assert found == [Read("a"), Unreadable("key 66 types nothing on the layout 'us'"), Read("b")]


def test_a_letter_with_the_meta_key_is_no_letter() -> None:
    events = [*tap(A), *frames((k.KEY_LEFTMETA, k.DOWN)), *tap(B), *frames((k.KEY_LEFTMETA, k.UP))]

    assert read(events) == [Unreadable("key 48 types nothing on the layout 'us'")]


def test_buttons_and_scan_codes_type_nothing() -> None:
    assert read([SCAN_CODE, *tap(A), *tap(BUTTON), SCAN_CODE, SYN]) == [Read("a")]


# --- other layouts


GS1 = "]d20105701234567899172612311\x1d21AB-12/x\x1d8200https://example.dk/a_b?c=1&d=%C3%A6"
ASCII = st.text(US + "\x1d", min_size=1, max_size=20)


@pytest.mark.parametrize("layout", LAYOUTS)
@given(text=ASCII, lock=st.sampled_from(("none", "caps", "shift")))
def test_all_of_ascii_is_typed_and_read_on_every_layout(layout: LayoutName, text: str, lock: Lock) -> None:
    events = keystrokes(text + "\r", layout, lock=lock)

    assert decoded(KeyDecoder(layout, lock=lock), events) == [Read(text)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "text", ["0123456789", "5701234567899", GS1, f"]C1{GS1}", "https://id.gs1.org/01/05701234567899"]
)
@pytest.mark.parametrize("alt_codes", [False, True])
def test_product_codes_on_every_layout(layout: LayoutName, text: str, alt_codes: bool) -> None:
    events = keystrokes(text + "\r", layout, alt_codes=alt_codes)

    assert decoded(KeyDecoder(layout), events) == [Read(text)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_separator_is_ctrl_and_the_same_key_on_every_layout(layout: LayoutName) -> None:
    events = [*frames((k.KEY_LEFTCTRL, k.DOWN)), *tap(k.KEY_RIGHTBRACE), *frames((k.KEY_LEFTCTRL, k.UP))]

    assert decoded(KeyDecoder(layout), [*tap(ONE), *events, *tap(ONE, k.KEY_ENTER)]) in (
        [Read("1\x1d1")],
        [Read("&\x1d&")],
    )


def test_the_separator_where_the_bracket_stands() -> None:
    """On a Danish keyboard ] is AltGr and 9."""
    held = (k.KEY_LEFTCTRL, k.KEY_RIGHTALT)
    events = [*frames(*[(key, k.DOWN) for key in held]), *tap(10), *frames(*[(key, k.UP) for key in held])]

    assert decoded(KeyDecoder("dk"), [*tap(ONE), *events, *tap(k.KEY_ENTER)]) == [Read("1\x1d")]


def test_left_ctrl_and_left_alt_are_alt_gr() -> None:
    """As Windows has it, and scanners that type for it."""
    held = (k.KEY_LEFTCTRL, k.KEY_LEFTALT)
    events = [*frames(*[(key, k.DOWN) for key in held]), *tap(3), *frames(*[(key, k.UP) for key in held])]

    assert decoded(KeyDecoder("dk"), [*events, *tap(k.KEY_ENTER)]) == [Read("@")]


@pytest.mark.parametrize(
    ("codes", "text"),
    [((13, A), "á"), ((13, 57), "´"), ((13, 13), "´"), ((13, B), "´b"), ((A, 13), "a´"), ((13, ONE), "´1")],
)
def test_a_dead_key(codes: tuple[int, ...], text: str) -> None:
    assert decoded(KeyDecoder("dk"), tap(*codes, k.KEY_ENTER)) == [Read(text)]


def test_a_dead_key_at_the_end_of_a_scan_without_suffix_is_no_lost_character() -> None:
    decoder = KeyDecoder("dk", suffix="none")
    decoded(decoder, tap(A, 13))
    assert decoder.flush() == [Read("a´")]


# --- suffix, length, lost events


@pytest.mark.parametrize("end", [k.KEY_ENTER, k.KEY_KPENTER, k.KEY_LINEFEED, k.KEY_TAB])
def test_the_keys_that_end_a_scan(end: int) -> None:
    assert decoded(KeyDecoder(), tap(A, end)) == [Read("a")]


@pytest.mark.parametrize("letter", [50, 36])
def test_ctrl_m_and_ctrl_j_end_a_scan(letter: int) -> None:
    events = [*tap(A), *frames((k.KEY_LEFTCTRL, k.DOWN)), *tap(letter), *frames((k.KEY_LEFTCTRL, k.UP))]

    assert decoded(KeyDecoder(), events) == [Read("a")]


def test_without_a_suffix_silence_ends_a_scan() -> None:
    decoder = KeyDecoder(suffix="none")
    assert decoded(decoder, tap(A, B)) == []

    assert decoder.patience == AFTER_LAST
    assert decoder.flush() == [Read("ab")]


def test_a_stuck_keyboard_is_told() -> None:
    decoder = KeyDecoder(longest=10)

    assert decoded(decoder, tap(*[A] * 50)) == [Unreadable("more than 10 characters without an end")]
    assert decoded(decoder, tap(k.KEY_ENTER, B, k.KEY_ENTER)) == [Read("b")]


def test_lost_events_spoil_the_scan_and_are_told() -> None:
    decoder = KeyDecoder()
    lost: list[Event] = [(k.EV_SYN, k.SYN_DROPPED, 0), (k.EV_KEY, B, k.DOWN), SYN]
    found = decoded(decoder, [*frames((k.KEY_LEFTSHIFT, k.DOWN)), *tap(A), *lost, *tap(A, k.KEY_ENTER)])

    assert found == [Unreadable("keys were lost: the till was too busy to read them")]
    assert decoded(decoder, tap(A, k.KEY_ENTER)) == [Read("a")]


def test_lost_events_are_told_when_nothing_else_comes() -> None:
    decoder = KeyDecoder()
    decoded(decoder, [(k.EV_SYN, k.SYN_DROPPED, 0), SYN])

    assert decoder.patience is not None
    assert decoder.flush() == [Unreadable("keys were lost: the till was too busy to read them")]


@pytest.mark.parametrize("key", [A, k.KEY_LEFTSHIFT])
def test_a_key_that_stays_down_is_stuck_until_it_comes_up(key: int) -> None:
    decoder = KeyDecoder()
    decoded(decoder, frames((key, k.DOWN), *[(key, k.REPEAT)] * (STUCK_AFTER - 1)))
    assert not decoder.stuck
    decoded(decoder, frames((key, k.REPEAT)))
    assert decoder.stuck
    decoded(decoder, frames((key, k.UP)))
    assert not decoder.stuck


def test_a_key_that_sticks_spoils_the_scan_it_is_in_and_no_other() -> None:
    decoder = KeyDecoder()
    events = [*tap(B), *frames((A, k.DOWN), *[(A, k.REPEAT)] * STUCK_AFTER, (A, k.UP)), *tap(k.KEY_ENTER)]
    assert decoded(decoder, events) == [Unreadable("key 30 is stuck")]
    assert decoded(decoder, tap(A, k.KEY_ENTER)) == [Read("a")]


def test_keys_that_are_held_for_a_moment_one_after_the_other_are_no_stuck_key() -> None:
    decoder = KeyDecoder()
    for key in (A, B) * STUCK_AFTER:
        decoded(decoder, frames((key, k.DOWN), (key, k.REPEAT), (key, k.REPEAT), (key, k.UP)))
    assert not decoder.stuck


def test_characters_without_end_are_a_stuck_key() -> None:
    decoder = KeyDecoder(longest=10)
    decoded(decoder, tap(*[A] * 12))
    assert decoder.stuck
    decoded(decoder, tap(k.KEY_ENTER))
    assert not decoder.stuck


def test_a_plug_pulled_with_keys_down_leaves_nothing_behind() -> None:
    decoder = KeyDecoder()
    decoded(decoder, [*tap(k.KEY_CAPSLOCK, A), *frames((k.KEY_LEFTSHIFT, k.DOWN), (k.KEY_LEFTCTRL, k.DOWN))])
    decoder.reset()

    assert decoded(decoder, tap(A, k.KEY_ENTER)) == [Read("a")]


# --- any events


keys = st.tuples(st.just(k.EV_KEY), st.integers(0, 0x2FF), st.integers(-1, 3))
events_of_scanners = st.sampled_from([SYN, (k.EV_SYN, k.SYN_DROPPED, 0), *tap(A, k.KEY_ENTER, k.KEY_LEFTALT, 79)])
any_event = st.tuples(*[st.integers(-(2**31), 2**32)] * 3) | keys | events_of_scanners


@given(st.lists(any_event, max_size=120))
def test_no_events_crash_it_and_after_a_reset_the_next_scan_is_whole(events: list[Event]) -> None:
    decoder = KeyDecoder(longest=20)
    found = decoded(decoder, events)

    assert all(each.text for each in found if isinstance(each, Read))
    decoder.flush()
    assert decoder.patience is None
    decoder.reset()
    assert decoded(decoder, keystrokes("Kasse-1\r")) == [Read("Kasse-1")]


@given(typable, typable, st.data())
def test_two_identical_scanners_stay_two(one: str, other: str, data: st.DataObject) -> None:
    streams = {"one": keystrokes(one + "\r"), "other": keystrokes(other + "\r")}
    decoders = {name: KeyDecoder() for name in streams}
    order = data.draw(st.permutations([name for name, events in streams.items() for _ in events]))
    waiting = {name: iter(events) for name, events in streams.items()}

    found = [(name, each) for name in order for each in decoders[name].feed(*next(waiting[name]))]

    assert sorted(found, key=lambda pair: pair[0]) == [("one", Read(one)), ("other", Read(other))]
