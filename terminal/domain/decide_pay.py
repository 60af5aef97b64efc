"""Decisions about payment: cash with change and rounding, the card intent, and closing the sale."""

import msgspec

from . import commands as c
from . import events
from .card_states import CardState
from .cash import cash_due, is_cash
from .errors import Reason, SaleError
from .money import Amount
from .payment import Approved, Declined, PaymentIntent
from .pricing import price
from .receipt import Moment, make_receipt
from .sale import CashTender, Sale, Tender
from .till import Setup, TillState

MOST_CASH = Amount(10_000_000)
"""100,000 kr at once: more is a slip of the finger or a scan into the pad."""

MOST_CARD = Amount(999_999_999_999)
"""What a terminal's amount field holds: twelve digits (ZVT BMP 04)."""


def due_of(sale: Sale) -> Amount:
    """What is still to be paid; negative when money is to be given back."""
    return Amount(price(sale.basket).total - sale.paid)


def _payable(state: TillState, sale: Sale) -> Amount:
    """What is due on a sale that may be paid now."""
    if not sale.basket.lines:
        raise SaleError(Reason.EMPTY)
    if state.card is not None and state.card.intent.sale == sale.id:
        raise SaleError(Reason.CARD_PENDING)
    if sale.age_needed > sale.age_confirmed:
        raise SaleError(Reason.AGE_CHECK_NEEDED, str(sale.age_needed))
    return due_of(sale)


def cash(
    state: TillState, sale: Sale, command: c.PayCash, moment: Moment, setup: Setup
) -> events.CashTaken | events.SaleClosed:
    """Cash for the whole or a part; money back when the sale is negative."""
    due = _payable(state, sale)
    tendered = command.tendered
    if not 0 <= tendered <= MOST_CASH:
        raise SaleError(Reason.BAD_AMOUNT, str(tendered))
    if not is_cash(tendered):
        raise SaleError(Reason.NOT_CASH, str(tendered))
    if due == 0:
        return _closed_as_paid(state, sale, moment, setup)
    to_pay = cash_due(due)
    if due < 0:
        payout = CashTender(amount=due, tendered=to_pay, rounding=Amount(to_pay - due))
        return _closed(state, sale, (*sale.tenders, payout), moment, setup)
    if tendered < to_pay:
        if tendered == 0:
            raise SaleError(Reason.BAD_AMOUNT, "0")
        return events.CashTaken(sale.id, CashTender(amount=tendered, tendered=tendered))
    tender = CashTender(amount=due, tendered=tendered, change=Amount(tendered - to_pay), rounding=Amount(to_pay - due))
    return _closed(state, sale, (*sale.tenders, tender), moment, setup)


def card(state: TillState, sale: Sale, command: c.PayCard, currency: int) -> events.CardIntended:
    """The intent to take money from a card."""
    if state.card is not None:
        raise SaleError(Reason.CARD_PENDING if state.card.intent.sale == sale.id else Reason.CARD_IN_DOUBT)
    due = _payable(state, sale)
    if due < 0:
        raise SaleError(Reason.REFUND_IN_CASH)
    if due == 0:
        raise SaleError(Reason.NOTHING_DUE)
    amount = due if command.amount is None else command.amount
    if amount <= 0:
        raise SaleError(Reason.BAD_AMOUNT, str(amount))
    if amount > due:
        raise SaleError(Reason.TOO_MUCH, str(due))
    if amount > MOST_CARD:
        raise SaleError(Reason.TOO_MUCH, str(MOST_CARD))
    return events.CardIntended(PaymentIntent(state.next_intent, sale.id, amount, currency))


def settle(state: TillState, command: c.SettleCard) -> events.CardDone | events.CardFailed:
    """A payment in doubt, settled by a person who has looked at the terminal or its slip."""
    payment = state.card
    if payment is None:
        raise SaleError(Reason.NOTHING_DUE)
    if payment.state is not CardState.IN_DOUBT:
        raise SaleError(Reason.CARD_PENDING)
    if not command.approver:
        raise SaleError(Reason.APPROVAL_NEEDED)
    intent = payment.intent
    if command.paid:
        return events.CardDone(intent.id, payment.approval or Approved(intent.amount), command.approver)
    return events.CardFailed(intent.id, Declined("not-found"), command.approver)


def close(state: TillState, sale_id: int, moment: Moment, setup: Setup) -> events.SaleClosed:
    """Close a sale that its tenders cover. The drawer opens only if cash is among them."""
    sale = state.sales.get(sale_id)
    if sale is None:
        raise SaleError(Reason.NO_SUCH_SALE, str(sale_id))
    if state.card is not None and state.card.intent.sale == sale_id:
        raise SaleError(Reason.CARD_PENDING)
    due = due_of(sale)
    if due != 0 or not sale.tenders:
        raise SaleError(Reason.BAD_AMOUNT, str(due))
    return _closed_as_paid(state, sale, moment, setup)


def _closed_as_paid(state: TillState, sale: Sale, moment: Moment, setup: Setup) -> events.SaleClosed:
    """Close on the tenders that are there. The drawer opens if cash is among them: it has not been put away yet."""
    cash_in = any(isinstance(tender, CashTender) for tender in sale.tenders)
    return _closed(state, sale, sale.tenders, moment, msgspec.structs.replace(setup, drawer=setup.drawer and cash_in))


def _closed(
    state: TillState, sale: Sale, tenders: tuple[Tender, ...], moment: Moment, setup: Setup
) -> events.SaleClosed:
    receipt = make_receipt(
        sale,
        tenders,
        number=state.next_receipt,
        register=state.register,
        moment=moment,
        cashier=state.cashier,
        seller=state.seller,
    )
    return events.SaleClosed(
        sale=sale.id,
        receipt=receipt,
        print_job=state.next_job if setup.printer else 0,
        drawer=state.next_drawer if setup.drawer else 0,
    )
