"""The service's objects as structs. Unknown fields are passed over, known ones are read strictly: 1.0 is no amount.

Source: ePayment API 1.4.1, components/schemas; QR API 1.0; Webhooks API, events.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST = 65_000_000
"""The largest amount of one payment, minor units (schema Amount)."""

Currency = Literal["NOK", "DKK", "EUR"]
State = Literal["CREATED", "ABORTED", "EXPIRED", "AUTHORIZED", "TERMINATED"]
EventName = Literal["CREATED", "ABORTED", "EXPIRED", "CANCELLED", "CAPTURED", "REFUNDED", "AUTHORIZED", "TERMINATED"]
Reference = Annotated[str, Meta(pattern=r"\A[a-zA-Z0-9-]{8,64}\Z")]
"""8 to 50 when we make one; the service takes up to 64 since 1.7 and may tell of others' ones."""
PspReference = Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{1,100}\Z")]
Value = Annotated[int, Meta(ge=0, le=MOST)]

CURRENCIES: dict[int, Currency] = {208: "DKK", 578: "NOK", 978: "EUR"}
"""By ISO 4217 number."""


class Money(msgspec.Struct, frozen=True):
    """Schema Amount."""

    value: Value
    """Minor units."""
    currency: Currency


class Aggregate(msgspec.Struct, frozen=True, rename="camel"):
    """Schema Aggregate: the sums of all that was done to a payment."""

    authorized_amount: Money
    cancelled_amount: Money
    captured_amount: Money
    refunded_amount: Money


class Payment(msgspec.Struct, frozen=True, rename="camel"):
    """What GetPaymentResponse and ModificationResponse have in common, and all that a till needs of both."""

    reference: Reference
    psp_reference: PspReference
    amount: Money
    state: State
    aggregate: Aggregate
    redirect_url: Annotated[str, Meta(max_length=2000)] = ""


class Created(msgspec.Struct, frozen=True, rename="camel"):
    """Schema CreatePaymentResponse. `redirect_url`: the QR code's text, of a payment with userFlow QR."""

    reference: Reference
    redirect_url: Annotated[str, Meta(max_length=2000)] = ""


class PaymentEvent(msgspec.Struct, frozen=True, rename="camel"):
    """Schema PaymentEvent. (The file requires a field `paymentAction` that it does not describe; nobody sends it.)"""

    reference: Reference
    psp_reference: PspReference
    name: EventName
    amount: Money
    timestamp: Annotated[str, Meta(max_length=64)]
    success: bool
    idempotency_key: Annotated[str, Meta(max_length=200)] | None = None


class Token(msgspec.Struct, frozen=True):
    """What /accesstoken/get answers. The seconds come as text there, as a number elsewhere."""

    access_token: Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{1,8192}\Z")]
    expires_in: int | Annotated[str, Meta(pattern=r"\A[0-9]{1,9}\Z")]

    @property
    def seconds(self) -> int:
        """How long it is good for, from now; at most a day, whatever it says."""
        return max(0, min(86_400, int(self.expires_in)))

    def __repr__(self) -> str:
        """Without the token: it is a secret, and reprs end in logs."""
        return f"Token(expires_in={self.expires_in!r})"


class Exchanged(msgspec.Struct, frozen=True):
    """Schema QrExchangeResponse: whose QR it was."""

    msisdn: Annotated[str, Meta(pattern=r"\A[0-9]{10,15}\Z")]

    def __repr__(self) -> str:
        """Without the number: it is a person's."""
        return "Exchanged(msisdn=…)"


class CallbackQr(msgspec.Struct, frozen=True, rename="camel"):
    """Schema MerchantCallbackQr: the till's fixed QR."""

    merchant_qr_id: Annotated[str, Meta(max_length=200)]
    location_description: Annotated[str, Meta(max_length=200)] = ""
    qr_content: Annotated[str, Meta(max_length=2000)] = ""
    qr_image_url: Annotated[str, Meta(max_length=2000)] = ""


class Problem(msgspec.Struct, frozen=True):
    """Why the service said no; what it left out is empty. One line each, at most 200 characters."""

    title: str = ""
    detail: str = ""
    trace_id: str = ""
    status: int = 0
    """As the body says it: the HTTP status again, from the service itself; 0 from whoever else stands in between."""

    @property
    def text(self) -> str:
        """For a person."""
        return self.detail or self.title


class PaymentNews(msgspec.Struct, frozen=True, rename="camel"):
    """Schema WebhookEvent: something has happened to a payment. Only a reason to look: it moves nothing by itself."""

    msn: Annotated[str, Meta(pattern=r"\A[0-9]{4,10}\Z")]
    reference: Reference
    psp_reference: PspReference
    name: EventName
    amount: Money
    success: bool


class CheckedIn(msgspec.Struct, frozen=True, rename="camel"):
    """Event user.checked-in.v1: a customer has scanned a till's fixed QR. The token is good for 15 minutes."""

    msn: Annotated[str, Meta(pattern=r"\A[0-9]{4,10}\Z")]
    merchant_qr_id: Annotated[str, Meta(min_length=1, max_length=200)]
    customer_token: Annotated[str, Meta(min_length=1, max_length=2000)]

    def __repr__(self) -> str:
        """Without the token: it stands for a person."""
        return f"CheckedIn(merchant_qr_id={self.merchant_qr_id!r})"
