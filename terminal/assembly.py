"""The only place where parts are put together: drivers by their settings, the use cases, the screens, the task tree.

Every task belongs to the one task group of `_serve`. A device that fails restarts alone (app/supervise.py); a journal
that fails, or a fault of this program, ends the process with one line and status 1, and the service manager starts it
again.
"""

import hashlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import anyio.to_thread
import msgspec

from terminal import __version__, drivers
from terminal.app.approval import Approval
from terminal.app.calibrating import Calibrating
from terminal.app.changes import Changes
from terminal.app.customer_codes import CustomerCodes
from terminal.app.ending_day import DayDesk
from terminal.app.follow import follow, follow_catalogue, note_catalogue
from terminal.app.gift_cards import LocalGiftCards
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.paying import PaymentDesk, close_what_is_paid, doubt_what_nobody_carries
from terminal.app.ports.catalogue import CatalogueError
from terminal.app.ports.device import Driver
from terminal.app.ports.journal import JournalError
from terminal.app.printing import DrawerDesk, PrintDesk, retry_when_well
from terminal.app.sell import Selling
from terminal.app.supervise import supervise
from terminal.app.tendering import Tendering
from terminal.app.till import Till
from terminal.config import settings as s
from terminal.config.secrets import SecretError, read_secret
from terminal.domain.events import TillStarted, TillStopped
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment import Means
from terminal.domain.receipt import Seller
from terminal.domain.till import Customer, OtherKind, Setup
from terminal.host import memory, notify
from terminal.host.clock import SystemClock
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.folder import FolderError, hold
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.views import SqliteViews
from terminal.texts import language
from terminal.web.parts import Parts

if TYPE_CHECKING:
    import uvicorn

    from terminal.devices.card_nexo import NexoTerminal
    from terminal.devices.card_zvt import ZvtTerminal
    from terminal.devices.printer_escpos import EscposPrinter
    from terminal.web.app import Web

log = logging.getLogger(__name__)


def run(settings: s.Settings) -> int:
    """Run the till until SIGTERM or SIGINT; the exit status. What is wrong is said in one line on stderr."""
    memory.one_arena()
    _log_to_stderr()
    try:
        with hold(Path(settings.register.data)):
            anyio.run(_serve, settings)
    except (FolderError, SecretError, JournalError, CatalogueError, ListenError) as error:
        return _fail(str(error))
    except BaseExceptionGroup as group:
        failures, rest = group.split((SecretError, JournalError, CatalogueError))
        if rest is not None or failures is None:
            raise
        return _fail(str(_leaves(failures)[0]))
    return 0


class ListenError(Exception):
    """The screens' address cannot be listened on. The message is one clear sentence."""


async def _serve(settings: s.Settings) -> None:
    folder = Path(settings.register.data)
    clock = SystemClock()
    journal = SqliteJournal(folder)
    views = SqliteViews(folder, journal)
    snapshot, after = views.load_state()
    state = replay(journal, snapshot, after)
    setup = _setup(settings, journal.epoch)
    changes = Changes()
    till = Till(state, journal, clock, setup, changes)
    shop = settings.shop
    seller = Seller(shop.name, shop.cvr, shop.address, shop.thanks)
    till.record(TillStarted(__version__, settings.register.id, settings.register.cashier, seller))
    catalogue = SqliteCatalogue(folder)
    note_catalogue(till, catalogue)
    board = HealthBoard(clock, changes)
    notices = Notices(changes)
    customer_codes = CustomerCodes()
    selling = Selling(till, catalogue, views, notices, customer_codes)

    calibrating = Calibrating(till, selling, board=board, notices=notices, changes=changes, clock=clock)

    core = Core(till, calibrating, board, changes, clock, customer_codes)
    try:
        async with anyio.create_task_group() as tasks:
            desks = _devices(settings, core, tasks)
            tasks.start_soon(follow, views, till, changes)
            tasks.start_soon(follow_catalogue, till, catalogue)
            tasks.start_soon(_watch_journal, till, changes)
            parts = Parts(
                till=till,
                selling=selling,
                catalogue=catalogue,
                views=views,
                board=board,
                notices=notices,
                changes=changes,
                clock=clock,
                approval=Approval(tuple((each.name, each.pin_hash) for each in settings.approvers)),
                language=settings.register.language,
                version=__version__,
                tendering=Tendering(till, views),
                paying=desks.paying,
                day=desks.day,
                prints=desks.prints,
                calibrating=calibrating if settings.scanners else None,
                printer=desks.printer,
                access_key=read_secret("access-key", settings.web.access_key_file),
                hosts=_hosts(settings.web),
            )
            await _screens(settings.web, parts, desks.printer, tasks)
            tasks.cancel_scope.cancel()
        till.record(TillStopped())
    finally:
        if till.failure is None:
            views.catch_up()
            views.save_state(till.state, force=True)
        views.close()
        catalogue.close()
        journal.close()


def _setup(settings: s.Settings, epoch: str) -> Setup:
    """What the till has. A payment's key names the journal, not the register: two shops may both have a till 1."""
    gift = settings.gift_cards
    means: tuple[tuple[Means, object], ...] = (
        ("card", settings.card),
        ("mobilepay", settings.mobilepay),
        ("gift-card", gift),
    )
    return Setup(
        printer=settings.printer is not None,
        drawer=isinstance(settings.drawer, s.DrawerGpio)
        or (settings.drawer is not None and settings.printer is not None),
        means=frozenset(name for name, its_settings in means if its_settings is not None),
        currency=settings.card.currency if settings.card else 208,
        key=hashlib.sha256(epoch.encode()).hexdigest()[:16],
        others=tuple(OtherKind(t.kind, t.name, t.reference, t.over, t.refund) for t in settings.tenders),
        customers=tuple(Customer(c.number, c.name, Amount(c.credit_limit)) for c in settings.customers),
        gift_vat=BasisPoints(gift.vat_rate if gift is not None and gift.vat == "single" else 0),
        gift_most=Amount(gift.offline_limit if gift is not None else 0),
    )


class Core(msgspec.Struct, frozen=True):
    """What devices work on."""

    till: Till
    calibrating: Calibrating
    board: HealthBoard
    changes: Changes
    clock: SystemClock
    customer_codes: CustomerCodes


class Desks(msgspec.Struct, frozen=True):
    """What the screens need of the devices; None where the till has none."""

    prints: PrintDesk | None = None
    paying: dict[Means, PaymentDesk] = {}
    day: DayDesk | None = None
    printer: Any = None
    """The printer's driver."""


def _devices(settings: s.Settings, core: Core, tasks: anyio.abc.TaskGroup) -> Desks:
    """Start every configured device, each in a task of its own, and the desks that work with them."""
    till, changes = core.till, core.changes

    def start(name: str, kind: str, driver: Driver) -> None:
        core.board.add(name, kind)
        tasks.start_soon(supervise, name, driver, core.board, core.clock)

    if settings.scanners:
        tasks.start_soon(core.calibrating.run)
    for scanner in settings.scanners:
        start(scanner.name, "scanner", drivers.scanner(scanner, core.calibrating.on_scan, core.calibrating.ear))
    prints, printer, day = None, None, None
    paying: dict[Means, PaymentDesk] = {}
    if settings.printer is not None:
        printer = drivers.printer(settings.printer)
        start(settings.printer.name, "printer", printer)
        prints = PrintDesk(till, printer, changes, settings.register.language)
    # The drawer before the receipt: the cashier waits for it, and both may go through the same printer.
    if isinstance(settings.drawer, s.DrawerGpio):
        gpio = drivers.gpio(settings.drawer)
        start(settings.drawer.name, "drawer", gpio)
        tasks.start_soon(DrawerDesk(till, gpio, changes).run)
    elif isinstance(settings.drawer, s.DrawerKick) and printer is not None:
        tasks.start_soon(DrawerDesk(till, drivers.kick(printer), changes).run)
    if prints is not None:
        tasks.start_soon(prints.run)
        tasks.start_soon(retry_when_well, prints, till, core.board, changes)
    if settings.card is not None:
        terminal: NexoTerminal | ZvtTerminal
        if isinstance(settings.card, s.NexoTcp):
            terminal = drivers.nexo(settings.card, settings.register.language)
        else:
            terminal = zvt = drivers.zvt(settings.card)
            # A nexo terminal sends its turnover by itself.
            day = DayDesk(till, zvt, changes)
        start(settings.card.name, "card", terminal)
        paying["card"] = PaymentDesk(till, terminal, changes)
    if settings.mobilepay is not None:
        service = drivers.mobilepay(settings.mobilepay)
        start(settings.mobilepay.name, "mobilepay", service)
        paying["mobilepay"] = PaymentDesk(till, service, changes, "mobilepay", core.customer_codes)
    if settings.gift_cards is not None:
        paying["gift-card"] = PaymentDesk(till, LocalGiftCards(), changes, "gift-card")
    if day is not None:
        day.recover()
    doubt_what_nobody_carries(till, frozenset(paying))
    close_what_is_paid(till)
    for desk in paying.values():
        tasks.start_soon(desk.run)
    return Desks(prints, paying, day, printer)


async def _screens(settings: s.Web, parts: Parts, printer: "EscposPrinter | None", tasks: anyio.abc.TaskGroup) -> None:
    """Serve the screens until a signal asks to stop."""
    import uvicorn

    from terminal.web.app import build
    from terminal.web.server import config

    class Server(uvicorn.Server):
        """Readiness is told once it listens."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals are ours: `_stop_on_signal`."""
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            notify.ready(f"till screen at http://{settings.host}:{settings.port}/")
            tasks.start_soon(_feed_watchdog, parts.till)
            tasks.start_soon(_warm_up, printer, parts.language)

    listener = _listen(settings)
    web = build(parts)
    server = Server(config(web))
    tasks.start_soon(_stop_on_signal, server, web)
    await server.serve(sockets=[listener])


def _listen(settings: s.Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise ListenError(
            f"the screens cannot listen on {settings.host} port {settings.port}: {error.strerror}"
        ) from error
    return listener


def _hosts(settings: s.Web) -> tuple[str, ...]:
    """The names under which the screens are reached, beside loopback's."""
    return (settings.host, f"{settings.host}:{settings.port}")


async def _stop_on_signal(server: "uvicorn.Server", web: "Web") -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            log.info("stopping on %s", signal.Signals(number).name)
            notify.stopping()
            web.close()
            server.should_exit = True
            return


async def _watch_journal(till: Till, changes: Changes) -> None:
    """End the process when the journal has failed: nothing may be sold that cannot be written down."""
    seen = 0
    while till.failure is None:
        seen = await changes.wait(seen)
    raise till.failure


async def _feed_watchdog(till: Till) -> None:
    """Tell the service manager that the loop turns and the journal lives, at half the time it allows."""
    interval = notify.watchdog_interval()
    if interval is None:
        return
    while till.failure is None:
        notify.watchdog()
        await anyio.sleep(interval / 2)


async def _warm_up(printer: "EscposPrinter | None", code: str) -> None:
    """Load now, while nobody waits, what the first page, the first GS1 code and the first receipt need."""

    def load() -> None:
        from terminal.domain.codes import parse
        from terminal.web.render import load_all

        load_all(language(code))
        parse("(01)05701234567899")
        if printer is not None:
            printer.warm_up()

    await anyio.to_thread.run_sync(load)
    memory.give_back()


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def _fail(sentence: str) -> int:
    sys.stderr.write(f"kasse: {sentence}\n")
    return 1


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The exceptions of a group, flat."""
    leaves: list[BaseException] = []
    for each in group.exceptions:
        leaves += _leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return leaves
