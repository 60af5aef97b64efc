"""Decisions about payment: cash with change and rounding, what is asked for elsewhere, and closing the sale."""

import msgspec

from . import commands as c
from . import events
from .cash import cash_due, is_cash
from .errors import Reason, SaleError
from .evolve_pay import done as with_payment
from .money import Amount, BasisPoints
from .order import OrderJob
from .ordering import tickets
from .payment import Approved, Declined, PaymentIntent
from .payment_states import TRANSITIONS, PaymentState, failure
from .pricing import price
from .receipt import Moment, Receipt, make_receipt
from .sale import AccountTender, CashTender, OtherTender, PaymentTender, Sale, Tender
from .till import Payment, Setup, TillState

MOST_CASH = Amount(10_000_000)
"""100,000 kr at once: more is a slip of the finger or a scan into the pad."""

MOST_CARD = Amount(999_999_999_999)
"""What a terminal's amount field holds: twelve digits (ZVT BMP 04)."""

MOST_REFERENCE = 40

Took = events.TenderTaken | events.SaleClosed
"""A tender at once: the sale goes on, or is closed by it."""
Done = events.PaymentDone | events.SaleClosed


def due_of(sale: Sale) -> Amount:
    """What is still to be paid; negative when money is to be given back."""
    return Amount(price(sale.basket).total - sale.paid)


def payable(state: TillState, sale: Sale) -> Amount:
    """What is due on a sale that may be paid now. Raises SaleError."""
    if not sale.basket.lines:
        raise SaleError(Reason.EMPTY)
    if state.pending(sale.id) is not None:
        raise SaleError(Reason.PAYMENT_PENDING)
    if sale.age_needed > sale.age_confirmed:
        raise SaleError(Reason.AGE_CHECK_NEEDED, str(sale.age_needed))
    return due_of(sale)


def cash(state: TillState, sale: Sale, command: c.PayCash, moment: Moment, setup: Setup) -> Took:
    """Cash for the whole or a part."""
    due = payable(state, sale)
    if state.drawer_open and not setup.sell_while_open:
        raise SaleError(Reason.DRAWER_OPEN)
    tendered = command.tendered
    if not 0 <= tendered <= MOST_CASH:
        raise SaleError(Reason.BAD_AMOUNT, str(tendered))
    if not is_cash(tendered):
        raise SaleError(Reason.NOT_CASH, str(tendered))
    if due == 0:
        return _closed_as_paid(state, sale, moment, setup)
    if due < 0:
        raise SaleError(Reason.GIVE_BACK_FIRST)
    to_pay = cash_due(due)
    if tendered < to_pay:
        if tendered == 0:
            raise SaleError(Reason.BAD_AMOUNT, "0")
        return events.TenderTaken(sale.id, CashTender(amount=tendered, tendered=tendered))
    tender = CashTender(amount=due, tendered=tendered, change=Amount(tendered - to_pay), rounding=Amount(to_pay - due))
    return took(state, sale, tender, moment, setup)


def by(state: TillState, sale: Sale, command: c.PayBy, setup: Setup) -> events.PaymentIntended:
    """The intent to ask for money."""
    unoccupied(state, sale, command.means, setup)
    amount = _part(payable(state, sale), command.amount)
    gift = command.means == "gift-card"
    if gift:
        amount = _from_gift_card(sale, command, amount, setup)
    if amount > MOST_CARD:
        raise SaleError(Reason.TOO_MUCH, str(MOST_CARD))
    return events.PaymentIntended(
        PaymentIntent(
            id=state.next_intent,
            sale=sale.id,
            amount=amount,
            currency=setup.currency,
            means=command.means,
            key=f"{setup.key}-{state.next_intent}",
            account=command.account,
            vat_paid=setup.gift_vat if gift else BasisPoints(0),
        )
    )


def on_account(state: TillState, sale: Sale, command: c.PayOnAccount, moment: Moment, setup: Setup) -> Took:
    """A known customer pays later."""
    amount = _part(payable(state, sale), command.amount)
    customer = setup.customer(command.customer)
    if customer is None:
        raise SaleError(Reason.UNKNOWN_CUSTOMER, command.customer)
    tenders = (tender for each in state.sales.values() for tender in each.tenders)
    open_ones = sum(t.amount for t in tenders if isinstance(t, AccountTender) and t.customer == customer.number)
    left = customer.limit - command.owed - open_ones
    if amount > left:
        raise SaleError(Reason.CREDIT_LIMIT, str(max(0, left)))
    return took(state, sale, AccountTender(amount, customer.number, customer.name), moment, setup)


def other(state: TillState, sale: Sale, command: c.PayOther, moment: Moment, setup: Setup) -> Took:
    """A voucher or the like. Above what is due it is worth no more, and nothing of it comes back."""
    due = _part(payable(state, sale), None)
    kind = setup.other(command.kind)
    if kind is None:
        raise SaleError(Reason.UNKNOWN_TENDER, command.kind)
    if not 0 < command.face <= MOST_CASH:
        raise SaleError(Reason.BAD_AMOUNT, str(command.face))
    if command.face > due and not kind.over:
        raise SaleError(Reason.TOO_MUCH, str(due))
    reference = "".join(command.reference.split())[:MOST_REFERENCE]
    if kind.reference and not reference:
        raise SaleError(Reason.REFERENCE_NEEDED, kind.name)
    if reference and (command.used or _holds(state, kind.kind, reference)):
        raise SaleError(Reason.VOUCHER_USED, reference)
    tender = OtherTender(min(command.face, due), kind.kind, kind.name, command.face, reference)
    return took(state, sale, tender, moment, setup)


def finish(state: TillState, command: c.FinishPayment, moment: Moment, setup: Setup) -> Done:
    """The other side has said that the money has moved. One that covers the sale closes it in the same step."""
    payment = _open(state, command.intent)
    if (payment.state, events.PaymentDone) not in TRANSITIONS:
        raise SaleError(Reason.PAYMENT_PENDING)
    return _done(state, payment, events.PaymentDone(command.intent, command.approval), moment, setup)


def settle(state: TillState, command: c.SettlePayment, moment: Moment, setup: Setup) -> Done | events.Failure:
    """A payment in doubt, settled by a person who has looked at the terminal or its slip."""
    payment = _open(state, command.intent)
    if payment.state is not PaymentState.IN_DOUBT:
        raise SaleError(Reason.PAYMENT_PENDING)
    if not command.approver:
        raise SaleError(Reason.APPROVAL_NEEDED)
    intent, approver = payment.intent, command.approver
    if intent.means == "mobilepay" and (command.paid or payment.approval is not None):
        # What is approved at the service has to be captured, which only the till itself can do: when it answers again.
        raise SaleError(Reason.SETTLES_ITSELF)
    if command.paid:
        approval = payment.approval or Approved(intent.amount)
        return _done(state, payment, events.PaymentDone(intent.id, approval, approver, state.cashier), moment, setup)
    return failure(payment.state, intent.id, Declined("not-found"), approver, state.cashier)


def close(state: TillState, sale_id: int, moment: Moment, setup: Setup) -> events.SaleClosed:
    """Close a sale that its tenders cover. The drawer opens only if cash is among them."""
    sale = state.sales.get(sale_id)
    if sale is None:
        raise SaleError(Reason.NO_SUCH_SALE, str(sale_id))
    if state.pending(sale_id) is not None:
        raise SaleError(Reason.PAYMENT_PENDING)
    due = due_of(sale)
    if due != 0 or not sale.tenders:
        raise SaleError(Reason.BAD_AMOUNT, str(due))
    return _closed_as_paid(state, sale, moment, setup)


def unoccupied(state: TillState, sale: Sale, means: str, setup: Setup) -> None:
    """Raises SaleError when there is no such means, or it is still with another payment."""
    if means not in setup.means:
        raise SaleError(Reason.NO_MEANS, means)
    payment = next((each for each in state.payments.values() if each.intent.means == means), None)
    if payment is not None:
        own = payment.intent.sale == sale.id
        raise SaleError(Reason.PAYMENT_PENDING if own else Reason.PAYMENT_IN_DOUBT)


def took(state: TillState, sale: Sale, tender: Tender, moment: Moment, setup: Setup) -> Took:
    """A tender at once. The one that covers the sale closes it; cash that goes out opens the drawer."""
    if tender.amount == due_of(sale):
        return _closed(state, sale, (*sale.tenders, tender), moment, _drawer(setup, (*sale.tenders, tender)))
    if isinstance(tender, PaymentTender):
        raise TypeError("a payment is no tender at once")
    opens = setup.drawer and isinstance(tender, CashTender) and tender.amount < 0
    return events.TenderTaken(sale.id, tender, state.next_drawer if opens else 0)


def _part(due: Amount, wanted: Amount | None) -> Amount:
    """How much of what is due is paid now."""
    if due < 0:
        raise SaleError(Reason.GIVE_BACK_FIRST)
    if due == 0:
        raise SaleError(Reason.NOTHING_DUE)
    amount = due if wanted is None else wanted
    if amount <= 0:
        raise SaleError(Reason.BAD_AMOUNT, str(amount))
    if amount > due:
        raise SaleError(Reason.TOO_MUCH, str(due))
    return amount


def _from_gift_card(sale: Sale, command: c.PayBy, amount: Amount, setup: Setup) -> Amount:
    """What the gift card can give of it."""
    if command.balance is None:
        raise SaleError(Reason.UNKNOWN_GIFT_CARD, command.account)
    if command.balance <= 0:
        raise SaleError(Reason.GIFT_CARD_EMPTY, command.account)
    amount = min(amount, command.balance)
    if setup.gift_most:
        taken = sum(t.amount for t in sale.tenders if isinstance(t, PaymentTender) and t.account == command.account)
        amount = Amount(min(amount, setup.gift_most - taken))
        if amount <= 0:
            raise SaleError(Reason.GIFT_CARD_LIMIT, str(setup.gift_most))
    return amount


def _holds(state: TillState, kind: str, reference: str) -> bool:
    """Whether an open sale has taken that voucher."""
    tenders = (tender for sale in state.sales.values() for tender in sale.tenders)
    same = (t for t in tenders if isinstance(t, OtherTender) and (t.kind, t.reference) == (kind, reference))
    return sum(tender.amount for tender in same) > 0


def _open(state: TillState, intent: int) -> Payment:
    payment = next((each for each in state.payments.values() if each.intent.id == intent), None)
    if payment is None:
        raise SaleError(Reason.NOTHING_DUE)
    return payment


def _done(state: TillState, payment: Payment, event: events.PaymentDone, moment: Moment, setup: Setup) -> Done:
    after = with_payment(state, event)
    sale = after.sales.get(payment.intent.sale)
    if sale is None or due_of(sale) != 0:
        return event
    return msgspec.structs.replace(_closed_as_paid(after, sale, moment, setup), settles=event)


def _drawer(setup: Setup, tenders: tuple[Tender, ...]) -> Setup:
    """The drawer opens if cash is among the tenders: it has not been put away, or counted out, yet."""
    has_cash = any(isinstance(tender, CashTender) for tender in tenders)
    return msgspec.structs.replace(setup, drawer=setup.drawer and has_cash)


def _closed_as_paid(state: TillState, sale: Sale, moment: Moment, setup: Setup) -> events.SaleClosed:
    return _closed(state, sale, sale.tenders, moment, _drawer(setup, sale.tenders))


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
        orders=_orders(state, sale, receipt, setup) if setup.orders else (),
    )


def _orders(state: TillState, sale: Sale, receipt: Receipt, setup: Setup) -> tuple[OrderJob, ...]:
    return tickets(
        sale,
        setup,
        first_job=state.next_job + setup.printer,
        local=receipt.moment.local,
        cashier=state.cashier,
        number=receipt.code,
    )
