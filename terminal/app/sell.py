"""Selling: what a barcode, a touch or a typed number puts onto the sale.

A scan always works, whatever is on the screen; when it cannot, it says so with a sound and a reason and is not lost.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from terminal.domain import commands
from terminal.domain.codes import Code, CodeError, parse
from terminal.domain.errors import Reason, SaleError
from terminal.domain.events import PaymentIntended
from terminal.domain.item import ONE, Item, Unit
from terminal.domain.receipt import Receipt
from terminal.protocols.mobilepay.personal import is_personal

from .customer_codes import CustomerCodes
from .notices import Notices
from .ports.catalogue import Catalogue, CatalogueError
from .ports.scanner import BadScan, Scan
from .ports.views import Views
from .till import Till

if TYPE_CHECKING:
    from .weighing import WeighDesk

log = logging.getLogger(__name__)


class InTheWay(Exception):
    """A dialog is open, and the item is not sold."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


def _nothing() -> bool:
    return False


class Selling:
    """Puts items onto the sale."""

    def __init__(
        self,
        till: Till,
        catalogue: Catalogue,
        views: Views,
        notices: Notices,
        customer_codes: CustomerCodes | None = None,
        *,
        weighing: "WeighDesk | None" = None,
    ) -> None:
        self._till = till
        self._customer_codes = customer_codes or CustomerCodes()
        self._catalogue = catalogue
        self._views = views
        self._notices = notices
        self._weighing = weighing
        self._unweighed: commands.AddItem | None = None
        """The last item that wanted a weight, with what its code said beside."""
        self.in_the_way: Callable[[], bool] = _nothing
        """Whether something stands open on the screen where the person is, and wants to be finished before an item can
        be sold. The screens set it."""

    def on_scan(self, scan: Scan | BadScan) -> None:
        """A scanner's news (an `OnScan`)."""
        if isinstance(scan, BadScan):
            log.warning("scanner %s: %s", scan.scanner, scan.why)
            self._notices.tell("bad", Reason.BAD_CODE, scan.scanner)
            return
        self.scan(scan.text)

    def scan(self, text: str, *, typed: bool = False) -> bool:
        """A code, scanned or typed: onto the sale, with a good sound; or a bad sound and the reason.

        Whether it was a code that the till knows. An item that is scanned while a dialog is open is refused: it would
        be sold behind the dialog's back. One that was typed was typed into it.
        """
        try:
            name = self._enter(text, typed=typed)
        except InTheWay as refused:
            self._notices.tell("bad", "finish-first", refused.item)
            # It is a good code all the same.
            return True
        except SaleError as refused:
            self._notices.tell("bad", refused.reason, refused.detail)
        except CatalogueError as error:
            # A scanner has nobody to tell it to, and what is open can still be paid.
            log.error("a scan could not be looked up: %s", error)  # noqa: TRY400 (a sentence, no fault of ours)
            self._notices.tell("bad", Reason.ITEMS_UNREADABLE)
            return True
        else:
            if name is not None:
                self._notices.tell("good", *name)
            return True
        return False

    def add(self, sku: str, quantity: int | None = None) -> None:
        """An item touched on the screen. Raises SaleError; WEIGHT_NEEDED when its weight must be typed.

        With a scale its weight is taken from there, in a moment (WeighDesk).
        """
        item = self._catalogue.by_sku(sku)
        if item is None:
            raise SaleError(Reason.UNKNOWN_CODE, sku)
        if quantity is None:
            quantity = ONE if item.unit is Unit.PIECE else None
        self._put(commands.AddItem(item, quantity, deposit=self._deposit(item)))

    def add_typed(self, sku: str, grams: int) -> None:
        """The weight of an item, typed by a person. Raises SaleError."""
        self._till.do(msgspec.structs.replace(self._waiting(sku), quantity=grams, weighed="typed"))

    def weigh_again(self, sku: str) -> None:
        """Take what lies on the scale for an item, also if it was sold before. Raises SaleError."""
        command = self._waiting(sku)
        if self._weighing is None:
            raise SaleError(Reason.WEIGHT_NEEDED, sku)
        self._weighing.begin(command, again=True)

    def check_weighed(self) -> None:
        """Raises SaleError WEIGHING while an item has not got its weight yet: it would miss the sale that is paid."""
        if self._weighing is not None:
            self._weighing.check()

    def find_receipt(self, text: str) -> Receipt:
        """The receipt that a person means by '1-42' (of this register) or '42'. Raises SaleError."""
        register, dash, number = text.strip().rpartition("-")
        if (dash and register != self._till.state.register) or not number.isdecimal() or len(number) > 9:
            raise SaleError(Reason.NO_SUCH_RECEIPT, text.strip())
        receipt = self._views.receipt(int(number))
        if receipt is None:
            raise SaleError(Reason.NO_SUCH_RECEIPT, text.strip())
        return receipt

    def give_back(self, receipt: Receipt, line: int, quantity: int) -> None:
        """A line of an earlier receipt comes back onto the sale. Raises SaleError."""
        returned, refunded = self._views.returned(receipt.number), self._views.refunded(receipt.number)
        self._till.do(commands.ReturnLine(receipt, line, quantity, returned, refunded))

    def _waiting(self, sku: str) -> commands.AddItem:
        """The item that waits for a weight, as it was scanned or touched."""
        if self._unweighed is not None and self._unweighed.item.sku == sku:
            return self._unweighed
        item = self._catalogue.by_sku(sku)
        if item is None:
            raise SaleError(Reason.UNKNOWN_CODE, sku)
        return commands.AddItem(item, None, deposit=self._deposit(item))

    def _put(self, command: commands.AddItem) -> bool:
        """Onto the sale; False: it is being weighed, and comes in a moment. Raises SaleError."""
        try:
            self._till.do(command)
        except SaleError as refused:
            if refused.reason is not Reason.WEIGHT_NEEDED:
                raise
            self._unweighed = command
            if self._weighing is None:
                raise
            self._weighing.begin(command)
            return False
        return True

    def _enter(self, text: str, *, typed: bool) -> tuple[str, str] | None:
        """Enter a code; what to say of it: (reason, detail), None: nothing yet. Raises SaleError and InTheWay."""
        if "mobilepay" in self._till.setup.means and is_personal(text):
            return self._pay_with(text)
        receipt = self._receipt_code(text)
        if receipt is not None:
            return ("receipt", str(receipt.number))
        try:
            code = parse(text)
        except CodeError as error:
            raise SaleError(Reason.BAD_CODE, str(error)) from error
        item = self._catalogue.by_code(code.key)
        if item is None and self._views.gift_card(code.raw) is not None:
            return ("gift-card", code.raw)
        if item is None:
            raise SaleError(Reason.BAD_CHECK_DIGIT if code.suspect else Reason.UNKNOWN_CODE, code.raw)
        if not typed and self.in_the_way():
            raise InTheWay(item.name)
        is_on = self._put(
            commands.AddItem(
                item,
                _quantity(item, code),
                price=code.price,
                deposit=self._deposit(item),
                code=code.raw,
                lot=code.lot,
                expiry=code.expiry,
            )
        )
        return ("scanned", item.name) if is_on else None

    def _pay_with(self, code: str) -> tuple[str, str]:
        """A customer has held their phone to the scanner: they pay what is due."""
        self.check_weighed()
        intended = self._till.do(commands.PayBy("mobilepay"))
        if isinstance(intended, PaymentIntended):
            # The desk carries it in another task: the code is there before.
            self._customer_codes.keep(intended.intent.id, code)
        return ("paying", "")

    def _deposit(self, item: Item) -> Item | None:
        return self._catalogue.by_sku(item.deposit_sku) if item.deposit_sku else None

    def _receipt_code(self, text: str) -> Receipt | None:
        """A receipt's own barcode ('1-42'), unless the shop sells something under that code."""
        register, dash, number = text.rpartition("-")
        if not dash or register != self._till.state.register or not number.isdecimal():
            return None
        if self._catalogue.by_code(text) is not None:
            return None
        return self.find_receipt(text)


def _quantity(item: Item, code: Code) -> int | None:
    """Grams of a weighed item (None: not known), thousandths of a counted one."""
    if item.unit is Unit.GRAM:
        return code.weight_grams
    return ONE * (code.count or 1)
