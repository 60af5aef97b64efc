"""The simulated terminal itself: waits for a card, asks for the PIN, asks the host, and keeps the money straight.

A payment or a refund is one after the other of: card, PIN, host, status information, slips, completion; a reversal
begins at the host. Until the host is asked it can be stopped from both sides. What the host has approved moves only
when the till has acknowledged the status information and every slip (2.2.8); else it is reversed here, whatever the
wire does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import anyio
import msgspec

from terminal.protocols.zvt import bitmaps, tlv
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt import requests as r
from terminal.protocols.zvt.charset import UTF_8, Charset

from . import card_zvt_texts as texts
from .card_zvt_ledger import Last, Ledger, Move
from .card_zvt_says import (
    CARD_NAME,
    PAN,
    TERMINAL_ID,
    bare_status,
    block_of,
    lines_of,
    status_of,
    totals_of,
)
from .card_zvt_talk import Arrived, Gone, Key, LinkGone, Pressed, Talk
from .payment_faults import MoveKind, Point

_CURRENCIES = frozenset({208, 978})

_DO_NOT_HONOUR = 0x05
_NOT_REGISTERED = 0x6B
_STOPPED = 0x6C
_WRONG_CURRENCY = 0x6F
_NO_DAY = 0x77
_NOT_POSSIBLE = 0x83
_NO_REVERSAL = 0xB5
_TOO_SMALL = 0xC8
_ACKS: dict[int, Point] = {
    m.Authorisation.CONTROL: "authorise-ack",
    m.Reversal.CONTROL: "reversal-ack",
    m.Refund.CONTROL: "refund-ack",
}
_AGAIN = 0x9C
_MOST_AGAIN = 5

State = Literal["idle", "card", "pin", "host", "commit"]


class Pace(msgspec.Struct, frozen=True):
    """Seconds that the people and the host take, and that the terminal has patience for."""

    pin: float = 1.0
    host: float = 1.0
    card_patience: float = 60.0
    t2: float = 5.0
    """To the acknowledgement of a serial frame."""
    t3: float = 5.0
    """To the till's answer."""
    early: float = 5.0
    """How long a card is left in a terminal that has not asked for it yet."""
    again: float = 2.0
    """To the repeat of a status information that the till answered with 84 9C."""


class _Order(msgspec.Struct, frozen=True):
    """What the till wants moved."""

    kind: MoveKind
    amount: int
    currency: int
    may_be_less: bool = False
    of: int = 0


class _Stopped(Exception):
    """The payment ends before the host was asked."""

    def __init__(self, what: texts.Shown) -> None:
        self.what: texts.Shown = what


class Machine:
    """Everything behind the wire."""

    def __init__(
        self, talk: Talk, ledger: Ledger, *, pace: Pace, now: Callable[[], datetime], changed: Callable[[], None]
    ) -> None:
        self._talk = talk
        self.ledger = ledger
        self._pace = pace
        self._now = now
        self._changed = changed
        self._declines = False
        self._early: tuple[Key, float] | None = None
        self.auto: float | None = None
        """Seconds after which a card comes by itself; the PIN and the host take as long again, together."""
        self.partial: int | None = None
        """The host approves no more than this, once."""
        self.tip: int | None = None
        """The customer adds this, once."""
        self.receipt_says_more = 0
        """Minor units by which the receipt text is wrong, until it is set back."""
        self.shown: texts.Shown = "ready"
        self.state: State = "idle"
        self.amount = 0
        self.forget()

    def forget(self) -> None:
        """Power off: what is not on disk is gone."""
        self._config: int | None = None
        self._charset: Charset = "cp437"
        self._blocks = False
        self._show("ready", "idle")

    async def run(self) -> None:
        """Serve commands until the power goes."""
        while True:
            match await self._talk.happens(None):
                case Arrived(session, message):
                    self._talk.begin(session)
                    try:
                        await self._command(message)
                    except LinkGone:
                        self._talk.drop()
                        self._show("ready", "idle")
                case Pressed(key):
                    # Customers are quicker than tills. The red key does nothing when nothing runs.
                    self._early = None if key == "cancel" else (key, anyio.current_time() + self._pace.early)
                case Gone() | None:
                    pass

    def _show(self, what: texts.Shown, state: State | None = None) -> None:
        self.shown = what
        self.state = state or self.state
        if self.state == "idle":
            self.amount = 0
        self._changed()

    # --- commands

    async def _command(self, message: m.AnyMessage) -> None:
        match message:
            case m.Registration():
                await self._register(message)
            case m.Authorisation() | m.Refund() | m.Reversal():
                await self._transact(message)
            case m.EndOfDay():
                await self._end_of_day()
            case m.RepeatReceipt():
                await self._repeat(message)
            case m.StatusEnquiry():
                await self._talk.say(m.Ack(), "health-ack")
                await self._talk.ask(m.Completion(status=0), "health")
            case m.LogOff():
                self._config = None
                await self._talk.say(m.Ack(), "log-off-ack")
            case m.RegisterAbort():
                await self._talk.say(m.Ack())
            case m.Ack() | m.Nack():
                pass  # the answer to something that was given up
            case _:
                await self._talk.say(m.Nack(_NOT_POSSIBLE))

    async def _register(self, message: m.Registration) -> None:
        if message.currency not in (None, *_CURRENCIES):
            await self._talk.say(m.Nack(_WRONG_CURRENCY))
            return
        wishes = message.fields.objects
        self._config = message.config
        self._blocks = any(node.value == b"\x06\xd3" for node in wishes.all(0x26, 0x0A))
        utf_8 = wishes.get(0x27, 0x14) == UTF_8
        self._charset = "utf-8" if utf_8 else "cp437"
        self._changed()
        await self._talk.say(m.Ack(), "registration-ack")
        fields = [bitmaps.bmp(bitmaps.KIND, b"\0"), bitmaps.bmp(bitmaps.TERMINAL_ID, TERMINAL_ID)]
        if message.currency is not None:
            fields.append(bitmaps.packed(bitmaps.CURRENCY, message.currency))
        if utf_8:
            fields.append(bitmaps.container(tlv.node(0x27, tlv.node(0x14, UTF_8))))
        await self._talk.ask(m.Completion(fields=bitmaps.Fields(tuple(fields))), "registration")

    async def _repeat(self, message: m.RepeatReceipt) -> None:
        """The last transaction. A terminal that has never had one tells of one that was not possible."""
        service = message.fields.byte(bitmaps.SERVICE) or 0
        await self._talk.say(m.Ack(), "enquiry-ack")
        last = self.ledger.last
        if service & 0x01:
            await self._talk.ask(status_of(last) if last else bare_status(_NOT_POSSIBLE), "enquiry")
        if not service & 0x02 and last and last.result == 0:
            await self._print(last.move)
        await self._talk.ask(m.Completion(), "enquiry-completion")

    async def _end_of_day(self) -> None:
        """The totals go to the till once the host has them; nobody can call that back."""
        if self._config is None:
            await self._talk.say(m.Nack(_NOT_REGISTERED))
            return
        await self._talk.say(m.Ack(), "end-of-day-ack")
        await self._tell(0x0F, "intermediate-end-of-day")
        today = self.ledger.today
        if not today:
            await self._talk.ask(m.Abort(_NO_DAY), "end-of-day-completion")
            return
        at = self._now().strftime("%m%d %H%M%S")
        await self._talk.ask(totals_of(today, self.ledger.close_day(), at), "totals")
        wanted = r.TILL_PRINTS_ADMINISTRATION | r.PRINT_COMMANDS
        if self._config & wanted == wanted:
            lines = [line.encode(self._charset, errors="replace") for line in texts.day(sum(x.signed for x in today))]
            for command in block_of(lines, 0x03) if self._blocks else lines_of(lines):
                await self._talk.ask(command, "print-end-of-day")
        await self._talk.ask(m.Completion(), "end-of-day-completion")

    # --- a payment, a refund, a reversal

    async def _transact(self, message: m.Authorisation | m.Refund | m.Reversal) -> None:
        fields = message.fields
        amount, currency = fields.number(bitmaps.AMOUNT) or 0, fields.number(bitmaps.CURRENCY) or 978
        no = None
        if self._config is None:
            no = _NOT_REGISTERED
        elif currency not in _CURRENCIES:
            no = _WRONG_CURRENCY
        elif not amount and not isinstance(message, m.Reversal):
            no = _TOO_SMALL
        if no is not None:
            await self._talk.say(m.Nack(no))
            return
        await self._talk.say(m.Ack(), _ACKS[message.CONTROL])
        mirrored = fields.objects.get(r.RECEIPT_ID)
        if mirrored:
            self.ledger.synchronise(int.from_bytes(mirrored, "big"))
        match message:
            case m.Reversal():
                await self._reverse(message, amount)
            case m.Refund():
                await self._with_card(_Order("refund", amount, currency))
            case m.Authorisation():
                may_be_less = (fields.objects.get(0x1F70) or b"\0") != b"\0"
                await self._with_card(_Order("sale", amount, currency, may_be_less=may_be_less))
        self._show("ready", "idle")

    async def _reverse(self, message: m.Reversal, amount: int) -> None:
        """Needs no card: the receipt number says which, and an amount must be the whole one (2.9)."""
        paid = self.ledger.reversible(message.fields.number(bitmaps.RECEIPT) or 0)
        if paid is None or amount not in (0, paid.amount):
            await self._fail(bare_status(_NO_REVERSAL), _NO_REVERSAL)
            return
        self.amount, self._declines = paid.amount, False
        await self._host(_Order("reversal", paid.amount, paid.currency, of=paid.trace))

    async def _with_card(self, order: "_Order") -> None:
        self.amount, self._declines = order.amount, False
        try:
            await self._card()
            await self._pin()
        except _Stopped as end:
            self._show(end.what)
            await self._fail(bare_status(_STOPPED), _STOPPED)
        else:
            await self._host(order)

    async def _card(self) -> None:
        self._show("insert", "card")
        await self._tell(0x0A, "intermediate", stoppable=True)
        patience = self._pace.card_patience if self.auto is None else self.auto
        deadline = anyio.current_time() + patience
        key = self._card_that_is_in() or await self._waits(deadline)
        if key is None and self.auto is None:
            raise _Stopped("timeout")
        self._declines = key == "decline"

    def _card_that_is_in(self) -> Key | None:
        early, self._early = self._early, None
        return early[0] if early is not None and anyio.current_time() < early[1] else None

    async def _pin(self) -> None:
        self._show("pin", "pin")
        await self._tell(0x01, "intermediate-pin", stoppable=True)
        deadline = anyio.current_time() + (self._pace.pin if self.auto is None else self.auto / 2)
        while (happening := await self._waits(deadline)) is not None:
            self._declines = self._declines or happening == "decline"

    async def _waits(self, deadline: float) -> Key | None:
        """What a person does; None at the deadline. Raises _Stopped, LinkGone."""
        while True:
            if self._talk.stop_wanted:
                raise _Stopped("stopped")
            happening = await self._talk.happens(max(0.0, deadline - anyio.current_time()))
            match happening:
                case None:
                    return None
                case Pressed("cancel"):
                    raise _Stopped("stopped")
                case Pressed(key):
                    return key
                case Gone():
                    # Nobody has been charged, and nobody waits any more.
                    raise LinkGone
                case Arrived():
                    await self._talk.interrupt(happening, stoppable=True)

    async def _host(self, order: "_Order") -> None:
        """From here on there is no way back but a reversal. The host goes on when the till is gone."""
        self._show("wait", "host")
        link = await self._quietly(0x04, "intermediate-host")
        deadline = anyio.current_time() + (self._pace.host if self.auto is None else self.auto / 2)
        while (happening := await self._talk.happens(max(0.0, deadline - anyio.current_time()))) is not None:
            match happening:
                case Pressed(key):
                    self._declines = self._declines or key == "decline"
                case Arrived():
                    await self._talk.interrupt(happening, stoppable=False)
                case Gone():
                    link = False
        amount, tip = order.amount, 0
        if order.kind == "sale":
            amount, self.partial = min(amount, self.partial or amount), None
            tip, self.tip = self.tip or 0, None
        at = self._now().strftime("%m%d %H%M%S")
        if self._declines or (amount < order.amount and not order.may_be_less):
            move = self.ledger.decline(order.amount, order.currency, _DO_NOT_HONOUR, at=at, card=CARD_NAME)
            self._show("declined")
            if link:
                await self._fail(status_of(Last(_DO_NOT_HONOUR, move)), _DO_NOT_HONOUR)
            return
        move = self.ledger.approve(
            amount + tip, order.currency, at=at, card=CARD_NAME, kind=order.kind, tip=tip, of=order.of
        )
        self._show("approved", "commit")
        await self._commit(move, link=link)

    async def _commit(self, move: Move, *, link: bool) -> None:
        """Move the money if the till takes everything, else give it back. After a power cut the ledger does that."""
        try:
            taken = link and await self._offer(move)
        except LinkGone:
            self.ledger.reverse(move)
            self._show("reversed")
            raise
        if taken:
            self.ledger.commit(move)
            self._changed()
            await self._talk.ask(m.Completion(), "completion")
        else:
            self.ledger.reverse(move)
            self._show("reversed")
            if link:
                await self._fail(bare_status(_STOPPED), _STOPPED)

    async def _offer(self, move: Move) -> bool:
        for _ in range(_MOST_AGAIN):
            answer = await self._talk.ask(status_of(Last(0, move)), "status-information")
            if not (isinstance(answer, m.Nack) and answer.code == _AGAIN):
                break
            await anyio.sleep(self._pace.again)
        if isinstance(answer, m.Nack) and answer.code != 0:
            return False
        return await self._print(move)

    async def _print(self, move: Move) -> bool:
        """Both slips to the till, where it prints. Whether it has taken every line."""
        wanted = r.TILL_PRINTS_PAYMENTS | r.PRINT_COMMANDS
        if self._config is None or self._config & wanted != wanted:
            return True
        for customer in (False, True):
            lines = [
                line.encode(self._charset, errors="replace")
                for line in texts.slip(
                    customer,
                    kind=move.kind,
                    amount=move.amount + self.receipt_says_more,
                    tip=move.tip,
                    when=move.at,
                    trace=move.trace,
                    receipt=move.receipt,
                    card=move.card,
                    pan=PAN,
                )
            ]
            point = "print-customer" if customer else "print"
            for command in block_of(lines, 0x02 if customer else 0x01) if self._blocks else lines_of(lines):
                if isinstance(await self._talk.ask(command, point), m.Nack):
                    return False
        return True

    async def _fail(self, status: m.StatusInformation, result: int) -> None:
        await self._talk.ask(status, "refusal")
        await self._talk.ask(m.Abort(result), "abort")

    async def _tell(self, code: int, point: Point, *, stoppable: bool = False) -> None:
        """04 FF, where the till wants it."""
        if (self._config or 0) & r.INTERMEDIATE_STATUS:
            await self._talk.ask(m.IntermediateStatus(code), point, stoppable=stoppable)

    async def _quietly(self, code: int, point: Point) -> bool:
        """The same when nothing hangs on it. Whether the till is still there."""
        try:
            await self._tell(code, point)
        except LinkGone:
            return False
        return True
