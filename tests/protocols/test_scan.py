"""Characters to scans: where one ends, and what happens to one that is not whole."""

import string

from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.scan import AFTER_LAST, AFTER_LAST_UNSURE, GIVEN_UP, Assembler, Found, Read, Unreadable

code = st.text(string.ascii_letters + string.digits + " ]\x1d", min_size=1, max_size=20)


def typed(scan: Assembler, text: str) -> list[Found]:
    return [found for character in text if (found := scan.take(character)) is not None]


def test_each_suffix_ends_a_scan_and_cr_lf_ends_one() -> None:
    assert typed(Assembler(), "1\r2\n3\r\n4\t5") == [Read("1"), Read("2"), Read("3"), Read("4")]


def test_a_tab_is_data_where_cr_is_the_suffix() -> None:
    assert typed(Assembler("cr"), "1\t2\r") == [Read("1\t2")]


def test_enter_is_data_where_tab_is_the_suffix() -> None:
    assert typed(Assembler("tab"), "1\r2\t") == [Read("1\r2")]


def test_silence_ends_a_scan_where_no_suffix_is_sent() -> None:
    scan = Assembler("none")
    assert scan.patience is None

    assert typed(scan, "57\r") == []
    assert scan.patience == AFTER_LAST
    assert scan.flush() == Read("57")
    assert scan.patience is None


def test_it_is_learned_whether_a_suffix_comes() -> None:
    scan = Assembler()

    typed(scan, "57")
    assert scan.patience == AFTER_LAST_UNSURE
    assert scan.flush() == Read("57")

    assert typed(scan, "58\r") == [Read("58")]
    typed(scan, "59")
    assert scan.patience == GIVEN_UP
    assert scan.flush() == Unreadable("the scan broke off: its suffix did not come")

    typed(scan, "60")
    assert scan.patience == AFTER_LAST_UNSURE


def test_a_scan_that_broke_off_does_not_touch_the_next() -> None:
    scan = Assembler("cr")
    typed(scan, "570")

    assert scan.flush() == Unreadable("the scan broke off: its suffix did not come")
    assert typed(scan, "5701\r") == [Read("5701")]


def test_too_long_is_told_once_and_at_once() -> None:
    scan = Assembler(longest=3)

    assert typed(scan, "123") == []
    assert typed(scan, "4") == [Unreadable("more than 3 characters without an end")]
    assert typed(scan, "56789\r12\r") == [Read("12")]


def test_silence_ends_what_was_too_long() -> None:
    scan = Assembler(longest=3)
    typed(scan, "12345")

    assert scan.patience is not None
    assert scan.flush() is None
    assert typed(scan, "12\r") == [Read("12")]


def test_a_spoilt_scan_is_told_with_the_first_reason() -> None:
    scan = Assembler()
    scan.spoil("one")
    scan.spoil("two")

    assert typed(scan, "12\r12\r") == [Unreadable("one"), Read("12")]


def test_reset_forgets_what_was_coming_and_what_was_learned() -> None:
    scan = Assembler()
    typed(scan, "1\r23")
    scan.spoil("lost")
    scan.reset()

    assert scan.patience is None
    assert typed(scan, "4") == []
    assert scan.flush() == Read("4")


@given(st.lists(code), st.sampled_from(["\r", "\n", "\r\n", "\t"]))
def test_all_scans_come_out_in_order(codes: list[str], suffix: str) -> None:
    assert typed(Assembler(), "".join(each + suffix for each in codes)) == [Read(each) for each in codes]


@given(st.text("ab\r\t", max_size=40), st.sampled_from(["any", "cr", "lf", "tab", "none"]), code)
def test_whatever_came_before_the_next_scan_is_whole(before: str, suffix: str, text: str) -> None:
    scan = Assembler(suffix, longest=20)  # type: ignore[arg-type]
    typed(scan, before)
    scan.flush()

    found = typed(scan, text + ("\t" if suffix == "tab" else "" if suffix == "none" else "\r"))

    assert [*found, scan.flush()][0] == Read(text)
