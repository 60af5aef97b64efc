"""A payment, a tender and a refusal in the cashier's words."""

from terminal.domain.payment import Means, PaymentIntent, TerminalMessage
from terminal.domain.payment_states import PaymentState
from terminal.domain.sale import AccountTender, CashTender, OtherTender, PaymentTender, Tender
from terminal.domain.till import Payment
from terminal.texts import N_, Language

from . import terminal_says

ICONS: dict[Means, str] = {"card": "card", "mobilepay": "phone", "gift-card": "gift"}

MEANS: dict[Means, str] = {"card": N_("Card"), "mobilepay": N_("MobilePay"), "gift-card": N_("Gift card")}

_PAYING: dict[Means, str] = {"card": N_("By card"), "mobilepay": N_("By MobilePay"), "gift-card": N_("By gift card")}
_GIVING: dict[Means, str] = {
    "card": N_("Back to the card"),
    "mobilepay": N_("Back by MobilePay"),
    "gift-card": N_("Back onto the gift card"),
}

DECLINED: dict[str, str] = {
    "declined": N_("The payment was declined."),
    "cancelled": N_("The payment was cancelled."),
    "timeout": N_("It was not paid in time."),
    "busy": N_("It is busy with something else."),
    "not-sent": N_("The payment was not sent."),
    "not-found": N_("Nothing was taken."),
    "reversed": N_("What was taken has gone back."),
}
"""By `Declined.reason`, of what is no card."""


def icon(tender: Tender) -> str:
    """The name of its icon."""
    match tender:
        case CashTender():
            return "cash"
        case PaymentTender():
            return ICONS[tender.means]
        case AccountTender():
            return "person"
        case OtherTender():
            return "gift"


def name(tender: Tender, words: Language) -> str:
    """What a tender is called; a card by its last digits."""
    match tender:
        case CashTender():
            return words.gettext(N_("Cash"))
        case PaymentTender():
            last = tender.approval.masked_pan[-4:] or tender.account[-4:]
            called = tender.approval.card_name or words.gettext(MEANS[tender.means])
            return f"{called} {last}".rstrip()
        case AccountTender():
            return words.gettext(N_("On account {}")).format(tender.name)
        case OtherTender():
            return f"{tender.name} {tender.reference}".rstrip()


def heading(intent: PaymentIntent, words: Language) -> str:
    """Above the amount while it runs."""
    return words.gettext((_PAYING if intent.purpose == "pay" else _GIVING)[intent.means])


def going_on(message: TerminalMessage | None, payment: Payment, words: Language) -> str:
    """One sentence for a payment that runs."""
    if payment.intent.means == "card":
        return terminal_says.terminal(message, payment.state, words)
    if payment.state in (PaymentState.APPROVED_UNACKED, PaymentState.ACKED):
        return words.gettext(N_("Approved. One moment"))
    if message is None:
        return words.gettext(N_("One moment"))
    if message.qr:
        return words.gettext(N_("The customer scans the code with their phone"))
    return message.text or words.gettext(N_("The customer approves on their phone"))


def declined(payment: Payment, words: Language) -> str:
    """One sentence for a payment that failed; the other side's own words when they are not ours."""
    if payment.intent.means == "card" or payment.doubt not in DECLINED:
        return terminal_says.declined(payment.doubt, words)
    return words.gettext(DECLINED[payment.doubt])
