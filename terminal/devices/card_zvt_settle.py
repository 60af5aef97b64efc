"""What the terminal's last transaction says about a payment in doubt: the matching of chapter 2.20's answer.

No new payment is started while one is in doubt, so the till's own is the terminal's last one, or the terminal has none
of it. Which of the two is seen by comparing with the payment before: a terminal that lost nothing still shows that.
"""

import msgspec

from terminal.app.ports.device import DeviceError
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.zvt import bitmaps, meanings
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import approval_of, transaction_of
from terminal.protocols.zvt.charset import Charset
from terminal.protocols.zvt.errors import FieldError

from .card_zvt_dialog import Ending


def settle(
    found: m.StatusInformation,
    intent: PaymentIntent,
    *,
    known: Approved | None,
    before: Approved | None,
    charset: Charset = "cp437",
) -> PaymentResult:
    """`known`: what the terminal approved and the till recorded. `before`: its last transaction before this one, of
    whatever purpose: a reversal's is often the payment itself.

    A FieldError in what the terminal says makes the outcome unknown.
    """
    try:
        last = transaction_of(found, found.amount or 0, charset)
        if known is not None:
            return _recorded(found, last, intent, known, before)
        return _unrecorded(found, last, intent, before)
    except FieldError as error:
        return OutcomeUnknown(f"the terminal's last transaction cannot be read: {error}")


def receipt_id(found: m.StatusInformation, result: PaymentResult, before: Approved | None) -> bytes:
    """Tag 1F1F of the terminal's last transaction, to be mirrored from here on; empty: unknown.

    What the terminal says now is never behind. What the till remembers is used only for the very transaction that the
    terminal tells of.
    """
    said = found.receipt_id
    if said:
        return said
    try:
        last = transaction_of(found, found.amount or 0)
        if m.result_of(found):
            return b""
    except FieldError:
        return b""
    remembered = [each for each in (result, before) if isinstance(each, Approved) and same(last, each)]
    return bytes.fromhex(remembered[0].reference) if remembered else b""


def unsaid(end: Ending) -> OutcomeUnknown:
    """The terminal answered the enquiry without telling of a transaction."""
    match end:
        case m.Nack():
            return OutcomeUnknown(f"the terminal does not say: {meanings.error(end.code)}")
        case m.Abort():
            code = "" if end.result is None else f": {meanings.error(end.result)}"
            return OutcomeUnknown(f"the terminal stopped the enquiry{code}")
        case m.Completion() | m.Ack():
            return OutcomeUnknown("the terminal says nothing about its last transaction")


def unasked(error: DeviceError) -> OutcomeUnknown:
    """The terminal could not be asked."""
    return OutcomeUnknown(f"the terminal cannot be asked: {error.detail}")


def same(one: Approved, other: Approved) -> bool:
    """Whether two are one transaction: something both say agrees, and nothing disagrees."""
    pairs = [
        (one.trace, other.trace),
        (one.receipt_number, other.receipt_number),
        (one.terminal_time, other.terminal_time),
        (one.terminal_id, other.terminal_id),
    ]
    told = [(a, b) for a, b in pairs if a and b]
    return all(a == b for a, b in told) and any((a, b) != pairs[3] for a, b in told)


def _recorded(
    found: m.StatusInformation, last: Approved, intent: PaymentIntent, known: Approved, before: Approved | None
) -> PaymentResult:
    """The till has the approval. Does the terminal still?"""
    if last.terminal_id and known.terminal_id and last.terminal_id != known.terminal_id:
        return OutcomeUnknown("another terminal answers than the one that approved")
    if known.trace and found.original_trace.lstrip("0") == known.trace.lstrip("0"):
        return Declined("reversed")
    if same(last, known):
        if m.result_of(found):
            return Declined("reversed", f"{m.result_of(found):02X}")
        if found.amount not in (None, known.amount + known.tip):
            return OutcomeUnknown(f"the terminal says {found.amount} where it had approved {known.amount + known.tip}")
        if found.currency not in (None, intent.currency):
            return OutcomeUnknown(
                f"the terminal says currency {found.currency} where it had approved {intent.currency}"
            )
        return known
    if (before is not None and same(last, before)) or _older(last, known):
        return Declined("reversed")
    return OutcomeUnknown("the terminal's last transaction is another one, and newer")


def _unrecorded(
    found: m.StatusInformation, last: Approved, intent: PaymentIntent, before: Approved | None
) -> PaymentResult:
    """The till has no approval, so it acknowledged none. Has the terminal one all the same?"""
    result = m.result_of(found)
    earlier = [each for each in (before, intent.of) if each is not None]
    if any(same(last, each) for each in earlier):
        return Declined("not-found")
    if result:
        return Declined("not-found", f"{result:02X}")
    if found.fields.get(bitmaps.TOTALS) is not None:
        return OutcomeUnknown("the terminal's last transaction is a day's end")
    if found.original_trace.strip("0"):
        return _reversal(found, intent, last)
    try:
        approval = approval_of(found, intent)
    except FieldError:
        approval = None
    ours = found.amount is not None and approval is not None and approval.amount == intent.amount
    if before is None:
        if ours:
            return OutcomeUnknown("the terminal's last payment has this amount; whether it is this one is not known")
        return Declined("not-found")
    if approval is not None and ours:
        return _named(approval, last)
    return OutcomeUnknown(f"the terminal has taken another payment since, of {last.amount + last.tip}")


def _reversal(found: m.StatusInformation, intent: PaymentIntent, last: Approved) -> PaymentResult:
    """The terminal's last transaction is a reversal, and says of what: that is proof without the one before."""
    paid = intent.of.trace.lstrip("0") if intent.of else ""
    if intent.purpose != "reverse" or not paid or found.original_trace.lstrip("0") != paid:
        return OutcomeUnknown("the terminal's last transaction is the reversal of another payment")
    return _named(approval_of(found, intent), last)


def _named(approval: Approved, last: Approved) -> Approved:
    """The amounts of the one, and what the other says in the terminal's own characters."""
    return msgspec.structs.replace(last, amount=approval.amount, tip=approval.tip)


def _older(one: Approved, other: Approved) -> bool:
    """By the terminal's own counting."""
    numbers = one.trace, other.trace
    return all(each.isdecimal() for each in numbers) and 0 < int(one.trace) < int(other.trace)
