"""Decisions about money that goes back: by the way it came, else with approval, and never more than came."""

from . import commands as c
from . import events
from .cash import cash_due
from .decide_pay import Took, payable, took, unoccupied
from .errors import Reason, SaleError
from .money import Amount
from .payment import PaymentIntent, Purpose
from .payment_states import PaymentState
from .receipt import Moment
from .refunds import Way, ways_back
from .sale import AccountTender, CashTender, OtherTender, PaymentTender, Sale, TenderRef
from .till import Setup, TillState

Back = Took | events.PaymentIntended


def pay_back(state: TillState, sale: Sale, command: c.PayBack, moment: Moment, setup: Setup) -> Back:
    """The next part of what is owed to the customer."""
    due = payable(state, sale)
    if due >= 0:
        raise SaleError(Reason.NOTHING_TO_GIVE_BACK)
    wanted = {line.returned.receipt for line in sale.basket.lines if line.returned is not None}
    if {origin.receipt.number for origin in command.origins} != wanted:
        raise SaleError(Reason.NO_SUCH_RECEIPT, ", ".join(map(str, sorted(wanted))))
    way = ways_back(state, command.origins, Amount(-due))[0]
    came_as_cash = isinstance(way.tender, CashTender)
    if command.way == "cash" or (command.way == "" and came_as_cash):
        if not came_as_cash and not command.approver:
            raise SaleError(Reason.APPROVAL_NEEDED)
        return took(state, sale, _cash(way, "" if came_as_cash else command.approver), moment, setup)
    if command.way == "gift-card":
        if not command.approver:
            raise SaleError(Reason.APPROVAL_NEEDED)
        if not command.account:
            raise SaleError(Reason.UNKNOWN_GIFT_CARD)
        return _onto_gift_card(state, sale, way, command, setup)
    if way.tender is None:
        raise SaleError(Reason.APPROVAL_NEEDED)
    return _as_it_came(state, sale, way, moment, setup)


def take_back(state: TillState, sale: Sale, command: c.TakeBack, moment: Moment, setup: Setup) -> Back:
    """A tender of the open sale goes back whole: the way it came, or in cash with approval."""
    # Whatever else is wrong with the sale: what was paid for it can be given back.
    if state.pending(sale.id) is not None:
        raise SaleError(Reason.PAYMENT_PENDING)
    if not 1 <= command.tender <= len(sale.tenders):
        raise SaleError(Reason.NOTHING_TO_GIVE_BACK)
    tender = sale.tenders[command.tender - 1]
    of = TenderRef(0, command.tender)
    left = Amount(tender.amount - sale.paid_back(of))
    if left <= 0:
        raise SaleError(Reason.NOTHING_TO_GIVE_BACK)
    way = Way(left, of, tender)
    if isinstance(tender, CashTender):
        return took(state, sale, _cash(way, ""), moment, setup)
    if command.way == "cash":
        if not command.approver:
            raise SaleError(Reason.APPROVAL_NEEDED)
        return took(state, sale, _cash(way, command.approver), moment, setup)
    return _as_it_came(state, sale, way, moment, setup)


def _cash(way: Way, approver: str) -> CashTender:
    out = cash_due(Amount(-way.amount))
    rounding = Amount(out + way.amount)
    return CashTender(amount=Amount(-way.amount), tendered=out, rounding=rounding, of=way.of, approver=approver)


def _as_it_came(state: TillState, sale: Sale, way: Way, moment: Moment, setup: Setup) -> Back:
    tender, back = way.tender, Amount(-way.amount)
    match tender:
        case PaymentTender():
            return _intent(state, sale, way, tender, setup)
        case AccountTender():
            return took(state, sale, AccountTender(back, tender.customer, tender.name, way.of), moment, setup)
        case OtherTender():
            kind = setup.other(tender.kind)
            own = way.of is not None and way.of.receipt == 0
            if not own and (kind is None or not kind.refund):
                # The slip itself is still in the drawer of an open sale; of a closed one it has been handed in.
                raise SaleError(Reason.APPROVAL_NEEDED)
            given = OtherTender(back, tender.kind, tender.name, reference=tender.reference, of=way.of)
            return took(state, sale, given, moment, setup)
        case CashTender() | None:
            raise SaleError(Reason.NOTHING_TO_GIVE_BACK)


def _intent(state: TillState, sale: Sale, way: Way, tender: PaymentTender, setup: Setup) -> events.PaymentIntended:
    unoccupied(state, sale, tender.means, setup)
    whole = way.amount == tender.amount
    purpose: Purpose = "reverse" if whole and _can_be_undone(state, way, tender) else "refund"
    return events.PaymentIntended(
        PaymentIntent(
            id=state.next_intent,
            sale=sale.id,
            amount=way.amount,
            currency=setup.currency,
            means=tender.means,
            purpose=purpose,
            key=f"{setup.key}-{state.next_intent}",
            account=tender.account,
            of=tender.approval,
            of_key=tender.key,
            vat_paid=tender.vat_paid,
            of_receipt=way.of.receipt if way.of else 0,
            of_tender=way.of.tender if way.of else 0,
        )
    )


def _can_be_undone(state: TillState, way: Way, tender: PaymentTender) -> bool:
    """Only what the terminal still has in its day, by a number that it knows, and that it has not refused to undo."""
    if tender.means != "card" or tender.intent < state.day.first:
        return False
    last = state.last_payment
    refused = (
        last is not None
        and last.state is not PaymentState.DONE
        and last.intent.purpose == "reverse"
        and way.of == TenderRef(last.intent.of_receipt, last.intent.of_tender)
    )
    return bool(tender.approval.receipt_number or tender.approval.reference) and not refused


def _onto_gift_card(state: TillState, sale: Sale, way: Way, command: c.PayBack, setup: Setup) -> events.PaymentIntended:
    unoccupied(state, sale, "gift-card", setup)
    if setup.gift_vat:
        # Such a card is sold with its VAT, and this one would not be: its use could not tell.
        raise SaleError(Reason.NO_MEANS, "gift-card")
    return events.PaymentIntended(
        PaymentIntent(
            id=state.next_intent,
            sale=sale.id,
            amount=way.amount,
            currency=setup.currency,
            means="gift-card",
            purpose="refund",
            key=f"{setup.key}-{state.next_intent}",
            account=command.account,
            of_receipt=way.of.receipt if way.of else 0,
            of_tender=way.of.tender if way.of else 0,
            approver=command.approver,
        )
    )
