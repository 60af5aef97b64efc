"""A terminal's answer as the domain's types. Here card numbers are masked: nothing behind this knows a whole one."""

import msgspec

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, PaymentIntent, TerminalMessage
from terminal.protocols.masking import mask_packed, mask_text

from . import bitmaps as b
from . import meanings
from . import messages as m
from .charset import Charset, text
from .errors import FieldError


def approval_of(status: m.StatusInformation, intent: PaymentIntent, charset: Charset = "cp437") -> Approved:
    """What a good status information approves. Only a payment's amount may be below what was asked.

    A terminal that says no amount has approved what it was asked for: less must be said (tag 1F70), and more is a tip
    only when it says so (tag 1F36: the amount is the sum of both). A reversal undoes the tip, too. Raises FieldError
    for what was not asked.
    """
    if status.currency not in (None, intent.currency):
        raise FieldError(f"the terminal approves in currency {status.currency}, not {intent.currency}")
    approval = transaction_of(status, asked_of(intent), charset)
    if intent.purpose == "reverse":
        tip = asked_of(intent) - intent.amount
        if approval.amount + approval.tip != asked_of(intent):
            raise FieldError(f"the terminal reverses {approval.amount + approval.tip} of {asked_of(intent)}")
        return msgspec.structs.replace(approval, amount=intent.amount, tip=Amount(tip))
    if not 0 < approval.amount <= intent.amount:
        raise FieldError(f"the terminal approves {approval.amount} where {intent.amount} was asked")
    if intent.purpose == "refund" and (approval.amount != intent.amount or approval.tip):
        raise FieldError(f"the terminal gives {approval.amount} back where {intent.amount} was asked")
    return approval


def asked_of(intent: PaymentIntent) -> int:
    """The amount of the command, minor units: a reversal takes back the payment with its tip."""
    tip = intent.of.tip if intent.purpose == "reverse" and intent.of else 0
    return intent.amount + tip


def transaction_of(status: m.StatusInformation, asked: int, charset: Charset = "cp437") -> Approved:
    """The transaction that a status information tells of; `asked` is its amount when it says none. Raises FieldError.

    `reference` is its receipt id (tag 1F1F) in hexadecimal: the till mirrors the last one in its next command.
    """
    said, tip = status.amount, status.tip
    if tip and (said is None or tip > said):
        raise FieldError(f"the terminal says a tip of {tip} in an amount of {said}")
    return Approved(
        amount=Amount((asked if said is None else said) - tip),
        tip=Amount(tip),
        trace=status.trace,
        receipt_number=status.receipt,
        terminal_id=_hex(status, b.TERMINAL_ID),
        masked_pan=mask_packed(status.fields.get(b.PAN) or b""),
        card_name=_card_name(status, charset),
        card_type=_card_type(status),
        terminal_time=status.when,
        authorisation=text(status.fields.get(b.AUTHORISATION) or b"").strip(" \0"),
        reference=(status.receipt_id or b"").hex(),
    )


def words_of(answer: m.StatusInformation | m.Abort, charset: Charset = "cp437") -> str:
    """The terminal's own words for a refusal, when it gave any."""
    said = answer.fields.first(b.TEXT) or answer.fields.objects.get(0x1F17) or b""
    return mask_text(text(said, charset).strip(" \0"))


def message_of(status: m.IntermediateStatus, charset: Charset = "cp437") -> TerminalMessage:
    """What the terminal is doing, for the cashier. Several lines of text become one."""
    lines = (text(line.value, charset).strip() for line in status.fields.objects.all(0x24, 0x07))
    code = "" if status.status is None else f"{status.status:02X}"
    return TerminalMessage(code, mask_text(" ".join(line for line in lines if line)))


def _card_name(status: m.StatusInformation, charset: Charset) -> str:
    name = text((status.fields.get(b.CARD_NAME) or b"").split(b"\0", 1)[0], charset).strip()
    return name or meanings.CARD_TYPES.get(int(_card_type(status) or 0), "")


def _card_type(status: m.StatusInformation) -> str:
    """The card type (12) in decimal digits. FF in BMP 8A: it stands in tag 41."""
    short, long = status.fields.byte(b.CARD_TYPE), status.fields.objects.get(0x41)
    if long and len(long) <= 2 and short in (None, 0xFF):
        return str(int.from_bytes(long, "big"))
    return "" if short is None else str(short)


def _hex(status: m.StatusInformation, number: int) -> str:
    return (status.fields.get(number) or b"").hex()
