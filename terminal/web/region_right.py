"""The right half: items to touch, or the payment."""

from typing import NamedTuple

from terminal.domain.cash import cash_due, quick_amounts
from terminal.domain.money import Amount
from terminal.domain.payment_states import PaymentState
from terminal.domain.sale import AccountTender, CashTender, OtherTender, PaymentTender, Sale, TenderRef
from terminal.domain.till import Payment
from terminal.texts import N_

from . import pay_says
from .look import Look
from .qr import drawn_qr
from .region_type import Region
from .render import render
from .typed import typed_amount

ITEMS_SHOWN = 240
FOUND_SHOWN = 60
COLOURS = 8
"""Department colours in kasse.css."""


def _browse(look: Look) -> str:
    catalogue, ui = look.parts.catalogue, look.ui
    departments = catalogue.departments()
    colours = {name: number % COLOURS for number, name in enumerate(departments)}
    open_department = ui.department if ui.department in colours else (departments[0] if departments else "")
    if ui.words:
        items = catalogue.search(ui.words, FOUND_SHOWN)
    else:
        items = catalogue.in_department(open_department, ITEMS_SHOWN) if departments else ()
    return render(
        "browse.html",
        look.words,
        departments=departments,
        colours=colours,
        open_department="" if ui.words else open_department,
        searched=ui.words,
        items=items,
    )


def _pay(look: Look, sale: Sale) -> str:
    due, failed = look.due, look.state.last_payment
    show_failed = (
        failed is not None
        and failed.state is not PaymentState.DONE
        and failed.intent.sale == sale.id
        and failed.intent.id != look.ui.seen_payment
    )
    typed = typed_amount(look.ui.typed)
    setup = look.parts.till.setup
    return render(
        "pay.html",
        look.words,
        sale=sale,
        due=due,
        typed=typed,
        quick=quick_amounts(Amount(due)),
        exact=cash_due(Amount(due)),
        paid=_paid(sale, look),
        means=[means for means in ("card", "mobilepay") if means in setup.means],
        has_more="gift-card" in setup.means or setup.customers or setup.others,
        back=_back(look, sale, due) if due < 0 else None,
        failed=failed if show_failed else None,
        failed_says=pay_says.declined(failed, look.words) if show_failed and failed is not None else "",
        busy=look.state.payments,
    )


class Paid(NamedTuple):
    """A tender as the payment shows it."""

    place: int
    icon: str
    name: str
    amount: Amount
    can_go_back: bool


def _paid(sale: Sale, look: Look) -> list[Paid]:
    return [
        Paid(
            place,
            pay_says.icon(tender),
            pay_says.name(tender, look.words),
            tender.amount,
            tender.amount > sale.paid_back(TenderRef(0, place)),
        )
        for place, tender in enumerate(sale.tenders, start=1)
    ]


class Back(NamedTuple):
    """How the next part of what is owed to the customer goes back."""

    icon: str
    name: str
    amount: Amount
    """As it is handed out: rounded when it is cash."""
    possible: bool


def _back(look: Look, sale: Sale, due: int) -> Back:
    way = look.parts.tendering.next_way(sale, Amount(-due))
    tender, setup = way.tender, look.parts.till.setup
    match tender:
        case None:
            # Nothing that it came by is left: cash, when somebody approves.
            return Back("cash", look.words.gettext(N_("Cash")), cash_due(way.amount), possible=False)
        case CashTender():
            possible, amount = True, cash_due(way.amount)
        case PaymentTender():
            possible, amount = tender.means in setup.means, way.amount
        case AccountTender():
            possible, amount = True, way.amount
        case OtherTender():
            kind = setup.other(tender.kind)
            possible, amount = kind is not None and kind.refund, way.amount
    return Back(pay_says.icon(tender), pay_says.name(tender, look.words), amount, possible)


def _running(look: Look, payment: Payment) -> str:
    desk = look.parts.paying.get(payment.intent.means)
    message = desk.message if desk else None
    return render(
        "running.html",
        look.words,
        amount=payment.intent.amount,
        heading=pay_says.heading(payment.intent, look.words),
        icon=pay_says.ICONS[payment.intent.means],
        says=pay_says.going_on(message, payment, look.words),
        qr=drawn_qr(message.qr) if message is not None and message.qr else "",
        can_cancel=payment.state in (PaymentState.INTENT, PaymentState.SENT),
    )


def _doubt(look: Look, payment: Payment) -> str:
    desk = look.parts.paying.get(payment.intent.means)
    return render(
        "doubt.html",
        look.words,
        payment=payment,
        back=payment.intent.purpose != "pay",
        by=pay_says.MEANS[payment.intent.means],
        is_card=payment.intent.means == "card",
        settles_itself=payment.intent.means == "mobilepay" and payment.approval is not None,
        asking=desk.asking if desk else False,
        has_desk=desk is not None,
    )


def _right(look: Look) -> str:
    sale, payment = look.sale, look.payment
    if look.view == "pay" and sale is not None:
        return _pay(look, sale)
    if look.view == "card" and payment is not None:
        return _running(look, payment)
    if look.view == "doubt" and payment is not None:
        return _doubt(look, payment)
    return _browse(look)


def _inputs(look: Look) -> tuple[object, ...]:
    state, ui = look.state, look.ui
    match look.view:
        case "pay":
            return ("pay", look.sale, state.last_payment, state.payments, ui.typed, ui.seen_payment, look.words)
        case "card" | "doubt":
            desk = look.parts.paying.get(look.payment.intent.means) if look.payment else None
            return ("card", look.view, look.payment, desk and desk.message, desk and desk.asking, look.words)
        case _:
            return ("browse", ui.department, ui.words, state.revision, look.words)


def _search(look: Look) -> str:
    return render("search.html", look.words, searched=look.ui.words)


RIGHT = Region("right", _inputs, _right)
SEARCH = Region("search", lambda look: (look.ui.words, look.words), _search)
