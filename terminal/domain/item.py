"""What a shop sells.

Structs of the domain that come by the dozen are `gc=False`: they are frozen and can hold no cycle, so the garbage
collector need not look at them.
"""

from enum import StrEnum

import msgspec

from .money import Amount, BasisPoints

Quantity = int
"""Thousandths of the unit: a piece is 1000; of a weighed item 1000 is a kilogram, so one gram is 1."""

ONE = 1000


class Unit(StrEnum):
    """How an item is counted."""

    PIECE = "piece"
    GRAM = "gram"
    """Weighed: the price is for a kilogram, the quantity is in grams."""


class Item(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One item of the catalogue. A sale line carries a copy, so that later prices change no earlier sale."""

    sku: str
    """The shop's own number; unique."""
    name: str
    price: Amount
    """Incl. VAT: øre a piece, or a kilogram when weighed."""
    vat_rate: BasisPoints = BasisPoints(2500)
    unit: Unit = Unit.PIECE
    department: str = ""
    age_limit: int = 0
    """Years the buyer must have; 0 = none."""
    deposit_sku: str = ""
    """The deposit item (pant) that comes as a line of its own with each piece."""
    is_deposit: bool = False
    """A deposit item itself: no discount, no department button."""


class CatalogueItem(msgspec.Struct, frozen=True, gc=False):
    """An item with the codes that find it. `codes` are look-up keys as `codes.parse(...).key` gives them."""

    item: Item
    codes: tuple[str, ...] = ()
