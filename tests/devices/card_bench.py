"""What the tests of the card terminal's driver share: a till that notes what it is told, and terminals to talk to.

Most tests have the shipped simulator at the far end. What it does not do (nonsense, silence at a chosen moment) a
scripted terminal does, over the same TCP.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import anyio
import anyio.abc
import anyio.lowlevel

from terminal.app.ports.device import Health
from terminal.config.settings import ZvtSerial, ZvtTcp
from terminal.devices.card_zvt import ZvtTerminal
from terminal.devices.card_zvt_wire import Timing
from terminal.domain.money import Amount
from terminal.domain.payment import (
    Approved,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
)
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import codec
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.apdu import ApduStream
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.card_zvt_machine import Pace
from tests.devices.payment_till import PaymentTill

Wire = Literal["tcp", "pty"]

PATIENT = Timing(check=0.05)
"""For tests in which nothing is late: a slow machine must not make it so."""
QUICK = Timing(connect=0.3, t1=0.1, t2=0.1, t3=0.3, t4=0.6, check=0.05)
"""For tests of lateness."""
PACE = Pace(pin=0.02, host=0.02, again=0.05)
QUICK_PACE = Pace(pin=0.02, host=0.02, t2=0.1, t3=0.3, again=0.05)
INTENT = PaymentIntent(7, 3, Amount(12500))


class Till(PaymentTill):
    """And the terminal's health."""

    def __init__(self) -> None:
        super().__init__()
        self.health: list[Health] = []

    async def pay(self, terminal: ZvtTerminal, intent: PaymentIntent = INTENT) -> PaymentResult:
        """Pay, noting everything."""
        return await self.carry(terminal, intent)


@asynccontextmanager
async def simulator(
    wire: Wire = "tcp", *, auto: bool = False, patience: float = 20.0, **options: Any
) -> AsyncIterator[SimCardTerminal]:
    """A simulated terminal that serves until the block ends. `auto`: a card comes by itself, at once."""
    options.setdefault("pace", PACE)
    sim = SimCardTerminal(wire=wire, auto_ms=10 if auto else None, **options)
    with anyio.fail_after(patience):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield sim
            tasks.cancel_scope.cancel()


def driver(address: str, *, timing: Timing = PATIENT, **settings: Any) -> ZvtTerminal:
    """The shipped driver for a terminal at an address."""
    settings.setdefault("merchant_receipt", True)
    if address.startswith("/"):
        return ZvtTerminal(ZvtSerial(port=address, **settings), timing=timing)
    host, _, port = address.rpartition(":")
    return ZvtTerminal(ZvtTcp(host=host, port=int(port), **settings), timing=timing)


async def eventually(ready: Callable[[], bool]) -> None:
    """Until something is so; the simulator's deadline ends a wait in vain."""
    while not ready():  # noqa: ASYNC110 (the other side of a wire has no event of ours)
        await anyio.sleep(0.005)


async def reached(sim: SimCardTerminal, state: str) -> None:
    """Until the simulated terminal is in a state."""
    await eventually(lambda: sim.view()["state"] == state)


async def settled(
    terminal: ZvtTerminal, known: Approved | None, before: Approved | None = None, intent: PaymentIntent = INTENT
) -> PaymentResult:
    """Ask until the terminal says, as the till does."""
    while True:
        result = await terminal.lookup(intent, known=known, before=before)
        if not isinstance(result, OutcomeUnknown):
            return result
        await anyio.sleep(0.05)


class Peer:
    """The scripted terminal's side of one connection."""

    def __init__(self, stream: anyio.abc.SocketStream) -> None:
        self._stream = stream
        self._frames = ApduStream()
        self._heard: deque[m.AnyMessage] = deque()

    async def hear(self) -> m.AnyMessage:
        """The till's next message."""
        while not self._heard:
            self._heard += [codec.read(each) for each in self._frames.feed(await self._stream.receive())]
        return self._heard.popleft()

    async def send(self, *messages: m.AnyMessage) -> None:
        """All in one segment."""
        await self.send_raw(b"".join(codec.encode(message) for message in messages))

    async def send_raw(self, data: bytes) -> None:
        """Any bytes."""
        await self._stream.send(data)

    async def close(self) -> None:
        """Hang up."""
        await self._stream.aclose()

    async def ask(self, *messages: m.AnyMessage) -> m.AnyMessage:
        """Send and hear one answer."""
        await self.send(*messages)
        return await self.hear()

    async def registered(self) -> None:
        """Take the till's registration."""
        assert isinstance(await self.hear(), m.Registration)
        assert await self.ask(m.Ack(), m.Completion()) == m.Ack()

    async def paying(self) -> m.Authorisation:
        """Take the registration and accept the payment."""
        await self.registered()
        command = await self.hear()
        assert isinstance(command, m.Authorisation)
        await self.send(m.Ack())
        return command


@asynccontextmanager
async def scripted(script: Callable[[Peer], Awaitable[None]]) -> AsyncIterator[str]:
    """A terminal that does what the script says, once a connection; gives its address."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    running = 0

    async def serve(stream: anyio.abc.SocketStream) -> None:
        nonlocal running
        running += 1
        try:
            async with stream:
                await script(Peer(stream))
                running -= 1
                # Hold the line: whoever has to hang up is the till.
                while True:
                    await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            running = 0

    with anyio.fail_after(20):
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, serve)
            yield f"127.0.0.1:{listener.extra(anyio.abc.SocketAttribute.local_port)}"
            # What the till said last is to be heard, too.
            await eventually(lambda: running == 0)
            tasks.cancel_scope.cancel()


def status(*bitmaps: tuple[int, str], objects: str = "") -> m.StatusInformation:
    """A status information of BMPs in hexadecimal."""
    fields = [b.bmp(number, bytes.fromhex(value)) for number, value in bitmaps]
    if objects:
        fields.append(b.bmp(b.CONTAINER, bytes.fromhex(objects)))
    return m.StatusInformation(b.Fields(tuple(fields)))


APPROVAL = status((b.RESULT, "00"), (b.AMOUNT, "000000012500"), (b.TRACE, "000042"), (b.RECEIPT, "0017"))
STOPPED = status((b.RESULT, "6C"))
