"""What the terminal tells on its own, to an address of the till's that it was given: events, and what it shows.

Source: Adyen, "Display notifications", "Event notifications".
"""

from urllib.parse import parse_qsl

import msgspec

from terminal.domain.payment import TerminalMessage

from . import messages as m
from .fields import words

_SHOWN = {
    "TENDER_CREATED": "0A",
    "CARD_INSERTED": "68",
    "CARD_PRESENTED": "68",
    "CARD_SWIPED": "68",
    "WAIT_FOR_APP_SELECTION": "E0",
    "ASK_DCC": "28",
    "WAIT_FOR_PIN": "01",
    "PIN_DIGIT_ENTERED": "01",
    "PIN_ENTERED": "04",
    "WAIT": "0E",
    "WAIT_FOR_AMOUNT_ADJUSTMENT": "C8",
    "CHECK_SIGNATURE": "C8",
    "ASK_SIGNATURE": "C8",
    "REMOVE_CARD": "0B",
    "TENDER_FINAL": "0E",
}
"""The terminal's events as the codes that the screens have words for (ZVT's intermediate status)."""


class Shown(msgspec.Struct, frozen=True):
    """Which transaction the terminal speaks of, in its own name, and what it shows."""

    transaction_id: str
    message: TerminalMessage


def shown(request: m.DisplayRequest) -> Shown | None:
    """The news for the cashier in a display request; None when there is none."""
    for output in request.display_output[:8]:
        content = output.output_content
        said = content.predefined_content.reference_id if content.predefined_content else ""
        pairs = dict(parse_qsl(said[:1000])) if said[:1000].count("&") < 20 else {}
        event = words(pairs.get("event") or pairs.get("result") or "", 40)
        text = words(" ".join(line.text for line in content.output_text[:8]))
        if event or text:
            return Shown(words(pairs.get("TransactionID", "")), TerminalMessage(_SHOWN.get(event, ""), text or event))
    return None


def event(notification: m.EventNotification) -> str:
    """An event in one English sentence for the log and the status page."""
    known = {
        "BeginMaintenance": "the terminal begins maintenance",
        "EndMaintenance": "the terminal's maintenance has ended",
        "Shutdown": "the terminal shuts down",
        "Initialised": "the terminal has started",
        "OutOfOrder": "the terminal is out of order",
        "Completed": "the terminal has finished",
        "Reject": "the terminal did not take a message",
        "SaleWakeUp": "the terminal is ready again",
    }
    name = known.get(notification.event_to_notify, f"the terminal tells of {words(notification.event_to_notify, 40)}")
    details = words(notification.event_details)
    return f"{name}: {details}" if details else name
