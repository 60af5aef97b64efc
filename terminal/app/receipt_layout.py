"""What stands on the paper: a receipt as a document, in the shop's language.

Content by the Danish rules for receipts (facts: name, CVR, address, time, number, lines, total, VAT per rate,
register, cashier, payments; sales and returns apart; a copy says COPY; a return names its receipt).
"""

from terminal.domain.document import Barcode, Cell, Columns, Cut, Document, Element, Feed, Logo, Row, Rule, Text
from terminal.domain.item import Unit
from terminal.domain.money import Amount
from terminal.domain.payment import CardSlip
from terminal.domain.pricing import gross_of, vat_table
from terminal.domain.receipt import Receipt, ReceiptLine
from terminal.domain.sale import AccountTender, CashTender, OtherTender, PaymentTender, Tender
from terminal.texts import Language, language

from .gift_cards import masked


def lay_out(receipt: Receipt, code: str, *, copy: bool = False, slips: tuple[CardSlip, ...] = ()) -> Document:
    """The receipt as a document; `code` is the language."""
    words = language(code)
    _ = words.gettext
    parts: list[Element] = [Logo(), Text(receipt.seller.name, align="center", bold=True, big=True)]
    parts += [Text(line, align="center") for line in receipt.seller.address]
    parts.append(Text(f"{_('CVR')} {receipt.seller.cvr}", align="center"))
    if copy:
        parts += [Feed(), Text(_("COPY"), align="center", bold=True, big=True)]
    parts.append(Feed())
    parts.append(Columns(f"{_('Receipt')} {receipt.code}", words.time(receipt.moment.local)))
    parts.append(Columns(f"{_('Register')} {receipt.register}", f"{_('Served by')} {receipt.cashier}"))
    parts.append(Rule())
    for line in receipt.lines:
        parts += _line(line, words, receipt)
    parts.append(Rule())
    parts += _totals(receipt, words)
    parts += [Feed(), *_vat(receipt, words)]
    for slip in slips:
        if slip.copy == "merchant":
            continue
        parts += [Rule(), *(Text(text) for text in slip.lines)]
    parts.append(Feed())
    if receipt.seller.thanks:
        parts += [Text(receipt.seller.thanks, align="center"), Feed()]
    parts += [Barcode(receipt.code), Cut()]
    for slip in slips:
        if slip.copy == "merchant" and not copy:
            # A paper of its own, for the shop; the settings decide whether the terminal gives one.
            parts += [*(Text(text) for text in slip.lines), Cut()]
    return tuple(parts)


def lay_out_slips(slips: tuple[CardSlip, ...], code: str, *, copy: bool = False) -> Document:
    """Card slips that come with no receipt: of a payment that came to nothing. A paper for each."""
    head: list[Element] = (
        [Text(language(code).gettext("COPY"), align="center", bold=True, big=True), Feed()] if copy else []
    )
    return tuple(part for slip in slips for part in (*head, *(Text(text) for text in slip.lines), Cut()))


def _line(line: ReceiptLine, words: Language, receipt: Receipt) -> list[Element]:
    _ = words.gettext
    parts: list[Element] = []
    name = f"  {line.name}" if line.is_deposit and line.parent else line.name
    if line.quantity == 1000 and line.unit is Unit.PIECE:
        parts.append(Columns(name, words.money(line.gross)))
    else:
        unit = _("kr/kg") if line.unit is Unit.GRAM else _("each")
        parts.append(Text(name))
        detail = f"  {words.quantity(line.quantity, line.unit)} x {words.money(line.price)} {unit}"
        if line.returned_receipt and gross_of(line.price, line.quantity) != line.gross:
            # It was bought at a discount and gives back what was paid: a unit price would not multiply to it.
            detail = f"  {words.quantity(line.quantity, line.unit)}"
        parts.append(Columns(detail, words.money(line.gross)))
    if line.weighed == "typed":
        parts.append(Text(f"  {_('Weight entered by hand')}"))
    if line.listed is not None:
        parts.append(Text(f"  {_('Price changed from')} {words.money(line.listed)}: {line.reasons[0]}"))
    if line.discount:
        reasons = line.reasons[1:] if line.listed is not None else line.reasons
        parts.append(Columns(f"  {_('Discount')} {', '.join(reasons)}", words.money(-line.discount)))
    if line.returned_receipt:
        parts.append(Text(f"  {_('Returned from receipt')} {receipt.register}-{line.returned_receipt}"))
    if line.credit is not None and line.credit.kind == "gift-card":
        # Whole: this paper is the card, when it has none of plastic.
        parts += [Text(f"  {line.credit.number}"), Barcode(line.credit.number)]
    if line.lot or line.expiry:
        details = [
            f"{_('Lot')} {line.lot}" if line.lot else "",
            f"{_('Use by')} {line.expiry}" if line.expiry else "",
        ]
        parts.append(Text("  " + " ".join(detail for detail in details if detail)))
    return parts


def _totals(receipt: Receipt, words: Language) -> list[Element]:
    _ = words.gettext
    parts: list[Element] = []
    if receipt.given_back and receipt.sold:
        parts.append(Columns(_("Sales"), words.money(receipt.sold)))
        parts.append(Columns(_("Returns"), words.money(receipt.given_back)))
    parts.append(Columns(_("TOTAL DKK"), words.money(receipt.total), bold=True, big=True))
    if receipt.discount:
        parts.append(Columns(_("You save"), words.money(receipt.discount)))
    if receipt.rounding:
        parts.append(Columns(_("Rounding"), words.money(receipt.rounding)))
    for tender in receipt.tenders:
        parts += _tender(tender, words)
    if receipt.change:
        parts.append(Columns(_("Change"), words.money(-receipt.change), bold=True))
    return parts


def _tender(tender: Tender, words: Language) -> list[Element]:
    _ = words.gettext
    match tender:
        case CashTender():
            return [Columns(_("Cash") if tender.tendered >= 0 else _("Cash paid out"), words.money(tender.tendered))]
        case PaymentTender():
            return _payment(tender, words)
        case AccountTender():
            return [Columns(f"{_('On account')} {tender.name}", words.money(tender.amount))]
        case OtherTender():
            parts: list[Element] = [Columns(f"{tender.name} {tender.reference}".rstrip(), words.money(tender.amount))]
            if tender.face > tender.amount > 0:
                parts.append(
                    Text(f"  {_('Worth {}; what is over is not given back').format(words.money(tender.face))}")
                )
            return parts


def _payment(tender: PaymentTender, words: Language) -> list[Element]:
    _ = words.gettext
    approval = tender.approval
    names = {"card": approval.card_name or _("Card"), "mobilepay": "MobilePay", "gift-card": _("Gift card")}
    parts: list[Element] = [Columns(names[tender.means], words.money(tender.amount))]
    if approval.masked_pan:
        parts.append(Text(f"  {approval.masked_pan}"))
    if tender.account:
        parts.append(Text(f"  {masked(tender.account)}"))
    if approval.tip:
        parts.append(Columns(f"  {_('Tip')}", words.money(Amount(tender.moved - tender.amount))))
    if tender.vat_paid:
        vat = vat_table([(tender.vat_paid, tender.amount)])[0].vat
        parts.append(Text(f"  {_('VAT of it paid when the card was sold: {}').format(words.money(vat))}"))
    return parts


def _vat(receipt: Receipt, words: Language) -> list[Element]:
    _ = words.gettext
    head = Row(
        (
            Cell(_("VAT"), 10),
            Cell(_("Excl. VAT"), 12, "right"),
            Cell(_("VAT amount"), 12, "right"),
            Cell(_("Incl. VAT"), 12, "right"),
        )
    )
    rows = [
        Row(
            (
                Cell(words.percent(line.rate), 10),
                Cell(words.money(line.net), 12, "right"),
                Cell(words.money(line.vat), 12, "right"),
                Cell(words.money(line.gross), 12, "right"),
            )
        )
        for line in receipt.vat
    ]
    return [head, *rows]
