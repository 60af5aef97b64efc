"""What must stand on the paper for a receipt of the journal, line by line; and what stands there.

Written anew, not with the till's own layout: the two must come to the same.
"""

from collections.abc import Iterable

from terminal.domain.item import Unit
from terminal.domain.payment import CardSlip
from terminal.domain.pricing import gross_of
from terminal.domain.receipt import Receipt, ReceiptLine
from terminal.domain.sale import AccountTender, CashTender, PaymentTender
from terminal.texts import Language, language

_RULE = set("-_=─━")


def on_paper(text: str) -> list[str]:
    """The lines of a printed receipt, spaces made one, empty lines and rules left out."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not set(line) <= _RULE]


def expected(receipt: Receipt, slips: Iterable[CardSlip] = ()) -> list[str]:
    """The same lines from the journal, in Danish."""
    da = language("da")
    _ = da.gettext
    seller = receipt.seller
    return [
        seller.name,
        *seller.address,
        f"{_('CVR')} {seller.cvr}",
        f"{_('Receipt')} {receipt.register}-{receipt.number} {da.time(receipt.moment.local)}",
        f"{_('Register')} {receipt.register} {_('Served by')} {receipt.cashier}",
        *(text for line in receipt.lines for text in _line(line, receipt, da)),
        *_sums(receipt, da),
        " ".join((_("VAT"), _("Excl. VAT"), _("VAT amount"), _("Incl. VAT"))),
        *(
            f"{da.percent(each.rate)} {da.money(each.net)} {da.money(each.vat)} {da.money(each.gross)}"
            for each in receipt.vat
        ),
        # The printer's code page has one dash.
        *(" ".join(text.split()).replace("–", "-") for slip in slips for text in slip.lines if text.strip()),
        *([seller.thanks] if seller.thanks else []),
        f"[CODE128 {receipt.register}-{receipt.number}]",
    ]


def _line(line: ReceiptLine, receipt: Receipt, da: Language) -> list[str]:
    _ = da.gettext
    if line.quantity == 1000 and line.unit is Unit.PIECE:
        lines = [f"{line.name} {da.money(line.gross)}"]
    else:
        unit = _("kr/kg") if line.unit is Unit.GRAM else _("each")
        count = f"{da.quantity(line.quantity, line.unit)} x {da.money(line.price)} {unit}"
        if line.returned_receipt and gross_of(line.price, line.quantity) != line.gross:
            count = da.quantity(line.quantity, line.unit)
        lines = [line.name, f"{count} {da.money(line.gross)}"]
    if line.discount:
        lines.append(f"{_('Discount')} {', '.join(line.reasons)} {da.money(-line.discount)}")
    if line.returned_receipt:
        lines.append(f"{_('Returned from receipt')} {receipt.register}-{line.returned_receipt}")
    if line.credit is not None and line.credit.kind == "gift-card":
        lines += [line.credit.number, f"[CODE128 {line.credit.number}]"]
    if line.lot:
        lines.append(f"{_('Lot')} {line.lot}")
    return lines


def _sums(receipt: Receipt, da: Language) -> list[str]:
    _ = da.gettext
    lines = [f"{_('TOTAL DKK')} {da.money(receipt.total)}"]
    if receipt.discount:
        lines.append(f"{_('You save')} {da.money(receipt.discount)}")
    if receipt.rounding:
        lines.append(f"{_('Rounding')} {da.money(receipt.rounding)}")
    for tender in receipt.tenders:
        if isinstance(tender, CashTender):
            lines.append(f"{_('Cash') if tender.tendered >= 0 else _('Cash paid out')} {da.money(tender.tendered)}")
        elif isinstance(tender, PaymentTender):
            card = tender.approval.card_name or _("Card")
            called = {"card": card, "mobilepay": "MobilePay", "gift-card": _("Gift card")}[tender.means]
            lines.append(f"{called} {da.money(tender.amount)}")
            lines += [tender.approval.masked_pan] if tender.approval.masked_pan else []
            lines += ["*" * (len(tender.account) - 4) + tender.account[-4:]] if tender.account else []
        elif isinstance(tender, AccountTender):
            lines.append(f"{_('On account')} {tender.name} {da.money(tender.amount)}")
        else:
            lines.append(f"{tender.name} {tender.reference}".strip() + f" {da.money(tender.amount)}")
            if tender.face > tender.amount > 0:
                lines.append(_("Worth {}; what is over is not given back").format(da.money(tender.face)))
    if receipt.change:
        lines.append(f"{_('Change')} {da.money(-receipt.change)}")
    return lines
