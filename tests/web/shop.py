"""A whole till on a folder, with devices of the tests' own at its ports, served by real uvicorn."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import msgspec
import uvicorn

from terminal.app.approval import Approval
from terminal.app.calibrating import Calibrating, ScannerEar
from terminal.app.changes import Changes
from terminal.app.checkout import Checkout
from terminal.app.device_tests import DeviceTests
from terminal.app.drawer import DrawerDesk
from terminal.app.ending_day import DayDesk
from terminal.app.finding import Finder
from terminal.app.follow import note_catalogue
from terminal.app.gift_cards import LocalGiftCards
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.paying import PaymentDesk
from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.app.ports.discovery import Found
from terminal.app.ports.drawer import OnSense
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.app.ports.printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from terminal.app.ports.scale import Scale
from terminal.app.ports.scanner import Scan
from terminal.app.printing import PrintDesk, Station
from terminal.app.scans import Scans
from terminal.app.sell import Selling
from terminal.app.tendering import Tendering
from terminal.app.test_page_layout import lay_out as lay_out_test
from terminal.app.till import Till
from terminal.app.weighing import WeighDesk
from terminal.domain.document import Document
from terminal.domain.events import TillStarted
from terminal.domain.money import Amount
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
    TerminalMessage,
)
from terminal.domain.receipt import Seller
from terminal.domain.till import Customer, OtherKind, Setup
from terminal.host.clock import SystemClock
from terminal.protocols.wedge import Typing
from terminal.protocols.zvt.totals import DayResult, DayTotals
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import import_items
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.views import SqliteViews
from terminal.texts import language as words_of
from terminal.web.app import build
from terminal.web.parts import Parts
from terminal.web.server import config

PIN = "2468"
ACCESS_KEY = "open sesame"


class Paper:
    """A printer that does as it is told. `outcome` is what the next prints come to."""

    def __init__(self) -> None:
        self.outcome: PrintOutcome = Printed(confirmed=True)
        self.printed: list[Document] = []

    async def print(self, document: Document) -> PrintOutcome:
        if isinstance(self.outcome, Printed):
            self.printed.append(document)
        return self.outcome

    async def kick(self) -> PrintOutcome:
        return Printed(confirmed=True)


def _nobody(_: bool | None) -> None:
    """No desk is there yet."""


class Cashbox:
    """A drawer that counts."""

    def __init__(self) -> None:
        self.opened = 0
        self.sense: OnSense = _nobody

    async def open(self) -> PrintOutcome:
        self.opened += 1
        return Printed(confirmed=True)

    async def look(self) -> bool | None:
        return None

    def on_sense(self, tell: OnSense) -> None:
        self.sense = tell


class CardReader:
    """A card terminal whose customer is the test: `say` what it shows, `end` what comes of it."""

    def __init__(self) -> None:
        self._result: PaymentResult | None = None
        self._ended = anyio.Event()
        self._say: Say | None = None
        self.day: DayResult = DayTotals(None)
        """What the end of a day comes to."""
        self.wrong: DeviceError | None = None
        """What a diagnosis comes to; None: well."""
        self.truth: PaymentResult = OutcomeUnknown("it does not say")
        """What a look-up answers."""

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        self._say, self._ended = say, anyio.Event()
        await sent()
        await self._ended.wait()
        assert self._result is not None
        if isinstance(self._result, Approved):
            await record(self._result)
            await record(Acknowledged())
        return self._result

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        return self.truth

    async def abort(self) -> None:
        self.end(Declined("cancelled"))

    async def diagnose(self) -> Health:
        """`well`, or the error."""
        if self.wrong is not None:
            raise self.wrong
        return Health(State.OK)

    async def end_of_day(self, *, say: Say) -> DayResult:
        say(TerminalMessage("0F"))
        await anyio.lowlevel.checkpoint()
        return self.day

    def say(self, code: str, text: str = "") -> None:
        assert self._say is not None
        self._say(TerminalMessage(code, text))

    def end(self, result: PaymentResult) -> None:
        self._result = result
        self._ended.set()

    def approve(self, amount: int) -> None:
        self.end(Approved(Amount(amount), masked_pan="************1234", card_name="Dankort"))


LINES = '[[scanners]]\ndriver = "evdev"\nname = "scanner-2"\npath = "/dev/input/by-id/usb-HR32-event-kbd"\n'


class Surroundings:
    """What is plugged in, as the test says."""

    def __init__(self) -> None:
        self.near: tuple[Found, ...] = (
            Found("scanner", "Newland HR32 (1eab:1503)", "/dev/input/by-id/usb-HR32-event-kbd", "input", LINES),
            Found("printer", "EPSON TM-T20III (04b8:0e28)", "/dev/usb/lp0", "lp", "x = 1\n", "printer"),
            Found("usb", "Logitech USB Mouse (046d:c077)", "usb 1-3", "usb"),
        )
        self.scans = 0

    async def plugged_in(self) -> tuple[Found, ...]:
        return self.near

    async def announced(self) -> tuple[Found, ...]:
        return (Found("printer", "TM-m30 (tm-m30.local)", "192.168.1.40:9100", "network", "[printer]\n"),)

    async def scan(self) -> tuple[Found, ...]:
        self.scans += 1
        return (Found("card", "takes what a card terminal takes", "192.168.1.50:20007", "network", "[card]\n"),)


class Shop(msgspec.Struct):
    """The till and what hangs on it."""

    parts: Parts
    paper: Paper
    cashbox: Cashbox
    reader: CardReader
    scans: Scans
    drawer: DrawerDesk
    surroundings: Surroundings
    ear: ScannerEar
    """The keys of the scanner "scanner", a keyboard wedge."""
    address: str = ""

    @property
    def desk(self) -> Calibrating:
        assert self.parts.calibrating is not None
        return self.parts.calibrating

    def scan(self, text: str) -> None:
        self.desk.on_scan(Scan(text, "scanner"))


@contextmanager
def open_shop(
    folder: Path, *, language: str = "da", hosts: tuple[str, ...] = (), scale: Scale | None = None
) -> Iterator[Shop]:
    """The till of `folder`, nothing running yet."""
    from argon2 import PasswordHasher

    import_items(DEMO_ITEMS, folder)
    clock, changes = SystemClock(), Changes()
    journal = SqliteJournal(folder)
    views = SqliteViews(folder, journal)
    snapshot, after = views.load_state()
    setup = Setup(
        printer=True,
        drawer=True,
        means=frozenset({"card", "gift-card"}),
        key="0123456789abcdef",
        others=(OtherKind("voucher", "Gavebevis", reference=True),),
        customers=(Customer("17", "Byg ApS", Amount(5000)),),
    )
    till = Till(replay(journal, snapshot, after), journal, clock, setup, changes)
    seller = Seller("Nordhavn Købmand", "12345674", ("Århusgade 1", "2150 Nordhavn"), "Tak for handlen")
    till.record(TillStarted("0.0.0", "1", "Kasse", seller))
    catalogue = SqliteCatalogue(folder)
    note_catalogue(till, catalogue)
    board, notices = HealthBoard(clock, changes), Notices(changes)
    for name, kind in (
        ("scanner", "scanner"),
        ("printer", "printer"),
        ("kitchen", "printer"),
        ("drawer", "drawer"),
        ("card", "card"),
    ):
        board.add(name, kind)
        board.tell(name, Health(State.OK))
    paper, cashbox, reader = Paper(), Cashbox(), CardReader()
    weighing = WeighDesk(till, scale, notices, changes) if scale is not None else None
    selling = Selling(till, catalogue, views, notices, weighing=weighing)
    calibrating = Calibrating(till, selling, board=board, notices=notices, changes=changes, clock=clock)
    scans, tests, drawer = (
        Scans(calibrating.on_scan),
        DeviceTests(till, changes),
        DrawerDesk(till, cashbox, changes, clock),
    )
    words = words_of(language)
    tests.scanner("scanner", scans)
    tests.printer(
        "printer",
        paper,
        lambda: lay_out_test("printer", clock.moment().local, columns=42, codepage="CP858", words=words),
    )
    tests.drawer("drawer", words.gettext("Test"))
    tests.diagnosis("card", "card", reader)
    surroundings = Surroundings()
    pin_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
    parts = Parts(
        till=till,
        selling=selling,
        catalogue=catalogue,
        views=views,
        board=board,
        notices=notices,
        changes=changes,
        clock=clock,
        approval=Approval((("Mette", pin_hash), ("Jens", pin_hash))),
        language=language,
        version="0.0.0",
        tendering=Tendering(till, views),
        checkout=Checkout(changes),
        paying={
            "card": PaymentDesk(till, reader, changes),
            "gift-card": PaymentDesk(till, LocalGiftCards(), changes, "gift-card"),
        },
        day=DayDesk(till, reader, changes),
        prints=PrintDesk(till, (Station("printer", paper, "kitchen"), Station("kitchen", paper)), changes, language),
        device_tests=tests,
        finder=Finder(lambda: surroundings, changes, clock),
        weighing=weighing,
        calibrating=calibrating,
        printer=paper,
        access_key=ACCESS_KEY,
        hosts=hosts,
    )
    try:
        yield Shop(parts, paper, cashbox, reader, scans, drawer, surroundings, calibrating.ear("scanner", Typing()))
    finally:
        views.close()
        catalogue.close()
        journal.close()


@asynccontextmanager
async def serving(shop: Shop, port: int = 0) -> AsyncIterator[Shop]:
    """Everything running, the screens at `shop.address`."""
    listener = socket.create_server(("127.0.0.1", port))
    shop.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    web = build(shop.parts)
    server = Server(config(web))
    parts = shop.parts
    assert parts.prints is not None
    async with anyio.create_task_group() as tasks:
        for desk in parts.paying.values():
            tasks.start_soon(desk.run)
        tasks.start_soon(parts.prints.run)
        tasks.start_soon(shop.drawer.run)
        tasks.start_soon(shop.desk.run)
        assert parts.device_tests is not None
        assert parts.finder is not None
        tasks.start_soon(parts.device_tests.run)
        tasks.start_soon(parts.finder.run)
        if parts.weighing is not None:
            tasks.start_soon(parts.weighing.run)
        tasks.start_soon(shop.desk.run)
        tasks.start_soon(server.serve, [listener])
        await server.ready.wait()
        try:
            yield shop
        finally:
            web.close()
            server.should_exit = True
            with anyio.CancelScope(shield=True):
                await server.ended.wait()
            tasks.cancel_scope.cancel()


class Server(uvicorn.Server):
    """Says when it listens and when it has ended. Signals stay the test runner's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = anyio.Event()
        self.ended = anyio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            self.ended.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


BROKEN = Health(State.DOWN, Problem.PAPER_OUT)

__all__ = ["ACCESS_KEY", "BROKEN", "PIN", "NotPrinted", "PrintUnknown", "Shop", "open_shop", "serving"]
