"""Messages: what each says, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.codec import decode, encode
from terminal.protocols.zvt.errors import ApduError, FieldError, ZvtError
from tests.protocols.zvt.zvt_frames import FRAMES, bitmaps_of_any_value, frame, framed


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_comes_back(name: str) -> None:
    assert encode(decode(frame(name))) == frame(name)


@given(framed())
def test_any_frame_comes_back_or_is_refused(raw: bytes) -> None:
    try:
        message = decode(raw)
    except FieldError:
        return
    assert encode(message) == raw
    assert repr(message)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_an_error(raw: bytes) -> None:
    try:
        message = decode(raw)
    except ZvtError:
        return
    assert encode(message) == raw


@given(bitmaps_of_any_value())
def test_a_status_information_with_any_bitmaps_is_read(content: bytes) -> None:
    status = m.StatusInformation(b.parse(content))

    assert decode(encode(status)) == status
    try:
        _ = status.result, status.amount, status.currency, status.trace, status.receipt, status.when
    except FieldError:
        pass
    else:
        assert status.amount is None or 0 <= status.amount < 10**12


@pytest.mark.parametrize("end", range(2, 55))
def test_a_status_information_cut_anywhere_is_refused_or_says_less(end: int) -> None:
    whole = frame("approved")[3:]
    try:
        status = decode(b"\x04\x0f" + bytes((end,)) + whole[:end])
    except FieldError:
        return
    assert isinstance(status, m.StatusInformation)
    assert status.fields.encode() == whole[:end]


def test_registration() -> None:
    message = decode(frame("registration in euro"))

    assert message == m.Registration("123456", 0xDE, 978)
    assert "123456" not in repr(message)


def test_registration_without_currency_but_with_objects() -> None:
    message = decode(bytes.fromhex("0600 0A 000000 9E 0604 1F70 01 01".replace(" ", "")))

    assert isinstance(message, m.Registration)
    assert message.currency is None
    assert message.fields.objects.get(0x1F70) == b"\x01"


def test_abort_of_the_till_on_stopping() -> None:
    status = decode(frame("stopped"))

    assert isinstance(status, m.StatusInformation)
    assert status.result == 0x6C
    assert status.fields.get(b.TERMINAL_ID) == bytes.fromhex("29001006")


def test_an_approval() -> None:
    status = decode(frame("approved"))

    assert isinstance(status, m.StatusInformation)
    assert (status.result, status.amount, status.currency) == (0, 4000, 978)
    assert (status.trace, status.receipt, status.when) == ("613995", "0175", "0425 093848")


def test_a_long_trace_number() -> None:
    status = decode(frame("approved, masked, long trace"))

    assert isinstance(status, m.StatusInformation)
    assert status.trace == "10015008"
    assert status.amount is None


def test_intermediate_status_with_and_without_timeout() -> None:
    bare, numbered, timed = (
        decode(frame(name)) for name in ("please wait", "please wait, numbered", "text with a timeout")
    )
    assert isinstance(bare, m.IntermediateStatus)
    assert isinstance(numbered, m.IntermediateStatus)
    assert isinstance(timed, m.IntermediateStatus)

    assert (bare.status, bare.timeout, bare.minutes) == (0x17, None, None)
    assert (numbered.timeout, numbered.fields.objects.get(0x1F73)) == (None, b"\x00\x00\x02")
    assert (timed.minutes, timed.fields.objects.get(0x24, 0x07)) == (3, b"00 Approved")
    assert m.IntermediateStatus(0x17, 0x25).minutes == 25
    assert m.IntermediateStatus(0x17, 0x3A).minutes is None


def test_completions() -> None:
    version, status, own, bare = (
        decode(frame(name))
        for name in ("completion with version", "completion with status", "a maker's own completion", "completion")
    )

    assert version == m.Completion(b"\xf0\xf0\xf72.14.15", 0)
    assert status == m.Completion(status=0xDC)
    assert own == m.Completion(fields=b.Fields(rest=b"17FE5"))
    assert bare == m.Completion()


def test_aborts() -> None:
    assert decode(frame("abort")) == m.Abort(0x6C)
    assert decode(frame("abort for the currency")) == m.Abort(0x6F, b"\x02\x08")
    assert decode(b"\x06\x1e\x00") == m.Abort()


def test_answers() -> None:
    assert decode(frame("yes")) == m.Ack()
    assert decode(frame("no")) == m.Nack(0x83)
    assert decode(frame("no, the currency")) == m.Nack(0x1E, b.Fields(rest=b"\x6f\x09\x78"))


def test_what_the_till_does_not_know() -> None:
    assert decode(frame("tax free, which the till does not know")) == m.Other(0x060A, b"\x01\x02")


@pytest.mark.parametrize("raw", ["060000", "060003123456", "06300100", "050101AA", "0650020000", "06200212 34"])
def test_parameters_that_are_missing(raw: str) -> None:
    with pytest.raises(FieldError):
        decode(bytes.fromhex(raw))


def test_a_frame_that_is_cut_off() -> None:
    with pytest.raises(ApduError):
        decode(frame("approved")[:-1])


def test_the_log_sees_no_card_number_in_a_line() -> None:
    assert "4571 10** **** 5673" in repr(decode(b"\x06\xd1\x14\x004571 1000 1234 5673"))


def test_a_status_information_must_say_its_result() -> None:
    with pytest.raises(FieldError, match="no result"):
        m.result_of(m.StatusInformation())
