"""The till's commands, ready to encode. All raise EncodeError for a value that does not fit."""

from . import bcd, tlv
from . import bitmaps as b
from . import messages as m
from .charset import UTF_8

TILL_PRINTS_PAYMENTS = 0x02
TILL_PRINTS_ADMINISTRATION = 0x04
INTERMEDIATE_STATUS = 0x08
NO_PAYMENT_AT_TERMINAL = 0x10
NO_ADMINISTRATION_AT_TERMINAL = 0x20
PRINT_COMMANDS = 0x80
"""Bits of the config byte (2.1, table 1)."""

CONFIG = TILL_PRINTS_PAYMENTS | INTERMEDIATE_STATUS | NO_PAYMENT_AT_TERMINAL | PRINT_COMMANDS
"""Payments are started at the till only, their receipts come to it as text; the terminal says what it is doing.
Administration receipts stay with the terminal: outside a payment the till has no place for them."""

_AS_TERMINAL_DECIDES = 0x40
"""Payment type (2.2.1, table 4)."""
_SEND_STATUS, _PRINT_NOTHING = 0x01, 0x02
_NO_VERSION = 0x02
YES = b"\x01"
RECEIPT_ID = 0x1F1F
"""The unique transaction identifier (4.2)."""


def config_of(*, till_prints: bool) -> int:
    """The config byte: whether payment receipts come to the till, or stay with the terminal (its printer, or none)."""
    return CONFIG if till_prints else CONFIG & ~TILL_PRINTS_PAYMENTS


def register(password: str, currency: int, *, config: int = CONFIG) -> m.Registration:
    """06 00. Asks for receipts in blocks (tag 26: 06 D3) and for UTF-8 (tag 27)."""
    wishes = b.container(tlv.node(0x26, tlv.node(0x0A, b"\x06\xd3")), tlv.node(0x27, tlv.node(0x14, UTF_8)))
    return m.Registration(password, config, currency, b.Fields((wishes,)))


def authorise(amount: int, currency: int, *, last: bytes = b"") -> m.Authorisation:
    """06 01 for `amount` minor units; the terminal may approve less (tag 1F70).

    `last`, here and below: the receipt id (tag 1F1F) of the terminal's last transaction, as it said it; empty: unknown.
    One behind the terminal's own, it would reverse (4.2), so an id that is not certain is sent as unknown.
    """
    may_be_less = b.container(tlv.node(RECEIPT_ID, last), tlv.node(0x1F70, YES))
    return m.Authorisation(b.Fields((*_money(amount, currency), _kind(), may_be_less)))


def enquire(password: str) -> m.RepeatReceipt:
    """06 20 that prints nothing and sends the last transaction's status information."""
    return m.RepeatReceipt(password, _service(_SEND_STATUS | _PRINT_NOTHING))


def status(password: str) -> m.StatusEnquiry:
    """05 01 for the terminal's status alone."""
    return m.StatusEnquiry(password, _service(_NO_VERSION))


def reverse(password: str, receipt: str, amount: int, currency: int, *, last: bytes = b"") -> m.Reversal:
    """06 30 of the payment with the terminal's receipt number (four digits); `amount`: all of it, its tip included."""
    number = b.bmp(b.RECEIPT, bcd.pack_digits(receipt))
    return m.Reversal(password, b.Fields((number, *_money(amount, currency), _kind(), _mirror(last))))


def refund(password: str, amount: int, currency: int, *, last: bytes = b"") -> m.Refund:
    """06 31."""
    return m.Refund(password, b.Fields((*_money(amount, currency), _kind(), _mirror(last))))


def end_of_day(password: str, *, last: bytes = b"") -> m.EndOfDay:
    """06 50."""
    return m.EndOfDay(password, b.Fields((_mirror(last),)))


def _mirror(last: bytes) -> b.Bmp:
    """Unknown goes as an empty object, never as 0: to a terminal whose last is 1 that would be one behind (4.2)."""
    return b.container(tlv.node(RECEIPT_ID, last))


def _money(amount: int, currency: int) -> tuple[b.Bmp, b.Bmp]:
    return b.packed(b.AMOUNT, amount), b.packed(b.CURRENCY, currency)


def _kind() -> b.Bmp:
    return b.bmp(b.KIND, bytes((_AS_TERMINAL_DECIDES,)))


def _service(bits: int) -> b.Fields:
    return b.Fields((b.bmp(b.SERVICE, bytes((bits,))),))
