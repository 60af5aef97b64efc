"""The messages, as far as a till and its terminal need them. Fields they do not know are passed over.

What a terminal may leave out has a default; what is a closed list in the schema is text here, so that a value added
later is no fault. Amounts are decimal numbers and stay that (fields.minor makes minor units of them, exactly).

Source: Adyen, "Terminal API" reference.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from .errors import MessageError
from .fields import field_name, words

Category = Literal[
    "Login", "Logout", "Payment", "Reversal", "TransactionStatus", "Abort", "Diagnosis", "Event", "Display", "Input"
]
Kind = Literal["SaleToPOIRequest", "SaleToPOIResponse"]
MOST_LIST = 64
"""Of what a till reads from one list."""


class Part(msgspec.Struct, frozen=True, rename=field_name, omit_defaults=True):
    """Base of every object."""


class Header(Part, frozen=True, kw_only=True):
    """Who to whom, and which of their messages."""

    message_class: str
    message_category: str
    message_type: str
    sale_id: str
    poi_id: str
    service_id: str = ""
    """Names a pair of request and response, once in 48 hours."""
    device_id: str = ""
    protocol_version: str = ""


# --- in the envelope


class SecurityTrailer(Part, frozen=True, kw_only=True):
    """How it was sealed."""

    adyen_crypto_version: int
    key_identifier: str
    key_version: int
    nonce: str
    hmac: str


class EventNotification(Part, frozen=True, kw_only=True):
    """The terminal says something on its own."""

    event_to_notify: str
    event_details: str = ""
    time_stamp: str = ""
    rejected_message: str = ""


class Sealed(Part, frozen=True):
    """A sealed message; or one in the clear, of which only this much is looked at."""

    message_header: Header
    nexo_blob: str = ""
    security_trailer: SecurityTrailer | None = None
    event_notification: EventNotification | None = None


# --- shared


class TransactionID(Part, frozen=True):
    """A transaction, by whoever named it."""

    transaction_id: str
    time_stamp: str = ""


class MessageReference(Part, frozen=True, kw_only=True):
    """Another message, by its header."""

    message_category: str = ""
    service_id: str = ""
    sale_id: str = ""
    poi_id: str = ""


class Response(Part, frozen=True):
    """How a request went."""

    result: str
    """'Success', 'Partial' or 'Failure'."""
    error_condition: str = ""
    additional_response: str = ""


class SaleData(Part, frozen=True, kw_only=True):
    """What the till calls it."""

    sale_transaction_id: TransactionID
    sale_reference_id: str = ""
    sale_to_acquirer_data: str = ""


class OutputText(Part, frozen=True):
    """One line, or a name and a value ('name=…&value=…', form-encoded)."""

    text: str = ""


class PredefinedContent(Part, frozen=True):
    """A text that the till is to know by its name."""

    reference_id: str = ""


class OutputContent(Part, frozen=True):
    """Something to show or to print."""

    output_format: str = ""
    output_text: tuple[OutputText, ...] = ()
    predefined_content: PredefinedContent | None = None


# --- requests


class SaleSoftware(Part, frozen=True, kw_only=True):
    """What the till runs."""

    manufacturer_id: str
    application_name: str
    software_version: str
    certification_code: str


class LoginRequest(Part, frozen=True, kw_only=True):
    """The till begins to work with the terminal."""

    date_time: str
    sale_software: SaleSoftware
    operator_language: str = ""


class LogoutRequest(Part, frozen=True):
    """It ends."""


class AmountsReq(Part, frozen=True):
    """What is asked."""

    currency: str
    requested_amount: Decimal


class PaymentTransaction(Part, frozen=True):
    """What is asked."""

    amounts_req: AmountsReq


class PaymentData(Part, frozen=True):
    """Which way the money goes: 'Normal' or 'Refund'."""

    payment_type: str = ""


class PaymentRequest(Part, frozen=True):
    """A card is to be presented."""

    sale_data: SaleData
    payment_transaction: PaymentTransaction
    payment_data: PaymentData = PaymentData()


class OriginalPOITransaction(Part, frozen=True):
    """The payment that is meant."""

    poi_transaction_id: TransactionID


class ReversalRequest(Part, frozen=True, kw_only=True):
    """A payment goes back, whole or in part, without the card."""

    original_poi_transaction: OriginalPOITransaction = msgspec.field(name="OriginalPOITransaction")
    reversal_reason: str
    reversed_amount: Decimal | None = None
    """None: the whole."""
    sale_data: SaleData | None = None


class TransactionStatusRequest(Part, frozen=True, kw_only=True):
    """What became of it?"""

    message_reference: MessageReference
    receipt_reprint_flag: bool = False


class AbortRequest(Part, frozen=True, kw_only=True):
    """Stop it. There is no response, but the one to the message that is stopped."""

    message_reference: MessageReference
    abort_reason: str


class DiagnosisRequest(Part, frozen=True):
    """How are you?"""

    host_diagnosis_flag: bool = False


class DisplayOutput(Part, frozen=True):
    """For one display."""

    device: str = ""
    info_qualify: str = ""
    output_content: OutputContent = OutputContent()


class DisplayRequest(Part, frozen=True):
    """What the terminal shows, told to the till."""

    display_output: tuple[DisplayOutput, ...] = ()


class InputRequest(Part, frozen=True):
    """The terminal asks the till something."""

    display_output: DisplayOutput = DisplayOutput()


class Request(Part, frozen=True, kw_only=True):
    """SaleToPOIRequest: a header and one of these."""

    message_header: Header
    login_request: LoginRequest | None = None
    logout_request: LogoutRequest | None = None
    payment_request: PaymentRequest | None = None
    reversal_request: ReversalRequest | None = None
    transaction_status_request: TransactionStatusRequest | None = None
    abort_request: AbortRequest | None = None
    diagnosis_request: DiagnosisRequest | None = None
    event_notification: EventNotification | None = None
    display_request: DisplayRequest | None = None
    input_request: InputRequest | None = None


# --- responses


class POIStatus(Part, frozen=True):
    """How the terminal is: 'OK', 'Busy', 'Maintenance', 'Unreachable'."""

    global_status: str
    communication_ok_flag: bool | None = None


class POISystemData(Part, frozen=True):
    """The terminal about itself."""

    poi_status: POIStatus | None = None


class LoginResponse(Part, frozen=True):
    """To LoginRequest."""

    response: Response
    poi_system_data: POISystemData | None = None


class PlainResponse(Part, frozen=True):
    """No more than how it went."""

    response: Response


class POIData(Part, frozen=True):
    """What the terminal calls it."""

    poi_transaction_id: TransactionID | None = None


class CardData(Part, frozen=True):
    """The card. The schema allows for a whole number; a till does not read that."""

    payment_brand: str = ""
    masked_pan: str = ""


class PaymentInstrumentData(Part, frozen=True):
    """What the customer paid with."""

    payment_instrument_type: str = ""
    card_data: CardData | None = None


class AmountsResp(Part, frozen=True):
    """What was taken: tip and cash-back are part of the authorised amount."""

    authorized_amount: Decimal
    currency: str = ""
    tip_amount: Decimal | None = None
    cash_back_amount: Decimal | None = None


class PaymentAcquirerData(Part, frozen=True):
    """What the acquirer says."""

    acquirer_poi_id: str = ""
    approval_code: str = ""
    acquirer_transaction_id: TransactionID | None = None


class PaymentResult(Part, frozen=True):
    """The payment."""

    payment_type: str = ""
    amounts_resp: AmountsResp | None = None
    payment_instrument_data: PaymentInstrumentData | None = None
    payment_acquirer_data: PaymentAcquirerData | None = None


class PaymentReceipt(Part, frozen=True):
    """A receipt for the till to print: 'CustomerReceipt' or 'CashierReceipt'."""

    document_qualifier: str
    output_content: OutputContent


class PaymentResponse(Part, frozen=True, kw_only=True):
    """To PaymentRequest."""

    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    payment_result: PaymentResult | None = None
    payment_receipt: tuple[PaymentReceipt, ...] = ()


class ReversalResponse(Part, frozen=True, kw_only=True):
    """To ReversalRequest."""

    response: Response
    poi_data: POIData | None = None
    reversed_amount: Decimal | None = None
    payment_receipt: tuple[PaymentReceipt, ...] = ()


class RepeatedResponseMessageBody(Part, frozen=True):
    """The answer that did not arrive."""

    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None


class RepeatedMessageResponse(Part, frozen=True):
    """The answer that did not arrive, with its header."""

    message_header: Header
    repeated_response_message_body: RepeatedResponseMessageBody


class TransactionStatusResponse(Part, frozen=True, kw_only=True):
    """To TransactionStatusRequest."""

    response: Response
    message_reference: MessageReference | None = None
    repeated_message_response: RepeatedMessageResponse | None = None


class HostStatus(Part, frozen=True):
    """Whether the terminal reaches its host."""

    is_reachable_flag: bool = True


class DiagnosisResponse(Part, frozen=True, kw_only=True):
    """To DiagnosisRequest."""

    response: Response
    poi_status: POIStatus | None = None
    host_status: tuple[HostStatus, ...] = ()


class Answer(Part, frozen=True, kw_only=True):
    """SaleToPOIResponse: a header and one of these."""

    message_header: Header
    login_response: LoginResponse | None = None
    logout_response: PlainResponse | None = None
    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None
    transaction_status_response: TransactionStatusResponse | None = None
    diagnosis_response: DiagnosisResponse | None = None


class Message:
    """One of them under its outermost name."""

    def __init__(self, kind: Kind, body: Request | Answer | Sealed) -> None:
        self.kind: Kind = kind
        self.body = body

    @property
    def header(self) -> Header:
        """Its header."""
        return self.body.message_header

    def encode(self) -> bytes:
        """As JSON, amounts as numbers."""
        return _ENCODER.encode({self.kind: self.body})


class _Outer(msgspec.Struct, frozen=True):
    request: Request | None = msgspec.field(default=None, name="SaleToPOIRequest")
    response: Answer | None = msgspec.field(default=None, name="SaleToPOIResponse")


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(_Outer)


def read(data: bytes) -> Request | Answer:
    """The message in opened bytes. Raises MessageError."""
    try:
        outer = _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        # The library names the place and the type, never the value.
        raise MessageError(f"not a message of this protocol: {words(str(error))}") from error
    found = outer.request or outer.response
    if found is None or (outer.request and outer.response):
        raise MessageError("neither one request nor one response")
    return found
