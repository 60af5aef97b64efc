"""History of payments: the state after an event about money. Total, as evolve.py."""

from typing import Any

import msgspec

from . import events
from .money import Amount
from .payment import PaymentIntent
from .payment_states import FINAL, TRANSITIONS, PaymentState
from .sale import PaymentTender, Sale, Tender, TenderRef
from .till import Payment, PrintJob, TerminalDay, TillState

_replace = msgspec.structs.replace


def tender_taken(state: TillState, event: events.TenderTaken) -> TillState:
    """A tender at once."""
    after = _with_tender(state, event.sale, event.tender)
    if not event.drawer:
        return after
    drawers = {**state.drawers, event.drawer: "sale"}
    return _replace(after, drawers=drawers, next_drawer=max(state.next_drawer, event.drawer + 1))


def intended(state: TillState, event: events.PaymentIntended) -> TillState:
    """A payment begins. Of an intent that the same means has not ended, as an old journal may hold, nothing is left."""
    intent = event.intent
    sale = state.sales.get(intent.sale)
    sales = state.sales if sale is None else {**state.sales, sale.id: _replace(sale, undo=None)}
    return _replace(
        state,
        sales=sales,
        payments={**state.payments, intent.means: Payment(intent, PaymentState.INTENT)},
        next_intent=max(state.next_intent, intent.id + 1),
    )


def moved(state: TillState, event: events.PaymentSent | events.PaymentAcked) -> TillState:
    """One step in the table, and no more."""
    return _moved(state, event)


def approved(state: TillState, event: events.PaymentApproved) -> TillState:
    """What was approved is kept with it."""
    return _moved(state, event, approval=event.approval)


def slip(state: TillState, event: events.SlipKept) -> TillState:
    """One more slip."""
    payment = _payment(state, event.intent)
    return state if payment is None else _moved(state, event, slips=(*payment.slips, event.slip))


def done(state: TillState, event: events.PaymentDone) -> TillState:
    """The money has moved: a tender, and in the terminal's day."""
    before = _payment(state, event.intent)
    after = _moved(state, event, approval=event.approval)
    if before is None or _payment(after, event.intent) is not None:
        return after
    intent, approval = before.intent, event.approval
    sign = 1 if intent.purpose == "pay" else -1
    taken = {means: last for means, last in state.last_taken.items() if means != intent.means}
    after = _replace(after, last_taken=taken if event.by else {**taken, intent.means: approval})
    if intent.means == "card":
        day = state.day
        total = Amount(day.amount + sign * (approval.amount + approval.tip))
        after = _replace(after, day=_replace(day, count=day.count + 1, amount=total))
    tender = PaymentTender(
        amount=Amount(sign * approval.amount),
        intent=intent.id,
        approval=approval,
        means=intent.means,
        key=intent.key,
        account=intent.account if intent.means == "gift-card" else "",
        vat_paid=intent.vat_paid,
        of=_given_back(intent),
        approver=intent.approver,
    )
    return _with_tender(after, intent.sale, tender, before)


def failed(state: TillState, event: events.PaymentFailure) -> TillState:
    """No money moved."""
    # The terminal's own words only where it decided: of a payment that it never heard of, the text is a technician's.
    declined = event.declined
    said = (declined.reason == "declined" and declined.text) or declined.reason
    payment = _payment(state, event.intent)
    after = _moved(state, event, doubt=said, code=declined.reason)
    if event.print_job and payment is not None and after is not state:
        job = PrintJob(event.print_job, slips=payment.slips)
        after = _replace(after, jobs={**after.jobs, job.id: job}, next_job=max(after.next_job, job.id + 1))
    if not event.by or payment is None or after is state:
        return after
    # A person may be wrong about what the terminal has taken.
    return _replace(after, last_taken={k: v for k, v in state.last_taken.items() if k != payment.intent.means})


def in_doubt(state: TillState, event: events.PaymentInDoubt) -> TillState:
    """And why."""
    return _moved(state, event, doubt=event.unknown.why)


def day_ended(state: TillState, event: events.DayEnded) -> TillState:
    """A new day begins at the terminal."""
    waiting = state.payments.get("card")
    first = waiting.intent.id if waiting is not None else state.next_intent
    return _replace(state, day=TerminalDay(first=first), day_ending=False, last_day=event)


def _given_back(intent: PaymentIntent) -> TenderRef | None:
    return TenderRef(intent.of_receipt, intent.of_tender) if intent.of_tender else None


def _payment(state: TillState, intent: int) -> Payment | None:
    return next((each for each in state.payments.values() if each.intent.id == intent), None)


def _moved(state: TillState, event: Any, **changes: Any) -> TillState:
    payment = _payment(state, event.intent)
    if payment is None:
        return state
    after = TRANSITIONS.get((payment.state, type(event)), payment.state)
    payment = _replace(payment, state=after, **changes)
    if after in FINAL:
        payments = {means: each for means, each in state.payments.items() if each.intent.id != event.intent}
        return _replace(state, payments=payments, last_payment=payment)
    return _replace(state, payments={**state.payments, payment.intent.means: payment})


def _with_tender(state: TillState, sale_id: int, tender: Tender, payment: Payment | None = None) -> TillState:
    sale: Sale | None = state.sales.get(sale_id)
    if sale is None:
        return state
    slips = sale.slips + (payment.slips if payment is not None else ())
    return _replace(
        state, sales={**state.sales, sale_id: _replace(sale, tenders=(*sale.tenders, tender), slips=slips, undo=None)}
    )
