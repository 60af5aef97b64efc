"""Where the parts are put together: the use cases, the screens, the task tree; the devices by fittings.py.

Every task belongs to the one task group of `_serve`. A device that fails restarts alone, also when its driver has a
fault (app/supervise.py); a journal that fails, or a fault of the rest of this program, ends the process with one line
and status 1, and the service manager starts it again.
"""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import anyio.to_thread

from terminal import __version__, drivers, fittings
from terminal.app.approval import Approval
from terminal.app.changes import Changes
from terminal.app.checkout import Checkout
from terminal.app.customer_codes import CustomerCodes
from terminal.app.finding import Finder
from terminal.app.follow import follow, follow_catalogue, note_catalogue
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.ports.catalogue import CatalogueError
from terminal.app.ports.journal import JournalError
from terminal.app.sell import Selling
from terminal.app.supervise import say_who_is_silent
from terminal.app.tendering import Tendering
from terminal.app.till import Till
from terminal.config import settings as s
from terminal.config.secrets import SecretError, read_secret
from terminal.domain.events import TillStarted, TillStopped
from terminal.domain.receipt import Seller
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
    setup = fittings.setup_of(settings, journal.epoch)
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
    checkout = Checkout(changes)
    scale, weighing = fittings.scale(settings.scale, till, notices, changes)
    selling = Selling(till, catalogue, views, notices, customer_codes, weighing=weighing)

    core = fittings.Core(till, selling, notices, board, changes, clock, customer_codes, checkout, scale)
    try:
        async with anyio.create_task_group() as tasks:
            desks = fittings.fit(settings, core, tasks)
            if weighing is not None:
                tasks.start_soon(weighing.run)
            tasks.start_soon(follow, views, till, changes)
            tasks.start_soon(follow_catalogue, till, catalogue)
            tasks.start_soon(_watch_journal, till, changes)
            tasks.start_soon(say_who_is_silent, board)
            tasks.start_soon(desks.tests.run)
            finder = Finder(partial(drivers.discovery, settings), changes, clock)
            tasks.start_soon(finder.run)
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
                checkout=checkout,
                paying=desks.paying,
                day=desks.day,
                prints=desks.prints,
                device_tests=desks.tests,
                finder=finder,
                weighing=weighing,
                calibrating=desks.calibrating,
                printer=desks.printers[0] if settings.printer is not None else None,
                access_key=read_secret("access-key", settings.web.access_key_file),
                hosts=_hosts(settings.web),
            )
            await _screens(settings.web, parts, desks.printers, tasks)
            tasks.cancel_scope.cancel()
        till.record(TillStopped())
    finally:
        if till.failure is None:
            views.catch_up()
            views.save_state(till.state, force=True)
        views.close()
        catalogue.close()
        journal.close()


async def _screens(
    settings: s.Web, parts: Parts, printers: "tuple[EscposPrinter, ...]", tasks: anyio.abc.TaskGroup
) -> None:
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
            tasks.start_soon(_warm_up, printers, parts.language)

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


async def _warm_up(printers: "tuple[EscposPrinter, ...]", code: str) -> None:
    """Load now, while nobody waits, what the first page, the first GS1 code and the first receipt need."""

    def load() -> None:
        from terminal.domain.codes import parse
        from terminal.web.render import load_all

        load_all(language(code))
        parse("(01)05701234567899")
        for printer in printers:
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
