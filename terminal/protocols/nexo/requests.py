"""The till's requests, ready to seal.

A payment's ServiceID is made from the intent's key, so that after a restart the same payment can be asked for. All
others are the caller's: new for each message.
"""

import hashlib

from terminal.domain.payment import PaymentIntent

from . import messages as m
from .errors import MessageError
from .fields import CURRENCIES, major

SERVICE_ID_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERVICE_ID_LENGTH = 10
"""At most ten letters and digits, each once in 48 hours for a terminal."""

_PARTIAL = "tenderOption=AllowPartialAuthorisation"
_VERSION = "3.0"


def name_of(intent: PaymentIntent) -> str:
    """What the till calls it."""
    return intent.key or f"{intent.sale}-{intent.id}"


def service_id(intent: PaymentIntent) -> str:
    """The ServiceID of the one message that carries this intent out."""
    number = int.from_bytes(hashlib.sha256(name_of(intent).encode()).digest(), "big")
    digits = []
    for _ in range(SERVICE_ID_LENGTH):
        number, digit = divmod(number, len(SERVICE_ID_ALPHABET))
        digits.append(SERVICE_ID_ALPHABET[digit])
    return "".join(digits)


def header(category: m.Category, service: str, *, sale_id: str, poi_id: str) -> m.Header:
    """Of a request."""
    return m.Header(
        protocol_version=_VERSION,
        message_class="Service",
        message_category=category,
        message_type="Request",
        service_id=service,
        sale_id=sale_id,
        poi_id=poi_id,
    )


def category_of(intent: PaymentIntent) -> m.Category:
    """A payment that goes back is a reversal as long as the terminal's name of it is known."""
    return "Reversal" if intent.purpose != "pay" and original_of(intent) else "Payment"


def original_of(intent: PaymentIntent) -> m.TransactionID | None:
    """The terminal's name of the payment that goes back: 'time/id' in `of.reference`."""
    time, slash, name = (intent.of.reference if intent.of else "").partition("/")
    return m.TransactionID(name, time) if slash and time and name else None


def money(head: m.Header, intent: PaymentIntent, *, at: str) -> m.Message:
    """The message that carries an intent out. `at`: now, ISO 8601. Raises MessageError for what it cannot say.

    A reversal takes the card's and the customer's data from the payment and needs no card; a part is named by its
    amount, and its currency goes along since another terminal than the one that took the payment may not know it.
    Without the payment's name a refund is a payment the other way: the customer presents a card.
    """
    if intent.currency not in CURRENCIES:
        raise MessageError(f"no name is known for currency {intent.currency}")
    currency = CURRENCIES[intent.currency]
    name = m.TransactionID(name_of(intent), at)
    original = original_of(intent)
    if intent.purpose == "pay" or original is None:
        request = m.PaymentRequest(
            m.SaleData(
                sale_transaction_id=name,
                sale_reference_id=name.transaction_id,
                sale_to_acquirer_data=_PARTIAL if intent.purpose == "pay" else "",
            ),
            m.PaymentTransaction(m.AmountsReq(currency, major(intent.amount))),
            m.PaymentData("Normal" if intent.purpose == "pay" else "Refund"),
        )
        return _request(m.Request(message_header=head, payment_request=request))
    reversal = m.ReversalRequest(
        original_poi_transaction=m.OriginalPOITransaction(original),
        reversal_reason="MerchantCancel",
        reversed_amount=major(intent.amount) if intent.purpose == "refund" else None,
        sale_data=m.SaleData(
            sale_transaction_id=name,
            sale_reference_id=name.transaction_id,
            sale_to_acquirer_data=f"currency={currency}",
        ),
    )
    return _request(m.Request(message_header=head, reversal_request=reversal))


def status(head: m.Header, category: m.Category, service: str) -> m.Message:
    """What became of the message with this ServiceID? Starts nothing."""
    reference = _reference(head, category, service)
    return _request(
        m.Request(
            message_header=head,
            transaction_status_request=m.TransactionStatusRequest(message_reference=reference),
        )
    )


def abort(head: m.Header, category: m.Category, service: str) -> m.Message:
    """Stop the message with this ServiceID."""
    reference = _reference(head, category, service)
    return _request(
        m.Request(
            message_header=head,
            abort_request=m.AbortRequest(message_reference=reference, abort_reason="MerchantAbort"),
        )
    )


def login(head: m.Header, *, at: str, version: str, language: str) -> m.Message:
    """The till begins. `language`: ISO 639-1, of the cashier."""
    software = m.SaleSoftware(
        manufacturer_id="Kasse", application_name="Kasse", software_version=version, certification_code="none"
    )
    request = m.LoginRequest(date_time=at, sale_software=software, operator_language=language)
    return _request(m.Request(message_header=head, login_request=request))


def logout(head: m.Header) -> m.Message:
    """The till ends."""
    return _request(m.Request(message_header=head, logout_request=m.LogoutRequest()))


def diagnosis(head: m.Header) -> m.Message:
    """How is the terminal? The host is not asked."""
    return _request(m.Request(message_header=head, diagnosis_request=m.DiagnosisRequest()))


def _request(body: m.Request) -> m.Message:
    return m.Message("SaleToPOIRequest", body)


def _reference(head: m.Header, category: m.Category, service: str) -> m.MessageReference:
    return m.MessageReference(message_category=category, service_id=service, sale_id=head.sale_id, poi_id=head.poi_id)
