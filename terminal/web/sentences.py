"""A sentence for everything that is refused and everything that is wrong, and what to do about it.

The keys are the closed sets of the program; a test holds that each has its sentence. `{}` is the detail.
"""

from terminal.app.device_tests import Says
from terminal.app.ports.device import Problem
from terminal.domain.errors import Reason
from terminal.protocols.scan import Suffix
from terminal.protocols.wedge import Case, LayoutName, WhyNot
from terminal.texts import N_

REFUSED: dict[Reason, str] = {
    Reason.NO_SALE: N_("There is no sale yet. Scan or touch an item."),
    Reason.NO_SUCH_SALE: N_("That sale is not open any more."),
    Reason.NO_SUCH_LINE: N_("That line is not there any more."),
    Reason.EMPTY: N_("The sale is empty. Scan or touch an item."),
    Reason.UNKNOWN_CODE: N_("No item has the code {}. Search for it by name."),
    Reason.BAD_CODE: N_("The barcode could not be read. Scan it again."),
    Reason.BAD_CHECK_DIGIT: N_("{} is not a valid barcode. Scan it again or type it anew."),
    Reason.EXPIRED: N_("Past its date ({}). It must not be sold: take it off the shelf."),
    Reason.WEIGHT_NEEDED: N_("Weigh the item and enter its grams."),
    Reason.WEIGHING: N_("{} is being weighed. Wait for the scale, or scan again then."),
    Reason.BAD_QUANTITY: N_("That quantity cannot be sold."),
    Reason.TOO_MANY_LINES: N_("A sale holds at most {} lines. Finish this one first."),
    Reason.TOO_MANY_SALES: N_("At most {} sales can be open. Finish or void one first."),
    Reason.BAD_AMOUNT: N_("That amount cannot be right. Enter it again."),
    Reason.NOT_DISCOUNTABLE: N_("{} takes no discount and no other price."),
    Reason.BAD_DISCOUNT: N_("The discount is larger than what it is taken from."),
    Reason.REASON_NEEDED: N_("Give a reason."),
    Reason.APPROVAL_NEEDED: N_("Somebody who may approve must enter their PIN."),
    Reason.APPROVAL_WRONG: N_("Wrong PIN."),
    Reason.APPROVAL_LOCKED: N_("Too many wrong PINs. Wait {} seconds."),
    Reason.AGE_CHECK_NEEDED: N_("The buyer must be {}. Check and confirm first."),
    Reason.PAYMENT_PENDING: N_("A payment is running. Finish or cancel it first."),
    Reason.PAYMENT_IN_DOUBT: N_("An earlier payment of that kind is not settled. Settle it first, or take cash."),
    Reason.NO_MEANS: N_("This till cannot take that kind of payment."),
    Reason.NO_DRAWER: N_("This till has no drawer."),
    Reason.NO_PRINTER: N_("This till has no printer."),
    Reason.DRAWER_OPEN: N_("The drawer stands open. Shut it first."),
    Reason.NO_SCANNER: N_("This till has no scanner."),
    Reason.PARTLY_PAID: N_("Part of the sale is paid. Finish the payment."),
    Reason.NOTHING_DUE: N_("There is nothing to pay."),
    Reason.NOT_CASH: N_("Notes and coins cannot make that amount: the smallest coin is 50 øre."),
    Reason.TOO_MUCH: N_("More than is due."),
    Reason.GIVE_BACK_FIRST: N_("Money is to be given back, not taken."),
    Reason.NO_SUCH_RECEIPT: N_("There is no receipt {}."),
    Reason.ALREADY_RETURNED: N_("Of that line no more can be returned."),
    Reason.NOTHING_TO_UNDO: N_("There is nothing to undo."),
    Reason.ITEMS_UNREADABLE: N_("The items cannot be read. Call service; an open sale can still be paid."),
    Reason.UNKNOWN_GIFT_CARD: N_("There is no gift card with that number."),
    Reason.GIFT_CARD_EMPTY: N_("There is nothing left on the gift card."),
    Reason.GIFT_CARD_LIMIT: N_("No more can be taken from that gift card for this sale."),
    Reason.UNKNOWN_CUSTOMER: N_("There is no customer {}."),
    Reason.CREDIT_LIMIT: N_("That is above the customer’s credit limit."),
    Reason.UNKNOWN_TENDER: N_("There is no such way to pay."),
    Reason.REFERENCE_NEEDED: N_("{}: enter its number."),
    Reason.VOUCHER_USED: N_("Number {} has been used already."),
    Reason.NOT_RETURNABLE: N_("{} cannot be returned: its money may have been used."),
    Reason.NOTHING_TO_GIVE_BACK: N_("There is nothing to give back."),
    Reason.SETTLES_ITSELF: N_("MobilePay settles it as soon as it can be reached. Set the sale aside."),
    Reason.NO_SUCH_JOB: N_("That print is settled already."),
    Reason.NOT_NOW: N_("Finish or park the sale first: devices are tested between two customers."),
    Reason.NO_SUCH_DEVICE: N_("This till has no device {} that can be tested."),
    Reason.SCANNED_JUST_NOW: N_("The network has just been searched. Wait {} seconds."),
}

WRONG: dict[Problem, tuple[str, str]] = {
    Problem.NONE: ("", ""),
    Problem.NOT_FOUND: (N_("is not there"), N_("Check that it is plugged in and switched on.")),
    Problem.NO_PERMISSION: (N_("may not be used"), N_("The till has no right to it: run the installation again.")),
    Problem.IN_USE: (N_("is used by another program"), N_("Stop the other program.")),
    Problem.REFUSED: (N_("refuses the connection"), N_("Check its address and settings, or switch it off and on.")),
    Problem.UNREACHABLE: (N_("cannot be reached"), N_("Check the network cable and that it is switched on.")),
    Problem.LOST: (N_("has lost the connection"), N_("Check the cable and the power.")),
    Problem.NO_ANSWER: (N_("does not answer"), N_("Check that it is switched on.")),
    Problem.GARBAGE: (N_("answers nonsense"), N_("Check its settings (speed, kind of device).")),
    Problem.PAPER_LOW: (N_("has little paper left"), N_("Have a new roll ready.")),
    Problem.PAPER_OUT: (N_("is out of paper"), N_("Put a new roll in.")),
    Problem.COVER_OPEN: (N_("has its cover open"), N_("Close the cover.")),
    Problem.CUTTER: (N_("has a jammed knife"), N_("Open the cover, take the paper out, switch it off and on.")),
    Problem.OFFLINE: (N_("is off line"), N_("Press its feed button, or switch it off and on.")),
    Problem.OVERHEATED: (N_("is too hot"), N_("Wait a few minutes.")),
    Problem.BUSY: (N_("is busy"), N_("Wait until it is done.")),
    Problem.MISSING_LIBRARY: (N_("lacks a program part"), N_("Run the installation again.")),
    Problem.LAYOUT: (N_("sends signs that are no barcode"), N_("Calibrate it: More, Calibrate a scanner.")),
    Problem.STUCK: (N_("has a key that is stuck"), N_("Unplug it and plug it in again.")),
    Problem.ALIKE: (N_("cannot be told from another one"), N_("Say in the settings which one it is, by its port.")),
    Problem.LEFT_OPEN: (N_("has stood open for long"), N_("Shut it.")),
    Problem.DID_NOT_OPEN: (N_("did not open"), N_("Check that it is not locked, and its cable.")),
    Problem.MOTION: (N_("does not come to rest"), N_("Keep hands and draughts away from it.")),
    Problem.OVERLOAD: (N_("is overloaded"), N_("Take something off it.")),
    Problem.UNDER_ZERO: (N_("reads below zero"), N_("Empty it and press its zero key.")),
    Problem.NOT_ZERO: (N_("has lost its zero"), N_("Empty it, then switch it off and on.")),
    Problem.FAULT: (N_("reports a fault"), N_("Switch it off and on; if it stays, call service.")),
}

SAID: dict[str, str] = {
    "receipt": N_("Receipt {}"),
    "dialog-first": N_("Finish this first, then scan receipt {} again."),
    "card-first": N_("Finish this first, then scan the gift card again."),
    "copy": N_("Receipt {} is printed again."),
    "scale-waits": N_("{}: waiting for the scale to come to rest."),
    "finish-first": N_("Finish or close what is open, then scan {} again."),
    "calibrating": N_("A scanner is being calibrated. Nothing is sold."),
    "testing": N_("A scanner is being tested. What was scanned is not sold."),
    "calibrated": N_("It is known now how {} types."),
    "not-printed": N_("It could not be printed. Look at the printer."),
}
"""Words that are no refusal: the key is the notice's reason."""

LAYOUTS: dict[LayoutName, str] = {
    "us": N_("American"),
    "gb": N_("British"),
    "dk": N_("Danish"),
    "no": N_("Norwegian"),
    "se": N_("Swedish or Finnish"),
    "de": N_("German"),
    "fr": N_("French"),
    "be": N_("Belgian"),
    "es": N_("Spanish"),
    "it": N_("Italian"),
}
"""Keyboards that a scanner can type for."""

SUFFIXES: dict[Suffix, str] = {
    "any": N_("several keys"),
    "cr": N_("Enter"),
    "lf": N_("line feed"),
    "tab": N_("Tab"),
    "none": N_("nothing"),
}
"""What ends its scans."""

WHY_NOT: dict[WhyNot, str] = {
    WhyNot.NOTHING: N_("Nothing readable came. Scan it again."),
    WhyNot.ANOTHER_CODE: N_("That was another barcode. Scan the one that is shown here."),
    WhyNot.UNKNOWN_LAYOUT: N_(
        "That is no keyboard that the till knows, or only part of the code came. Scan it again; if it stays, set the "
        "scanner to an American keyboard."
    ),
    WhyNot.PREFIX: N_("The scanner puts something before each code. Switch its prefix off, then scan again."),
    WhyNot.LOST: N_("Keys were lost. Scan it again."),
}
"""Why a scan did not calibrate."""

CASES: dict[Case, str] = {
    "kept": "",
    "upper": N_("It makes all letters capitals: codes with small letters are not found."),
    "lower": N_("It makes all letters small: codes with capitals are not found."),
}

KINDS: dict[str, tuple[str, str]] = {
    "scanner": (N_("Scanner"), N_("The scanner")),
    "printer": (N_("Printer"), N_("The printer")),
    "drawer": (N_("Drawer"), N_("The drawer")),
    "scale": (N_("Scale"), N_("The scale")),
    "display": (N_("Display"), N_("The customer display")),
    "card": (N_("Card"), N_("The card terminal")),
    "mobilepay": (N_("MobilePay"), N_("MobilePay")),
    "journal": (N_("Journal"), N_("The journal")),
}
"""A kind of device: under its icon, and at the head of a sentence."""

TESTED: dict[Says, str] = {
    Says.SCAN_NOW: N_("Scan something within 20 seconds. It is not sold."),
    Says.SCANNED: N_("It has read {}"),
    Says.BAD_SCAN: N_("It sent something that is no barcode. Scan again, or calibrate it."),
    Says.NO_SCAN: N_("No scan came. Is this the right scanner, and is it switched on?"),
    Says.PRINTING: N_("Printing …"),
    Says.PRINTED: N_("Printed. Look at the paper: are the letters ÆØÅ and € right, and is no line broken?"),
    Says.PERHAPS_PRINTED: N_("Sent, but it does not answer. Look whether a whole page hangs from it."),
    Says.OPENING: N_("Opening …"),
    Says.OPENED: N_("The pulse was sent. Look: is it open?"),
    Says.WEIGHING: N_("Weighing …"),
    Says.WEIGHED: N_("It shows {} g."),
    Says.SCALE_EMPTY: N_("It answers and is empty. Put something on it and test again."),
    Says.SHOWN: N_("Look at it: does it show “{}”?"),
    Says.ASKING: N_("Asking …"),
    Says.ANSWERS: N_("It answers and is ready."),
    Says.WRONG: N_("It did not work."),
    Says.REFUSED: N_("It was refused."),
    Says.STOPPED: N_("Given up: a sale has begun."),
}
"""How a device's test stands."""

FOUND: dict[str, str] = {
    "scanner": N_("Scanner"),
    "printer": N_("Printer"),
    "drawer": N_("Drawer"),
    "card": N_("Card"),
    "keyboard": N_("Keyboard, or a scanner"),
    "serial": N_("Serial port"),
    "usb": N_("USB device"),
}
"""What was found on the board or the network."""

DISCOUNTS: dict[str, str] = {
    "short-date": N_("Short date"),
    "damaged": N_("Damaged"),
    "offer": N_("Offer"),
    "staff": N_("Staff"),
    "agreed": N_("As agreed"),
    "complaint": N_("Complaint"),
}
"""Reasons for a discount, one touch each. They stand on the receipt in the shop's language."""

PRICES: dict[str, str] = {
    "shelf": N_("Price on the shelf"),
    "offer": N_("Offer"),
    "damaged": N_("Damaged"),
    "agreed": N_("As agreed"),
}
"""Reasons for another price."""

VOIDS: dict[str, str] = {
    "changed-mind": N_("The customer changed their mind"),
    "mistake": N_("Entered by mistake"),
    "no-money": N_("The customer cannot pay"),
    "training": N_("Training"),
}
"""Reasons for giving a sale up."""

DRAWERS: dict[str, str] = {
    "change": N_("Small change"),
    "count": N_("Counting the cash"),
    "wrong-change": N_("Wrong change given"),
    "test": N_("Test"),
}
"""Reasons for opening the drawer without a sale."""
