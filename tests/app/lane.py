"""A till with devices that a test can steer: small real implementations of the ports, and the shipped use cases."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import anyio
import anyio.lowlevel
import msgspec

from terminal.app.changes import Changes
from terminal.app.ports.clock import Now
from terminal.app.ports.drawer import OnSense
from terminal.app.ports.journal import JournalError
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.app.ports.printer import Printed, PrintOutcome
from terminal.app.till import Till
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.document import Document
from terminal.domain.evolve import evolve
from terminal.domain.payment import Acknowledged, Approved, CardSlip, PaymentIntent, PaymentResult, TerminalMessage
from terminal.domain.receipt import Moment
from terminal.domain.till import Setup, TillState
from tests.domain.playbook import ALL, NOON, SELLER

PATIENCE = 10.0
"""Seconds after which a test gives up waiting."""
STARTED = e.TillStarted("0.1.0", "1", "Kasse", SELLER)


class Board:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOON.at
        self.trusted = True
        self.seconds = 0.0

    def now(self) -> Now:
        return Now(self.at, self.trusted)

    def moment(self) -> Moment:
        return Moment(self.at, NOON.local, self.trusted)

    def moment_at(self, at: int) -> Moment:
        return Moment(at, NOON.local, trusted=False)

    def monotonic(self) -> float:
        return self.seconds


class Book:
    """A journal in memory, which keeps bytes and can be full."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, bytes]] = []
        self.seq = 0
        self.at = 0
        self.full = False

    def append(self, event: e.AnyEvent, moment: Moment) -> int:
        if self.full:
            raise JournalError("the disk is full: this book cannot grow")
        self.entries.append((moment.at, msgspec.json.encode(event)))
        self.seq, self.at = len(self.entries), moment.at
        return self.seq

    @property
    def events(self) -> list[e.AnyEvent]:
        return [msgspec.json.decode(body, type=e.AnyEvent) for _, body in self.entries]

    def kinds(self, after: int = 0) -> list[str]:
        """The names of the events above `after`, for comparing a whole story at a glance."""
        return [type(event).__name__ for event in self.events[after:]]


class Reader:
    """A card terminal that answers as it is told. `pay` stops at each step until the test lets it go on."""

    def __init__(self) -> None:
        self.steps: list[Approved | Acknowledged | CardSlip | TerminalMessage] = []
        """What it says of the running payment before the result."""
        self.result: PaymentResult | None = None
        """Of the payment; None: it never answers."""
        self.answers: list[PaymentResult] = []
        """To enquiries, in order; without one it is silent."""
        self.paid: list[PaymentIntent] = []
        self.asked: list[tuple[PaymentIntent, Approved | None]] = []
        self.asked_before: list[Approved | None] = []
        self.aborted = 0
        self.sends = True
        self.said_sent = False

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        self.paid.append(intent)
        if self.sends:
            await sent()
            self.said_sent = True
        for step in self.steps:
            if isinstance(step, TerminalMessage):
                say(step)
            else:
                await record(step)
        return await _answer(self.result)

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        self.asked.append((intent, known))
        self.asked_before.append(before)
        return await _answer(self.answers.pop(0) if self.answers else None)

    async def abort(self) -> None:
        self.aborted += 1


async def _answer(result: PaymentResult | None) -> PaymentResult:
    if result is None:
        await anyio.sleep_forever()
    assert result is not None
    return result


class Paper:
    """A printer and a drawer that do as they are told."""

    def __init__(self, *outcomes: PrintOutcome) -> None:
        self.documents: list[Document] = []
        self.pulses = 0
        self.outcomes = list(outcomes)
        self.is_open: bool | None = None
        """The drawer's switch; None: it has none."""
        self.springs_open = False
        """Whether a pulse opens it: for a drawer with a switch."""
        self._tell: OnSense | None = None

    async def print(self, document: Document) -> PrintOutcome:
        self.documents.append(document)
        await anyio.lowlevel.checkpoint()
        return self.outcomes.pop(0) if self.outcomes else Printed(confirmed=True)

    async def kick(self) -> PrintOutcome:
        self.pulses += 1
        await anyio.lowlevel.checkpoint()
        return self.outcomes.pop(0) if self.outcomes else Printed(confirmed=True)

    async def open(self) -> PrintOutcome:
        outcome = await self.kick()
        if isinstance(outcome, Printed) and self.springs_open:
            self.is_open = True
            self.tell_sense()
        return outcome

    async def look(self) -> bool | None:
        await anyio.lowlevel.checkpoint()
        return self.is_open

    def on_sense(self, tell: OnSense) -> None:
        self._tell = tell

    def tell_sense(self) -> None:
        """The switch's news."""
        assert self._tell is not None
        self._tell(self.is_open)


class Lane:
    """A till on a board, with a book to write in."""

    def __init__(self, *before: e.AnyEvent, setup: Setup = ALL) -> None:
        """`before`: what the book holds already, as after a cut."""
        self.board = Board()
        self.book = Book()
        self.changes = Changes()
        state = TillState()
        for event in (STARTED, *before):
            self.book.append(event, self.board.moment())
            state = evolve(state, event)
        self.till = Till(state, self.book, self.board, setup, self.changes)

    @property
    def state(self) -> TillState:
        return self.till.state

    def does(self, *commands: c.AnyCommand) -> None:
        for command in commands:
            self.till.do(command)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it, by the till's own changes."""
        with anyio.fail_after(PATIENCE):
            seen = -1
            while not holds():
                seen = await self.changes.wait(seen)


@asynccontextmanager
async def running(*parts: Callable[[], Coroutine[Any, Any, NoReturn]]) -> AsyncIterator[None]:
    """These run until the end of the block; they have settled what a cut left behind when it begins."""
    async with anyio.create_task_group() as tasks:
        for part in parts:
            tasks.start_soon(part)
        await anyio.wait_all_tasks_blocked()
        yield
        tasks.cancel_scope.cancel()
