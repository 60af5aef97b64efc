"""The till in the small machine: `kasse run` as it is shipped, its journal, its screen, and what is plugged into it."""

import csv
import os
import re
import time
from contextlib import ExitStack
from pathlib import Path

from terminal.bench.daemon import Daemon
from terminal.config.load import load
from terminal.domain.events import (
    AnyEvent,
    DrawerClosed,
    DrawerEnded,
    DrawerOpened,
    LineAdded,
    PrintEnded,
    QuantityChanged,
    SaleClosed,
)
from terminal.domain.receipt import Receipt
from terminal.sim.run import DEMO_ITEMS
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from tests.devices import hid_pos_reports

from .gadgets import Hid, SerialPort, UsbPrinter, Wedge, keyboard_reports, send
from .paper import PrinterAtWork
from .patience import START, until
from .pins import Pins
from .screen import TillScreen

_NEWS = re.compile(r"device (\S+) is (\S+): (\S*)")

_UNREAD = re.compile(r"scanner \S+: (?:keys were lost|the scan broke off)")
TRIES = 6
KEY_EVERY = 0.008
"""Seconds between a key's two reports, at first."""


class Counter:
    """The till, its devices and what lies on the bench."""

    def __init__(self, settings: Path, daemon: Daemon) -> None:
        """A till that runs with these settings."""
        self.settings = settings
        self._port = load(settings).web.port
        self._daemon: Daemon | None = daemon
        self.screen = TillScreen(self._port)
        with DEMO_ITEMS.open(newline="", encoding="utf-8") as file:
            self.names = {row["codes"]: row["name"] for row in csv.DictReader(file)}
        self.left, self.right = Wedge("left"), Wedge("right")
        self.hand = Wedge("hand", product=0x1504, serial="S1")
        self.serial = SerialPort("serial")
        self.pos = Hid("pos", vendor=0x0C2E, product=0x0B07, descriptor=hid_pos_reports.DESCRIPTOR, length=64)
        self._usb_printer = UsbPrinter("printer")
        self._printer: PrinterAtWork | None = None
        self._pins: Pins | None = None

    # --- the program

    def open(self, settings: str = "") -> None:
        """Start the till, unless it runs, with the settings of this file in its folder, or with the last ones."""
        wanted = self.settings.with_name(settings or self.settings.name)
        if wanted != self.settings:
            self.close()
        self.settings = wanted
        if self._daemon is None:
            self._daemon = Daemon(self.settings, patience=START)
            self._daemon.__enter__()
            self.screen = TillScreen(self._port)

    def kill(self) -> None:
        """`kill -9`."""
        assert self._daemon is not None
        self._daemon.process.kill()
        self._daemon.process.wait()
        self.close()

    @property
    def pid(self) -> int:
        """The running till's."""
        assert self._daemon is not None
        return self._daemon.process.pid

    def close(self) -> None:
        """Stop the till."""
        daemon, self._daemon = self._daemon, None
        if daemon is not None:
            daemon.__exit__(None, None, None)

    def _keeps_up(self) -> None:
        """Until the till waits for what comes next: it has read all that was typed."""
        tasks, seen = Path(f"/proc/{self.pid}/task"), 0

        def rests() -> bool:
            nonlocal seen
            try:
                states = {path.read_text().rpartition(")")[2].split()[0] for path in tasks.glob("*/stat")}
            except (FileNotFoundError, ProcessLookupError):
                # A thread that ended meanwhile.
                states = set()
            seen = seen + 1 if states == {"S"} else 0
            return seen > 1

        until(rests, "the till never came to rest")

    def log(self) -> str:
        """What the running till has written into its log."""
        return (self.settings.parent / "daemon.log").read_text()

    # --- its devices

    def states(self) -> dict[str, tuple[str, str]]:
        """State and problem of each device, as the log has them last."""
        return {name: (state, problem) for name, state, problem in _NEWS.findall(self.log())}

    def wait_for(self, *names: str, state: str = "ok", problem: str | None = None) -> None:
        """Until the till says of these devices that they are so."""

        def so() -> bool:
            states = self.states()
            return all(states.get(name, ("", ""))[0] == state for name in names) and (
                problem is None or all(states[name][1] == problem for name in names)
            )

        until(so, lambda: f"{names} were never {state}: {self.states()}")

    def wait_for_any(self, *names: str) -> None:
        """Until one of these devices is well."""
        until(lambda: any(self.states().get(name, ("", ""))[0] == "ok" for name in names), f"none of {names} was well")

    def plug_printer(self, port: int) -> PrinterAtWork:
        """A printer that is well, in this socket."""
        printer = self.plug_printer_unheard(port)
        self.wait_for("printer")
        return printer

    def plug_printer_unheard(self, port: int) -> PrinterAtWork:
        """The same while no till runs."""
        self._printer = PrinterAtWork(self._usb_printer, port)
        return self._printer

    def plug_pins(self) -> Pins:
        """The chip with the drawer's pins."""
        self._pins = Pins()
        return self._pins

    def pull_pins(self) -> None:
        """Take it away. The kernel does not like it while a till holds one of them."""
        pins, self._pins = self._pins, None
        if pins is not None:
            pins.pull()

    def unplug_all(self) -> None:
        """Leave nothing of a scenario that failed."""
        if self._pins is not None:
            self.close()
            self.pull_pins()
        if self._usb_printer.is_in and self._printer is not None:
            self._printer.pull()
        for gadget in (self.left, self.right, self.hand, self.serial, self.pos):
            if gadget.is_in:
                gadget.unplug()

    def scan(self, wedge: Wedge, text: str, item: str = "") -> None:
        """Scan something; `item` is the code that it is sold by, when that is another."""
        self.scan_at_once((wedge, text, item or text))

    def scan_at_once(self, *scans: tuple[Wedge, str, str]) -> None:
        """Scan (wedge, text, item) with several scanners: a key here, a key there. Returns when all are sold.

        The kernel keeps no more than ten keys of a scanner, and the till is slow in here. It says so when it lost some,
        sells nothing then, and its cashier scans again, more slowly.
        """
        for attempt in range(1, TRIES + 1):
            new = self._try(scans, pause=KEY_EVERY * attempt)
            assert set(new) <= {self.names[item] for _, _, item in scans}
            scans = tuple(scan for scan in scans if self.names[scan[2]] not in new)
            if not scans:
                return
        raise AssertionError(f"{TRIES} times keys were lost of {scans}")

    def _try(self, scans: tuple[tuple[Wedge, str, str], ...], pause: float) -> list[str]:
        """The names of what is sold, once the till has said something of each scan."""
        before, complaints = len(self.sold()), len(_UNREAD.findall(self.log()))
        self._keeps_up()
        self._type(scans, pause)

        def answered() -> bool:
            unread = len(_UNREAD.findall(self.log())) - complaints
            return len(self.sold()) - before + unread >= len(scans)

        until(answered, lambda: f"the till says nothing of {scans}: {self.screen.words()}")
        return self.sold()[before:]

    def _type(self, scans: tuple[tuple[Wedge, str, str], ...], pause: float) -> None:
        with ExitStack() as wires:
            typed = [(wires.enter_context(wedge.opened()), keyboard_reports(f"{text}\r")) for wedge, text, _ in scans]
            for place in range(max(len(reports) for _, reports in typed)):
                for wire, reports in typed:
                    send(wire, *reports[place : place + 1])
                time.sleep(pause)

    # --- its journal

    def events(self) -> list[AnyEvent]:
        """Everything that has happened."""
        journal = SqliteJournal(self.settings.parent / "data")
        try:
            assert verify(journal).problems == ()
            return [decode(entry.body) for entry in journal.read(0)]
        finally:
            journal.close()

    def sold(self) -> list[str]:
        """The names of the items that came onto sales, one a scan, in order."""
        names, lines = list[str](), dict[tuple[int, int], str]()
        for event in self.events():
            match event:
                case LineAdded(sale=sale, lines=(line, *_)):
                    lines[sale, line.id] = line.item.name
                    names.append(line.item.name)
                case QuantityChanged(sale=sale, line=number):
                    # What is scanned twice in a row is one line.
                    names.append(lines[sale, number])
                case _:
                    pass
        return names

    def sells(self, *codes: str, after: int) -> None:
        """Until exactly these codes' items have come after the first `after`."""
        names = [self.names[code] for code in codes]
        assert self._sold(names, after) == names

    def sells_in_any_order(self, *codes: str, after: int) -> None:
        """The same where nobody can say which comes first."""
        names = [self.names[code] for code in codes]
        assert sorted(self._sold(names, after)) == sorted(names)

    def _sold(self, names: list[str], after: int) -> list[str]:
        enough = after + len(names)
        until(lambda: len(self.sold()) >= enough, lambda: f"not sold {names} but {self.sold()[after:]}")
        return self.sold()[after:]

    def sell_one(self, code: str) -> Receipt:
        """Sell it, typed in and not scanned."""
        before = len(self.sold())
        self.screen.touch("/till/scan", text=code)
        self.sells(code, after=before)
        return self.pay()

    def pay(self) -> Receipt:
        """Close the sale with cash."""
        sale = self.screen.sale()
        before = len(self.receipts())
        self.screen.touch("/till/pay", sale=sale)
        self.screen.touch("/till/cash", sale=sale, amount="100000")
        self.screen.touch("/till/next")
        until(lambda: len(self.receipts()) > before, "the sale was never closed")
        return self.receipts()[-1]

    def receipts(self) -> list[Receipt]:
        """All that were closed."""
        return [event.receipt for event in self.events() if isinstance(event, SaleClosed)]

    def outcomes(self) -> list[tuple[str, str]]:
        """What became of each print job: outcome and problem."""
        return [(event.outcome, event.problem) for event in self.events() if isinstance(event, PrintEnded)]

    def drawer_news(self) -> list[str]:
        """Why it came open each time, what became of each opening, and `shut`."""
        news = list[str]()
        for event in self.events():
            match event:
                case DrawerOpened(reason=reason):
                    news.append(reason)
                case DrawerEnded(outcome=outcome):
                    news.append(outcome)
                case DrawerClosed():
                    news.append("shut")
                case _:
                    pass
        return news

    def comes_out(self, *outcomes: tuple[str, str], after: int) -> None:
        """Until just this has become of the print jobs after so many."""
        until(lambda: len(self.outcomes()) >= after + len(outcomes), "nothing became of the print")
        assert self.outcomes()[after:] == [*outcomes]


def services_user_may(path: str, group: str, flags: int) -> bool:
    """Whether a user who is nobody but in this group, as the service is in it, may open a device."""
    import grp

    child = os.fork()
    if not child:
        try:
            os.setgroups([grp.getgrnam(group).gr_gid])
            os.setgid(65534)
            os.setuid(65534)
            os.close(os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY))
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
