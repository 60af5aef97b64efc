"""An order ticket as data: what a kitchen or a bar is to make. No prices.

A line is ordered once, by what its quantity has changed since: what comes on is ordered, what goes off is called off.
"""

import msgspec

from .item import Quantity, Unit


class OrderLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """So many of that. Negative: called off."""

    line: int
    """The sale's line."""
    name: str
    quantity: Quantity
    unit: Unit = Unit.PIECE


class Ordered(msgspec.Struct, frozen=True, gc=False):
    """What a printer has been sent of a line, all tickets together."""

    printer: str
    line: OrderLine


class Order(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One ticket."""

    printer: str
    """Whose departments these lines are: the kitchen's, also when another printer took over."""
    sale: int
    local: str
    """When, as in Moment."""
    cashier: str
    lines: tuple[OrderLine, ...]
    number: str = ""
    """The receipt's, when there is one: what is called out at the counter."""
    name: str = ""
    """Whose, as the sale was set aside: a table."""


class OrderJob(msgspec.Struct, frozen=True, gc=False):
    """A ticket that is to be printed under this number."""

    job: int
    order: Order
