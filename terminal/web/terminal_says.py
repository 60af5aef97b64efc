"""What a card terminal shows its customer, in the cashier's words."""

from terminal.domain.payment import TerminalMessage
from terminal.domain.payment_states import PaymentState
from terminal.texts import N_, Language

LOOK_AT_IT = N_("Look at the terminal")

SAYS: dict[int, str] = {
    0x00: N_("The amount must be confirmed on the terminal"),
    0x01: N_("The customer enters the PIN"),
    0x02: N_("The customer enters the PIN"),
    0x03: N_("The card is not accepted"),
    0x04: N_("Waiting for the bank"),
    0x05: N_("The terminal takes the payment back"),
    0x06: N_("The terminal sends what it has kept"),
    0x07: N_("The card is not accepted"),
    0x08: N_("The terminal does not know this card"),
    0x09: N_("The card has expired"),
    0x0A: N_("Insert or tap the card"),
    0x0B: N_("Take the card out"),
    0x0C: N_("The card cannot be read"),
    0x0D: N_("The payment is being stopped"),
    0x0E: N_("Please wait"),
    0x0F: N_("The terminal closes its day"),
    0x10: N_("The card is not valid"),
    0x11: N_("The terminal shows a balance"),
    0x12: N_("The terminal has a fault"),
    0x13: N_("The payment is not possible"),
    0x14: N_("There is not enough money on the card"),
    0x15: N_("Wrong PIN. The customer tries again"),
    0x16: N_("The amount is above the card’s limit"),
    0x17: N_("Please wait"),
    0x18: N_("The PIN was wrong too often"),
    0x19: N_("The card cannot be used"),
    0x1A: N_("The terminal is being serviced"),
    0x1B: N_("Approved"),
    0x1C: N_("Approved"),
    0x1D: N_("The card was declined"),
    0x26: N_("The customer enters a phone number"),
    0x27: N_("The customer enters the phone number again"),
    0x28: N_("The customer chooses a currency"),
    0x29: N_("The customer chooses a language"),
    0x2A: N_("Insert or tap the card"),
    0x2B: N_("No connection to the bank. Please wait"),
    0x2C: N_("The customer chooses debit or credit"),
    0x4A: N_("Take the card out"),
    0x4B: N_("Take the card out"),
    0x68: N_("The customer’s card is in"),
    0x69: N_("The customer chooses a currency"),
    0xC7: N_("The terminal asks for the mileage"),
    0xC8: N_("The terminal waits for you"),
    0xC9: N_("The terminal checks itself"),
    0xCA: N_("The terminal is starting"),
    0xCB: N_("The terminal’s memory is full"),
    0xCC: N_("The customer enters the PIN"),
    0xD2: N_("The terminal is connecting"),
    0xD3: N_("The terminal is connected"),
    0xE0: N_("The customer chooses how to pay"),
    0xE1: N_("The customer chooses a language"),
    0xE2: N_("The card reader must be cleaned"),
    0xF1: N_("The terminal is off line"),
    0xF2: N_("The terminal is on line"),
    0xF3: N_("The payment is taken off line"),
}
"""By intermediate status (ZVT 3.7, table 17). 0x41 to 0x67 are 0x01 to 0x27 with the card still in."""

TAKE_OUT = N_("Take the card out")

DECLINED: dict[str, str] = {
    "declined": N_("The card was declined."),
    "cancelled": N_("The payment was cancelled."),
    "timeout": N_("No card was used in time."),
    "busy": N_("The terminal was busy."),
    "not-sent": N_("The payment did not reach the terminal."),
    "not-found": N_("Nothing was taken from the card."),
    "reversed": N_("The terminal has taken the payment back."),
}
"""By `Declined.reason`."""


def status(code: str, words: Language) -> str:
    """The words for an intermediate status; empty when there are none."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number in SAYS:
        return words.gettext(SAYS[number])
    if number - 0x40 in SAYS and number < 0x68:
        return f"{words.gettext(SAYS[number - 0x40])}. {words.gettext(TAKE_OUT)}"
    return ""


def terminal(message: TerminalMessage | None, state: PaymentState, words: Language) -> str:
    """One sentence for a payment that runs. The terminal's own text where we have no words for its code."""
    if state in (PaymentState.APPROVED_UNACKED, PaymentState.ACKED):
        return words.gettext(N_("Approved. The terminal is finishing"))
    if message is None:
        return words.gettext(N_("The amount is sent to the terminal"))
    return status(message.code, words) or message.text or words.gettext(LOOK_AT_IT)


def declined(doubt: str, words: Language) -> str:
    """One sentence for a payment that failed; the terminal's own words when they are not ours."""
    return words.gettext(DECLINED[doubt]) if doubt in DECLINED else f"{doubt.rstrip('.')}."
