"""What stands open over the screen: one dialog at a time, as data. Its posts act on what is here, not on the form."""

import msgspec

from terminal.domain.money import Amount
from terminal.domain.sale import Discount


class More(msgspec.Struct, frozen=True, tag="more"):
    """All that has no key of its own."""


class VoidReason(msgspec.Struct, frozen=True, tag="void"):
    """Why the sale is given up."""

    sale: int


class ParkName(msgspec.Struct, frozen=True, tag="park"):
    """Under which name the sale is set aside."""

    sale: int


class DiscountReason(msgspec.Struct, frozen=True, tag="discount-reason"):
    """Why a line (0 = the whole sale) is cheaper. The discount's own reason is still empty."""

    sale: int
    line: int
    discount: Discount


class SaleDiscount(msgspec.Struct, frozen=True, tag="discount"):
    """How much the whole sale is cheaper, and why."""

    sale: int


class PriceReason(msgspec.Struct, frozen=True, tag="price"):
    """Why a line has another price, and who approves it."""

    sale: int
    line: int
    price: Amount


class Weigh(msgspec.Struct, frozen=True, tag="weigh"):
    """The grams of an item that was touched."""

    sku: str


class AgeCheck(msgspec.Struct, frozen=True, tag="age"):
    """Is the buyer old enough?"""

    sale: int


class Returns(msgspec.Struct, frozen=True, tag="returns"):
    """Which receipt (0 = not known yet), and which of its lines come back."""

    receipt: int = 0


class Copies(msgspec.Struct, frozen=True, tag="copies"):
    """Which receipt is printed again."""


class DrawerReason(msgspec.Struct, frozen=True, tag="drawer"):
    """Why the drawer opens without a sale."""


class TypeCode(msgspec.Struct, frozen=True, tag="code"):
    """A barcode that does not scan."""


class SettlePayment(msgspec.Struct, frozen=True, tag="settle"):
    """A person says what became of the card payment in doubt; somebody approves."""

    intent: int
    paid: bool


class Ways(msgspec.Struct, frozen=True, tag="ways"):
    """Ways to pay that have no button of their own."""

    sale: int


class GiftPay(msgspec.Struct, frozen=True, tag="gift-pay"):
    """Which gift card pays."""

    sale: int
    number: str = ""
    """As it was scanned."""


class OtherPay(msgspec.Struct, frozen=True, tag="other-pay"):
    """What a voucher is worth, and its number."""

    sale: int
    kind: str


class BackOtherwise(msgspec.Struct, frozen=True, tag="back-otherwise"):
    """Money goes back another way than it came; somebody approves."""

    sale: int
    tender: int = 0
    """The open sale's tender that goes back; 0: what is owed for a return."""


class GiftCards(msgspec.Struct, frozen=True, tag="gift-cards"):
    """A gift card is sold or topped up, or its balance looked up."""

    number: str = ""


class DayEnd(msgspec.Struct, frozen=True, tag="day-end"):
    """The card terminal's day: end it, and what came of it."""


Dialog = (
    DayEnd
    | Ways
    | GiftPay
    | OtherPay
    | BackOtherwise
    | GiftCards
    | More
    | VoidReason
    | ParkName
    | DiscountReason
    | SaleDiscount
    | PriceReason
    | Weigh
    | AgeCheck
    | Returns
    | Copies
    | DrawerReason
    | TypeCode
    | SettlePayment
)
