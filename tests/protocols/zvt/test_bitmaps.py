"""BMPs: lengths, values, what the log may see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import tlv
from terminal.protocols.zvt.errors import EncodeError, FieldError
from tests.protocols.zvt.zvt_frames import bitmaps_of_any_value


def raw(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def test_order_and_forms_are_kept() -> None:
    data = raw("49 0208  27 00  8B F0F3 414200  3C F0F0F1 58  06 82 0003 07 01 41  04 000000012500")

    fields = b.parse(data)

    assert [each.number for each in fields.bitmaps] == [0x49, 0x27, 0x8B, 0x3C, 0x06, 0x04]
    assert fields.get(b.CARD_NAME) == b"AB\0"
    assert fields.number(b.AMOUNT) == 12500
    assert fields.number(b.CURRENCY) == 208
    assert fields.objects.get(0x07) == b"A"
    assert fields.rest == b""
    assert fields.encode() == data


def test_an_unknown_bitmap_and_all_behind_it_stay_unread() -> None:
    fields = b.parse(raw("27 00 7F 04 000000012500"))

    assert fields.byte(b.RESULT) == 0
    assert fields.rest == raw("7F 04 000000012500")
    assert fields.number(b.AMOUNT) is None


@pytest.mark.parametrize(
    "cut",
    [
        "04 0000",
        "27",
        "22 F1F0 1234",
        "22 F1",
        "3C F0F0 41",
        "22 FAF0",
        "3C FFFFFF",
        "06 05 0701",
        "06",
        "06 81",
        "06 80",
    ],
)
def test_a_known_bitmap_that_is_cut_off_is_kept_and_said(cut: str) -> None:
    fields = b.parse(raw("49 0208" + cut))

    assert fields.fault
    assert fields.number(b.CURRENCY) == 208
    assert fields.encode() == raw("49 0208" + cut)
    assert b.lenient(raw("49 0208" + cut)).bitmaps == ()
    assert not b.fits(raw(cut))


def test_an_unknown_bitmap_is_no_fault() -> None:
    assert b.parse(raw("27 00 7F 04")).fault == ""
    assert b.parse(raw("27 00")).fault == ""


def test_what_says_two_things_says_nothing() -> None:
    fields = b.parse(raw("27 00 27 05"))

    with pytest.raises(FieldError, match="27 says two things"):
        fields.byte(b.RESULT)
    assert fields.first(b.RESULT) == b"\0"
    assert b.parse(raw("27 00 27 00")).byte(b.RESULT) == 0


def test_a_nibble_that_is_no_digit() -> None:
    with pytest.raises(FieldError, match="no digit"):
        b.parse(raw("04 00000000A500")).number(b.AMOUNT)


def test_lengths_of_what_the_till_builds() -> None:
    assert b.bmp(b.CARD_NAME, b"AB").encode() == raw("8B F0F2 4142")
    assert b.bmp(b.TEXT, bytes(123)).encode()[:4] == raw("3C F1F2F3")
    assert b.packed(b.AMOUNT, 11000).encode() == raw("04 000000011000")
    assert b.container(tlv.node(0x1F70, b"\1")).encode() == raw("06 04 1F70 01 01")


@pytest.mark.parametrize(
    ("number", "size"), [(0x04, 5), (0x27, 0), (0x22, 100), (0x3C, 1000), (0x7F, 1), (0x06, 0x10000)]
)
def test_a_value_that_does_not_fit_its_bitmap(number: int, size: int) -> None:
    with pytest.raises(EncodeError):
        b.bmp(number, bytes(size))


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_an_amount_of_more_than_twelve_digits(amount: int) -> None:
    with pytest.raises(EncodeError):
        b.packed(b.AMOUNT, amount)


@given(bitmaps_of_any_value(), st.binary(max_size=12))
def test_what_is_read_comes_back(good: bytes, more: bytes) -> None:
    assert b.parse(good).encode() == good
    assert b.parse(good).rest == b""
    assert b.parse(good + more).encode() == good + more
    assert b.lenient(good + more).encode() == good + more


CARD = "4571100012345673"


@pytest.mark.parametrize(
    "data",
    [
        "22 F0F8 4571100012345673",
        "23 F1F3 4571100012345673 D251220100",
        "2D F1F6 34353731313030303132333435363733",
        "24 F0F1F0 45711000123456730000",
        "06 0B 1F1A 08 4571100012345673",
        "06 0B 1F09 08 4571100012345673",
        "06 14 25 12 07 10 34353731313030303132333435363733",
        "3C F0F1F6 34353731313030303132333435363733",
    ],
)
def test_the_log_sees_no_card_number(data: str) -> None:
    try:
        shown = repr(b.parse(raw(data)))
    except FieldError:
        shown = repr(b.lenient(raw(data)))

    assert "12345" not in shown
    assert "3132333435" not in shown
