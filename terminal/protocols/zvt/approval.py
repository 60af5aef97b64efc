"""A terminal's answer as the domain's types. Here card numbers are masked: nothing behind this knows a whole one."""

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, PaymentIntent, TerminalMessage

from . import bitmaps as b
from . import meanings
from . import messages as m
from .charset import Charset, text
from .errors import FieldError
from .masking import mask_packed, mask_text


def approval_of(status: m.StatusInformation, intent: PaymentIntent, charset: Charset = "cp437") -> Approved:
    """What a good status information approves. `amount` may be below what was asked.

    A terminal that says no amount has approved what it was asked for: less must be said (tag 1F70). Raises FieldError
    when it says more than was asked, nothing, or another currency.
    """
    amount, currency = status.amount, status.currency
    if amount is None:
        amount = intent.amount
    if not 0 < amount <= intent.amount:
        raise FieldError(f"the terminal approves {amount} where {intent.amount} was asked")
    if currency not in (None, intent.currency):
        raise FieldError(f"the terminal approves in currency {currency}, not {intent.currency}")
    return transaction_of(status, amount, charset)


def transaction_of(status: m.StatusInformation, amount: int, charset: Charset = "cp437") -> Approved:
    """The transaction that a status information tells of, taken for `amount`. Raises FieldError."""
    return Approved(
        amount=Amount(amount),
        trace=status.trace,
        receipt_number=status.receipt,
        terminal_id=_hex(status, b.TERMINAL_ID),
        masked_pan=mask_packed(status.fields.get(b.PAN) or b""),
        card_name=_card_name(status, charset),
        card_type=_card_type(status),
        terminal_time=status.when,
        authorisation=text(status.fields.get(b.AUTHORISATION) or b"").strip(" \0"),
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
