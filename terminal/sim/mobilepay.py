"""A simulated Vipps MobilePay, and the customer with the app.

    mobilepay_book   payments, sums, the money that has moved
    mobilepay_api    the calls
    mobilepay_line   the connections, and the faults

Controls: see `controls`. Made-up keys (mobilepay_api.Shop) let a till in.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from anyio.abc import TaskStatus

from terminal.protocols.mobilepay import webhooks

from .certificate import Identity
from .mobilepay_api import Api, Shop
from .mobilepay_book import Book, Entry, Event
from .mobilepay_line import POINTS, Line
from .payment_faults import POINT_AND_FAULT, Armed, BadFault, Move, WithArmed
from .simulator import Control, UnknownControl
from .tcp_port import listen

_VIEWED = 50
_LONGEST_AUTO = 600_000
LIFE = 600.0
"""Seconds that a payment waits for its customer."""


class Webhook(msgspec.Struct, frozen=True):
    """As it would be posted to headquarters."""

    target: str
    headers: dict[str, str]
    body: bytes


class SimMobilePay(WithArmed):
    """One service with one shop. A Simulator and a PaymentSim."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "mobilepay",
        identity: Identity | None = None,
        shop: Shop | None = None,
        auto_ms: int | None = None,
        life: float = LIFE,
        token_s: int = 3600,
        state_file: Path | None = None,
        on_webhook: Callable[[Webhook], None] = lambda _: None,
    ) -> None:
        """`port` 0: any free one. `identity`: for HTTPS, under its name; without it plain HTTP, on loopback only.

        `auto_ms`: as if the control 'auto' had been pressed with it. `state_file`: where the payments are kept.
        """
        if identity is None and not host.startswith("127."):
            raise ValueError("without a certificate the service is on loopback only")
        self.name = name
        self.shop = shop or Shop()
        self.on_webhook = on_webhook
        self.webhooks: deque[Webhook] = deque(maxlen=_VIEWED)
        """The newest ones, oldest first."""
        self.version = 0
        self._host, self._port, self._identity = host, port, identity
        self._armed = Armed(POINTS)
        self._book = Book(now=self._now, life=life, news=self._tell, path=state_file)
        self._book.auto = None if auto_ms is None else auto_ms / 1000
        self._api = Api(self._book, self.shop, token_s=token_s)
        self._line = Line(self._api.app(), self._armed, struck=self._changed)

    def _changed(self) -> None:
        self.version += 1

    def _now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=self._line.jumped)

    # --- Simulator

    @property
    def address(self) -> str:
        """The base URL."""
        if self._identity is None:
            return f"http://{self._host}:{self._port}"
        return f"https://{self._identity.server_name}:{self._port}"

    async def serve(self, *, task_status: TaskStatus[None]) -> None:
        """See Simulator."""
        with listen(self._host, self._port) as listener:
            self._port = listener.getsockname()[1]
            context = None if self._identity is None else self._identity.context
            await self._line.serve(listener, context=context, task_status=task_status)

    def view(self) -> dict[str, object]:
        """See Simulator. What the time alone changes is found out when the till asks, or here."""
        waiting = self._book.waiting
        return {
            "power": self._line.is_on,
            "waiting": [
                {"reference": each.reference, "amount": each.amount.value, "qr": each.qr, "customer": each.customer}
                for each in waiting
            ],
            "auto_ms": None if self._book.auto is None else round(self._book.auto * 1000),
            "late_approval": self._book.approves_late,
            "faults": self._armed.waiting,
            "days_back": self._line.jumped,
            "struck": self.struck,
            "moved": self._book.moved,
            "payments": [
                {**entry.adjusted(), "events": [event.name for event in entry.events]}
                for entry in list(self._book.entries.values())[-_VIEWED:]
            ],
            "ledger": [msgspec.to_builtins(move) for move in self._book.ledger[-_VIEWED:]],
            "callback_qrs": dict(self._api.callback_qrs),
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator."""
        book = self._book
        return (
            Control("approve", "Approve the newest payment, or that of a reference", argument="text"),
            Control("reject", "Reject it", argument="text"),
            Control("expire", "Let it expire", argument="text"),
            Control("late-approval", "Approve just before the till's next cancellation", pressed=book.approves_late),
            Control("auto", "Approve by itself after … ms", argument="ms", pressed=book.auto is not None),
            Control("check-in", "Scan the till's fixed QR with the id …", argument="text"),
            Control("forget-tokens", "Take no access token any more that was given out"),
            Control("unwell", "Answer the next call with the HTTP status …", argument="text"),
            Control("log-behind", "Event logs lack their last entry", pressed=self._api.log_behind),
            Control("power-off", "Power off", pressed=not self._line.is_on),
            Control("power-on", "Power on"),
            Control("fault", "Fault at a call, once", argument=POINT_AND_FAULT),
            Control("heal", "No more faults"),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        match control:
            case "approve":
                self._do(control, self._book.approve, argument)
            case "reject":
                self._do(control, self._book.reject, argument)
            case "expire":
                self._do(control, self._book.expire, argument)
            case "late-approval":
                self._book.approves_late = argument == "on" or (not argument and not self._book.approves_late)
            case "auto":
                off = argument == "off" or (not argument and self._book.auto is not None)
                self._book.auto = None if off else _number(control, argument or "500", 0, _LONGEST_AUTO) / 1000
            case "check-in":
                self._check_in(argument)
            case "forget-tokens":
                self._api.forget_tokens()
            case "unwell":
                self._api.unwell.append(_number(control, argument or "503", 400, 599))
            case "log-behind":
                self._api.log_behind = argument == "on" or (not argument and not self._api.log_behind)
            case "power-off" | "power-on":
                self._line.power(on=control == "power-on")
            case "fault":
                self._fault(argument)
            case "heal":
                self.heal()
            case _:
                raise UnknownControl(f"MobilePay has no control {control!r}")
        self._changed()

    def _do(self, control: str, deed: Callable[[Entry], bool], reference: str) -> None:
        waiting = [each for each in self._book.waiting if reference in ("", each.reference)]
        if not waiting or not deed(waiting[-1]):
            raise UnknownControl(f"no payment waits for somebody to {control} it")

    def _fault(self, words: str) -> None:
        point, _, fault = words.partition(" ")
        try:
            self._armed.arm(point, fault.strip())
        except BadFault as error:
            raise UnknownControl(str(error)) from error

    # --- PaymentSim

    @property
    def ledger(self) -> tuple[Move, ...]:
        """See PaymentSim. A refund's key is its idempotency key without '-r': the refunding intent's."""
        return self._book.ledger

    @property
    def delay_s(self) -> float:
        """See PaymentSim."""
        return self._line.delay_s

    @delay_s.setter
    def delay_s(self, seconds: float) -> None:
        self._line.delay_s = seconds

    @property
    def late_s(self) -> float:
        """See PaymentSim."""
        return self._line.late_s

    @late_s.setter
    def late_s(self, seconds: float) -> None:
        self._line.late_s = seconds

    @property
    def off_s(self) -> float:
        """See PaymentSim."""
        return self._line.off_s

    @off_s.setter
    def off_s(self, seconds: float) -> None:
        self._line.off_s = seconds

    def arm(self, point: str, fault: str) -> None:
        """See PaymentSim."""
        self._armed.arm(point, fault)
        self._changed()

    def heal(self) -> None:
        """See PaymentSim. The clock stays where it has jumped to."""
        self._armed.heal()
        self._api.unwell.clear()
        self._api.log_behind = False
        self._line.power(on=True)
        self._changed()

    # --- webhooks

    def _tell(self, entry: Entry, event: Event) -> None:
        self._changed()
        self._post(
            {
                "msn": self.shop.merchant_serial,
                "reference": entry.reference,
                "pspReference": event.psp_reference,
                "name": event.name,
                "amount": msgspec.to_builtins(event.amount),
                "timestamp": event.at.isoformat().replace("+00:00", "Z"),
                "idempotencyKey": event.key or None,
                "success": event.success,
            }
        )

    def _check_in(self, qr_id: str) -> None:
        if qr_id not in self._api.callback_qrs:
            raise UnknownControl(f"no till has a fixed QR with the id {qr_id!r}")
        self._post(
            {
                "customerToken": "sim-customer-token",
                "merchantQrId": qr_id,
                "msn": self.shop.merchant_serial,
                "initiatedAt": self._now().isoformat().replace("+00:00", "Z"),
            }
        )

    def _post(self, content: dict[str, object]) -> None:
        body, shop = msgspec.json.encode(content), self.shop
        headers = webhooks.sign(shop.webhook_secret, shop.webhook_target, shop.webhook_host, body, self._now())
        webhook = Webhook(shop.webhook_target, headers, body)
        self.webhooks.append(webhook)
        self.on_webhook(webhook)


def _number(control: str, argument: str, low: int, high: int) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 14 and low <= int(argument) <= high):
        raise UnknownControl(f"{control} wants a number from {low} to {high}, not {argument!r}")
    return int(argument)
