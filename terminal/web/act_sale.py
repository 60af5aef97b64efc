"""Touches on the sale: items, lines, the pad."""

from terminal.domain import commands as c
from terminal.domain.errors import Reason, SaleError
from terminal.domain.item import ONE, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.sale import Discount, Line

from . import act_pay
from . import dialogs as d
from . import forms as f
from .call import Call
from .screens import Chosen, Mode
from .typed import MAX_TYPED, typed_amount

MODES: tuple[Mode, ...] = ("quantity", "percent", "kroner", "price")


def scan(call: Call, form: f.Scanned) -> None:
    """A code, typed or scanned into the page."""
    if isinstance(call.screen.ui.dialog, d.TypeCode):
        call.screen.change(dialog=None)
    call.parts.selling.scan(form.text, typed=True)


def add(call: Call, form: f.Touched) -> None:
    """An item touched. Digits on the pad are how many."""
    typed = call.screen.ui.typed if call.screen.ui.mode == "quantity" and call.look().view == "sale" else ""
    item = call.parts.catalogue.by_sku(form.sku)
    quantity = None
    if typed and item is not None and item.unit is Unit.PIECE:
        quantity = _quantity(typed, Unit.PIECE)
    call.screen.change(typed="", mode="quantity", chosen=None)
    try:
        call.parts.selling.add(form.sku, quantity)
    except SaleError as refused:
        if refused.reason is not Reason.WEIGHT_NEEDED:
            raise
        call.screen.change(dialog=d.Weigh(form.sku))


def weigh(call: Call, form: f.Weighed) -> None:
    """The grams of an item, typed; Enter with none typed means the scale."""
    if not _is_open(call, form.sku):
        return None
    if not form.grams:
        return weigh_again(call, f.Touched(form.sku))
    call.parts.selling.add_typed(form.sku, int(form.grams))
    call.screen.change(dialog=None)
    return None


def weigh_again(call: Call, form: f.Touched) -> None:
    """What lies on the scale, whatever was sold before: the cashier has looked at it."""
    if not _is_open(call, form.sku):
        return
    call.parts.selling.weigh_again(form.sku)
    call.screen.change(dialog=None)


def _is_open(call: Call, sku: str) -> bool:
    """Whether the item's dialog is still open: a second touch on the same button finds it closed, and means nothing."""
    return call.screen.ui.dialog == d.Weigh(sku)


def choose(call: Call, form: f.LineChosen) -> None:
    """A line touched: the pad acts on it. A deposit's item stands for it."""
    sale = call.sale()
    line = sale.line(form.line)
    if line is None:
        raise SaleError(Reason.NO_SUCH_LINE, str(form.line))
    own = [each.id for each in sale.basket.lines if not each.parent] or [line.id]
    call.screen.change(chosen=Chosen(sale.id, line.parent or line.id, own[-1]), typed="", mode="quantity")


def pad(call: Call, form: f.Pad) -> None:
    """A key of the pad: a digit, or what the digits mean for the chosen line."""
    ui, key = call.screen.ui, form.key
    if key in ("back", "clear"):
        call.screen.change(typed=ui.typed[:-1] if key == "back" else "")
    elif key == "point" or key.isdecimal():
        call.screen.change(typed=_with(ui.typed, "." if key == "point" else key))
    elif key == "enter":
        _enter(call)
    elif call.look().view != "sale":
        return
    elif key == "remove":
        call.till.do(c.RemoveLine(call.line().id))
        call.screen.change(typed="", mode="quantity")
    elif key in ("plus", "minus"):
        _step(call, 1 if key == "plus" else -1)
    else:
        mode = next(mode for mode in MODES if mode == key)
        if ui.typed or ui.mode == mode == "percent" or ui.mode == mode == "kroner":
            _apply(call, mode)
        else:
            call.screen.change(mode=mode)


def _enter(call: Call) -> None:
    """The keyboard's Enter: the next step. Decided here, for on the page the digit before it may not show yet."""
    ui, current = call.screen.ui, call.till.state.current
    match call.look().view:
        case "sale" if ui.typed:
            _apply(call, ui.mode)
        case "sale":
            act_pay.start(call, f.SaleNumber(current))
        case "pay" if ui.typed:
            act_pay.cash(call, f.Cash(current))
        case "doubt":
            act_pay.ask(call, f.Nothing())
        case _:
            pass


def undo(call: Call, _: f.Nothing) -> None:
    """Take the last change back."""
    call.till.do(c.Undo())
    call.screen.change(chosen=None)


def _with(typed: str, char: str) -> str:
    if len(typed) >= MAX_TYPED or (char == "." and "." in typed):
        return typed
    if char != "." and typed.startswith("0") and "." not in typed:
        typed = typed.lstrip("0")
    return typed + char if typed or char != "." else "0."


def _quantity(typed: str, unit: Unit) -> int:
    """Thousandths from the pad. Raises SaleError."""
    whole, _, part = typed.partition(".")
    if (unit is Unit.PIECE and part.strip("0")) or len(part) > 3:
        raise SaleError(Reason.BAD_QUANTITY, typed)
    return int(whole or "0") * ONE + int(part.ljust(3, "0"))


def _step(call: Call, by: int) -> None:
    """One piece more or less; the last one goes with its line. Nobody weighs in steps."""
    line = call.line()
    if line.unit is not Unit.PIECE or line.returned is not None:
        raise SaleError(Reason.BAD_QUANTITY, line.item.name)
    quantity = line.quantity + by * ONE
    call.till.do(c.ChangeQuantity(line.id, quantity) if quantity > 0 else c.RemoveLine(line.id))


def _apply(call: Call, mode: Mode) -> None:
    """Do with the chosen line what the digits say."""
    typed, line, sale = call.screen.ui.typed, call.line(), call.sale()
    match mode:
        case "quantity":
            if typed:
                call.till.do(c.ChangeQuantity(line.id, _quantity(typed, line.unit)))
        case "percent" | "kroner":
            _discount(call, line, mode, typed)
        case "price":
            if not typed:
                raise SaleError(Reason.BAD_AMOUNT)
            call.screen.change(dialog=d.PriceReason(sale.id, line.id, Amount(typed_amount(typed) or 0)))
    call.screen.change(typed="", mode="quantity")


def _discount(call: Call, line: Line, mode: Mode, typed: str) -> None:
    """Ask for the reason; nothing typed, or zero, takes the discount away."""
    hundredths = typed_amount(typed) or 0
    if not hundredths:
        call.till.do(c.DiscountLine(line.id, None))
        return
    discount = (
        Discount("", percent=BasisPoints(hundredths)) if mode == "percent" else Discount("", amount=Amount(hundredths))
    )
    call.screen.change(dialog=d.DiscountReason(call.sale().id, line.id, discount))
