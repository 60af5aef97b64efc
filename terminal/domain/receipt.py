"""The receipt as data: everything that is printed, signed, exported and returned against.

It stands whole in the journal's `sale-closed` entry, so that an auditor needs no other entry to read it.
"""

import msgspec

from .item import Quantity, Unit
from .money import ZERO, Amount, BasisPoints
from .pricing import PricedLine, VatLine, price
from .sale import CashTender, Credit, Sale, Tender, Weighed


class Seller(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who sells, as printed at the top."""

    name: str
    cvr: str
    address: tuple[str, ...] = ()
    thanks: str = ""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """When. `at` is milliseconds since 1970 UTC; `local` is ISO 8601 with offset, in the shop's own time."""

    at: int
    local: str
    trusted: bool = True
    """False while the board's clock had not been set."""


class ReceiptLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One line as sold. amount = gross - discount."""

    no: int
    """The line's number on this receipt, from 1."""
    sku: str
    name: str
    quantity: Quantity
    price: Amount
    gross: Amount
    amount: Amount
    vat_rate: BasisPoints
    unit: Unit = Unit.PIECE
    department: str = ""
    discount: Amount = ZERO
    reasons: tuple[str, ...] = ()
    """Of discount and override."""
    listed: Amount | None = None
    """The catalogue's price when it was overridden."""
    approver: str = ""
    parent: int = 0
    """`no` of the line this deposit belongs to."""
    is_deposit: bool = False
    returned_receipt: int = 0
    returned_line: int = 0
    code: str = ""
    lot: str = ""
    expiry: str = ""
    credit: Credit | None = None
    """Money put onto a gift card or an account: no goods."""
    weighed: Weighed = ""


class Receipt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A finished sale. The lines' amounts, the VAT table's grosses and `total` agree."""

    number: int
    """Gapless per register, from 1."""
    register: str
    sale: int
    moment: Moment
    cashier: str
    seller: Seller
    lines: tuple[ReceiptLine, ...]
    total: Amount
    vat: tuple[VatLine, ...]
    tenders: tuple[Tender, ...]
    discount: Amount = ZERO
    rounding: Amount = ZERO
    change: Amount = ZERO

    @property
    def code(self) -> str:
        """What the barcode says and a person types for a return: register and number ('1-42')."""
        return f"{self.register}-{self.number}"

    @property
    def sold(self) -> Amount:
        """The sum of the positive lines: receipts keep sales and returns apart."""
        return Amount(sum(line.amount for line in self.lines if line.quantity > 0))

    @property
    def given_back(self) -> Amount:
        """The sum of the returned lines, zero or negative."""
        return Amount(sum(line.amount for line in self.lines if line.quantity < 0))


def make_receipt(
    sale: Sale, tenders: tuple[Tender, ...], *, number: int, register: str, moment: Moment, cashier: str, seller: Seller
) -> Receipt:
    """The receipt of a sale whose tenders cover it. Cash's rounding and change are summed from the tenders."""
    priced = price(sale.basket)
    numbers = {each.line.id: no for no, each in enumerate(priced.lines, start=1)}
    cash = [tender for tender in tenders if isinstance(tender, CashTender)]
    return Receipt(
        number=number,
        register=register,
        sale=sale.id,
        moment=moment,
        cashier=cashier,
        seller=seller,
        lines=tuple(_line(each, numbers, sale) for each in priced.lines),
        total=priced.total,
        vat=priced.vat,
        tenders=tenders,
        discount=priced.discount,
        rounding=Amount(sum(tender.rounding for tender in cash)),
        change=Amount(sum(tender.change for tender in cash)),
    )


def _line(priced: PricedLine, numbers: dict[int, int], sale: Sale) -> ReceiptLine:
    line = priced.line
    sale_discount = sale.basket.discount
    reasons = [line.override] if line.override else []
    if line.discount is not None and priced.line_discount:
        reasons.append(line.discount.reason)
    if sale_discount is not None and priced.sale_discount:
        reasons.append(sale_discount.reason)
    return ReceiptLine(
        no=numbers[line.id],
        sku=line.item.sku,
        name=line.item.name,
        quantity=line.quantity,
        price=line.price,
        gross=priced.gross,
        amount=priced.amount,
        vat_rate=line.item.vat_rate,
        unit=line.unit,
        department=line.item.department,
        discount=Amount(priced.line_discount + priced.sale_discount),
        reasons=tuple(reasons),
        listed=line.item.price if line.override else None,
        approver=line.approver,
        parent=numbers.get(line.parent, 0),
        is_deposit=line.item.is_deposit,
        returned_receipt=line.returned.receipt if line.returned else 0,
        returned_line=line.returned.line if line.returned else 0,
        code=line.code,
        lot=line.lot,
        expiry=line.expiry,
        credit=line.credit,
        weighed=line.weighed,
    )
