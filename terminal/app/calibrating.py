"""Calibration of scanners: one barcode on the screen, scanned, tells how a scanner types. And when to suggest it.

While it runs no scan is sold, whichever scanner it comes from, so that a test scan can follow; it ends by itself. What
was found is in the journal and goes before the settings file, also after a restart.
"""

import logging
from collections.abc import Sequence
from typing import Literal, NoReturn, get_args

import anyio
import msgspec

from terminal.domain.events import ScannerCalibrated
from terminal.protocols.scan import Suffix
from terminal.protocols.wedge import Calibration, Case, Event, LayoutName, Lock, Typing, WhyNot

from .changes import Changes
from .health import HealthBoard
from .notices import Notices
from .ports.clock import Clock
from .ports.device import Health, Problem, State
from .ports.scanner import BadScan, Scan
from .sell import Selling
from .till import Till

log = logging.getLogger(__name__)

SILENCE = 0.4
"""Seconds after the last key: a suffix has come by then, or none does."""
PATIENCE = 120.0
"""Seconds after which scans are sold again. A failed try begins no new time: a cashier who scans goods against a
calibration that somebody has left open would keep it open."""
MOST_EVENTS = 2000
"""Of one scan; what is more is no scan."""
LONGEST_SHOWN = 200
"""Characters of a test scan."""


class Session(msgspec.Struct, frozen=True):
    """What the page shows. A changed one is another object."""

    phase: Literal["waiting", "found", "well"]
    """`well`: the scanner sends characters and not keys, and there is nothing to set."""
    scanner: str = ""
    """Which one was heard."""
    found: Calibration | None = None
    why: WhyNot | None = None
    """Of the last try, while waiting."""
    case: Case = "kept"
    test: str | None = None
    """The scan that came after it was found."""
    tested: str = ""
    """The scanner that it came from: a person may hold another one."""
    tests: int = 0


class ScannerEar:
    """Implements the port Ear for one keyboard wedge."""

    def __init__(self, name: str, settings: Typing, desk: "Calibrating") -> None:
        self.name = name
        self.settings = settings
        self.typing = settings
        self.listening = False
        self.events: list[Event] = []
        self._desk = desk

    def hear(self, events: Sequence[Event]) -> None:
        """See Ear."""
        # One more than are looked at: then it is known that they were too many.
        self.events += events[: MOST_EVENTS + 1 - len(self.events)]
        self._desk.heard()


class Calibrating:
    """One calibration at a time. Its `on_scan` stands before the sale's."""

    def __init__(
        self, till: Till, selling: Selling, *, board: HealthBoard, notices: Notices, changes: Changes, clock: Clock
    ) -> None:
        self._till, self._selling, self._board = till, selling, board
        self._notices, self._changes, self._clock = notices, changes, clock
        self._ears: dict[str, ScannerEar] = {}
        self._before: dict[str, Health] = {}
        """How scanners that are suspected of another layout were before."""
        self._silent_at: float | None = None
        self._ends_at = 0.0
        self._news = anyio.Event()
        self.session: Session | None = None
        """None: none runs, and scans are sold."""

    def ear(self, name: str, settings: Typing) -> ScannerEar:
        """For the driver of a keyboard wedge: how it is read, by its calibration or else by its settings."""
        ear = self._ears[name] = ScannerEar(name, settings, self)
        known = self._till.state.scanners.get(name)
        if known is not None:
            ear.typing = typing_of(known) or settings
        return ear

    # --- the page

    @property
    def calibrated(self) -> tuple[str, ...]:
        """Scanners that are read by their calibration."""
        return tuple(name for name in self._ears if name in self._till.state.scanners)

    @property
    def scanners(self) -> int:
        """How many keyboard wedges there are."""
        return len(self._ears)

    def typing(self, scanner: str) -> Typing:
        """How that keyboard wedge is read now."""
        return self._ears[scanner].typing

    def start(self) -> None:
        """Begin, or begin anew."""
        for ear in self._ears.values():
            ear.events = []
            ear.listening = True
        self._silent_at = None
        self._show(Session("waiting"))

    def stop(self) -> None:
        """Scans are sold again."""
        self._hush()
        self.session = None
        self._changes.tell()

    def forget(self, scanner: str) -> None:
        """Read a scanner by its settings again."""
        ear = self._ears.get(scanner)
        if ear is None or scanner not in self._till.state.scanners:
            return
        self._till.record(ScannerCalibrated(scanner))
        ear.typing = msgspec.structs.replace(ear.settings)

    async def run(self) -> NoReturn:
        """Look at what was heard when the scanner has fallen silent, and end what nobody ends."""
        while True:
            if self.session is None:
                await self._news.wait()
            else:
                due = self._ends_at if self._silent_at is None else min(self._ends_at, self._silent_at)
                with anyio.move_on_after(max(0.0, due - self._clock.monotonic())):
                    await self._news.wait()
            self._news = anyio.Event()
            if self.session is None:
                continue
            now = self._clock.monotonic()
            if self._silent_at is not None and now >= self._silent_at:
                self._silent_at = None
                self._look()
            elif now >= self._ends_at:
                self.stop()

    # --- what is scanned

    def on_scan(self, scan: Scan | BadScan) -> None:
        """A scanner's news (an `OnScan`)."""
        if self.session is not None:
            self._scanned(self.session, scan)
        elif isinstance(scan, BadScan):
            self._selling.on_scan(scan)
        elif self._selling.scan(scan.text):
            if scan.scanner in self._before:
                self._trust(scan.scanner)
        else:
            self._suspect(scan)

    def heard(self) -> None:
        """Keys have come."""
        self._silent_at = self._clock.monotonic() + SILENCE
        self._news.set()

    def _scanned(self, session: Session, scan: Scan | BadScan) -> None:
        """A whole scan while calibration runs: of a scanner that sends characters, or a test."""
        from terminal.protocols.keymap.calibrate import fits  # here: a start has no use for it

        text = scan.text if isinstance(scan, Scan) else scan.why
        if session.phase != "waiting":
            shown = text[:LONGEST_SHOWN]
            self._notices.tell("good" if isinstance(scan, Scan) else "bad", "calibrating")
            self._show(
                msgspec.structs.replace(session, test=shown, tested=scan.scanner, tests=session.tests + 1), longer=False
            )
            return
        why = WhyNot.NOTHING
        for case in reversed(get_args(Case)) if isinstance(scan, Scan) else ():
            found = fits(text, case)
            if not isinstance(found, WhyNot):
                self._hush()
                self._notices.tell("good", "calibrated", scan.scanner)
                self._show(Session("well", scan.scanner, case=case))
                return
            why = found
        self._fail(scan.scanner, why)

    def _look(self) -> None:
        """The scanner has fallen silent: what its keys say."""
        from terminal.protocols.keymap.calibrate import calibrate

        for ear in [each for each in self._ears.values() if each.events]:
            events, ear.events = ear.events, []
            found = calibrate(events, ear.typing)
            if isinstance(found, WhyNot):
                self._fail(ear.name, found)
                continue
            self._hush()
            typing = found.typing
            log.info("scanner %s types for the layout %s, suffix %s", ear.name, typing.layout, typing.suffix)
            self._till.record(ScannerCalibrated(ear.name, typing.layout, typing.suffix, typing.lock, found.case))
            ear.typing = typing
            self._trust(ear.name)
            self._notices.tell("good", "calibrated", ear.name)
            self._show(Session("found", ear.name, found, case=found.case))
            return

    def _fail(self, scanner: str, why: WhyNot) -> None:
        self._notices.tell("bad", "calibrating")
        self._show(Session("waiting", scanner, why=why), longer=False)

    def _hush(self) -> None:
        for ear in self._ears.values():
            ear.listening = False
            ear.events = []

    def _show(self, session: Session, *, longer: bool = True) -> None:
        self.session = session
        if longer:
            self._ends_at = self._clock.monotonic() + PATIENCE
        self._news.set()
        self._changes.tell()

    # --- when to suggest it

    def _suspect(self, scan: Scan) -> None:
        """A scan that was no code: would it be one if the scanner typed for another keyboard?"""
        from terminal.protocols.keymap.suspect import other_layout

        ear = self._ears.get(scan.scanner)
        layout = None if ear is None else other_layout(scan.text, ear.typing)
        if layout is None:
            return
        row = next((row for row in self._board.rows() if row.name == scan.scanner), None)
        if row is not None and row.health.problem is not Problem.LAYOUT:
            self._before[scan.scanner] = row.health
            why = f"a scan would be a product code if {scan.scanner} typed for the layout {layout!r}"
            self._board.tell(scan.scanner, Health(State.ATTENTION, Problem.LAYOUT, why))

    def _trust(self, scanner: str) -> None:
        """It is read well now."""
        before = self._before.pop(scanner, None)
        row = next((row for row in self._board.rows() if row.name == scanner), None)
        if before is not None and row is not None and row.health.problem is Problem.LAYOUT:
            self._board.tell(scanner, before)


def typing_of(known: ScannerCalibrated) -> Typing | None:
    """What the journal says, or None: a later release wrote it, with a layout that this one does not have."""
    if (
        known.layout not in get_args(LayoutName)
        or known.suffix not in get_args(Suffix)
        or known.lock not in get_args(Lock)
    ):
        log.warning("the calibration of scanner %s is not known to this release: its settings count", known.scanner)
        return None
    return msgspec.convert({"layout": known.layout, "suffix": known.suffix, "lock": known.lock}, Typing)
