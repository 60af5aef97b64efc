"""The simulated service's payments: their states, sums and event logs, and the money that has really moved.

Rules of the ePayment API: an approval reserves, a capture takes, at most what was approved; a cancellation withdraws
what waits and releases what is held; a refund gives back at most what was taken. Final states stay.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from terminal.protocols.mobilepay.messages import EventName, Money, State

from .payment_faults import Move


class No(Exception):
    """The service refuses, with this HTTP status."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail


class Event(msgspec.Struct, frozen=True):
    """One entry of a payment's log."""

    name: EventName
    amount: Money
    at: datetime
    psp_reference: str
    key: str
    success: bool = True


class Entry(msgspec.Struct, eq=False):
    """One payment."""

    reference: str
    amount: Money
    flow: str
    customer: str
    """Phone number, or empty: whoever scans the code."""
    at: datetime
    psp_reference: str = msgspec.field(default_factory=lambda: str(uuid.uuid4()))
    born: float = msgspec.field(default_factory=time.monotonic)
    """The customer has a clock of their own."""
    state: State = "CREATED"
    authorized: int = 0
    cancelled: int = 0
    captured: int = 0
    refunded: int = 0
    events: list[Event] = []

    @property
    def qr(self) -> str:
        """What the customer scans."""
        return f"https://qr.example.com/v1/{self.psp_reference}" if self.flow == "QR" else ""

    def adjusted(self) -> dict[str, Any]:
        """Schema ModificationResponse."""
        currency = self.amount.currency
        sums = {
            "authorizedAmount": self.authorized,
            "cancelledAmount": self.cancelled,
            "capturedAmount": self.captured,
            "refundedAmount": self.refunded,
        }
        return {
            "amount": msgspec.to_builtins(self.amount),
            "state": self.state,
            "aggregate": {name: {"value": value, "currency": currency} for name, value in sums.items()},
            "pspReference": self.psp_reference,
            "reference": self.reference,
        }

    def told(self) -> dict[str, Any]:
        """Schema GetPaymentResponse."""
        told = {**self.adjusted(), "paymentMethod": {"type": "WALLET"}, "profile": {}}
        return {**told, "redirectUrl": self.qr} if self.qr else told

    def logged(self) -> list[dict[str, Any]]:
        """The schema PaymentEvent requires `paymentAction` without describing it."""
        return [
            {
                "reference": self.reference,
                "pspReference": event.psp_reference,
                "name": event.name,
                "paymentAction": event.name,
                "amount": msgspec.to_builtins(event.amount),
                "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "idempotencyKey": event.key or None,
                "success": event.success,
            }
            for event in self.events
        ]


class _Memory(msgspec.Struct):
    """The file."""

    entries: list[Entry] = []
    ledger: tuple[Move, ...] = ()


class Book:
    """All payments. `now`: the service's clock. `news`: called with each event, for the webhooks. Kept in `path`, when
    there is one.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        life: float,
        news: Callable[[Entry, Event], None] = lambda *_: None,
        path: Path | None = None,
    ) -> None:
        self._now = now
        self._news = news
        self._path = path
        self.life = life
        known = msgspec.json.decode(path.read_bytes(), type=_Memory) if path and path.exists() else _Memory()
        self.entries = {entry.reference: entry for entry in known.entries}
        self.ledger = known.ledger
        for entry in known.entries:
            # The machine's own clock may have begun anew.
            entry.born = time.monotonic()
        self.approves_late = False
        """The next cancellation of a waiting payment comes just after its approval."""
        self.auto: float | None = None
        """Seconds after which a payment is approved by itself."""

    # --- the till's calls

    def create(self, reference: str, amount: Money, *, flow: str, customer: str, key: str) -> Entry:
        """Raises No: a reference is used once."""
        if reference in self.entries:
            raise No(409, "Conflict", "The reference has been used before")
        entry = Entry(reference, amount, flow=flow, customer=customer, at=self._now())
        self.entries[reference] = entry
        self._log(entry, "CREATED", amount.value, key, entry.psp_reference)
        return entry

    def find(self, reference: str) -> Entry:
        """As it stands at this moment. Raises No."""
        entry = self.entries.get(reference)
        if entry is None:
            raise No(404, "Not Found", "There is no payment with this reference")
        self._pass_time(entry)
        return entry

    def capture(self, reference: str, amount: Money, key: str) -> Entry:
        """Raises No."""
        entry = self.find(reference)
        left = entry.authorized - entry.cancelled - entry.captured
        self._check(entry, amount, left, "capture")
        entry.captured += amount.value
        self.ledger += (Move(amount.value, reference, "sale"),)
        self._log(entry, "CAPTURED", amount.value, key)
        return entry

    def refund(self, reference: str, amount: Money, key: str) -> Entry:
        """Raises No."""
        entry = self.find(reference)
        self._check(entry, amount, entry.captured - entry.refunded, "refund")
        entry.refunded += amount.value
        # A till names a refund by its own intent's key, with a suffix for the operation.
        self.ledger += (Move(-amount.value, key.removesuffix("-r"), "refund"),)
        self._log(entry, "REFUNDED", amount.value, key)
        return entry

    def cancel(self, reference: str, key: str) -> Entry:
        """Raises No."""
        entry = self.find(reference)
        if entry.state == "CREATED":
            if self.approves_late:
                self.approves_late = False
                self.approve(entry)
                raise No(409, "Conflict", "The payment has just been approved")
            entry.state = "TERMINATED"
            entry.cancelled = entry.amount.value
            self._log(entry, "TERMINATED", entry.amount.value, key)
            return entry
        left = entry.authorized - entry.cancelled - entry.captured
        if entry.state != "AUTHORIZED" or not left:
            raise No(409, "Conflict", f"A payment that is {entry.state} has nothing to cancel")
        entry.cancelled += left
        self._log(entry, "CANCELLED", left, key)
        return entry

    # --- the customer's doings

    def approve(self, entry: Entry) -> bool:
        """Whether it waited."""
        if not self._ends(entry, "AUTHORIZED"):
            return False
        entry.authorized = entry.amount.value
        self._log(entry, "AUTHORIZED", entry.amount.value, "")
        return True

    def reject(self, entry: Entry) -> bool:
        """Whether it waited."""
        ended = self._ends(entry, "ABORTED")
        if ended:
            self._log(entry, "ABORTED", entry.amount.value, "")
        return ended

    def expire(self, entry: Entry) -> bool:
        """Whether it waited."""
        ended = self._ends(entry, "EXPIRED")
        if ended:
            self._log(entry, "EXPIRED", entry.amount.value, "")
        return ended

    @property
    def waiting(self) -> list[Entry]:
        """Payments that wait for their customer, oldest first."""
        for entry in self.entries.values():
            self._pass_time(entry)
        return [entry for entry in self.entries.values() if entry.state == "CREATED"]

    @property
    def moved(self) -> int:
        """What customers have lost, minor units."""
        return sum(move.amount for move in self.ledger)

    def _pass_time(self, entry: Entry) -> None:
        """Time is looked at whenever somebody asks: a service without a timer cannot be late."""
        if entry.state != "CREATED":
            return
        if self.auto is not None and time.monotonic() - entry.born >= self.auto:
            self.approve(entry)
        elif (self._now() - entry.at).total_seconds() >= self.life:
            self.expire(entry)

    @staticmethod
    def _ends(entry: Entry, state: State) -> bool:
        if entry.state != "CREATED":
            return False
        entry.state = state
        return True

    @staticmethod
    def _check(entry: Entry, amount: Money, most: int, what: str) -> None:
        if entry.state != "AUTHORIZED":
            raise No(409, "Conflict", f"A payment that is {entry.state} cannot be {what}d")
        if amount.currency != entry.amount.currency:
            raise No(400, "Bad Request", "The currency is another one")
        if not 0 < amount.value <= most:
            raise No(400, "Bad Request", f"There is {most} left to {what}")

    def _log(self, entry: Entry, name: EventName, value: int, key: str, psp_reference: str = "") -> None:
        amount = Money(value, entry.amount.currency)
        event = Event(name, amount, self._now(), psp_reference or str(uuid.uuid4()), key)
        entry.events.append(event)
        self._keep()
        self._news(entry, event)

    def _keep(self) -> None:
        if self._path is None:
            return
        new = self._path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(_Memory(list(self.entries.values()), self.ledger)))
        new.replace(self._path)
