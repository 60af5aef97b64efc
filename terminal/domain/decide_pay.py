"""Decisions about payment: cash with change and rounding, the card intent, and closing the sale."""

import msgspec

from . import commands as c
from . import events
from .cash import cash_due, is_cash
from .errors import Reason, SaleError
from .money import Amount
from .payment import PaymentIntent
from .pricing import price
from .receipt import Moment, make_receipt
from .sale import CashTender, Sale, Tender
from .till import Setup, TillState

MOST_CASH = Amount(10_000_000)
"""100,000 kr at once: more is a slip of the finger or a scan into the pad."""


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
        return _closed(state, sale, sale.tenders, moment, msgspec.structs.replace(setup, drawer=False))
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
    return events.CardIntended(PaymentIntent(state.next_intent, sale.id, amount, currency))


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
