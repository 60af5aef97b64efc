"""Which devices a till has: what its settings make of it, each device's driver in a task of its own, and the desks that
work with them. A desk is imported when the till has what it works with: a start is quicker by what it does not read.
"""

import hashlib
from typing import TYPE_CHECKING, Any

import anyio.abc
import msgspec

from terminal import drivers
from terminal.app.changes import Changes
from terminal.app.checkout import Checkout
from terminal.app.customer_codes import CustomerCodes
from terminal.app.device_tests import DeviceTests
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.paying import PaymentDesk, close_what_is_paid, doubt_what_nobody_carries
from terminal.app.ports.device import Driver
from terminal.app.scans import Scans
from terminal.app.sell import Selling
from terminal.app.supervise import supervise
from terminal.app.till import Till
from terminal.config import settings as s
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment import Means
from terminal.domain.till import Customer, OrderPrinter, OtherKind, Setup
from terminal.host.clock import SystemClock
from terminal.texts import language
from terminal.web.sentences import DRAWERS

if TYPE_CHECKING:
    from terminal.app.calibrating import Calibrating
    from terminal.app.ending_day import DayDesk
    from terminal.app.printing import PrintDesk, Station
    from terminal.app.weighing import WeighDesk
    from terminal.devices.card_nexo import NexoTerminal
    from terminal.devices.card_zvt import ZvtTerminal
    from terminal.devices.drawer_gpio import GpioDrawer
    from terminal.devices.drawer_kick import KickDrawer
    from terminal.devices.printer_escpos import EscposPrinter
    from terminal.devices.scale_serial import SerialScale


def setup_of(settings: s.Settings, epoch: str) -> Setup:
    """What the till has. A payment's key names the journal, not the register: two shops may both have a till 1."""
    gift = settings.gift_cards
    means: tuple[tuple[Means, object], ...] = (
        ("card", settings.card),
        ("mobilepay", settings.mobilepay),
        ("gift-card", gift),
    )
    return Setup(
        printer=settings.printer is not None,
        orders=tuple(
            OrderPrinter(p.name, frozenset(p.departments), p.orders == "set-aside")
            for p in printers_of(settings)
            if p.departments
        ),
        drawer=isinstance(settings.drawer, s.DrawerGpio)
        or (settings.drawer is not None and settings.printer is not None),
        drawer_approval=settings.drawer is not None and settings.drawer.approval,
        sell_while_open=settings.drawer is None or settings.drawer.sell_while_open,
        means=frozenset(name for name, its_settings in means if its_settings is not None),
        currency=settings.card.currency if settings.card else 208,
        key=hashlib.sha256(epoch.encode()).hexdigest()[:16],
        others=tuple(OtherKind(t.kind, t.name, t.reference, t.over, t.refund) for t in settings.tenders),
        customers=tuple(Customer(c.number, c.name, Amount(c.credit_limit)) for c in settings.customers),
        gift_vat=BasisPoints(gift.vat_rate if gift is not None and gift.vat == "single" else 0),
        gift_most=Amount(gift.offline_limit if gift is not None else 0),
    )


def printers_of(settings: s.Settings) -> tuple[s.PrinterSettings, ...]:
    """All of them; the receipt printer, if there is one, first."""
    return (*([] if settings.printer is None else [settings.printer]), *settings.more_printers)


class Core(msgspec.Struct, frozen=True):
    """What devices work on."""

    till: Till
    selling: Selling
    notices: Notices
    board: HealthBoard
    changes: Changes
    clock: SystemClock
    customer_codes: CustomerCodes
    checkout: Checkout
    scale: Any
    """The scale's driver; None: the till has none."""


class Desks(msgspec.Struct, frozen=True):
    """What the screens need of the devices; None where the till has none."""

    tests: DeviceTests
    calibrating: "Calibrating | None" = None
    prints: "PrintDesk | None" = None
    paying: dict[Means, PaymentDesk] = {}
    day: "DayDesk | None" = None
    printers: tuple["EscposPrinter", ...] = ()
    """The receipt printer, if there is one, first."""


def scale(
    settings: s.ScaleSettings | None, till: Till, notices: Notices, changes: Changes
) -> "tuple[SerialScale, WeighDesk] | tuple[None, None]":
    """The scale's driver and its desk, before there is anything that sells by them."""
    if settings is None:
        return None, None
    from terminal.app.weighing import WeighDesk

    driver = drivers.scale(settings)
    return driver, WeighDesk(till, driver, notices, changes)


def fit(settings: s.Settings, core: Core, tasks: anyio.abc.TaskGroup) -> Desks:
    """Start every configured device, each in a task of its own, and the desks that work with them."""
    return _Fitting(settings, core, tasks).all()


class _Fitting:
    """One start's work."""

    def __init__(self, settings: s.Settings, core: Core, tasks: anyio.abc.TaskGroup) -> None:
        self._settings, self._core, self._tasks = settings, core, tasks
        self._words = language(settings.register.language)
        self._tests = DeviceTests(core.till, core.changes)
        self._day: DayDesk | None = None

    def all(self) -> Desks:
        calibrating = self._scanners()
        stations, printers = self._printers()
        # The drawer before the receipt: the cashier waits for it, and both may go through the same printer.
        self._drawer(printers[0] if self._settings.printer is not None else None)
        prints = self._prints(stations)
        self._scale_and_display()
        paying = self._paying()
        return Desks(self._tests, calibrating, prints, paying, self._day, tuple(printers))

    def _start(self, name: str, kind: str, driver: Driver, scans: Scans | None = None) -> None:
        core = self._core
        core.board.add(name, kind)
        self._tasks.start_soon(supervise, name, driver, core.board, core.clock)
        drivers.add_test(self._tests, kind, name, driver, scans=scans, clock=core.clock, words=self._words)

    def _scanners(self) -> "Calibrating | None":
        core = self._core
        if not self._settings.scanners:
            return None
        from terminal.app.calibrating import Calibrating

        calibrating = Calibrating(
            core.till,
            core.selling,
            board=core.board,
            notices=core.notices,
            changes=core.changes,
            clock=core.clock,
        )
        self._tasks.start_soon(calibrating.run)
        scans = Scans(calibrating.on_scan, lambda: core.notices.tell("bad", "testing"))
        for scanner in self._settings.scanners:
            self._start(scanner.name, "scanner", drivers.scanner(scanner, scans.on_scan, calibrating.ear), scans)
        return calibrating

    def _printers(self) -> "tuple[list[Station], list[EscposPrinter]]":
        if not printers_of(self._settings):
            return [], []
        from terminal.app.printing import Station

        stations: list[Station] = []
        printers: list[EscposPrinter] = []
        for each in printers_of(self._settings):
            driver = drivers.printer(each)
            printers.append(driver)
            stations.append(Station(each.name, driver, each.instead))
            self._start(each.name, "printer", driver)
        return stations, printers

    def _drawer(self, printer: "EscposPrinter | None") -> None:
        core, settings = self._core, self._settings.drawer
        drawer: GpioDrawer | KickDrawer
        if isinstance(settings, s.DrawerGpio):
            drawer, lives = drivers.gpio(settings), True
        elif settings is not None and printer is not None:
            # Without its switch all that is to be said of it is the printer's health.
            drawer, lives = drivers.kick(printer, settings), settings.sense == "printer"
        else:
            return
        from terminal.app.drawer import DrawerDesk

        # By its desk, whatever it hangs on.
        self._tests.drawer(settings.name, self._words.gettext(DRAWERS["test"]))
        desk = DrawerDesk(
            core.till, drawer, core.changes, core.clock, device=drawer, left_open_seconds=settings.left_open_seconds
        )
        self._tasks.start_soon(desk.run)
        self._tasks.start_soon(desk.watch)
        if lives:
            core.board.add(settings.name, "drawer")
            self._tasks.start_soon(supervise, settings.name, desk, core.board, core.clock)

    def _prints(self, stations: "list[Station]") -> "PrintDesk | None":
        core = self._core
        if not stations and not core.till.state.jobs:
            return None
        from terminal.app.printing import PrintDesk, retry_when_well

        prints = PrintDesk(core.till, stations, core.changes, self._settings.register.language)
        self._tasks.start_soon(prints.run)
        if stations:
            self._tasks.start_soon(retry_when_well, prints, core.board, core.changes)
        return prints

    def _scale_and_display(self) -> None:
        core, settings = self._core, self._settings
        if settings.scale is not None:
            self._start(settings.scale.name, "scale", core.scale)
        if settings.display is not None:
            from terminal.app.displaying import DisplayDesk, idle_lines

            display = drivers.display(settings.display)
            self._start(settings.display.name, "display", display)
            idle = idle_lines(settings.display.idle, settings.shop.name, self._words)
            desk = DisplayDesk(core.till, display, core.changes, core.checkout, words=self._words, idle=idle)
            self._tasks.start_soon(desk.run)

    def _paying(self) -> dict[Means, PaymentDesk]:
        core, settings = self._core, self._settings
        till, changes = core.till, core.changes
        paying: dict[Means, PaymentDesk] = {}
        if settings.card is not None:
            terminal: NexoTerminal | ZvtTerminal
            if isinstance(settings.card, s.NexoTcp):
                terminal = drivers.nexo(settings.card, settings.register.language)
            else:
                from terminal.app.ending_day import DayDesk

                terminal = zvt = drivers.zvt(settings.card)
                # A nexo terminal sends its turnover by itself.
                self._day = DayDesk(till, zvt, changes)
            self._start(settings.card.name, "card", terminal)
            paying["card"] = PaymentDesk(till, terminal, changes)
        if settings.mobilepay is not None:
            service = drivers.mobilepay(settings.mobilepay)
            self._start(settings.mobilepay.name, "mobilepay", service)
            paying["mobilepay"] = PaymentDesk(till, service, changes, "mobilepay", core.customer_codes)
        if settings.gift_cards is not None:
            from terminal.app.gift_cards import LocalGiftCards

            paying["gift-card"] = PaymentDesk(till, LocalGiftCards(), changes, "gift-card")
        if self._day is not None:
            self._day.recover()
        doubt_what_nobody_carries(till, frozenset(paying))
        close_what_is_paid(till)
        for desk in paying.values():
            self._tasks.start_soon(desk.run)
        return paying
