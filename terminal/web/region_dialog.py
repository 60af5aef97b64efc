"""The dialog that stands open, if any."""

from datetime import date
from typing import assert_never

from terminal.app.ports.device import Problem
from terminal.app.ports.scale import NoWeight, Weight
from terminal.domain.item import Unit
from terminal.domain.receipt import Receipt
from terminal.domain.till import TillState
from terminal.texts import N_

from . import dialogs as d
from . import terminal_says
from .look import Look
from .region_type import Region
from .render import render
from .sentences import DISCOUNTS, DRAWERS, KINDS, PRICES, VOIDS, WRONG

RECENT = 8
"""Receipts in a list to touch."""


def _dialog(look: Look) -> str:
    dialog = look.ui.dialog
    if dialog is None or not is_open(look):
        return render("dialog/none.html", look.words)
    words, state = look.words, look.state
    paid = len(look.sale.tenders) if look.sale else 0
    match dialog:
        case d.More():
            return render("dialog/more.html", words, look=look, setup=look.parts.till.setup)
        case d.VoidReason():
            return render("dialog/void.html", words, dialog=dialog, reasons=VOIDS)
        case d.ParkName():
            return render("dialog/park.html", words, dialog=dialog)
        case d.DiscountReason():
            line = look.sale.line(dialog.line) if look.sale else None
            return render("dialog/discount_reason.html", words, dialog=dialog, line=line, reasons=DISCOUNTS)
        case d.SaleDiscount():
            given = look.sale.basket.discount if look.sale else None
            return render("dialog/discount.html", words, dialog=dialog, reasons=DISCOUNTS, given=given)
        case d.PriceReason():
            line = look.sale.line(dialog.line) if look.sale else None
            names = look.parts.approval.names
            return render("dialog/price.html", words, dialog=dialog, line=line, reasons=PRICES, names=names)
        case d.Weigh():
            return _weigh(look, dialog)
        case d.AgeCheck():
            years = look.sale.age_needed if look.sale else 0
            today = date.fromisoformat(look.parts.till.moment().local[:10])
            born = words.date(years_before(today, years).isoformat())
            return render("dialog/age.html", words, dialog=dialog, years=years, born=born)
        case d.Returns():
            return _returns(look, dialog)
        case d.Copies():
            return render("dialog/copies.html", words, recent=look.parts.views.recent(RECENT), register=state.register)
        case d.DrawerReason():
            asks = look.parts.till.setup.drawer_approval
            names = look.parts.approval.names
            return render("dialog/drawer.html", words, reasons=DRAWERS, asks=asks, names=names)
        case d.TypeCode():
            return render("dialog/code.html", words)
        case d.Ways():
            return render("dialog/ways.html", words, dialog=dialog, paid=paid, setup=look.parts.till.setup)
        case d.GiftPay():
            balance = look.parts.tendering.balance(dialog.number) if dialog.number else None
            return render("dialog/gift_pay.html", words, dialog=dialog, paid=paid, balance=balance)
        case d.OtherPay():
            return render(
                "dialog/other_pay.html", words, dialog=dialog, paid=paid, kind=look.parts.till.setup.other(dialog.kind)
            )
        case d.BackOtherwise():
            return render(
                "dialog/back_otherwise.html",
                words,
                dialog=dialog,
                paid=paid,
                owed=max(0, -look.due),
                names=look.parts.approval.names,
                setup=look.parts.till.setup,
            )
        case d.GiftCards():
            balance = look.parts.tendering.balance(dialog.number) if dialog.number else None
            return render("dialog/gift_cards.html", words, dialog=dialog, balance=balance)
        case d.DayEnd():
            return _day_end(look)
        case d.SettlePayment():
            names = look.parts.approval.names
            amount = next((each.intent.amount for each in state.doubts if each.intent.id == dialog.intent), 0)
            return render("dialog/settle.html", words, dialog=dialog, names=names, amount=amount)
    assert_never(dialog)


def _weigh(look: Look, dialog: d.Weigh) -> str:
    """With a scale: what it shows, live, and why that has not gone onto the sale."""
    desk, _ = look.parts.weighing, look.words.gettext
    shows, says = "", ""
    if desk is not None:
        match desk.reading:
            case Weight(grams=grams):
                shows = look.words.quantity(grams, Unit.GRAM)
                if desk.is_sold:
                    says = _(
                        N_("This was sold already. Take it off the scale, or weigh it again to sell it once more.")
                    )
            case NoWeight(problem=Problem.NONE):
                says = _(N_("Put it on the scale, then touch Weigh."))
            case NoWeight(problem=problem):
                what, advice = WRONG[problem]
                says = f"{_(KINDS['scale'][1])} {_(what)}. {_(advice)}"
    return render(
        "dialog/weigh.html",
        look.words,
        item=look.parts.catalogue.by_sku(dialog.sku),
        sku=dialog.sku,
        has_scale=desk is not None,
        shows=shows,
        says=says,
    )


def _day_end(look: Look) -> str:
    desk, last = look.parts.day, look.state.last_day
    says = desk.message if desk is not None else None
    differs = None
    if last is not None and last.terminal is not None:
        differs = last.terminal.amount - last.journal.amount
    return render(
        "dialog/day_end.html",
        look.words,
        desk=desk,
        day=look.state.day,
        last=last,
        differs=differs,
        says=terminal_says.status(says.code, look.words) or says.text if says is not None else "",
    )


def is_open(look: Look) -> bool:
    """Whether a dialog stands open on the screen, and what it is about is still there."""
    match dialog := look.ui.dialog:
        case None:
            return False
        case d.VoidReason() | d.ParkName() | d.DiscountReason() | d.SaleDiscount() | d.PriceReason() | d.AgeCheck():
            return dialog.sale == look.state.current
        case d.Ways() | d.GiftPay() | d.OtherPay() | d.BackOtherwise():
            return dialog.sale == look.state.current
        case d.SettlePayment():
            return any(each.intent.id == dialog.intent for each in look.state.doubts)
        case _:
            return True


def years_before(today: date, years: int) -> date:
    """The last day of birth of somebody who is `years` old today."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February: one day less than a full year in most years
        return date(today.year - years, 2, 28)


def left_of(receipt: Receipt, returned: dict[int, int], state: TillState) -> dict[int, int]:
    """What can still come back of each line of a receipt, in thousandths: less what did, and what is about to."""
    left = {line.no: line.quantity - returned.get(line.no, 0) for line in receipt.lines if line.quantity > 0}
    for sale in state.sales.values():
        for line in sale.basket.lines:
            if line.returned is not None and line.returned.receipt == receipt.number and line.returned.line in left:
                left[line.returned.line] += line.quantity
    return left


def _returns(look: Look, dialog: d.Returns) -> str:
    views = look.parts.views
    receipt = views.receipt(dialog.receipt) if dialog.receipt else None
    if receipt is None:
        return render("dialog/returns.html", look.words, recent=views.recent(RECENT), register=look.state.register)
    left = left_of(receipt, views.returned(receipt.number), look.state)
    return render("dialog/return_lines.html", look.words, receipt=receipt, left=left)


def _inputs(look: Look) -> tuple[object, ...]:
    dialog = look.ui.dialog
    if dialog is None:
        return (None, look.words)
    sale = look.sale if isinstance(dialog, d.Returns | d.SaleDiscount) else None
    day = look.parts.day if isinstance(dialog, d.DayEnd) else None
    scale = look.parts.weighing if isinstance(dialog, d.Weigh) else None
    weighing = (scale.reading, scale.is_sold) if scale is not None else ()
    ending = (look.state.last_day, day.running, day.message, day.failed) if day is not None else ()
    return (dialog, *ending, *weighing, sale, look.state.current, look.state.payments, look.words, look.ui.large)


DIALOG = Region("dialog", _inputs, _dialog)
