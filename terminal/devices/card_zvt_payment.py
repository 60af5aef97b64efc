"""A payment's reactions: what the terminal says becomes durable before it is acknowledged, and then the result."""

from terminal.app.ports.payment_method import Record, Say
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
)
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import approval_of, message_of, words_of
from terminal.protocols.zvt.charset import Charset
from terminal.protocols.zvt.errors import FieldError
from terminal.protocols.zvt.slips import Slips, amounts_on

from .card_zvt_dialog import Ending

ALL_COPIES = frozenset({"merchant", "customer"})
_STOPPED = 0x6C
_BUSY = frozenset({0x9C, 0xA0})
"""Error codes (10)."""


class Payment:
    """One 06 01, 06 30 or 06 31: the three go the same way (2.9, 2.15).

    The acknowledgement of the good status information, and where the till prints of the receipt's last line, are what
    commits the payment (2.2.8). So the approval is recorded before the former, and each slip before the latter: a
    crash between two lines leaves the last one unacknowledged, and the terminal reverses.

    Receipt text that tells of another amount than the status information is refused in the same way when a payment is
    taken back: which of the two is true, only the terminal's last transaction can say.
    """

    def __init__(
        self, intent: PaymentIntent, record: Record, say: Say, charset: Charset, *, kept: frozenset[str] = ALL_COPIES
    ) -> None:
        self._intent = intent
        self._record = record
        self._say = say
        self._charset: Charset = charset
        self._slips = Slips(charset)
        self._kept = kept
        self._acknowledged = False
        self.approved: Approved | None = None
        """Recorded."""
        self.receipt_id = b""
        """Tag 1F1F of what was approved; empty: it said none."""
        self.disputed = False
        """The terminal's receipt says another amount than its status information."""
        self._refusal: m.StatusInformation | None = None
        """The last bad status information: the customer may try a PIN again, and another one follows."""

    def intermediate(self, status: m.IntermediateStatus) -> None:
        """See Reactions."""
        self._say(message_of(status, self._charset))

    async def status(self, status: m.StatusInformation) -> None:
        """See Reactions."""
        if m.result_of(status):
            self._refusal = status
            return
        approval = approval_of(status, self._intent, self._charset)
        if self.approved is None:
            await self._record(approval)
            self.approved = approval
            self.receipt_id = status.receipt_id or b""
        elif _key(approval) != _key(self.approved):
            raise FieldError("a second approval tells of another payment")
        # The same again: the terminal had not heard our answer, or tells more of what is recorded.
        self._refusal = None

    async def acknowledged(self) -> None:
        """See Reactions. The terminal prints or completes meanwhile: it does not wait for this."""
        if self.approved is not None and self._refusal is None and not self._acknowledged:
            self._acknowledged = True
            await self._record(Acknowledged())

    async def printing(self, command: m.PrintLine | m.PrintTextBlock) -> None:
        """See Reactions."""
        for slip in self._slips.feed(command):
            await self._keep(slip)

    async def ending(self, end: m.Completion | m.Abort) -> None:
        """See Reactions. A slip without its end mark ends here."""
        for slip in self._slips.flush():
            await self._keep(slip)

    async def _keep(self, slip: CardSlip) -> None:
        if self.approved is not None and self._refusal is None and self._intent.purpose != "pay":
            moved = self.approved.amount + self.approved.tip
            said = amounts_on(slip.lines)
            if said and moved not in said:
                self.disputed = True
                raise FieldError(f"the terminal's receipt does not say the {moved} that the terminal says")
        if slip.copy == "unknown" or slip.copy in self._kept:
            await self._record(slip)

    def result(self, end: Ending, *, timed_out: bool) -> PaymentResult:
        """What became of it."""
        if isinstance(end, m.Nack):
            return Declined("busy" if end.code in _BUSY else "declined", f"{end.code:02X}")
        if self.approved is not None:
            if isinstance(end, m.Completion) and self._refusal is None:
                return self.approved
            return OutcomeUnknown("the terminal approved and then took it back")
        if self._refusal is None and not isinstance(end, m.Abort):
            return OutcomeUnknown("the terminal ended the payment without saying how")
        return self._declined(end, timed_out=timed_out)

    def _declined(self, end: m.Completion | m.Abort | m.Ack, *, timed_out: bool) -> Declined:
        code = self._refusal.result if self._refusal else None
        words = words_of(self._refusal, self._charset) if self._refusal else ""
        if isinstance(end, m.Abort):
            code = end.result if code is None else code
            words = words or words_of(end, self._charset)
        text = "" if code is None else f"{code:02X}"
        if code == _STOPPED:
            return Declined("timeout" if timed_out else "cancelled", text, words)
        return Declined("busy" if code in _BUSY else "declined", text, words)


class Enquiry:
    """06 20: keeps the status information of the last transaction."""

    def __init__(self) -> None:
        self.found: m.StatusInformation | None = None

    def intermediate(self, status: m.IntermediateStatus) -> None:
        """See Reactions."""

    async def status(self, status: m.StatusInformation) -> None:
        """See Reactions. Nothing is committed by this answer: the transaction is over."""
        self.found = status

    async def acknowledged(self) -> None:
        """See Reactions."""

    async def printing(self, command: m.PrintLine | m.PrintTextBlock) -> None:
        """See Reactions. Asked not to, some terminals print all the same; the slip was kept the first time."""

    async def ending(self, end: m.Completion | m.Abort) -> None:
        """See Reactions."""


def _key(approval: Approved) -> tuple[int, str, str]:
    return approval.amount, approval.trace, approval.receipt_number
