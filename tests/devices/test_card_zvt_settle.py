"""What the terminal's last transaction says about a payment in doubt."""

import msgspec
import pytest
from hypothesis import given

from terminal.devices.card_zvt_settle import receipt_id, same, settle
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import INTENT, QUICK, QUICK_PACE, Till, driver, reached, simulator, status
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


REVERSAL = PaymentIntent(9, 4, Amount(12500), purpose="reverse", of=OURS)
TIPPED = msgspec.structs.replace(OURS, tip=Amount(1500))
REFUND = PaymentIntent(8, 4, Amount(5000), purpose="refund", of=OURS)
UNDONE = Approved(Amount(12500), trace="000043", receipt_number="0018")

BACK: dict[str, tuple[PaymentIntent, m.StatusInformation, Approved | None, PaymentResult | str]] = {
    "its reversal": (REVERSAL, last(trace="000043", receipt="0018", original="000042"), OURS, UNDONE),
    "its reversal, the one before not known": (
        REVERSAL,
        last(trace="000043", receipt="0018", original="000042"),
        None,
        UNDONE,
    ),
    "another's reversal": (REVERSAL, last(trace="000043", receipt="0018", original="000041"), OURS, UNKNOWN),
    "its reversal, of less": (
        REVERSAL,
        last(trace="000043", receipt="0018", original="000042", amount="000000000500"),
        OURS,
        UNKNOWN,
    ),
    "its reversal, with the tip": (
        msgspec.structs.replace(REVERSAL, of=TIPPED),
        last(trace="000043", receipt="0018", original="000042", amount="000000014000"),
        None,
        msgspec.structs.replace(UNDONE, tip=Amount(1500)),
    ),
    "the payment is still last": (REVERSAL, last(), None, Declined("not-found")),
    "the reversal failed": (REVERSAL, last("B5", trace="000043", receipt="0018"), OURS, Declined("not-found", "B5")),
    "a reversal that says no original": (REVERSAL, last(trace="000043", receipt="0018"), OURS, UNDONE),
    "a refund": (
        REFUND,
        last(trace="000043", receipt="0018", amount="000000005000"),
        OURS,
        Approved(Amount(5000), trace="000043", receipt_number="0018"),
    ),
    "a refund of less": (REFUND, last(trace="000043", receipt="0018", amount="000000004900"), OURS, UNKNOWN),
    "what is to be refunded is still last": (REFUND, last(), None, Declined("not-found")),
    "a refund, and a reversal since": (REFUND, last(trace="000044", receipt="0019", original="000043"), OURS, UNKNOWN),
}


@pytest.mark.parametrize("name", BACK)
def test_money_that_goes_back(name: str) -> None:
    intent, found, before, wanted = BACK[name]

    result = settle(found, intent, known=None, before=before)

    assert isinstance(result, OutcomeUnknown) if wanted == UNKNOWN else result == wanted


@pytest.mark.parametrize(("amount", "stands"), [("000000014000", True), ("000000012500", False)])
def test_a_recorded_tip_must_still_be_there(amount: str, stands: bool) -> None:
    result = settle(last(amount=amount), INTENT, known=TIPPED, before=BEFORE)

    assert result == TIPPED if stands else isinstance(result, OutcomeUnknown)


def test_a_tip_that_was_not_recorded() -> None:
    tip = b.bmp(b.CONTAINER, bytes.fromhex("1F3606000000001500"))
    found = last(amount="000000014000")
    found = m.StatusInformation(b.Fields((*found.fields.bitmaps, tip)))

    result = settle(found, INTENT, known=None, before=BEFORE)

    assert isinstance(result, Approved)
    assert (result.amount, result.tip) == (12500, 1500)


def with_id(found: m.StatusInformation, receipt: str) -> m.StatusInformation:
    said = b.bmp(b.CONTAINER, bytes.fromhex(f"1F1F02{receipt}"))
    return m.StatusInformation(b.Fields((*found.fields.bitmaps, said)))


NAMED = msgspec.structs.replace(OURS, reference="0011")
NAMED_BEFORE = msgspec.structs.replace(BEFORE, reference="0010")

IDS: dict[str, tuple[m.StatusInformation, PaymentResult, Approved | None, bytes]] = {
    "the terminal says it": (with_id(last(), "0017"), NAMED, NAMED_BEFORE, b"\x00\x17"),
    "the till remembers it": (last(), NAMED, NAMED_BEFORE, b"\x00\x11"),
    "the one before is last": (
        last(trace="000041", receipt="0016"),
        Declined("not-found"),
        NAMED_BEFORE,
        b"\x00\x10",
    ),
    "another one is last": (last(trace="000050", receipt="0030"), OutcomeUnknown(""), NAMED_BEFORE, b""),
    "it was reversed": (last("6C"), Declined("reversed"), NAMED_BEFORE, b""),
    "nobody ever said one": (last(), OURS, BEFORE, b""),
    "two results": (status((b.RESULT, "00"), (b.RESULT, "05"), (b.TRACE, "000042")), NAMED, None, b""),
    "what cannot be read": (status((b.RESULT, "00"), (b.TRACE, "000042"), (b.TRACE, "000043")), NAMED, None, b""),
}


@pytest.mark.parametrize("name", IDS)
def test_the_receipt_id_to_mirror(name: str) -> None:
    found, result, before, wanted = IDS[name]

    assert receipt_id(found, result, before) == wanted


@pytest.mark.anyio
async def test_a_payment_that_a_person_has_settled_is_not_taken_for_the_next_one() -> None:
    """Of the same amount: only the journal's word counts for which payment the terminal had before."""
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        terminal = driver(sim.address, timing=QUICK)
        assert isinstance(await Till().pay(terminal), Approved)
        await reached(sim, "idle")
        sim.arm("completion", "cut-before")
        assert isinstance(await Till().pay(terminal), OutcomeUnknown)
        # A person says what became of it. The journal then knows no payment before the next.
        await reached(sim, "idle")
        sim.arm("authorise-ack", "cut-before")
        assert isinstance(await Till().pay(terminal), OutcomeUnknown)
        await reached(sim, "idle")
        assert len(sim.ledger) == 2
        assert isinstance(await terminal.lookup(INTENT, known=None, before=None), OutcomeUnknown)
