"""What a screen can post, as types. A field that is not here is refused, and so is one that comes twice."""

from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from terminal.texts import N_

from .http import Refused

MAX_FIELDS = 12
MAX_VALUE = 400
"""Characters: a long GS1 code has 90, a Digital Link 200."""

GS = "\x1d"

Number = Annotated[int, Meta(ge=0, le=999_999_999)]
Typed = Annotated[str, Meta(max_length=12)]
"""An amount as typed, with either decimal sign."""
Short = Annotated[str, Meta(max_length=64)]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all forms."""


class Nothing(Form, frozen=True):
    """A button."""


class Scanned(Form, frozen=True):
    """A code, typed or scanned into the page."""

    text: str


class ScannerNamed(Form, frozen=True):
    """A scanner, by its name in the settings."""

    scanner: Short


class Touched(Form, frozen=True):
    """An item's tile."""

    sku: Short


class Department(Form, frozen=True):
    """A department's chip; empty: all."""

    department: Short = ""


class Search(Form, frozen=True):
    """Words in the search field."""

    words: Short = ""


class LineChosen(Form, frozen=True):
    """A line touched."""

    line: Number


Key = Literal[
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "point", "back", "clear",
    "quantity", "percent", "kroner", "price", "plus", "minus", "remove", "enter",
]  # fmt: skip


class Pad(Form, frozen=True):
    """A key of the pad."""

    key: Key


class SaleNumber(Form, frozen=True):
    """Something about the sale that the screen showed: not about the next one."""

    sale: Number


class Cash(Form, frozen=True):
    """Cash handed over, in øre; None: what stands on the pad."""

    sale: Number
    amount: Number | None = None


class By(SaleNumber, frozen=True):
    """What is due, or what stands on the pad, by a device or a service."""

    means: Literal["card", "mobilepay"]


class TakenBack(SaleNumber, frozen=True):
    """A tender of the open sale goes back."""

    tender: Number


class OfPayment(SaleNumber, frozen=True):
    """Something about the payment that the screen showed."""

    paid: Number
    """How many tenders it had: a second touch finds one more, and means nothing."""


class GiftPaid(OfPayment, frozen=True):
    """By this gift card."""

    number: Short


class OnAccount(OfPayment, frozen=True):
    """On this customer's account."""

    customer: Short


class OtherKind(Form, frozen=True):
    """A kind of tender from the settings."""

    kind: Short


class OtherPaid(OfPayment, frozen=True):
    """By a voucher: its worth as typed, in kroner."""

    kind: Short
    amount: Typed
    reference: Short = ""


class BackBy(OfPayment, frozen=True):
    """Money goes back another way."""

    way: Literal["cash", "gift-card"]
    owed: Number = 0
    """What the approver has seen, øre."""
    tender: Number = 0
    """Of the open sale; 0: what is owed for a return."""
    number: Short = ""
    approver: Short = ""
    pin: Short = ""


class GiftCard(Form, frozen=True):
    """Sell or top up a gift card, or look what is on it."""

    wish: Literal["sell", "balance"]
    number: Short = ""
    amount: Typed = ""


class Pane(Form, frozen=True):
    """What a narrow screen shows."""

    pane: Literal["lines", "items"]


DialogName = Literal[
    "more", "void", "park", "returns", "copies", "drawer", "discount", "code", "ways", "gift-pay", "back-otherwise",
    "gift-cards", "day-end",
]  # fmt: skip


class Open(Form, frozen=True):
    """A dialog."""

    dialog: DialogName


class OfSale(Form, frozen=True):
    """Something about the sale that the screen showed. Without a number: about whichever is the current one."""

    sale: Number | None = None


class Chosen(OfSale, frozen=True):
    """A reason's button: one of ours by its key, or any other in words."""

    reason: Annotated[str, Meta(max_length=100)] = ""


class DrawerOpening(Chosen, frozen=True):
    """Why the drawer opens, and who approves it where the settings want that."""

    approver: Short = ""
    pin: Short = ""


class LineDiscount(Chosen, frozen=True):
    """A discount on a line: 'amount' in hundredths of a percent, or øre."""

    line: Number = 0
    kind: Literal["percent", "kroner"] = "percent"
    amount: Number = 0


class Priced(Chosen, frozen=True):
    """Another price, in øre; who approves, and why."""

    line: Number = 0
    price: Number = 0
    approver: Short = ""
    pin: Short = ""


class Weighed(Form, frozen=True):
    """Grams of an item, as typed; empty: what lies on the scale."""

    sku: Short
    grams: Annotated[str, Meta(pattern=r"^[0-9]{0,7}$")] = ""


class Parked(OfSale, frozen=True):
    """A name for what is set aside."""

    name: Short = ""


class ReceiptWanted(Form, frozen=True):
    """A receipt, as typed ('1-42') or touched."""

    receipt: Short


class GivenBack(Form, frozen=True):
    """A line of a receipt comes back: one, or all that is left."""

    receipt: Number
    line: Number
    amount: Literal["one", "all"] = "one"


class SaleDiscount(Chosen, frozen=True):
    """A discount on the whole sale: 'amount' as typed, in percent or kroner."""

    kind: Literal["percent", "kroner"] = "percent"
    amount: Typed = ""


class Settled(Form, frozen=True):
    """What a person says became of a payment."""

    intent: Number
    paid: Literal["yes", "no"]


class SettledBy(Settled, frozen=True):
    """And who approves it."""

    approver: Short
    pin: Short


class DeviceName(Form, frozen=True):
    """A device of the settings."""

    device: Short


class Job(Form, frozen=True):
    """A print job."""

    job: Number


class Looks(Form, frozen=True):
    """Language and type size of this screen."""

    language: Literal["da", "en"] | None = None
    large: Literal["yes", "no"] | None = None
    back: Literal["/till", "/status"] = "/till"


class AccessKey(Form, frozen=True):
    """The access key."""

    key: Annotated[str, Meta(max_length=200)]


F = TypeVar("F", bound=Form)


def read_form(body: bytes, kind: str | None, form: type[F]) -> F:
    """The form in a request's body. Refused, with the field's name, when it is not one."""
    # A button without a field posts nothing, and some clients then name no type.
    if body and (kind or "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Refused(415, N_("Only forms are read here."))
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise Refused(400, N_("The form cannot be read.")) from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise Refused(400, N_("The field {} comes twice."), name[:40])
        if len(value) > MAX_VALUE or not all(char.isprintable() or char == GS for char in value):
            raise Refused(400, N_("The field {} is too long or holds characters that cannot be typed."), name[:40])
        fields[name] = value
    try:
        return msgspec.convert(fields, form, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(422, N_("The form is not right: {}"), str(error)[:160]) from error
