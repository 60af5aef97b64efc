"""The scales' protocols: what goes in comes out again, every bit has its meaning, and no reading is never nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols import cas, toledo8217
from terminal.protocols.scale import Condition, Dialogue, Heard, Reading, grams_of
from terminal.protocols.toledo8217 import NotWeighed, Status, Weighed

DIGITS = st.from_regex(r"\A {0,3}[0-9]{1,3}\.[0-9]{1,3}\Z")
ANSWERS = st.one_of(
    st.builds(Weighed, DIGITS, st.booleans()),
    st.builds(NotWeighed, st.integers(0, 127)),
)
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
BLOCKS = st.builds(
    cas.Block,
    st.sampled_from("SUX"),
    st.sampled_from(" -F+"),
    st.from_regex(r"\A[ 0-9]{2}\.[0-9]{3}\Z"),
    st.sampled_from(["kg", " g", "lb"]),
)


def rest(grams: int, *, net: bool = False) -> Reading:
    return Reading(Condition.AT_REST, grams, net)


def whole(dialogue: Dialogue, data: bytes) -> Heard:
    dialogue.begin()
    return dialogue.feed(data)


def by_bytes(dialogue: Dialogue, data: bytes) -> Heard:
    """Fed one byte after the other; what came of the last."""
    heard = Heard()
    for byte in data:
        assert heard == Heard(), "it was done before the end"
        heard = dialogue.feed(bytes((byte,)))
    return heard


def asked(dialogue: cas.Cas) -> cas.Cas:
    assert dialogue.begin() == b"\x05"
    assert dialogue.feed(b"\x06") == Heard(reply=b"\x11")
    return dialogue


@given(ANSWERS, st.binary(max_size=4))
def test_toledo_answers_come_back_as_they_went(answer: toledo8217.Answer, after: bytes) -> None:
    assert toledo8217.take(answer.encode() + after) == (answer, after)


@given(ANSWERS)
def test_half_a_toledo_answer_is_none_yet(answer: toledo8217.Answer) -> None:
    data = answer.encode()
    for end in range(len(data)):
        assert toledo8217.take(data[:end]) == (None, data[:end])
    assert by_bytes(toledo8217.Toledo8217(), data) == Heard(toledo8217.reading(answer))


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (b"\x0200.532\r", rest(532)),
        (b"\x0200.532N\r", rest(532, net=True)),
        (b"\x02 1.5\r", rest(1500)),
        (b"\x0200.000\r", rest(0)),
        (b"\x02?\x10\r", rest(0)),
        (b"\x02?\x30\r", rest(0, net=True)),
        (b"\x02?\x01\r", Reading(Condition.MOTION)),
        (b"\x02?\x02\r", Reading(Condition.OVERLOAD)),
        (b"\x02?\x03\r", Reading(Condition.OVERLOAD)),
        (b"\x02?\x04\r", Reading(Condition.UNDER_ZERO)),
        (b"\x02?\x08\r", Reading(Condition.NOT_ZERO)),
        (b"\x02?\x0d\r", Reading(Condition.UNDER_ZERO)),
        (b"\x02?\x21\r", Reading(Condition.MOTION, net=True)),
        (b"\x02?\x40\r", Reading(Condition.REFUSED)),
        (b"\x02?\x00\r", Reading(Condition.REFUSED)),
    ],
)
def test_what_a_toledo_says(answer: bytes, means: Reading) -> None:
    assert whole(toledo8217.Toledo8217(), answer) == Heard(means)


def test_every_bit_of_a_toledo_status_has_a_name() -> None:
    assert [Status(1 << bit).name for bit in range(7)] == [
        "MOTION", "OVER", "UNDER_ZERO", "OUTSIDE_ZERO_CAPTURE", "CENTRE_OF_ZERO", "NET", "BAD_COMMAND",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "nonsense", [b"\x0200532\r", b"\x02-0.532\r", b"\x020.5321\r", b"00.532\r", b"\x02?\x01\x01", b"\x02\r", b"\x82"]
)
def test_what_is_no_toledo_answer(nonsense: bytes) -> None:
    heard = whole(toledo8217.Toledo8217(), nonsense)

    assert heard.reading is None
    assert heard.nonsense


def test_parity_that_is_seen_as_data_is_named() -> None:
    wrong = bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in b"\x0200.532\r")

    assert "parity" in whole(toledo8217.Toledo8217(), wrong).nonsense
    assert "parity" in asked(cas.Cas()).feed(wrong).nonsense


@pytest.mark.parametrize("place", range(8))
def test_a_toledo_weight_with_a_byte_of_wrong_parity_is_none(place: int) -> None:
    """Which the system hands over as zero: else a flipped bit would be another weight."""
    data = bytearray(b"\x0200.532\r")
    data[place] = 0
    heard = whole(toledo8217.Toledo8217(), bytes(data))

    assert heard.reading is None
    assert "parity" in heard.nonsense


@given(BLOCKS)
def test_cas_blocks_come_back_as_they_went(block: cas.Block) -> None:
    data = block.encode()

    assert len(data) == cas.LENGTH
    assert cas.decode(data) == block


@given(st.builds(cas.Block, st.just("S"), st.just(" "), st.from_regex(r"\A[0-9]{2}\.[0-9]{3}\Z")), st.integers(2, 12))
def test_a_cas_block_with_a_flipped_bit_is_no_reading(block: cas.Block, place: int) -> None:
    data = bytearray(block.encode())
    data[place] ^= 0x04

    assert asked(cas.Cas()).feed(bytes(data)).reading is None


@given(st.sampled_from("SU"), st.integers(0, 99_999))
def test_a_cas_block_is_read_byte_by_byte(status: str, grams: int) -> None:
    block = cas.Block(status, " ", f"{grams // 1000:02}.{grams % 1000:03}")
    means = rest(grams) if status == "S" else Reading(Condition.MOTION)

    assert by_bytes(asked(cas.Cas()), block.encode()) == Heard(means)


@pytest.mark.parametrize(
    ("block", "means"),
    [
        (cas.Block("S", " ", "00.532"), rest(532)),
        (cas.Block("S", " ", "   532", " g"), rest(532)),
        (cas.Block("S", " ", "00.000"), rest(0)),
        (cas.Block("U", " ", "00.532"), Reading(Condition.MOTION)),
        (cas.Block("S", "-", "00.120"), Reading(Condition.UNDER_ZERO)),
        (cas.Block("S", "F", "00.000"), Reading(Condition.OVERLOAD)),
        (cas.Block("U", "F", "00.000"), Reading(Condition.OVERLOAD)),
    ],
)
def test_what_a_cas_scale_says(block: cas.Block, means: Reading) -> None:
    assert asked(cas.Cas()).feed(block.encode()) == Heard(means)


@pytest.mark.parametrize(
    "block", [cas.Block("S", " ", "00.532", "lb"), cas.Block("X", " ", "00.532"), cas.Block("S", " ", "000532")]
)
def test_a_cas_block_without_a_weight_in_kilograms_is_no_reading(block: cas.Block) -> None:
    heard = asked(cas.Cas()).feed(block.encode())

    assert heard.reading is None
    assert heard.nonsense


def test_a_cas_scale_that_is_not_ready_says_so() -> None:
    dialogue = cas.Cas()
    dialogue.begin()

    assert dialogue.feed(b"\x15") == Heard(Reading(Condition.REFUSED))


@given(st.binary(max_size=40), st.sampled_from([toledo8217.Toledo8217, cas.Cas]))
def test_whatever_comes_a_dialogue_ends_or_waits(data: bytes, kind: type[Dialogue]) -> None:
    dialogue = kind()
    dialogue.begin()

    heard = dialogue.feed(data)

    assert sum((heard.reading is not None, bool(heard.reply), bool(heard.nonsense))) <= 1


@given(VISIBLE)
def test_grams_are_whole_or_none(digits: str) -> None:
    grams = grams_of(digits)

    assert grams is None or (grams >= 0 and "." in digits)
