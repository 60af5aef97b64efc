"""What the terminal's last transaction says about a payment in doubt."""

import pytest
from hypothesis import given

from terminal.devices.card_zvt_settle import same, settle
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentResult
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import INTENT, status
from tests.protocols.zvt.zvt_frames import bitmaps_of_any_value

OURS = Approved(Amount(12500), trace="000042", receipt_number="0017", terminal_id="29001006")
BEFORE = Approved(Amount(12500), trace="000041", receipt_number="0016", terminal_id="29001006")


def last(
    result: str = "00", amount: str = "000000012500", trace: str = "000042", receipt: str = "0017", **more: str
) -> m.StatusInformation:
    fields = [(b.RESULT, result), (b.AMOUNT, amount), (b.TRACE, trace), (b.RECEIPT, receipt)]
    extra = {"original": b.ORIGINAL_TRACE, "currency": b.CURRENCY, "terminal": b.TERMINAL_ID, "totals": b.TOTALS}
    return status(*fields, *((extra[name], value) for name, value in more.items()))


UNKNOWN = "unknown"

WITH_APPROVAL: dict[str, tuple[m.StatusInformation, Approved | None, PaymentResult | str]] = {
    "it stands": (last(), BEFORE, OURS),
    "it stands, and the till has no other": (last(), None, OURS),
    "it stands, no amount said": (status((b.RESULT, "00"), (b.TRACE, "000042")), None, OURS),
    "it was reversed and says so": (last("6C"), BEFORE, Declined("reversed", "6C")),
    "a reversal of it is last": (last(trace="000043", receipt="0018", original="000042"), None, Declined("reversed")),
    "the one before is last": (last(trace="000041", receipt="0016"), BEFORE, Declined("reversed")),
    "an older one is last": (last(trace="000040", receipt="0015"), None, Declined("reversed")),
    "a newer one is last": (last(trace="000043", receipt="0018"), BEFORE, UNKNOWN),
    "another amount": (last(amount="000000000500"), BEFORE, UNKNOWN),
    "another terminal": (last(terminal="29001007"), BEFORE, UNKNOWN),
    "half of it agrees": (last(receipt="0099"), BEFORE, UNKNOWN),
    "it says nothing to compare": (status((b.RESULT, "00"), (b.AMOUNT, "000000012500")), BEFORE, UNKNOWN),
}

WITHOUT_APPROVAL: dict[str, tuple[m.StatusInformation, Approved | None, PaymentResult | str]] = {
    "the terminal has it": (
        last(),
        BEFORE,
        Approved(Amount(12500), trace="000042", receipt_number="0017"),
    ),
    "the one before is last": (last(trace="000041", receipt="0016"), BEFORE, Declined("not-found")),
    "it failed": (last("05"), BEFORE, Declined("not-found", "05")),
    "nothing was ever done": (status((b.RESULT, "83")), None, Declined("not-found", "83")),
    "the same amount, and nothing to tell it from": (last(), None, UNKNOWN),
    "another amount is last, nothing to compare": (last(amount="000000000500"), None, Declined("not-found")),
    "another amount, since": (last(amount="000000000500"), BEFORE, UNKNOWN),
    "another currency, since": (last(currency="0978"), BEFORE, UNKNOWN),
    "a reversal": (last(original="000041"), BEFORE, UNKNOWN),
    "a day's end": (last(totals="0001"), BEFORE, UNKNOWN),
    "no result": (status((b.AMOUNT, "000000012500")), BEFORE, UNKNOWN),
    "two amounts": (status((b.RESULT, "00"), (b.AMOUNT, "000000012500"), (b.AMOUNT, "000000000500")), BEFORE, UNKNOWN),
}


@pytest.mark.parametrize("name", WITH_APPROVAL)
def test_with_a_recorded_approval(name: str) -> None:
    found, before, wanted = WITH_APPROVAL[name]

    result = settle(found, INTENT, known=OURS, before=before)

    assert isinstance(result, OutcomeUnknown) if wanted == UNKNOWN else result == wanted


@pytest.mark.parametrize("name", WITHOUT_APPROVAL)
def test_without_one(name: str) -> None:
    found, before, wanted = WITHOUT_APPROVAL[name]

    result = settle(found, INTENT, known=None, before=before)

    assert isinstance(result, OutcomeUnknown) if wanted == UNKNOWN else result == wanted


def test_same() -> None:
    assert same(OURS, Approved(Amount(1), trace="000042"))
    assert not same(OURS, Approved(Amount(12500)))
    assert not same(OURS, Approved(Amount(12500), terminal_id="29001006"))
    assert not same(OURS, Approved(Amount(12500), trace="000042", terminal_time="1124 120000", receipt_number="0016"))


@given(bitmaps_of_any_value())
def test_anything_a_terminal_says_is_a_result(content: bytes) -> None:
    found = m.StatusInformation(b.parse(content))
    for known in (None, OURS):
        result = settle(found, INTENT, known=known, before=BEFORE)
        if isinstance(result, Approved):
            assert result.amount == INTENT.amount
