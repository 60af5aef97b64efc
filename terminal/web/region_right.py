"""The right half: items to touch, or the payment."""

from terminal.domain.card_states import CardState
from terminal.domain.cash import cash_due, quick_amounts
from terminal.domain.money import Amount
from terminal.domain.sale import CardTender, CashTender, Sale
from terminal.domain.till import CardPayment

from . import card_says
from .look import Look
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
    due, failed = look.due, look.state.last_card
    show_failed = (
        failed is not None
        and failed.state is CardState.FAILED
        and failed.intent.sale == sale.id
        and failed.intent.id != look.ui.seen_card
    )
    typed = typed_amount(look.ui.typed)
    return render(
        "pay.html",
        look.words,
        sale=sale,
        due=due,
        typed=typed,
        quick=quick_amounts(Amount(due)),
        exact=cash_due(Amount(due)),
        paid=[(_tender_kind(tender), tender.amount) for tender in sale.tenders],
        has_card=look.parts.till.setup.card,
        failed=failed if show_failed else None,
        failed_says=card_says.declined(failed.doubt, look.words) if show_failed and failed is not None else "",
        in_doubt=look.state.card is not None,
    )


def _tender_kind(tender: CashTender | CardTender) -> str:
    return "cash" if isinstance(tender, CashTender) else "card"


def _card(look: Look, payment: CardPayment) -> str:
    desk = look.parts.card
    return render(
        "card.html",
        look.words,
        amount=payment.intent.amount,
        says=card_says.terminal(desk.message if desk else None, payment.state, look.words),
        can_cancel=payment.state in (CardState.INTENT, CardState.SENT),
    )


def _doubt(look: Look, payment: CardPayment) -> str:
    desk = look.parts.card
    return render(
        "doubt.html",
        look.words,
        payment=payment,
        asking=desk.asking if desk else False,
        has_terminal=desk is not None,
    )


def _right(look: Look) -> str:
    sale, payment = look.sale, look.state.card
    if look.view == "pay" and sale is not None:
        return _pay(look, sale)
    if look.view == "card" and payment is not None:
        return _card(look, payment)
    if look.view == "doubt" and payment is not None:
        return _doubt(look, payment)
    return _browse(look)


def _inputs(look: Look) -> tuple[object, ...]:
    state, ui = look.state, look.ui
    match look.view:
        case "pay":
            return ("pay", look.sale, state.last_card, state.card, ui.typed, ui.seen_card, look.words)
        case "card" | "doubt":
            desk = look.parts.card
            return ("card", look.view, state.card, desk and desk.message, desk and desk.asking, look.words)
        case _:
            return ("browse", ui.department, ui.words, state.revision, look.words)


def _search(look: Look) -> str:
    return render("search.html", look.words, searched=look.ui.words)


RIGHT = Region("right", _inputs, _right)
SEARCH = Region("search", lambda look: (look.ui.words, look.words), _search)
