"""Touches in a payment."""

from terminal.app.paying import PaymentDesk
from terminal.domain import commands as c
from terminal.domain.errors import Reason, SaleError
from terminal.domain.money import Amount

from . import dialogs as d
from . import forms as f
from .act_dialog import about
from .call import Call
from .typed import typed_amount


def start(call: Call, form: f.SaleNumber) -> None:
    """The large button: on to the payment; first, where it is needed, whether the buyer is old enough."""
    sale = call.sale()
    if sale.id != form.sale:
        return
    if not sale.basket.lines:
        raise SaleError(Reason.EMPTY)
    call.parts.selling.check_weighed()
    call.screen.change(typed="", mode="quantity")
    if sale.age_needed > sale.age_confirmed:
        call.screen.change(dialog=d.AgeCheck(sale.id))
    else:
        call.screen.change(paying=sale.id, dialog=None)
        call.parts.checkout.begin(sale.id)


def old_enough(call: Call, form: f.OfSale) -> None:
    """The cashier has seen that the buyer is."""
    about(call, form)
    call.till.do(c.ConfirmAge())
    call.screen.change(dialog=None, paying=call.till.state.current)
    call.parts.checkout.begin(call.till.state.current)


def back(call: Call, _: f.Nothing) -> None:
    """Back from the payment to the sale."""
    call.parts.checkout.end()
    failed = call.till.state.last_payment
    call.screen.change(paying=0, typed="", seen_payment=failed.intent.id if failed else 0)


def cash(call: Call, form: f.Cash) -> None:
    """Cash handed over. A second touch on the same button finds the sale closed, and means nothing."""
    state, ui = call.till.state, call.screen.ui
    if form.sale != state.current:
        return
    amount = typed_amount(ui.typed) if form.amount is None else form.amount
    if amount is None:
        raise SaleError(Reason.BAD_AMOUNT)
    call.parts.selling.check_weighed()
    call.till.do(c.PayCash(Amount(amount)))
    call.screen.change(typed="")


async def by(call: Call, form: f.By) -> None:
    """All that is due by card or MobilePay, or what stands on the pad."""
    if form.sale != call.till.state.current:
        return
    call.parts.selling.check_weighed()
    amount = typed_amount(call.screen.ui.typed)
    failed = call.till.state.last_payment
    command = c.PayBy(form.means, None if amount is None else Amount(amount))
    desk = call.parts.paying.get(form.means)
    if desk is None:
        call.till.do(command)
    else:
        await desk.pay(command)
    call.screen.change(typed="", seen_payment=failed.intent.id if failed else 0)


async def cancel(call: Call, _: f.Nothing) -> None:
    """Ask the other side to stop."""
    desk = _desk(call)
    if desk is not None:
        await desk.abort()


def ask(call: Call, _: f.Nothing) -> None:
    """Ask the other side again what became of it."""
    desk = _desk(call)
    if desk is None:
        raise SaleError(Reason.NO_MEANS)
    desk.ask_again()


def _desk(call: Call) -> PaymentDesk | None:
    """The desk that carries the payment of the current sale."""
    payment = call.till.state.pending(call.till.state.current)
    return None if payment is None else call.parts.paying.get(payment.intent.means)


def settle(call: Call, form: f.Settled) -> None:
    """A person has looked at the terminal: next, who approves."""
    if _in_doubt(call, form.intent):
        call.screen.change(dialog=d.SettlePayment(form.intent, form.paid == "yes"))


async def settled(call: Call, form: f.SettledBy) -> None:
    """Approved: so it is."""
    approver = await call.approve(form.approver, form.pin)
    # The check took a moment, and the other side may have said it itself.
    if _in_doubt(call, form.intent):
        call.till.do(c.SettlePayment(form.intent, form.paid == "yes", approver))
    call.screen.change(dialog=None)


def _in_doubt(call: Call, intent: int) -> bool:
    return any(each.intent.id == intent for each in call.till.state.doubts)


def set_aside(call: Call, form: f.SaleNumber) -> None:
    """Sell on while the payment is in doubt."""
    if form.sale == call.till.state.current:
        call.till.do(c.ParkSale())


def next_customer(call: Call, _: f.Nothing) -> None:
    """The change screen touched away."""
    last = call.till.state.last
    if last is not None:
        call.screen.change(seen_receipt=last.number)


def print_again(call: Call, form: f.Job) -> None:
    """What was certainly not printed."""
    if call.parts.prints is None:
        raise SaleError(Reason.NO_PRINTER)
    call.parts.prints.again(form.job)


def print_copy(call: Call, form: f.Job) -> None:
    """A person has looked: there is no whole receipt."""
    if call.parts.prints is None:
        raise SaleError(Reason.NO_PRINTER)
    call.parts.prints.copy_of_job(form.job)


def print_done(call: Call, form: f.Job) -> None:
    """A person has looked: it was printed, or need not be."""
    if call.parts.prints is None:
        raise SaleError(Reason.NO_PRINTER)
    call.parts.prints.drop(form.job)
