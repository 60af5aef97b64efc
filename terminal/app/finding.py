"""What is there and not in the settings: looked for when a person wants to know, kept until they look again."""

from collections.abc import Callable
from functools import cache
from typing import Literal, NoReturn

from terminal.domain.errors import Reason, SaleError

from .changes import Changes
from .ports.clock import Clock
from .ports.device import Health
from .ports.discovery import Discovery, Found
from .supervise import health_after

FRESH = 10.0
"""Seconds in which a page that is opened again is not looked for again."""
SCAN_EVERY = 30.0
"""Seconds between two scans of the network at the least, whoever asks."""

Looking = Literal["", "near", "network", "scan"]


class Finder:
    """Looks in its own task; `found` is the newest, `looking` what is being done.

    `discovery` is called at the first look, which most tills never have.
    """

    def __init__(self, discovery: Callable[[], Discovery], changes: Changes, clock: Clock) -> None:
        self._discovery = cache(discovery)
        self._changes = changes
        self._clock = clock
        self._wanted: set[Literal["look", "scan"]] = set()
        self._looked: float | None = None
        self._scanned: float | None = None
        self._near: tuple[Found, ...] = ()
        self._announced: tuple[Found, ...] = ()
        self._heard_at_doors: tuple[Found, ...] = ()
        self._looking: Looking = ""
        self.failed: Health | None = None
        """Why the newest look found nothing, when it failed."""

    @property
    def found(self) -> tuple[Found, ...]:
        """Everything, each place once."""
        places = {each.where: each for each in (*self._heard_at_doors, *self._announced)}
        return (*self._near, *places.values())

    @property
    def looking(self) -> Looking:
        """What is being done, or about to be; empty: nothing."""
        return self._looking or ("near" if "look" in self._wanted else "scan" if self._wanted else "")

    @property
    def looked(self) -> bool:
        """Whether there was a look at all."""
        return self._looked is not None

    @property
    def scanned(self) -> bool:
        """Whether the network was scanned."""
        return self._scanned is not None

    def look(self, *, again: bool = False) -> None:
        """A person looks at the page, or (`again`) wants to know anew."""
        now = self._clock.monotonic()
        if again or self._looked is None or now - self._looked > FRESH:
            self._wanted.add("look")
            self._changes.tell()

    def scan(self) -> None:
        """A person wants the network scanned. Raises SaleError when that has just been done."""
        now = self._clock.monotonic()
        if "scan" in self._wanted or (self._scanned is not None and now - self._scanned < SCAN_EVERY):
            raise SaleError(Reason.SCANNED_JUST_NOW, f"{SCAN_EVERY:g}")
        self._wanted.add("scan")
        self._changes.tell()

    async def run(self) -> NoReturn:
        """Look when it is wanted, for ever."""
        seen = -1
        while True:
            if not self._wanted:
                seen = await self._changes.wait(seen)
                continue
            self.failed = None
            try:
                await (self._scan() if "scan" in self._wanted else self._look())
            except Exception as error:  # noqa: BLE001 (logged and shown: who looks for devices must not end a sale)
                self.failed = health_after("discovery", error)
            finally:
                self._now("")

    async def _look(self) -> None:
        self._wanted.discard("look")
        self._looked = self._clock.monotonic()
        self._now("near")
        self._near = await self._discovery().plugged_in()
        self._now("network")
        self._announced = await self._discovery().announced()

    async def _scan(self) -> None:
        self._wanted.discard("scan")
        self._scanned = self._clock.monotonic()
        self._now("scan")
        self._heard_at_doors = await self._discovery().scan()

    def _now(self, looking: Looking) -> None:
        self._looking = looking
        self._changes.tell()
