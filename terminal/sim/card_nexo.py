"""A simulated nexo card terminal: Adyen's Terminal API on the local network, over real TLS, envelope and all.

    card_nexo_machine   what it does: card, PIN, host
    card_nexo_ledger    its transactions and the money; a file, so that they survive its own restart
    card_nexo_wire      HTTPS
    certificate         what it shows

Controls: see `controls`. Faults: payment_faults; at '…-request' they strike the till's message before it is worked on,
else the terminal's answer.
"""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import anyio
import anyio.abc
import msgspec
from anyio.abc import TaskStatus

from terminal.protocols.nexo import envelope
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.errors import NexoError

from .card_nexo_ledger import Ledger
from .card_nexo_machine import Machine, Pace
from .card_nexo_wire import CUT, BadRequest, Caller, accept
from .certificate import Identity
from .gate import Gate
from .payment_faults import POINT_AND_FAULT, Armed, BadFault, Fault, Move, WithArmed
from .simulator import Control, UnknownControl

POI_ID = "SIM1-000000001"
_VIEWED = 50
_LONGEST_AUTO = 600_000
_POINTS = {
    "Login": "login",
    "Diagnosis": "diagnosis",
    "Payment": "payment",
    "TransactionStatus": "status",
    "Reversal": "reversal",
    "Abort": "abort",
}


class SimNexoTerminal(WithArmed):
    """One terminal. A Simulator and a PaymentSim."""

    def __init__(
        self,
        identity: Identity,
        key: envelope.Key,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "card",
        poi_id: str = POI_ID,
        state_file: Path | None = None,
        pace: Pace | None = None,
        auto_ms: int | None = None,
    ) -> None:
        """`port` 0: any free one. `auto_ms`: as if the control 'auto' had been pressed with it."""
        self.name = name
        self.version = 0
        self.delay_s = 0.3
        self.late_s = 1.0
        self.off_s = 0.3
        self._identity = identity
        self._key = key
        self._host, self._port = host, port
        self._poi_id = poi_id
        self._armed = Armed(
            ("login", "diagnosis", "payment-request", "payment", "status", "reversal-request", "reversal", "abort")
        )
        self._ledger = Ledger(state_file)
        self._machine = Machine(self._ledger, poi_id=poi_id, pace=pace or Pace(), changed=self._changed)
        self._machine.auto = None if auto_ms is None else auto_ms / 1000
        self._on = Gate()
        self._back_soon = False
        """It was a fault that switched it off: it comes back by itself."""
        self._silent = False
        self._life: anyio.CancelScope | None = None
        self.heard: list[m.Header] = []
        """The headers of everything that was understood, oldest first."""

    # --- Simulator

    @property
    def address(self) -> str:
        """See Simulator."""
        return f"{self._host}:{self._port}"

    async def serve(self, *, task_status: TaskStatus[None]) -> None:
        """See Simulator. Power on to power off, again and again."""
        started = False
        while True:
            await self._powered()
            self._machine.start()
            listener = await anyio.create_tcp_listener(local_host=self._host, local_port=self._port)
            async with listener:
                self._port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 (no Django here)
                if not started:
                    started = True
                    task_status.started()
                with anyio.CancelScope() as self._life:
                    await listener.serve(self._call)

    async def _powered(self) -> None:
        if self._back_soon:
            with anyio.move_on_after(self.off_s):
                await self._on.wait()
            self._switch(on=True)
        await self._on.wait()
        self._back_soon = False

    def view(self) -> dict[str, object]:
        """See Simulator."""
        machine = self._machine
        return {
            "power": self._on.is_open,
            "silent": self._silent,
            "state": self._state,
            "display": self._display(),
            "amount": machine.amount,
            "auto_ms": None if machine.auto is None else round(machine.auto * 1000),
            "partial": machine.partial,
            "tip": machine.tip,
            "faults": self._armed.waiting,
            "struck": self.struck,
            "moves": [msgspec.to_builtins(move) for move in self.ledger[-_VIEWED:]],
        }

    @property
    def _state(self) -> str:
        return self._machine.state if self._on.is_open else "off"

    def _display(self) -> tuple[str, ...]:
        amount = self._machine.amount
        price = f"DKK {amount // 100},{amount % 100:02}"
        lines = {
            "idle": ("Velkommen",),
            "card": (price, "Indsæt eller vis kort"),
            "pin": (price, "Tast pinkode"),
            "host": (price, "Vent venligst"),
        }
        return lines.get(self._state, ())

    def controls(self) -> tuple[Control, ...]:
        """See Simulator. Switches turn over when pressed, or go where the argument 'on' or 'off' says."""
        machine = self._machine
        return (
            Control("insert-card", "Insert card"),
            Control("decline", "Insert a card that the bank declines"),
            Control("cancel", "Press the red key"),
            Control("partial", "Approve only … øre, once", argument="øre", pressed=machine.partial is not None),
            Control("tip", "The customer adds … øre, once", argument="øre", pressed=machine.tip is not None),
            Control("auto", "Approve by itself after … ms", argument="ms", pressed=machine.auto is not None),
            Control("power-off", "Power off", pressed=not self._on.is_open),
            Control("power-on", "Power on"),
            Control("silence", "Hang", argument="on/off", pressed=self._silent),
            Control("fault", "Fault at a point, once", argument=POINT_AND_FAULT, pressed=bool(self._armed.waiting)),
            Control("heal", "Forget all faults"),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        machine = self._machine
        match control:
            case "insert-card":
                machine.press("card")
            case "decline":
                machine.press("decline")
            case "cancel":
                machine.press("cancel")
            case "partial":
                machine.partial = None if argument == "off" else _number(control, argument, 1, 10**10 - 1)
            case "tip":
                machine.tip = None if argument == "off" else _number(control, argument, 1, 10**8)
            case "auto":
                off = argument == "off" or (not argument and machine.auto is not None)
                machine.auto = None if off else _number(control, argument or "500", 0, _LONGEST_AUTO) / 1000
            case "power-off" | "power-on":
                self._switch(on=control == "power-on")
            case "silence":
                if argument not in ("", "on", "off"):
                    raise UnknownControl(f"a switch goes 'on' or 'off', not {argument!r}")
                self._silent = argument == "on" if argument else not self._silent
            case "fault":
                point, _, fault = argument.partition(" ")
                try:
                    self.arm(point, fault)
                except BadFault as error:
                    raise UnknownControl(str(error)) from error
            case "heal":
                self.heal()
            case _:
                raise UnknownControl(f"the card terminal has no control {control!r}")
        self._changed()

    # --- PaymentSim

    @property
    def ledger(self) -> tuple[Move, ...]:
        """See PaymentSim."""
        return self._ledger.moves

    def arm(self, point: str, fault: str) -> None:
        """See PaymentSim."""
        self._armed.arm(point, fault)

    def heal(self) -> None:
        """See PaymentSim."""
        self._armed.heal()
        self._silent = False
        self._switch(on=True)

    # --- calls

    async def _call(self, raw: anyio.abc.SocketStream) -> None:
        async with raw:
            try:
                caller = await accept(raw, self._identity.context)
                await self._converse(caller, await caller.hear())
            except (BadRequest, *CUT):
                # The till has left, or is none. What was begun has been worked on to its end all the same.
                return

    async def _converse(self, caller: Caller, data: bytes) -> None:
        if self._silent:
            await caller.until_gone()
            return
        try:
            request = self._open(data)
        except NexoError as error:
            await caller.say(caller.answer(self._reject(str(error))))
            return
        self.heard.append(request.message_header)
        category = request.message_header.message_category
        if category in ("Payment", "Reversal"):
            fault = self._armed.strike(f"{_POINTS[category]}-request")
            if fault is not None and not await self._strike_request(fault, caller):
                return
        answer = await self._work(request)
        fault = self._armed.strike(_POINTS.get(category, ""))
        if fault in ("wrong-amount", "wrong-currency") and answer is not None:
            answer = _wrong(answer, fault)
        body = b"" if answer is None else self._seal(answer)
        await self._say(caller, caller.answer(body), fault)
        self._changed()

    def _open(self, data: bytes) -> m.Request:
        in_the_clear, plain = envelope.open_sealed(self._key, data)
        request = m.read(plain)
        if request.message_header != in_the_clear or not isinstance(request, m.Request):
            raise NexoError("not a request, or its header is not the one outside")
        return request

    async def _strike_request(self, fault: Fault, caller: Caller) -> bool:
        """A fault on the till's message; whether it is worked on and answered all the same."""
        match fault:
            case "silence":
                await caller.until_gone()
                return False
            case "cut-before":
                return False
            case "cut-after":
                # The till sees its line break at once, and the terminal goes on without it.
                await caller.hang_up()
                return True
            case "delay":
                await anyio.sleep(self.delay_s)
            case "late-answer":
                with anyio.move_on_after(self.late_s):
                    # Nothing is begun for a till that has left before it was begun.
                    await caller.until_gone()
                    return False
            case "garbage":
                await caller.say(caller.answer(self._reject("not understood")))
                return False
            case "power-off":
                self._fail_power()
                await anyio.sleep_forever()
            case "clock-jump":
                self._machine.clock -= timedelta(days=1)
            case "duplicate" | "wrong-amount" | "wrong-currency":
                pass
        return True

    async def _say(self, caller: Caller, data: bytes, fault: Fault | None) -> None:
        match fault:
            case "silence":
                await caller.until_gone()
                return
            case "cut-before":
                return
            case "delay":
                await anyio.sleep(self.delay_s)
            case "late-answer":
                await anyio.sleep(self.late_s)
            case "duplicate":
                data += data
            case "garbage":
                data = os.urandom(300)
            case "power-off":
                self._fail_power()
                await anyio.sleep_forever()
            case "clock-jump":
                self._machine.clock -= timedelta(days=1)
            case "cut-after" | "wrong-amount" | "wrong-currency" | None:
                pass
        await caller.say(data)

    async def _work(self, request: m.Request) -> m.Answer | None:
        head, machine = request.message_header, self._machine
        if request.payment_request is not None:
            return await machine.pay(head, request.payment_request)
        if request.reversal_request is not None:
            return await machine.reverse(head, request.reversal_request)
        if request.transaction_status_request is not None:
            return await machine.status(head, request.transaction_status_request)
        if request.abort_request is not None:
            machine.abort(head, request.abort_request)
        if request.login_request is not None:
            return machine.login(head)
        if request.logout_request is not None:
            return machine.logout(head)
        if request.diagnosis_request is not None:
            return machine.diagnose(head)
        return None

    def _seal(self, answer: m.Answer) -> bytes:
        message = m.Message("SaleToPOIResponse", answer)
        return envelope.seal(self._key, message, os.urandom(envelope.NONCE_BYTES))

    def _reject(self, why: str) -> bytes:
        head = m.Header(
            protocol_version="3.0",
            message_class="Event",
            message_category="Event",
            message_type="Notification",
            sale_id="",
            poi_id=self._poi_id,
            device_id="0",
        )
        event = m.EventNotification(event_to_notify="Reject", event_details=f"message={why}")
        return m.Message("SaleToPOIRequest", m.Request(message_header=head, event_notification=event)).encode()

    # --- power

    def _fail_power(self) -> None:
        self._back_soon = True
        self._switch(on=False)

    def _switch(self, *, on: bool) -> None:
        self._on.set(is_open=on)
        if not on and self._life is not None:
            self._life.cancel()
        self._changed()

    def _changed(self) -> None:
        self.version += 1


def _wrong(answer: m.Answer, fault: Fault) -> m.Answer:
    """The answer with another amount or another currency in it, also in one that is repeated."""
    status = answer.transaction_status_response
    if status is not None and status.repeated_message_response is not None:
        repeated = status.repeated_message_response
        body = repeated.repeated_response_message_body
        inner = m.RepeatedResponseMessageBody(
            _wrong_payment(body.payment_response, fault), _wrong_reversal(body.reversal_response, fault)
        )
        changed = msgspec.structs.replace(repeated, repeated_response_message_body=inner)
        new = msgspec.structs.replace(status, repeated_message_response=changed)
        return msgspec.structs.replace(answer, transaction_status_response=new)
    return msgspec.structs.replace(
        answer,
        payment_response=_wrong_payment(answer.payment_response, fault),
        reversal_response=_wrong_reversal(answer.reversal_response, fault),
    )


def _wrong_payment(payment: m.PaymentResponse | None, fault: Fault) -> m.PaymentResponse | None:
    result = payment.payment_result if payment else None
    amounts = result.amounts_resp if result else None
    if payment is None or result is None or amounts is None:
        return payment
    if fault == "wrong-amount":
        amounts = msgspec.structs.replace(amounts, authorized_amount=amounts.authorized_amount + Decimal(1))
    else:
        amounts = msgspec.structs.replace(amounts, currency="SEK")
    changed = msgspec.structs.replace(result, amounts_resp=amounts)
    return msgspec.structs.replace(payment, payment_result=changed)


def _wrong_reversal(reversal: m.ReversalResponse | None, fault: Fault) -> m.ReversalResponse | None:
    if reversal is None or reversal.reversed_amount is None or fault != "wrong-amount":
        return reversal
    return msgspec.structs.replace(reversal, reversed_amount=reversal.reversed_amount + Decimal(1))


def _number(control: str, argument: str, low: int, high: int) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 14 and low <= int(argument) <= high):
        raise UnknownControl(f"{control} wants a number from {low} to {high}, not {argument!r}")
    return int(argument)
