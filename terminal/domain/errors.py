"""What a till refuses, and why. A refusal changes nothing.

SaleError            a person asked for something that cannot be; `reason` is closed, `detail` names the thing
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a command was refused. The screens have a sentence for each, in every language."""

    NO_SALE = "no-sale"
    NO_SUCH_SALE = "no-such-sale"
    NO_SUCH_LINE = "no-such-line"
    EMPTY = "empty"
    UNKNOWN_CODE = "unknown-code"
    BAD_CODE = "bad-code"
    BAD_CHECK_DIGIT = "bad-check-digit"
    EXPIRED = "expired"
    WEIGHT_NEEDED = "weight-needed"
    WEIGHING = "weighing"
    """The scale weighs something else just now."""
    BAD_QUANTITY = "bad-quantity"
    TOO_MANY_LINES = "too-many-lines"
    TOO_MANY_SALES = "too-many-sales"
    BAD_AMOUNT = "bad-amount"
    NOT_DISCOUNTABLE = "not-discountable"
    BAD_DISCOUNT = "bad-discount"
    REASON_NEEDED = "reason-needed"
    APPROVAL_NEEDED = "approval-needed"
    APPROVAL_WRONG = "approval-wrong"
    APPROVAL_LOCKED = "approval-locked"
    AGE_CHECK_NEEDED = "age-check-needed"
    PAYMENT_PENDING = "payment-pending"
    PAYMENT_IN_DOUBT = "payment-in-doubt"
    NO_DRAWER = "no-drawer"
    NO_PRINTER = "no-printer"
    DRAWER_OPEN = "drawer-open"
    """The settings allow no cash sale while the drawer stands open."""
    NO_SCANNER = "no-scanner"
    PARTLY_PAID = "partly-paid"
    NOTHING_DUE = "nothing-due"
    NO_MEANS = "no-means"
    """There is nothing that could take such a payment."""
    UNKNOWN_GIFT_CARD = "unknown-gift-card"
    GIFT_CARD_EMPTY = "gift-card-empty"
    GIFT_CARD_LIMIT = "gift-card-limit"
    UNKNOWN_CUSTOMER = "unknown-customer"
    CREDIT_LIMIT = "credit-limit"
    UNKNOWN_TENDER = "unknown-tender"
    REFERENCE_NEEDED = "reference-needed"
    VOUCHER_USED = "voucher-used"
    NOT_RETURNABLE = "not-returnable"
    NOTHING_TO_GIVE_BACK = "nothing-to-give-back"
    NOT_CASH = "not-cash"
    """The amount cannot be made with Danish notes and coins (whole 50 øre)."""
    TOO_MUCH = "too-much"
    SETTLES_ITSELF = "settles-itself"
    GIVE_BACK_FIRST = "give-back-first"
    NO_SUCH_RECEIPT = "no-such-receipt"
    ALREADY_RETURNED = "already-returned"
    NOTHING_TO_UNDO = "nothing-to-undo"
    NO_SUCH_JOB = "no-such-job"
    ITEMS_UNREADABLE = "items-unreadable"
    NOT_NOW = "not-now"
    """A device is tested between two customers only."""
    NO_SUCH_DEVICE = "no-such-device"
    SCANNED_JUST_NOW = "scanned-just-now"


class SaleError(Exception):
    """Refused. `detail` is data for the sentence (a code, a number), never a sentence itself."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
