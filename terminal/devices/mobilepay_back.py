"""Giving money back: a refund of what was captured, or letting go what is only held.

Which of the two is seen by looking first. The intent's own idempotency key stands in the payment's event log, and that
tells, after any cut, whether this refund was carried out.
"""

from terminal.app.ports.payment_method import Record, Sent
from terminal.domain.payment import Acknowledged, Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.mobilepay import answers, requests
from terminal.protocols.mobilepay import messages as m
from terminal.protocols.mobilepay.errors import BadRequest
from terminal.protocols.mobilepay.standing import OVER, Standing

from .mobilepay_case import NO_ANSWER, Case, in_doubt, refund_key, withdrawal_keys
from .mobilepay_http import NotSent
from .mobilepay_pay import declined
from .mobilepay_service import Refused, Service

_NO = frozenset({400, 401, 403, 404, 409, 415, 422})
"""Refusals of a refund after which nothing has moved."""


async def give_back(
    service: Service, intent: PaymentIntent, *, sent: Sent, record: Record, pause: float
) -> PaymentResult:
    """See PaymentMethod.carry, for the purposes 'refund' and 'reverse'."""
    try:
        amount = requests.money(intent.amount, intent.currency)
        case = Case(service, intent.of_key, None)
        stands = await case.look()
    except Refused as no:
        return Declined("not-found", "404", no.problem.text) if no.is_not_found else declined(no)
    except (BadRequest, *NO_ANSWER) as error:
        return Declined("not-sent", text=str(error))
    match stands:
        case Standing.TAKEN | Standing.RETURNED:
            await sent()
            return await _refund(case, intent, amount, record)
        case Standing.HELD if case.told.amount == amount:
            await sent()
            return await _let_go(case, intent, record, pause)
        case Standing.HELD:
            return Declined("declined", stands.value, "the payment has not been captured: only all of it can go back")
        case Standing.ODD:
            return Declined("not-sent", stands.value, "the service tells of the payment what cannot be")
        case _:
            return Declined("declined", stands.value, "the payment was not taken")


async def _refund(case: Case, intent: PaymentIntent, amount: m.Money, record: Record) -> PaymentResult:
    before = case.told.aggregate.refunded_amount.value
    try:
        await case.refund(amount, intent.key)
    except NotSent as error:
        return Declined("not-sent", text=error.detail)
    except Refused as no:
        return declined(no) if no.status in _NO else in_doubt(no)
    except NO_ANSWER as error:
        return in_doubt(error)
    refunded = case.told.aggregate.refunded_amount
    if refunded.currency != amount.currency or refunded.value < before + amount.value:
        return OutcomeUnknown("the service says that it has given back another amount")
    return await _done(case, intent, record)


async def _let_go(case: Case, intent: PaymentIntent, record: Record, pause: float) -> PaymentResult:
    try:
        stands = await case.withdraw(intent.key, pause)
    except NotSent as error:
        return Declined("not-sent", text=error.detail)
    except NO_ANSWER as error:
        return in_doubt(error)
    if stands in OVER:
        return await _done(case, intent, record)
    return OutcomeUnknown(f"the payment could not be let go: it is {stands.value}")


async def _done(case: Case, intent: PaymentIntent, record: Record) -> Approved:
    """It has gone; a record that fails now leaves it to `settle_back`."""
    approved = case.approval(intent)
    await record(approved)
    await record(Acknowledged())
    return approved


async def settle_back(service: Service, intent: PaymentIntent, *, known: Approved | None) -> PaymentResult:
    """See PaymentMethod.lookup: whether this very refund stands in the payment's event log."""
    try:
        log = answers.events(await service.ask(requests.events(intent.of_key)), intent.of_key)
    except Refused as no:
        return Declined("not-found", "404") if no.is_not_found else in_doubt(no)
    except BadRequest as error:
        return Declined("not-found", text=str(error))
    except NO_ANSWER as error:
        return in_doubt(error)
    made = next((each.psp_reference for each in log if each.name == "CREATED"), "")
    ours = refund_key(intent.key)
    withdrawals = withdrawal_keys(intent.key)
    done = [
        each
        for each in log
        if each.success
        and (
            (each.name == "REFUNDED" and each.idempotency_key == ours)
            or (each.name in ("CANCELLED", "TERMINATED") and each.idempotency_key in withdrawals)
        )
    ]
    if done:
        event = done[0]
        if event.amount.value != intent.amount:
            return OutcomeUnknown(f"the service has given back {event.amount.value} under this refund's key")
        return known or Approved(intent.amount, reference=made or event.psp_reference)
    if known is not None:
        return OutcomeUnknown("the service has no more of a refund that it had confirmed")
    if any(each.name == "REFUNDED" and each.success and each.idempotency_key is None for each in log):
        return OutcomeUnknown("the payment has a refund of which the service does not say whose it is")
    return await _absent(Case(service, intent.of_key, None), log)


async def _absent(case: Case, log: tuple[m.PaymentEvent, ...]) -> PaymentResult:
    """The log has no such refund. It may be behind: so its sums are held against the payment's own."""
    try:
        await case.look()
    except NO_ANSWER as error:
        return in_doubt(error)
    sums = case.told.aggregate
    logged = {"REFUNDED": 0, "CANCELLED": 0, "TERMINATED": 0}
    for event in log:
        if event.success and event.name in logged:
            logged[event.name] += event.amount.value
    let_go = logged["CANCELLED"] + logged["TERMINATED"]
    if sums.refunded_amount.value != logged["REFUNDED"] or (sums.cancelled_amount.value and not let_go):
        return OutcomeUnknown("the service has given back more than its log has told of yet")
    return Declined("not-found")
