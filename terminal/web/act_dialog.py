"""Touches in a dialog, and what opens one."""

from terminal.domain import commands as c
from terminal.domain.errors import Reason, SaleError
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment_states import PaymentState
from terminal.domain.sale import Discount
from terminal.texts import language

from . import dialogs as d
from . import forms as f
from .call import Call
from .region_dialog import left_of
from .sentences import DISCOUNTS, DRAWERS, PRICES, VOIDS
from .typed import typed_field


def open_dialog(call: Call, form: f.Open) -> None:
    """Open what stands behind a button."""
    match form.dialog:
        case "more":
            dialog: d.Dialog = d.More()
        case "void":
            dialog = d.VoidReason(call.sale().id)
        case "park":
            dialog = d.ParkName(call.sale().id)
        case "returns":
            dialog = d.Returns()
        case "copies":
            dialog = d.Copies()
        case "drawer":
            dialog = d.DrawerReason()
        case "discount":
            dialog = d.SaleDiscount(call.sale().id)
        case "code":
            dialog = d.TypeCode()
        case "ways":
            dialog = d.Ways(call.sale().id)
        case "gift-pay":
            dialog = d.GiftPay(call.sale().id)
        case "back-otherwise":
            dialog = d.BackOtherwise(call.sale().id, _refused_tender(call))
        case "day-end":
            dialog = d.DayEnd()
        case "gift-cards":
            dialog = d.GiftCards()
    call.screen.change(dialog=dialog)


def _refused_tender(call: Call) -> int:
    """The tender of this sale that could not be given back the way it came; 0: none."""
    failed, sale = call.till.state.last_payment, call.sale()
    if failed is None or failed.state is PaymentState.DONE or failed.intent.sale != sale.id:
        return 0
    return failed.intent.of_tender if failed.intent.of_receipt == 0 else 0


def close_dialog(call: Call, _: f.Nothing) -> None:
    """Away with it."""
    call.screen.change(dialog=None)


def reason_of(call: Call, reasons: dict[str, str], given: str) -> str:
    """A reason in the shop's words, for it goes into the journal and onto the receipt."""
    return language(call.parts.language).gettext(reasons[given]) if given in reasons else given


def about(call: Call, form: f.OfSale) -> None:
    """Refuse what was meant for another sale: the screen showed one that is gone."""
    if form.sale is not None and form.sale != call.till.state.current:
        raise SaleError(Reason.NO_SUCH_SALE, str(form.sale))


def _done(call: Call) -> None:
    call.screen.change(dialog=None)


def _sale_left(call: Call) -> None:
    call.screen.change(dialog=None, typed="", mode="quantity", chosen=None)


def void(call: Call, form: f.Chosen) -> None:
    """Give the sale up."""
    about(call, form)
    call.till.do(c.VoidSale(reason_of(call, VOIDS, form.reason)))
    _sale_left(call)


def _discount(kind: str, amount: int, reason: str) -> Discount:
    if kind == "percent":
        return Discount(reason, percent=BasisPoints(amount))
    return Discount(reason, amount=Amount(amount))


def discount_line(call: Call, form: f.LineDiscount) -> None:
    """The reason for the discount that was typed on the pad."""
    about(call, form)
    _done(call)
    discount = _discount(form.kind, form.amount, reason_of(call, DISCOUNTS, form.reason))
    call.till.do(c.DiscountLine(form.line, discount))


def discount_sale(call: Call, form: f.SaleDiscount) -> None:
    """A discount on the whole sale."""
    about(call, form)
    discount = _discount(form.kind, typed_field(form.amount), reason_of(call, DISCOUNTS, form.reason))
    call.till.do(c.DiscountSale(discount))
    _done(call)


def no_sale_discount(call: Call, form: f.SaleDiscount) -> None:
    """Take it away."""
    about(call, form)
    call.till.do(c.DiscountSale(None))
    _done(call)


async def price(call: Call, form: f.Priced) -> None:
    """Another price for a line, when somebody approves it."""
    about(call, form)
    approver = await call.approve(form.approver, form.pin)
    # The check took a moment, and other things may have happened in it.
    about(call, form)
    call.till.do(c.OverridePrice(form.line, Amount(form.price), reason_of(call, PRICES, form.reason), approver))
    _done(call)


def park(call: Call, form: f.Parked) -> None:
    """Set the sale aside."""
    about(call, form)
    call.till.do(c.ParkSale(form.name))
    _sale_left(call)


def new_sale(call: Call, form: f.SaleNumber) -> None:
    """The plus: set the sale that is on the screen aside, and begin with an empty one."""
    current = call.till.state.current
    if current and form.sale == current:
        call.till.do(c.ParkSale())
    call.screen.change(typed="", mode="quantity", chosen=None, seen_receipt=_last(call))


def resume(call: Call, form: f.SaleNumber) -> None:
    """A tab touched."""
    if form.sale != call.till.state.current:
        call.till.do(c.ResumeSale(form.sale))
    call.screen.change(typed="", mode="quantity", chosen=None)
    if call.till.state.pending(form.sale) is not None:
        # When it is settled, the payment goes on, and says what came of it.
        call.screen.change(paying=form.sale)


def _last(call: Call) -> int:
    last = call.till.state.last
    return last.number if last is not None else 0


def find_receipt(call: Call, form: f.ReceiptWanted) -> None:
    """The receipt whose goods come back."""
    receipt = call.parts.selling.find_receipt(form.receipt)
    call.screen.change(dialog=d.Returns(receipt.number))


def give_back(call: Call, form: f.GivenBack) -> None:
    """A line of it comes back: one piece, or all that is left; of a weighed line always all."""
    receipt = call.parts.views.receipt(form.receipt)
    if receipt is None:
        raise SaleError(Reason.NO_SUCH_RECEIPT, str(form.receipt))
    left = left_of(receipt, call.parts.views.returned(receipt.number), call.till.state).get(form.line, 0)
    line = next((line for line in receipt.lines if line.no == form.line), None)
    if line is None:
        raise SaleError(Reason.NO_SUCH_LINE, str(form.line))
    if left <= 0:
        raise SaleError(Reason.ALREADY_RETURNED)
    one = form.amount == "one" and line.unit == "piece" and line.quantity % 1000 == 0
    call.parts.selling.give_back(receipt, form.line, min(left, 1000) if one else left)


def copy(call: Call, form: f.ReceiptWanted) -> None:
    """A receipt again, marked COPY."""
    receipt = call.parts.selling.find_receipt(form.receipt)
    if call.parts.prints is None:
        raise SaleError(Reason.NO_PRINTER)
    call.parts.prints.copy(receipt)
    if isinstance(call.screen.ui.dialog, d.Copies):
        call.screen.change(dialog=None)
    call.screen.say("none", "copy", receipt.code)


async def drawer(call: Call, form: f.DrawerOpening) -> None:
    """Open the drawer, when somebody approves it where the settings want that."""
    approver = await call.approve(form.approver, form.pin) if call.till.setup.drawer_approval else ""
    call.till.do(c.OpenDrawer(reason_of(call, DRAWERS, form.reason), approver))
    _done(call)
