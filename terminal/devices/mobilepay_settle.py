"""What became of a payment in doubt: the service is asked by the payment's reference, which is the intent's key.

Nobody stands at the till any more. So what waits is called off, what is held is captured when its approval was recorded
(the sale counts on it) and let go when it was not.
"""

from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.mobilepay import requests
from terminal.protocols.mobilepay.errors import BadRequest
from terminal.protocols.mobilepay.messages import Money
from terminal.protocols.mobilepay.standing import OVER, Standing

from .mobilepay_case import NO_ANSWER, Case, in_doubt
from .mobilepay_service import Refused, Service

_CANNOT = frozenset({400, 409, 422})
"""A capture that the service will not make, now or later (a 401 or 403 is about our keys)."""


async def settle(service: Service, intent: PaymentIntent, *, known: Approved | None, pause: float) -> PaymentResult:
    """See PaymentMethod.lookup, for the purpose 'pay'."""
    try:
        asked = requests.money(intent.amount, intent.currency)
        case = Case(service, intent.key, asked)
        stands = await case.look()
    except BadRequest as error:
        return Declined("not-found", text=str(error))  # such a request never left
    except Refused as no:
        return Declined("not-found", "404") if no.is_not_found else in_doubt(no)
    except NO_ANSWER as error:
        return in_doubt(error)
    try:
        if stands is Standing.HELD and known is not None:
            stands = await _capture(case, intent, asked, pause)
        elif stands in (Standing.WAITING, Standing.HELD):
            stands = await case.withdraw(intent.key, pause)
    except NO_ANSWER as error:
        return in_doubt(error)
    return _told(case, intent, stands, known)


async def _capture(case: Case, intent: PaymentIntent, asked: Money, pause: float) -> Standing:
    """Capture, with the key that a capture before the cut has had; what cannot be captured any more is let go."""
    try:
        return await case.capture(asked, intent.key)
    except Refused as no:
        stands = await case.look()
        if stands is Standing.HELD and no.status in _CANNOT:
            return await case.withdraw(intent.key, pause)
        return stands


def _told(case: Case, intent: PaymentIntent, stands: Standing, known: Approved | None) -> PaymentResult:
    if stands is Standing.TAKEN:
        return known or case.approval(intent)
    if stands in OVER:
        if known is not None:
            return Declined("reversed", stands.value)
        return Declined("timeout" if stands is Standing.EXPIRED else "cancelled", stands.value)
    if stands is Standing.RETURNED:
        return OutcomeUnknown("the payment was taken, and then given back outside this till")
    return OutcomeUnknown(f"the payment is {stands.value} at the service")
