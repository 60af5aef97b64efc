"""Report descriptors and reports of HID-POS scanners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.hid_descriptor import LONGEST, DescriptorError, input_fields
from terminal.protocols.hid_pos import HidPosDecoder, ScanReport, scan_report
from terminal.protocols.scan import Found, Read, Unreadable
from tests.devices.hid_pos_reports import CAPACITY, DESCRIPTOR, KEYBOARD, reports

GTIN = "5701234567899"
LAYOUT = ScanReport(2, data=5, capacity=56, length=1, symbology=(2, 3, 4), continued=63 * 8)


def read(*sent: bytes, layout: ScanReport = LAYOUT, longest: int = 4096) -> list[Found]:
    decoder = HidPosDecoder(layout, longest=longest)
    return [found for report in sent for found in decoder.feed(report)]


# --- the descriptor


def test_where_things_stand_is_read_from_the_descriptor() -> None:
    assert scan_report(DESCRIPTOR) == LAYOUT


def test_a_keyboard_is_no_such_scanner() -> None:
    assert scan_report(KEYBOARD) is None
    assert scan_report(b"") is None


def test_a_scanner_that_says_no_length_and_has_no_report_number() -> None:
    plain = bytes.fromhex("05 8C 09 02 A1 01 75 08 95 20 09 FE 82 02 01 C0")

    layout = scan_report(plain)
    assert layout == ScanReport(0, data=0, capacity=32)
    assert read(GTIN.encode().ljust(32, b"\0"), layout=layout) == [Read(GTIN)]


def test_usages_by_a_range_and_after_a_pop() -> None:
    """FB to FD as minimum and maximum; the page is pushed and popped around the byte count; usages with their page."""
    descriptor = bytes.fromhex(
        "06 8C 00 09 02 A1 01 85 09 75 08 A4 05 01 95 01 09 3B 81 02 B4"
        "95 03 19 FB 29 FD 81 02 95 10 0B FE 00 8C 00 81 02 75 01 95 01 09 FF 81 02 95 07 81 03 C0"
    )

    assert scan_report(descriptor) == ScanReport(
        9, data=5, capacity=16, length=1, symbology=(2, 3, 4), continued=21 * 8
    )


@pytest.mark.parametrize(
    "broken",
    [
        "26 FF", "B4", "FE 01", "A4" * 17, "75 08 95 FF 27 FF FF FF FF 77 FF FF FF FF 81 02",
        "05 8C 75 04 95 08 09 FE 81 02", "05 8C 75 01 95 03 81 03 75 08 95 08 09 FE 81 02",
    ],
)  # fmt: skip
def test_what_is_no_descriptor_is_refused(broken: str) -> None:
    with pytest.raises(DescriptorError):
        scan_report(bytes.fromhex(broken))


@given(
    st.binary(max_size=200) | st.builds(lambda a, b: a + DESCRIPTOR + b, st.binary(max_size=9), st.binary(max_size=9))
)
def test_no_bytes_crash_it(descriptor: bytes) -> None:
    try:
        layout = scan_report(descriptor)
    except DescriptorError:
        return
    if layout is not None:
        assert layout.capacity >= 0


def test_a_descriptor_has_a_limit() -> None:
    with pytest.raises(DescriptorError, match="at most"):
        input_fields(bytes(LONGEST + 1))


# --- the reports


def test_a_scan_with_its_symbology() -> None:
    assert read(*reports(GTIN.encode())) == [Read(f"]E0{GTIN}")]


def test_the_symbology_is_not_said_twice_and_a_suffix_is_none_of_the_code() -> None:
    assert read(*reports(f"]E0{GTIN}\r\n".encode())) == [Read(f"]E0{GTIN}")]


def test_another_symbology_than_aims_is_left_out() -> None:
    assert read(*reports(GTIN.encode(), b"E\0\0")) == [Read(GTIN)]


def test_gs1_keeps_its_separator_and_text_its_letters() -> None:
    text = f"01{GTIN:0>14}10AB\x1d21é-Ø"

    assert read(*reports(text.encode(), b"]d2")) == [Read(f"]d2{text}")]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\t"), min_size=1, max_size=300))
def test_a_long_code_comes_in_several_reports(text: str) -> None:
    assert read(*reports(text.encode(), b"]Q1")) in ([Read(f"]Q1{text}")], [Read(text)])


def test_one_that_fills_its_reports_to_the_last_byte() -> None:
    assert read(*reports(b"7" * CAPACITY * 2)) == [Read("]E0" + "7" * CAPACITY * 2)]


def test_other_reports_and_empty_ones_say_nothing() -> None:
    assert read(b"\x04\x01", b"\x06" + bytes(63), *reports(b"")) == []


def test_one_that_breaks_off_is_no_scan_and_takes_no_other_with_it() -> None:
    long = reports(b"8" * 100)
    decoder = HidPosDecoder(LAYOUT)
    assert decoder.feed(long[0]) == []
    assert decoder.patience is not None
    assert decoder.flush() == [Unreadable("the scan broke off: its other reports did not come")]
    assert decoder.patience is None

    decoder.feed(long[0])
    found = [each for report in reports(b"1234", b"]C0") for each in decoder.feed(report)]
    assert found == [Unreadable("the scan broke off: its other reports did not come"), Read("]C01234")]


def test_what_no_device_should_send() -> None:
    assert read(reports(b"1")[0][:40]) == [Unreadable("a report has 64 bytes, this has 40")]
    assert read(b"\x02\x39" + bytes(62)) == [Unreadable("a report says 57 bytes where 56 fit")]
    assert read(*reports(b"caf\xe9")) == [Unreadable("byte 7 of 7 is no utf-8: 0xE9")]
    assert HidPosDecoder(LAYOUT, "latin-1").feed(reports(b"caf\xe9", b"]Q1")[0]) == [Read("]Q1café")]


def test_one_without_end_is_told_once_and_the_next_is_read() -> None:
    found = read(*reports(b"9" * 500), *reports(b"12"), longest=200)

    assert found == [Unreadable("more than 200 bytes without an end"), Read("]E012")]


@given(st.lists(st.binary(max_size=70), max_size=20))
def test_no_reports_crash_it(sent: list[bytes]) -> None:
    decoder = HidPosDecoder(LAYOUT, longest=100)
    for report in sent:
        decoder.feed(b"\x02" + report)
    decoder.flush()
    assert decoder.feed(reports(b"12")[0]) == [Read("]E012")]
