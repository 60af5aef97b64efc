"""Reads the bodies of answers. Whatever the bytes are, it is a value or BadAnswer.

Source: ePayment API 1.4.1, components/schemas; QR API 1.0.
"""

from typing import Any, TypeVar

import msgspec

from .errors import BadAnswer
from .messages import CallbackQr, Created, Exchanged, Payment, PaymentEvent, Problem, Token

MOST_BYTES = 256 * 1024
"""A log of several hundred events; any other answer has a few kB."""

_LONGEST_TEXT = 200
_Read = TypeVar("_Read")


def decode(body: bytes, kind: type[_Read], what: str) -> _Read:
    """One JSON value. Raises BadAnswer, which says nothing of the content: it may hold a token."""
    if len(body) > MOST_BYTES:
        raise BadAnswer(f"{what} is longer than {MOST_BYTES} bytes")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadAnswer(f"{what} is not as specified: {type(error).__name__}") from error


def payment(body: bytes, reference: str) -> Payment:
    """GetPaymentResponse or ModificationResponse of the payment `reference`. Raises BadAnswer, also for another's."""
    read = decode(body, Payment, "the payment")
    if read.reference != reference:
        raise BadAnswer("the payment is another one")
    sums = read.aggregate
    amounts = (sums.authorized_amount, sums.cancelled_amount, sums.captured_amount, sums.refunded_amount)
    if any(each.currency != read.amount.currency for each in amounts):
        raise BadAnswer("the payment has two currencies")
    return read


def created(body: bytes, reference: str) -> Created:
    """CreatePaymentResponse. Raises BadAnswer."""
    read = decode(body, Created, "the created payment")
    if read.reference != reference:
        raise BadAnswer("the created payment is another one")
    if not read.redirect_url.isprintable():
        raise BadAnswer("the QR code holds control characters")
    return read


def events(body: bytes, reference: str) -> tuple[PaymentEvent, ...]:
    """The event log, as it comes. Raises BadAnswer."""
    read = decode(body, tuple[PaymentEvent, ...], "the event log")
    if any(each.reference != reference for each in read):
        raise BadAnswer("the event log is another payment's")
    return read


def token(body: bytes) -> Token:
    """Raises BadAnswer."""
    return decode(body, Token, "the access token")


def exchanged(body: bytes) -> Exchanged:
    """Raises BadAnswer."""
    return decode(body, Exchanged, "the QR code's owner")


def callback_qr(body: bytes) -> CallbackQr:
    """Raises BadAnswer."""
    return decode(body, CallbackQr, "the fixed QR code")


def problem(body: bytes) -> Problem:
    """Any refusal's body: problem+json of each of the APIs, a gateway's own JSON, HTML, nothing. Never raises."""
    try:
        read = decode(body, dict[str, Any], "the problem")
    except BadAnswer:
        return Problem()
    status = read.get("status")
    return Problem(
        title=_line(read, "title", "message"),
        detail=_line(read, "detail"),
        trace_id=_line(read, "traceId", "instance"),
        status=status if type(status) is int and 100 <= status < 600 else 0,
    )


def _line(read: dict[str, Any], *names: str) -> str:
    for name in names:
        value = read.get(name)
        if isinstance(value, str) and value:
            return "".join(char if char.isprintable() else " " for char in value[:_LONGEST_TEXT])
    return ""
