"""Decisions: what a command makes happen, or why not. One command, one event; the state is not touched."""

from typing import assert_never

import msgspec

from . import commands as c
from . import decide_pay, decide_refund, events
from .errors import Reason, SaleError
from .item import ONE, Item, Unit
from .money import Amount, BasisPoints
from .order import OrderJob
from .ordering import tickets
from .payment import DayTotals
from .payment_states import PaymentState
from .pricing import discount_of, price, returned_amount, takes_discount
from .receipt import Moment, ReceiptLine
from .sale import MAX_LINES, MAX_PRICE, MAX_QUANTITY, Basket, Discount, Line, ReturnOf, Sale
from .till import Setup, TillState

MAX_SALES = 50
MAX_REASON = 100


def decide(state: TillState, command: c.AnyCommand, moment: Moment, setup: Setup) -> events.AnyEvent:
    """The event that `command` makes happen. Raises SaleError when it cannot be."""
    match command:
        case c.AddItem():
            return _add(state, command, moment)
        case c.ChangeQuantity():
            return _quantity(state, command)
        case c.RemoveLine():
            sale = _changeable(state)
            return events.LineRemoved(sale.id, _own_line(sale, command.line).id)
        case c.DiscountLine():
            return _discount_line(state, command)
        case c.DiscountSale():
            return _discount_sale(state, command)
        case c.OverridePrice():
            return _override(state, command)
        case c.ReturnLine():
            return _return(state, command)
        case c.ConfirmAge():
            sale = _current(state)
            return events.AgeConfirmed(sale.id, sale.age_needed)
        case c.Undo():
            sale = _changeable(state)
            if sale.undo is None:
                raise SaleError(Reason.NOTHING_TO_UNDO)
            return events.Undone(sale.id)
        case c.VoidSale():
            sale = _changeable(state)
            reason = _reason(command.reason) if sale.basket.lines else _shortened(command.reason)
            return _voided(state, sale, reason, moment, setup)
        case c.ParkSale():
            return _park(state, command, moment, setup)
        case c.ResumeSale():
            return _resume(state, command, moment, setup)
        case c.SellCredit():
            return _credit(state, command, setup)
        case c.PayCash():
            return decide_pay.cash(state, _current(state), command, moment, setup)
        case c.PayBy():
            return decide_pay.by(state, _current(state), command, setup)
        case c.PayOnAccount():
            return decide_pay.on_account(state, _current(state), command, moment, setup)
        case c.PayOther():
            return decide_pay.other(state, _current(state), command, moment, setup)
        case c.PayBack():
            return decide_refund.pay_back(state, _current(state), command, moment, setup)
        case c.TakeBack():
            return decide_refund.take_back(state, _current(state), command, moment, setup)
        case c.FinishPayment():
            return decide_pay.finish(state, command, moment, setup)
        case c.SettlePayment():
            return decide_pay.settle(state, command, moment, setup)
        case c.CloseSale():
            return decide_pay.close(state, command.sale, moment, setup)
        case c.BeginDayEnd():
            if "card" in state.payments:
                raise SaleError(Reason.PAYMENT_IN_DOUBT)
            return events.DayEnding()
        case c.KeepDay():
            return events.DayKept(command.why)
        case c.EndDay():
            card = state.payments.get("card")
            if card is not None and card.state is not PaymentState.INTENT:
                raise SaleError(Reason.PAYMENT_IN_DOUBT)
            return events.DayEnded(DayTotals(state.day.count, state.day.amount), command.terminal)
        case c.WantCopy():
            if not setup.printer and command.order is None:
                raise SaleError(Reason.NO_PRINTER)
            return events.CopyWanted(state.next_job, command.receipt, command.slips, command.order)
        case c.OpenDrawer():
            if not setup.drawer:
                raise SaleError(Reason.NO_DRAWER)
            reason = _reason(command.reason)
            if setup.drawer_approval and not command.approver:
                raise SaleError(Reason.APPROVAL_NEEDED)
            return events.DrawerWanted(state.next_drawer, reason, state.cashier, command.approver)
    assert_never(command)


def _shortened(text: str) -> str:
    return " ".join(text.split())[:MAX_REASON]


def _reason(text: str) -> str:
    text = _shortened(text)
    if not text:
        raise SaleError(Reason.REASON_NEEDED)
    return text


def _current(state: TillState) -> Sale:
    sale = state.sale
    if sale is None:
        raise SaleError(Reason.NO_SALE)
    return sale


def _unlocked(state: TillState, sale: Sale) -> Sale:
    if state.pending(sale.id) is not None:
        raise SaleError(Reason.PAYMENT_PENDING)
    return sale


def _movable(state: TillState, sale: Sale) -> Sale:
    """A sale that may leave the screen: a payment in doubt must not stop the queue behind it."""
    payment = state.pending(sale.id)
    if payment is not None and payment.state is not PaymentState.IN_DOUBT:
        raise SaleError(Reason.PAYMENT_PENDING)
    return sale


def _changeable(state: TillState) -> Sale:
    """The current sale, if its basket may still change: no card payment runs and nothing has been paid."""
    sale = _unlocked(state, _current(state))
    if not sale.settled:
        raise SaleError(Reason.PARTLY_PAID)
    return sale


def _own_line(sale: Sale, line_id: int) -> Line:
    """A line a person may work on: a deposit goes with its item."""
    line = sale.line(line_id)
    if line is None:
        raise SaleError(Reason.NO_SUCH_LINE, str(line_id))
    if line.parent:
        parent = sale.line(line.parent)
        return parent if parent is not None else line
    return line


def _priceable(sale: Sale, line_id: int) -> Line:
    """A line whose price a person may change. Of a deposit it is refused: its item's price is another line's."""
    line = sale.line(line_id)
    if line is None:
        raise SaleError(Reason.NO_SUCH_LINE, str(line_id))
    if not takes_discount(line):
        raise SaleError(Reason.NOT_DISCOUNTABLE, line.item.name)
    return line


def _current_or_new(state: TillState) -> Sale:
    """The sale that a new line goes onto."""
    if state.sale is not None:
        return _unlocked(state, state.sale)
    if len(state.sales) >= MAX_SALES:
        raise SaleError(Reason.TOO_MANY_SALES, str(MAX_SALES))
    return Sale(state.next_sale)


def _add(state: TillState, command: c.AddItem, moment: Moment) -> events.LineAdded | events.QuantityChanged:
    item = command.item
    sale = _current_or_new(state)
    if command.expiry and command.expiry < moment.local[:10]:
        raise SaleError(Reason.EXPIRED, command.expiry)
    # A price in the barcode needs no weight: the label has multiplied already.
    quantity = ONE if command.price is not None else command.quantity
    if quantity is None:
        raise SaleError(Reason.WEIGHT_NEEDED, item.sku)
    if not 0 < quantity <= MAX_QUANTITY or (item.unit is Unit.PIECE and quantity % ONE):
        raise SaleError(Reason.BAD_QUANTITY, str(quantity))
    unit_price = item.price if command.price is None else command.price
    if not 0 <= unit_price <= MAX_PRICE:
        raise SaleError(Reason.BAD_AMOUNT, str(unit_price))
    line = Line(
        id=sale.next_line,
        item=item,
        quantity=quantity,
        price=unit_price,
        unit=Unit.PIECE if command.price is not None else item.unit,
        code=command.code,
        lot=command.lot,
        expiry=command.expiry,
        weighed=command.weighed if command.price is None and item.unit is Unit.GRAM else "",
    )
    # Deposits are counted with pieces; the import refuses one on what is weighed.
    deposit = command.deposit if line.unit is Unit.PIECE else None
    again = _same_again(sale, line, deposit)
    if again is not None:
        return events.QuantityChanged(sale.id, again.id, again.quantity + line.quantity)
    lines: tuple[Line, ...] = (line,)
    if deposit is not None:
        lines = (line, Line(line.id + 1, deposit, line.quantity, deposit.price, deposit.unit, parent=line.id))
    if len(sale.basket.lines) + len(lines) > MAX_LINES:
        raise SaleError(Reason.TOO_MANY_LINES, str(MAX_LINES))
    return events.LineAdded(sale.id, lines)


def _credit(state: TillState, command: c.SellCredit, setup: Setup) -> events.LineAdded:
    """A line that puts money onto a gift card or an account: no goods, no discount, no department."""
    sale = _current_or_new(state)
    credit, number = command.credit, command.credit.number
    if credit.kind == "account" and setup.customer(number) is None:
        raise SaleError(Reason.UNKNOWN_CUSTOMER, number)
    if credit.kind == "gift-card" and "gift-card" not in setup.means:
        raise SaleError(Reason.NO_MEANS, credit.kind)
    if not number:
        raise SaleError(Reason.UNKNOWN_GIFT_CARD)
    if not 0 < command.amount <= MAX_PRICE:
        raise SaleError(Reason.BAD_AMOUNT, str(command.amount))
    if len(sale.basket.lines) >= MAX_LINES:
        raise SaleError(Reason.TOO_MANY_LINES, str(MAX_LINES))
    rate = setup.gift_vat if credit.kind == "gift-card" else BasisPoints(0)
    item = Item(sku=credit.kind, name=command.name, price=command.amount, vat_rate=rate)
    return events.LineAdded(sale.id, (Line(sale.next_line, item, ONE, command.amount, code=number, credit=credit),))


def _same_again(sale: Sale, line: Line, deposit: Item | None) -> Line | None:
    """The last line, if one more of exactly the same goes onto it: counted, at the same price, nothing done to it."""
    own = [each for each in sale.basket.lines if not each.parent]
    if not own or line.unit is not Unit.PIECE or line.item.unit is not Unit.PIECE:
        return None
    last = own[-1]
    its_deposit = next((each.item for each in sale.basket.lines if each.parent == last.id), None)
    same = (
        last.item == line.item
        and its_deposit == deposit
        and (last.price, last.unit, last.lot, last.expiry) == (line.price, line.unit, line.lot, line.expiry)
        and last.returned is None
        and last.credit is None
        and last.discount is None
        and not last.override
        and last.quantity + line.quantity <= MAX_QUANTITY
    )
    return last if same else None


def _quantity(state: TillState, command: c.ChangeQuantity) -> events.QuantityChanged:
    sale = _changeable(state)
    line = _own_line(sale, command.line)
    if line.returned is not None or line.credit is not None or not 0 < command.quantity <= MAX_QUANTITY:
        raise SaleError(Reason.BAD_QUANTITY, str(command.quantity))
    if line.unit is Unit.PIECE and command.quantity % ONE:
        raise SaleError(Reason.BAD_QUANTITY, str(command.quantity))
    return events.QuantityChanged(sale.id, line.id, command.quantity, "typed" if line.unit is Unit.GRAM else "")


def _checked(discount: Discount | None) -> Discount | None:
    if discount is None:
        return None
    if (discount.percent > 0) == (discount.amount > 0) or discount.percent < 0 or discount.amount < 0:
        raise SaleError(Reason.BAD_DISCOUNT)
    if discount.percent > 10_000:
        raise SaleError(Reason.BAD_DISCOUNT, str(discount.percent))
    return msgspec.structs.replace(discount, reason=_reason(discount.reason))


def _discount_line(state: TillState, command: c.DiscountLine) -> events.LineDiscounted:
    sale = _changeable(state)
    line = _priceable(sale, command.line)
    discount = _checked(command.discount)
    if discount is not None and discount.amount > MAX_PRICE:
        raise SaleError(Reason.BAD_DISCOUNT, str(discount.amount))
    gross = price(Basket((msgspec.structs.replace(line, discount=None),))).total
    if discount is not None and discount.amount > gross:
        raise SaleError(Reason.BAD_DISCOUNT, str(gross))
    return events.LineDiscounted(sale.id, line.id, discount)


def _discount_sale(state: TillState, command: c.DiscountSale) -> events.SaleDiscounted:
    sale = _changeable(state)
    if not sale.basket.lines:
        raise SaleError(Reason.EMPTY)
    discount = _checked(command.discount)
    if discount is not None:
        base = sum(each.amount for each in price(Basket(sale.basket.lines)).lines if takes_discount(each.line))
        if discount_of(discount, Amount(base)) < discount.amount or base <= 0:
            raise SaleError(Reason.BAD_DISCOUNT, str(base))
    return events.SaleDiscounted(sale.id, discount)


def _override(state: TillState, command: c.OverridePrice) -> events.PriceOverridden:
    sale = _changeable(state)
    line = _priceable(sale, command.line)
    if not 0 <= command.price <= MAX_PRICE:
        raise SaleError(Reason.BAD_AMOUNT, str(command.price))
    if not command.approver:
        raise SaleError(Reason.APPROVAL_NEEDED)
    return events.PriceOverridden(sale.id, line.id, command.price, _reason(command.reason), command.approver)


def _return(state: TillState, command: c.ReturnLine) -> events.LineAdded:
    sale = _current_or_new(state)
    if not sale.settled:
        raise SaleError(Reason.PARTLY_PAID)
    receipt = command.receipt
    wanted = next((line for line in receipt.lines if line.no == command.line and line.quantity > 0), None)
    if wanted is None:
        raise SaleError(Reason.NO_SUCH_LINE, str(command.line))
    if wanted.credit is not None:
        # The money is on the card or the account, and may have been used.
        raise SaleError(Reason.NOT_RETURNABLE, wanted.name)
    if command.quantity <= 0 or (wanted.unit is Unit.PIECE and command.quantity % ONE):
        raise SaleError(Reason.BAD_QUANTITY, str(command.quantity))
    deposits = [line for line in receipt.lines if line.parent == wanted.no]
    lines: list[Line] = []
    for original in (wanted, *deposits):
        before, given = _being_returned(state, receipt.number, original.no)
        before += command.returned.get(original.no, 0)
        given += command.refunded.get(original.no, 0)
        left = original.quantity - before
        if command.quantity > left:
            if original is not wanted:
                continue  # the deposit went back by itself (the bottle alone); the item still may
            raise SaleError(Reason.ALREADY_RETURNED, str(left))
        of = ReturnOf(receipt.number, original.no, original.quantity, original.amount, before, Amount(given))
        line_id = sale.next_line + len(lines)
        parent = 0 if original is wanted else sale.next_line
        lines.append(_returned_line(original, command.quantity, of, line_id, parent))
    if len(sale.basket.lines) + len(lines) > MAX_LINES:
        raise SaleError(Reason.TOO_MANY_LINES, str(MAX_LINES))
    return events.LineAdded(sale.id, tuple(lines))


def _returned_line(original: ReceiptLine, quantity: int, of: ReturnOf, line_id: int, parent: int) -> Line:
    item = Item(
        sku=original.sku,
        name=original.name,
        price=original.price,
        vat_rate=original.vat_rate,
        unit=original.unit,
        department=original.department,
        is_deposit=original.is_deposit,
    )
    return Line(line_id, item, -quantity, original.price, original.unit, parent=parent, returned=of)


def _being_returned(state: TillState, receipt: int, line_no: int) -> tuple[int, int]:
    """The quantity and the money that open and parked sales are about to return of a line, both positive."""
    quantity = money = 0
    for sale in state.sales.values():
        for line in sale.basket.lines:
            of = line.returned
            if of is not None and (of.receipt, of.line) == (receipt, line_no):
                quantity -= line.quantity
                money += returned_amount(of, -line.quantity)
    return quantity, money


def _park(state: TillState, command: c.ParkSale, moment: Moment, setup: Setup) -> events.SaleParked:
    sale = _movable(state, _current(state))
    if not sale.basket.lines:
        raise SaleError(Reason.EMPTY)
    name = " ".join(command.name.split())[:32] or sale.parked_as
    aside = msgspec.structs.replace(sale, parked_as=name)
    return events.SaleParked(sale.id, name, _set_aside(state, aside, moment, setup))


def _resume(state: TillState, command: c.ResumeSale, moment: Moment, setup: Setup) -> events.SaleResumed:
    if command.sale not in state.sales:
        raise SaleError(Reason.NO_SUCH_SALE, str(command.sale))
    left = state.sale
    if left is None or left.id == command.sale:
        return events.SaleResumed(command.sale)
    return events.SaleResumed(command.sale, _set_aside(state, _movable(state, left), moment, setup))


def _set_aside(state: TillState, sale: Sale, moment: Moment, setup: Setup) -> tuple[OrderJob, ...]:
    return tickets(sale, setup, first_job=state.next_job, local=moment.local, cashier=state.cashier, set_aside=True)


def _voided(state: TillState, sale: Sale, reason: str, moment: Moment, setup: Setup) -> events.SaleVoided:
    """With its card slips (payments that were taken back), which no receipt prints any more."""
    slips = state.next_job if sale.slips and setup.printer else 0
    first_job = slips + 1 if slips else state.next_job
    orders = tickets(sale, setup, first_job=first_job, local=moment.local, cashier=state.cashier, gone=True)
    total = price(sale.basket).total
    return events.SaleVoided(sale.id, reason, total, len(sale.basket.lines), slips, orders)
