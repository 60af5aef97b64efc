"""What the simulated nexo terminal does: card, PIN, host. Money has moved when the host has approved.

It works on whether anybody waits for the answer or not, and keeps every answer for a status request.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote

import anyio
import msgspec

from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.errors import MessageError
from terminal.protocols.nexo.fields import major, minor

from .card_nexo_ledger import Ledger, Transaction
from .payment_faults import Move, MoveKind

PAN = "4571 10** **** 5673"
CARD = "dankort"

Key = Literal["card", "decline", "cancel", "abort"]


class Pace(msgspec.Struct, frozen=True):
    """Seconds."""

    pin: float = 1.5
    host: float = 1.0
    patience: float = 120.0
    """For a card."""
    news: float = 2.0
    """A question about a running payment is kept so long, in case that it ends."""


class Machine:
    """One terminal, one transaction at a time."""

    def __init__(self, ledger: Ledger, *, poi_id: str, pace: Pace, changed: Callable[[], None]) -> None:
        self._ledger = ledger
        self._poi_id = poi_id
        self._pace = pace
        self._changed = changed
        self._key: Key | None = None
        self._pressed = anyio.Event()
        self._ended = anyio.Event()
        """A transaction has. Made anew for the next."""
        self.state: Literal["idle", "card", "pin", "host"] = "idle"
        self.amount = 0
        self.auto: float | None = None
        """Seconds after which a card comes by itself."""
        self.partial: int | None = None
        self.tip: int | None = None
        self.clock = timedelta()
        """How far its clock is from the world's."""

    def start(self) -> None:
        """Power on: what was running has ended without money."""
        self._show("idle")
        for each in self._ledger.running:
            failure = _failure("Aborted", "Power was lost")
            self._ledger.put(msgspec.structs.replace(each, answer=_answer_of(each.header, failure)))

    def press(self, key: Key) -> None:
        """What a person, or the till's abort request, wants. Without a transaction it is nothing."""
        if self.state != "idle":
            self._key = key
            self._pressed.set()

    # --- requests

    async def pay(self, head: m.Header, request: m.PaymentRequest) -> m.Answer:
        """A payment or a refund with a card."""
        refused = self._refused(head)
        if refused is not None:
            return refused
        asked = request.payment_transaction.amounts_req
        mine = Transaction(header=head, key=request.sale_data.sale_transaction_id.transaction_id)
        self._ledger.put(mine)
        try:
            amount = minor(asked.requested_amount)
        except MessageError as error:
            return self._end(mine, _failure("MessageFormat", str(error)))
        self.amount = amount
        key = await self._card()
        if key != "card":
            self._show("idle")
            return self._end(mine, _REFUSALS[key])
        self._show("host")
        await anyio.sleep(self._pace.host)
        back = request.payment_data.payment_type == "Refund"
        taken, tip = amount, 0
        if not back:
            taken, self.partial = min(amount, self.partial or amount), None
            tip, self.tip = self.tip or 0, None
        return self._approve(mine, request, taken, tip, back=back)

    async def reverse(self, head: m.Header, request: m.ReversalRequest) -> m.Answer:
        """A payment goes back, whole or in part."""
        refused = self._refused(head)
        if refused is not None:
            return refused
        name = request.sale_data.sale_transaction_id.transaction_id if request.sale_data else ""
        mine = Transaction(header=head, key=name)
        self._ledger.put(mine)
        self._show("host")
        await anyio.sleep(self._pace.host)
        self._show("idle")
        original = self._ledger.named(request.original_poi_transaction.poi_transaction_id.transaction_id)
        if original is None:
            return self._end(mine, _failure("NotFound", "Original transaction not found"))
        rest = original.moved - original.given_back
        try:
            amount = rest if request.reversed_amount is None else minor(request.reversed_amount)
        except MessageError as error:
            return self._end(mine, _failure("MessageFormat", str(error)))
        if not 0 < amount <= rest:
            return self._end(mine, _failure("NotAllowed", "More than was paid"))
        own = self._name()
        response = m.ReversalResponse(
            response=m.Response("Success"), poi_data=m.POIData(own), reversed_amount=major(amount)
        )
        answer = _answer_of(head, response)
        kind: MoveKind = "reversal" if request.reversed_amount is None else "refund"
        self._ledger.put(
            msgspec.structs.replace(mine, answer=answer),
            msgspec.structs.replace(original, given_back=original.given_back + amount),
            move=Move(-amount, name, kind),
        )
        return answer

    async def status(self, head: m.Header, request: m.TransactionStatusRequest) -> m.Answer:
        """What became of a transaction."""
        reference = request.message_reference
        name = reference.sale_id or head.sale_id, reference.service_id
        found = self._ledger.get(*name)
        if found is not None and found.answer is None:
            with anyio.move_on_after(self._pace.news):
                await self._ended.wait()
            found = self._ledger.get(*name)
        repeated = None
        if found is None:
            response = self._not_found(reference.message_category)
        elif found.answer is None:
            response = m.Response("Failure", "InProgress", "message=Transaction%20in%20progress")
        else:
            response = m.Response("Success")
            body = m.RepeatedResponseMessageBody(found.answer.payment_response, found.answer.reversal_response)
            repeated = m.RepeatedMessageResponse(found.answer.message_header, body)
        return m.Answer(
            message_header=_response_header(head),
            transaction_status_response=m.TransactionStatusResponse(
                response=response, message_reference=reference, repeated_message_response=repeated
            ),
        )

    def _not_found(self, category: str) -> m.Response:
        last = self._ledger.last(category)
        who = f"SaleID={last.header.sale_id} ServiceID={last.header.service_id}" if last else "none"
        return _failure("NotFound", f"Message not found. Category={category}, last such Request has {who}")

    def abort(self, head: m.Header, request: m.AbortRequest) -> None:
        """The till wants a transaction stopped. Another one, or the host at work: nothing."""
        reference = request.message_reference
        for each in self._ledger.running:
            if (each.header.sale_id, each.header.service_id) == (
                reference.sale_id or head.sale_id,
                reference.service_id,
            ):
                self.press("abort")

    def login(self, head: m.Header) -> m.Answer:
        """The till begins."""
        response = m.LoginResponse(m.Response("Success"), m.POISystemData(self._how()))
        return m.Answer(message_header=_response_header(head), login_response=response)

    def logout(self, head: m.Header) -> m.Answer:
        """The till ends."""
        return m.Answer(message_header=_response_header(head), logout_response=m.PlainResponse(m.Response("Success")))

    def diagnose(self, head: m.Header) -> m.Answer:
        """How it is."""
        response = m.DiagnosisResponse(
            response=m.Response("Success"), poi_status=self._how(), host_status=(m.HostStatus(),)
        )
        return m.Answer(message_header=_response_header(head), diagnosis_response=response)

    # --- the transaction

    def _refused(self, head: m.Header) -> m.Answer | None:
        if self._ledger.get(head.sale_id, head.service_id) is not None:
            return _answer_of(head, _failure("NotAllowed", "ServiceID was used before"))
        if self.state != "idle" or self._ledger.running:
            return _answer_of(head, _failure("Busy", "Another transaction is in progress"))
        return None

    async def _card(self) -> Key:
        """Until a card is in and its PIN is right, or somebody has had enough."""
        self._show("card")
        key = await self._wait(self._pace.patience if self.auto is None else self.auto)
        if key is None:
            key = "cancel" if self.auto is None else "card"
        if key != "card":
            return key
        self._show("pin")
        late = await self._wait(self._pace.pin)
        return late if late in ("cancel", "abort") else "card"

    async def _wait(self, seconds: float) -> Key | None:
        self._key, self._pressed = None, anyio.Event()
        with anyio.move_on_after(seconds):
            await self._pressed.wait()
        return self._key

    def _approve(self, mine: Transaction, request: m.PaymentRequest, taken: int, tip: int, *, back: bool) -> m.Answer:
        self._show("idle")
        own = self._name()
        total = taken + tip
        currency = request.payment_transaction.amounts_req.currency
        asked = minor(request.payment_transaction.amounts_req.requested_amount)
        result = m.PaymentResult(
            "Refund" if back else "Normal",
            m.AmountsResp(major(total), currency, major(tip) if tip else None),
            m.PaymentInstrumentData("Card", m.CardData(CARD, PAN)),
            m.PaymentAcquirerData(self._poi_id, "A12345", m.TransactionID(own.transaction_id.split(".")[1])),
        )
        answer = _answer_of(
            mine.header,
            m.PaymentResponse(
                response=m.Response("Success" if taken == asked else "Partial"),
                sale_data=m.SaleData(sale_transaction_id=request.sale_data.sale_transaction_id),
                poi_data=m.POIData(own),
                payment_result=result,
                payment_receipt=_receipts(total, currency, own),
            ),
        )
        signed = -total if back else total
        self._ledger.put(
            msgspec.structs.replace(mine, answer=answer, name=own.transaction_id, moved=max(0, signed)),
            move=Move(signed, mine.key, "refund" if back else "sale"),
        )
        return answer

    def _end(self, mine: Transaction, failure: m.Response) -> m.Answer:
        answer = _answer_of(mine.header, failure)
        self._ledger.put(msgspec.structs.replace(mine, answer=answer))
        return answer

    def _name(self) -> m.TransactionID:
        number = self._ledger.number()
        at = (datetime.now(UTC) + self.clock).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return m.TransactionID(f"SIM{number:07}.PSP{number:013}", at)

    def _how(self) -> m.POIStatus:
        return m.POIStatus("OK" if self.state == "idle" else "Busy", communication_ok_flag=True)

    def _show(self, state: Literal["idle", "card", "pin", "host"]) -> None:
        self.state = state
        if state == "idle":
            self.amount = 0
            self._ended.set()
            self._ended = anyio.Event()
        self._changed()


def _failure(condition: str, message: str) -> m.Response:
    return m.Response("Failure", condition, f"message={quote(message)}")


_REFUSALS: dict[str, m.Response] = {
    "decline": m.Response("Failure", "Refusal", "refusalReason=51%20Not%20sufficient%20funds&message=DECLINED"),
    "cancel": _failure("Cancel", "Cancelled by the shopper"),
    "abort": _failure("Aborted", "Cancelled by the merchant"),
}


def _answer_of(head: m.Header, body: m.PaymentResponse | m.ReversalResponse | m.Response) -> m.Answer:
    theirs = _response_header(head)
    if isinstance(body, m.Response):
        reversal = head.message_category == "Reversal"
        body = m.ReversalResponse(response=body) if reversal else m.PaymentResponse(response=body)
    if isinstance(body, m.ReversalResponse):
        return m.Answer(message_header=theirs, reversal_response=body)
    return m.Answer(message_header=theirs, payment_response=body)


def _response_header(head: m.Header) -> m.Header:
    return msgspec.structs.replace(head, message_type="Response")


def _receipts(total: int, currency: str, name: m.TransactionID) -> tuple[m.PaymentReceipt, ...]:
    lines = (
        "key=header1&name=Simuleret%20terminal",
        "key=filler",
        "name=Kort&value=Visa%2FDankort&key=cardType",
        f"name=Kortnr.&value={PAN.replace(' ', '%20')}&key=pan",
        f"name=Bel%C3%B8b&value={currency}%20{total // 100},{total % 100:02}&key=totalAmount",
        f"name=Ref.&value={name.transaction_id}&key=txRef",
        "key=approved&name=GODKENDT",
    )
    content = m.OutputContent("Text", tuple(m.OutputText(line) for line in lines))
    return tuple(m.PaymentReceipt(kind, content) for kind in ("CashierReceipt", "CustomerReceipt"))
