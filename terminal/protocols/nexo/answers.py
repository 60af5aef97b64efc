"""A terminal's answer as the domain's types. Here card numbers are masked: nothing behind this knows a whole one.

A response settles an intent when it says what became of it and fits it. Another amount than could be, another
currency, another sale: the outcome is unknown.
"""

import msgspec

from terminal.domain.money import ZERO, Amount
from terminal.domain.payment import Approved, CardSlip, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.masking import mask_digits

from . import messages as m
from .errors import MessageError
from .fields import CURRENCIES, minor, words
from .meanings import PARTIAL, SUCCESS, declined
from .receipts import slips
from .requests import name_of


class Outcome(msgspec.Struct, frozen=True):
    """What an answer says, and the receipts that came with it."""

    result: PaymentResult
    slips: tuple[CardSlip, ...] = ()


def expect(answer: m.Request | m.Answer, head: m.Header) -> m.Answer:
    """The answer to the request with this header. Raises MessageError when it is another message."""
    found = answer.message_header
    if not isinstance(answer, m.Answer) or found.message_type != "Response":
        raise MessageError("a request came where a response was due")
    theirs = (found.message_category, found.service_id, found.sale_id, found.poi_id)
    ours = (head.message_category, head.service_id, head.sale_id, head.poi_id)
    if theirs != ours:
        raise MessageError(f"the response is to another message: {words(' '.join(theirs))}")
    return answer


def outcome(
    intent: PaymentIntent,
    payment: m.PaymentResponse | None,
    reversal: m.ReversalResponse | None,
    *,
    poi_id: str,
    asked: bool = False,
) -> Outcome:
    """What an answer says about the intent. `asked`: it was repeated on a status request."""
    found = reversal if payment is None else payment
    if found is None:
        return Outcome(OutcomeUnknown("the terminal's answer says nothing about the payment"))
    response = found.response
    if response.result not in (SUCCESS, PARTIAL):
        refusal = declined(response, asked=asked)
        if refusal is not None:
            return Outcome(refusal, slips(found.payment_receipt))
        return Outcome(OutcomeUnknown(f"the terminal did not finish: {words(response.error_condition) or 'no reason'}"))
    try:
        if isinstance(found, m.PaymentResponse):
            approved = _paid(found, intent, poi_id)
        else:
            approved = _reversed(found, intent, poi_id)
    except MessageError as error:
        return Outcome(OutcomeUnknown(str(error)))
    return Outcome(approved, slips(found.payment_receipt))


def _paid(payment: m.PaymentResponse, intent: PaymentIntent, poi_id: str) -> Approved:
    theirs = payment.sale_data
    if theirs is not None and theirs.sale_transaction_id.transaction_id != name_of(intent):
        raise MessageError("the terminal tells of another sale's payment")
    result = payment.payment_result
    amounts = result.amounts_resp if result else None
    if result is None or amounts is None:
        raise MessageError("the terminal approves without an amount")
    if amounts.currency not in ("", CURRENCIES.get(intent.currency)):
        raise MessageError(f"the terminal approves in {words(amounts.currency, 3)}, not in {intent.currency}")
    tip = minor(amounts.tip_amount) if amounts.tip_amount is not None else 0
    amount = minor(amounts.authorized_amount) - tip
    if amounts.cash_back_amount:
        raise MessageError("the terminal has paid cash out, which nobody asked for")
    if not 0 < amount <= intent.amount:
        raise MessageError(f"the terminal approves {amount} where {intent.amount} was asked")
    if intent.purpose != "pay" and (amount, tip) != (intent.amount, 0):
        raise MessageError(f"the terminal gives back {amount + tip} where {intent.amount} was asked")
    acquirer = result.payment_acquirer_data or m.PaymentAcquirerData()
    instrument = result.payment_instrument_data or m.PaymentInstrumentData()
    card = instrument.card_data or m.CardData()
    trace = acquirer.acquirer_transaction_id
    return Approved(
        amount=Amount(amount),
        tip=Amount(tip),
        trace=words(trace.transaction_id) if trace else "",
        terminal_id=words(acquirer.acquirer_poi_id or poi_id),
        masked_pan=_masked(card.masked_pan),
        card_name=words(card.payment_brand, 40),
        card_type=words(instrument.payment_instrument_type, 40),
        authorisation=words(acquirer.approval_code, 40),
        terminal_time=_time(payment.poi_data),
        reference=_reference(payment.poi_data),
    )


def _reversed(reversal: m.ReversalResponse, intent: PaymentIntent, poi_id: str) -> Approved:
    tip = intent.of.tip if intent.of is not None and intent.purpose == "reverse" else ZERO
    if reversal.reversed_amount is not None:
        amount = minor(reversal.reversed_amount)
        if amount not in (intent.amount, intent.amount + tip):
            raise MessageError(f"the terminal gives back {amount} where {intent.amount} was asked")
    return Approved(
        amount=intent.amount,
        tip=tip,
        terminal_id=words(poi_id),
        masked_pan=intent.of.masked_pan if intent.of else "",
        card_name=intent.of.card_name if intent.of else "",
        terminal_time=_time(reversal.poi_data),
        reference=_reference(reversal.poi_data),
    )


def _reference(data: m.POIData | None) -> str:
    """'time/id', as original_of takes it apart."""
    name = data.poi_transaction_id if data else None
    return words(f"{name.time_stamp}/{name.transaction_id}", 200) if name else ""


def _time(data: m.POIData | None) -> str:
    """'MMDD HHMMSS' of '2026-11-24T19:51:14.000Z', as the terminal says it."""
    stamp = data.poi_transaction_id.time_stamp if data and data.poi_transaction_id else ""
    digits = "".join(char for char in stamp[:19] if char in "0123456789")
    return f"{digits[4:8]} {digits[8:]}" if len(digits) == 14 else ""


def _masked(pan: str) -> str:
    """'541333 **** 9999' and the like; whatever comes, at most ten digits of it stay."""
    places = "".join(char if char in "0123456789" else "*" for char in pan[:40] if not char.isspace())
    return mask_digits(places) if places.strip("*") else ""
