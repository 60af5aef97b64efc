"""What the terminal's last transaction says about a payment in doubt: the matching of chapter 2.20's answer.

No new payment is started while one is in doubt, so the till's own is the terminal's last one, or the terminal has none
of it. Which of the two is seen by comparing with the payment before: a terminal that lost nothing still shows that.
"""

from terminal.app.ports.device import DeviceError
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.zvt import bitmaps, meanings
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import transaction_of
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
    """`known`: what the terminal approved and the till recorded. `before`: the last payment it had taken before.

    A FieldError in what the terminal says makes the outcome unknown.
    """
    try:
        last = transaction_of(found, found.amount or 0, charset)
        if known is not None:
            return _recorded(found, last, known, before)
        return _unrecorded(found, last, intent, before)
    except FieldError as error:
        return OutcomeUnknown(f"the terminal's last transaction cannot be read: {error}")


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


def _recorded(found: m.StatusInformation, last: Approved, known: Approved, before: Approved | None) -> PaymentResult:
    """The till has the approval. Does the terminal still?"""
    if last.terminal_id and known.terminal_id and last.terminal_id != known.terminal_id:
        return OutcomeUnknown("another terminal answers than the one that approved")
    if known.trace and found.original_trace.lstrip("0") == known.trace.lstrip("0"):
        return Declined("reversed")
    if same(last, known):
        if m.result_of(found):
            return Declined("reversed", f"{m.result_of(found):02X}")
        if found.amount not in (None, known.amount):
            return OutcomeUnknown(f"the terminal says {last.amount} where it had approved {known.amount}")
        return known
    if (before is not None and same(last, before)) or _older(last, known):
        return Declined("reversed")
    return OutcomeUnknown("the terminal's last transaction is another one, and newer")


def _unrecorded(
    found: m.StatusInformation, last: Approved, intent: PaymentIntent, before: Approved | None
) -> PaymentResult:
    """The till has no approval, so it acknowledged none. Has the terminal one all the same?"""
    result = m.result_of(found)
    if before is not None and same(last, before):
        return Declined("not-found")
    if result:
        return Declined("not-found", f"{result:02X}")
    if found.fields.get(bitmaps.TOTALS) is not None or found.original_trace:
        return OutcomeUnknown("the terminal's last transaction is a day's end or a reversal")
    ours = found.amount == intent.amount and found.currency in (None, intent.currency)
    if before is None:
        if ours:
            return OutcomeUnknown("the terminal's last payment has this amount; whether it is this one is not known")
        return Declined("not-found")
    if ours:
        return last
    return OutcomeUnknown(f"the terminal has taken another payment since, of {last.amount}")


def _older(one: Approved, other: Approved) -> bool:
    """By the terminal's own counting."""
    numbers = one.trace, other.trace
    return all(each.isdecimal() for each in numbers) and 0 < int(one.trace) < int(other.trace)
