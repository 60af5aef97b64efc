"""Touches that pay by gift card, account or voucher, and those that give money back."""

from terminal.app.gift_cards import new_number
from terminal.domain import commands as c
from terminal.domain.errors import Reason, SaleError
from terminal.domain.money import Amount
from terminal.texts import N_, language

from . import dialogs as d
from . import forms as f
from .call import Call
from .typed import typed_amount, typed_field

GIFT_CARD = N_("Gift card")


def _same(call: Call, form: f.SaleNumber) -> bool:
    """A second touch on the same button finds the sale closed, or one tender more, and means nothing."""
    sale = call.till.state.sale
    if sale is None or form.sale != sale.id:
        return False
    return not isinstance(form, f.OfPayment) or form.paid == len(sale.tenders)


def _on_pad(call: Call) -> Amount | None:
    amount = typed_amount(call.screen.ui.typed)
    return None if amount is None else Amount(amount)


def _paid(call: Call) -> None:
    call.screen.change(dialog=None, typed="")


def gift(call: Call, form: f.GiftPaid) -> None:
    """From a gift card: what is due or stands on the pad, up to what is on it."""
    if _same(call, form):
        call.parts.selling.check_weighed()
        call.parts.tendering.gift_card(form.number, _on_pad(call))
        _paid(call)


def account(call: Call, form: f.OnAccount) -> None:
    """On a known customer's account."""
    if _same(call, form):
        call.parts.selling.check_weighed()
        call.parts.tendering.on_account(form.customer, _on_pad(call))
        _paid(call)


def open_other(call: Call, form: f.OtherKind) -> None:
    """A kind of voucher touched: what is it worth?"""
    if call.till.setup.other(form.kind) is None:
        raise SaleError(Reason.UNKNOWN_TENDER, form.kind)
    call.screen.change(dialog=d.OtherPay(call.sale().id, form.kind))


def other(call: Call, form: f.OtherPaid) -> None:
    """By voucher."""
    if _same(call, form):
        call.parts.selling.check_weighed()
        call.parts.tendering.other(form.kind, Amount(typed_field(form.amount)), form.reference)
        _paid(call)


def pay_back(call: Call, form: f.SaleNumber) -> None:
    """The way it came."""
    if _same(call, form):
        call.parts.selling.check_weighed()
        seen = call.till.state.last_payment
        call.parts.tendering.pay_back()
        call.screen.change(typed="", seen_payment=seen.intent.id if seen else 0)


async def pay_back_otherwise(call: Call, form: f.BackBy) -> None:
    """Another way, when somebody approves."""
    if not _same(call, form):
        return
    approver = await call.approve(form.approver, form.pin)
    # The check took a moment, and other things may have happened in it: what was approved is what is given.
    if _same(call, form) and form.owed == max(0, -call.look().due):
        call.parts.selling.check_weighed()
        if form.tender:
            call.till.do(c.TakeBack(form.tender, "cash", approver))
        else:
            call.parts.tendering.pay_back(form.way, approver, form.number)
        _paid(call)


def take_back(call: Call, form: f.TakenBack) -> None:
    """A tender of the open sale goes back."""
    if _same(call, form):
        call.till.do(c.TakeBack(form.tender))
        call.screen.change(typed="", paying=form.sale)


def gift_card(call: Call, form: f.GiftCard) -> None:
    """Sell one, top one up, or look what is on it."""
    if form.wish == "balance":
        if not form.number.strip():
            raise SaleError(Reason.UNKNOWN_GIFT_CARD)
        call.screen.change(dialog=d.GiftCards(form.number.strip()))
        return
    name = language(call.parts.language).gettext(GIFT_CARD)
    number = form.number.strip() or new_number()
    call.parts.tendering.sell_gift_card(number, Amount(typed_field(form.amount)), name)
    call.screen.change(dialog=None, paying=0)


async def end_day(call: Call, _: f.Nothing) -> None:
    """End the card terminal's day. Takes as long as the terminal does."""
    if call.parts.day is None:
        raise SaleError(Reason.NO_MEANS)
    await call.parts.day.end()
