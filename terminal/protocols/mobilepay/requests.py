"""The calls that a till makes, as HTTP requests without the headers that name and prove the shop.

Sources: ePayment API 1.4.1, QR API 1.0 and Access Token API 2.0.0, paths.
"""

import hashlib
import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .errors import BadRequest
from .messages import CURRENCIES, MOST, Currency, Money

Operation = Literal["capture", "cancel", "refund"]

_REFERENCE = re.compile(r"[a-zA-Z0-9-]{8,50}")
_LONGEST_KEY = 50
_LONGEST_QR = 2000


class Request(msgspec.Struct, frozen=True):
    """One request. `name` is what logs and simulators call it."""

    name: Literal["token", "exchange", "payment", "status", "events", "capture", "cancel", "refund", "callback-qr"]
    method: Literal["GET", "POST", "PUT"]
    path: str
    """Starts with '/', goes after the base address."""
    body: bytes = b""
    idempotency_key: str = ""

    def __repr__(self) -> str:
        """Without the body, which may name a customer."""
        return f"Request({self.method} {self.path})"


class Customer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Schema Customer: exactly one of the three is set."""

    phone_number: Annotated[str, Meta(pattern=r"\A[0-9]{10,15}\Z")] | UnsetType = UNSET
    """MSISDN: digits only, with the country code."""
    personal_qr: str | UnsetType = UNSET
    customer_token: str | UnsetType = UNSET

    def __repr__(self) -> str:
        """Without saying who."""
        return "Customer(…)"


class _Create(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Schema CreatePaymentRequest, as far as a till uses it."""

    amount: Money
    payment_method: dict[str, str]
    reference: str
    user_flow: Literal["QR", "PUSH_MESSAGE"]
    customer_interaction: str
    customer: Customer | UnsetType = UNSET
    qr_format: dict[str, str] | UnsetType = UNSET
    payment_description: str | UnsetType = UNSET


def money(value: int, currency: int) -> Money:
    """`currency` is ISO 4217's number. Raises BadRequest."""
    known = CURRENCIES.get(currency)
    if known is None:
        raise BadRequest(f"Vipps MobilePay takes no currency {currency}")
    if type(value) is not int or not 0 < value <= MOST:
        raise BadRequest(f"Vipps MobilePay takes amounts from 1 to {MOST} minor units, not {value}")
    return Money(value, known)


def currency_name(currency: int) -> Currency | None:
    """'DKK' for 208; None for one that the service does not take."""
    return CURRENCIES.get(currency)


def idempotency_key(reference: str, suffix: str) -> str:
    """Of an operation of the intent whose key is `reference`: the key with a suffix as '-c', at most 50 characters.

    A key too long for its suffix is replaced by its SHA-256: cutting it could make two keys one.
    """
    _check(reference)
    if len(reference) + len(suffix) <= _LONGEST_KEY:
        return reference + suffix
    return hashlib.sha256(reference.encode()).hexdigest()[: _LONGEST_KEY - len(suffix)] + suffix


def token() -> Request:
    """POST /accesstoken/get: no body; the keys go in headers."""
    return Request("token", "POST", "/accesstoken/get")


def create(reference: str, amount: Money, *, customer: Customer | None = None, description: str = "") -> Request:
    """createPayment. Without a customer: a one-time QR, its text in the answer; with one: a push message.

    `description`: what the customer reads, 3 to 100 characters, or empty. Raises BadRequest.
    """
    _check(reference)
    if description and not 3 <= len(description) <= 100:
        raise BadRequest("a payment's description has 3 to 100 characters")
    asked = _Create(
        amount=amount,
        payment_method={"type": "WALLET"},
        reference=reference,
        user_flow="PUSH_MESSAGE" if customer else "QR",
        customer_interaction="CUSTOMER_PRESENT",
        customer=customer or UNSET,
        qr_format=UNSET if customer else {"format": "TEXT/TARGETURL"},
        payment_description=description or UNSET,
    )
    return Request("payment", "POST", "/epayment/v1/payments", _json(asked), reference)


def get(reference: str) -> Request:
    """getPayment."""
    return Request("status", "GET", _of(reference))


def events(reference: str) -> Request:
    """getPaymentEventLog."""
    return Request("events", "GET", f"{_of(reference)}/events")


def capture(reference: str, amount: Money, key: str) -> Request:
    """capturePayment: takes the money that is held. `key`: the idempotency key."""
    return _adjust("capture", reference, key, {"modificationAmount": amount})


def cancel(reference: str, key: str) -> Request:
    """cancelPayment: withdraws it before approval, releases what is held after it."""
    return _adjust("cancel", reference, key, None)


def refund(reference: str, amount: Money, key: str) -> Request:
    """refundPayment: gives back what was captured, all or in part."""
    return _adjust("refund", reference, key, {"modificationAmount": amount})


def exchange(qr: str) -> Request:
    """exchangeQr: whose the personal QR is. `qr`: its complete content. Raises BadRequest."""
    if not 5 <= len(qr) <= _LONGEST_QR or not qr.isprintable():
        raise BadRequest("this is no customer's QR code")
    return Request("exchange", "POST", "/qr/v1/exchange", _json({"qrCode": qr, "requestedData": ["MSISDN"]}))


def put_callback_qr(qr_id: str, location: str) -> Request:
    """PutMerchantCallbackQr: makes, or renames, the till's fixed QR. `location`: at most 36 characters, for the app."""
    return Request("callback-qr", "PUT", _callback(qr_id), _json({"locationDescription": _location(location)}))


def put_sticker(beacon: str, location: str) -> Request:
    """PutMerchantCallbackMobilePayQr: takes over a sticker of the old MobilePay, by its beacon's number."""
    if re.fullmatch(r"[0-9]{1,20}", beacon) is None:
        raise BadRequest("a sticker's beacon has only digits")
    path = f"/qr/v1/merchant-callback/mobilepay/{beacon}"
    return Request("callback-qr", "PUT", path, _json({"locationDescription": _location(location)}))


def get_callback_qr(qr_id: str) -> Request:
    """GetMerchantCallbackById: the fixed QR's content, to be printed or shown."""
    return Request("callback-qr", "GET", _callback(qr_id))


def _adjust(name: Operation, reference: str, key: str, body: dict[str, Money] | None) -> Request:
    if not 1 <= len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest("an idempotency key has 1 to 50 characters")
    return Request(name, "POST", f"{_of(reference)}/{name}", b"" if body is None else _json(body), key)


def _check(reference: str) -> None:
    if _REFERENCE.fullmatch(reference) is None:
        raise BadRequest("a reference has 8 to 50 letters, digits and dashes")


def _of(reference: str) -> str:
    _check(reference)
    return f"/epayment/v1/payments/{reference}"


def _callback(qr_id: str) -> str:
    if not 1 <= len(qr_id) <= 128 or not qr_id.isprintable() or qr_id in (".", "..", "mobilepay"):
        raise BadRequest("this is no QR's id")
    return f"/qr/v1/merchant-callback/{quote(qr_id, safe='')}"


def _location(location: str) -> str:
    if not 1 <= len(location) <= 36 or not location.isprintable():
        raise BadRequest("a location has 1 to 36 characters")
    return location


def _json(body: Any) -> bytes:
    return msgspec.json.encode(body)
