"""From a status information to the domain's types."""

import pytest
from hypothesis import given

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, PaymentIntent, TerminalMessage
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import approval_of, message_of, words_of
from terminal.protocols.zvt.codec import decode
from terminal.protocols.zvt.errors import FieldError
from tests.protocols.zvt.zvt_frames import bitmaps_of_any_value, frame

INTENT = PaymentIntent(1, 1, Amount(4000), currency=978)


def status(text: str) -> m.StatusInformation:
    return m.StatusInformation(b.parse(bytes.fromhex(text.replace(" ", ""))))


def test_an_approval() -> None:
    message = decode(frame("approved"))
    assert isinstance(message, m.StatusInformation)

    assert approval_of(message, INTENT) == Approved(
        amount=Amount(4000),
        trace="613995",
        receipt_number="0175",
        terminal_id="60099914",
        masked_pan="*******666",
        card_type="2",
        terminal_time="0425 093848",
    )


def test_an_approval_that_says_no_amount_is_for_what_was_asked() -> None:
    message = decode(frame("approved, masked, long trace"))
    assert isinstance(message, m.StatusInformation)

    approval = approval_of(message, INTENT)

    assert (approval.amount, approval.card_name, approval.masked_pan) == (4000, "MASTERCARD", "************4771")


def test_a_card_number_is_masked() -> None:
    assert approval_of(status("27 00 22 F0F8 4571100012345673"), INTENT).masked_pan == "457110******5673"


@pytest.mark.parametrize(
    ("fields", "card_type", "card_name"),
    [
        ("8A C4", "196", "Dankort"),
        ("8A FF 06 04 41 02 0104", "260", ""),
        ("06 03 41 01 0A", "10", "Visa"),
        ("8A 0A 8B F0F9 44616E6B6F72740058", "10", "Dankort"),
        ("", "", ""),
    ],
)
def test_card_types_and_names(fields: str, card_type: str, card_name: str) -> None:
    approval = approval_of(status("27 00" + fields), INTENT)

    assert (approval.card_type, approval.card_name) == (card_type, card_name)


def test_less_than_asked_is_a_partial_approval() -> None:
    assert approval_of(status("27 00 04 000000001000"), INTENT).amount == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        "04 000000004001",
        "04 000000000000",
        "04 000000004000 49 0208",
        "04 0000000040A0",
        "04 000000000001 04 000000000002",
    ],
)
def test_what_was_not_asked_is_no_approval(wrong: str) -> None:
    with pytest.raises(FieldError):
        approval_of(status("27 00" + wrong), INTENT)


def test_the_terminal_s_own_words() -> None:
    assert words_of(status("27 05 3C F0F0F9 4E656A2E2034353731")) == "Nej. 4571"
    assert words_of(m.Abort(0xFF, None, b.parse(bytes.fromhex("06061F1703626164")))) == "bad"
    assert words_of(status("27 05 3C F0F0F1 41 3C F0F0F1 42")) == "A"
    assert words_of(m.Abort(0x6C)) == ""


def test_an_intermediate_status() -> None:
    message = decode(frame("text with a timeout"))
    assert isinstance(message, m.IntermediateStatus)

    assert message_of(message) == TerminalMessage("17", "00 Approved")
    assert message_of(m.IntermediateStatus(0x0A)) == TerminalMessage("0A")


@given(bitmaps_of_any_value())
def test_any_status_information_is_an_approval_or_an_error(content: bytes) -> None:
    message = m.StatusInformation(b.parse(content))
    try:
        approval = approval_of(message, INTENT)
    except FieldError:
        return
    assert 0 < approval.amount <= INTENT.amount
    assert sum(char.isdigit() for char in approval.masked_pan) <= 10
    assert isinstance(words_of(message), str)
