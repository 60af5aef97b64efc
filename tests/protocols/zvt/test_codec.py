"""Messages: what each says, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt import tlv
from terminal.protocols.zvt.codec import decode, decode_all, encode
from terminal.protocols.zvt.errors import ApduError, FieldError, ZvtError
from tests.protocols.zvt.zvt_frames import FRAMES, bitmaps_of_any_value, frame, framed


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_comes_back(name: str) -> None:
    assert encode(decode(frame(name))) == frame(name)


@given(framed())
def test_any_frame_comes_back(raw: bytes) -> None:
    message = decode(raw)

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
    data = bytes.fromhex(raw)

    assert decode(data) == m.Other(int.from_bytes(data[:2], "big"), data[3:])
    assert encode(decode(data)) == data


def test_a_currency_without_digits_is_kept() -> None:
    data = bytes.fromhex("0600 06 000000 9E FFFF")

    assert encode(decode(data)) == data


def test_other_shows_what_is_bmps() -> None:
    shown = decode(bytes.fromhex("06E0 0A F0 05 F1 F0F4 48656A21 F9 01".replace("0A", "0B")))

    assert isinstance(shown, m.Other)
    assert (shown.fields.get(0xF1), shown.fields.byte(0xF9)) == (b"Hej!", 1)


AWKWARD = {
    "doubled BMPs": "27 00 27 00 04 000000012500 04 000000012500",
    "BMPs in any order": "8B F0F2 4142 06 03 41 01 0A 49 0208 27 00 04 000000012500",
    "a container length in two bytes that fits one": "27 00 06 81 03 07 01 41",
    "a container length in three bytes that fits one": "27 00 06 82 00 03 07 01 41",
    "object lengths in two and three bytes": "06 0B 07 81 01 41 1F17 82 0002 4142",
    "the same tag twice": "06 06 07 01 41 07 01 42",
    "padding after the objects": "06 07 07 01 41 00 00 00 00",
    "padding after the container": "27 00 06 03 07 01 41 00 00",
    "padding of FF in the objects": "06 05 07 01 41 FF FF",
    "an object longer than its container": "27 00 06 03 07 05 41 49 0208",
    "a container longer than the message": "27 00 06 20 07 01 41",
    "an empty container": "06 00 27 00",
    "a tag without a length": "06 02 1F 17",
    "a length that the text forbids": "06 03 07 80 41",
    "a length of four bytes": "06 07 07 83 00 00 01 41 00",
    "a variable length without its F": "22 00 02 1234 3C 00 00 01 41",
    "a variable length with a letter": "22 FA F0 1234",
    "an amount without digits": "04 FFFFFFFFFFFF",
    "an unknown BMP in the middle": "27 00 DE AD BE EF 04 000000012500",
    "a card name without its end": "8B F0F4 56495341",
    "a card name that ends early": "8B F0F6 564900534100",
}


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("control", ["040F", "060F", "061E", "04FF", "0601", "06D3", "8000", "841E", "06D1", "06E0"])
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_content_comes_back(name: str, control: str, long: bool) -> None:
    content = bytes.fromhex(AWKWARD[name].replace(" ", ""))
    size = b"\xff" + len(content).to_bytes(2, "little") if long else bytes((len(content),))
    raw = bytes.fromhex(control) + size + content

    message = decode(raw)

    assert encode(message) == raw
    assert repr(message)
    if not isinstance(message, m.PrintLine):
        assert all(bmp.objects.encode() == bmp.value for bmp in message.fields.bitmaps if bmp.number == b.CONTAINER)


@given(st.lists(framed(), max_size=5), st.binary(max_size=12))
def test_several_apdus_in_one_segment(frames: list[bytes], more: bytes) -> None:
    segment = b"".join(frames) + more

    messages, rest = decode_all(segment)

    assert len(messages) >= len(frames)
    assert b"".join(map(encode, messages)) + rest == segment
    assert [encode(each) for each in messages[: len(frames)]] == frames


@given(st.binary(max_size=80))
def test_every_object_comes_back(content: bytes) -> None:
    objects = tlv.parse(content)

    assert objects.encode() == content
    assert all(node.children.encode() in (node.value, b"") for node in objects.nodes)


@pytest.mark.parametrize("number", range(256))
def test_every_bmp_number_comes_back(number: int) -> None:
    raw = bytes((0x04, 0x0F, 103, number)) + b"\xf0\xf0\xf2" + bytes(range(99))

    assert encode(decode(raw)) == raw


def test_every_bmp_of_the_text_is_known() -> None:
    """Chapter 13: one value of each, and a result behind it, are read to the end."""
    fixed = {
        1: "01 02 03 05 19 27 72 73 74 75 8A 8C A0 D0 D2 D3 E0 E9 EA F0 F9 FA FB FC FD",
        2: "0D 0E 17 3A 49 87",
        3: "0B 0C 37 3D 88 AA",
        4: "29 70 71",
        5: "BA",
        6: "04",
        8: "3B EB",
        15: "2A",
    }
    two, three = "22 23 2D 4C 8B A7 D1 E1 E2 E3 E4 E5 E6 E7 E8 F1 F2 F3 F4 F5 F6 F7 F8", "24 2E 3C 60 9A AF"
    values = {number: bytes(size) for size, numbers in fixed.items() for number in bytes.fromhex(numbers)}
    values |= dict.fromkeys(bytes.fromhex(two), b"\xf0\xf2\x124")
    values |= dict.fromkeys(bytes.fromhex(three), b"\xf0\xf0\xf2\x124")
    values |= {0x06: b"\x03\x07\x01A"}

    fields = b.parse(b"".join(bytes((number,)) + value for number, value in values.items()) + b"\x27\x00")

    assert fields.rest == b""
    assert [bmp.number for bmp in fields.bitmaps] == [*values, 0x27]


def test_a_frame_that_is_cut_off() -> None:
    with pytest.raises(ApduError):
        decode(frame("approved")[:-1])


def test_the_log_sees_no_card_number_in_a_line() -> None:
    assert "4571 10** **** 5673" in repr(decode(b"\x06\xd1\x14\x004571 1000 1234 5673"))


def test_a_status_information_must_say_its_result() -> None:
    with pytest.raises(FieldError, match="no result"):
        m.result_of(m.StatusInformation())
