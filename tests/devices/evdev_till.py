"""A till under umockdev: the scanners of the settings in argv, whose news go to stdout, one JSON array a line."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import anyio
import msgspec

from terminal.app.ports.device import DeviceError, Health, State
from terminal.app.ports.scanner import BadScan, Scan
from terminal.config.settings import ScannerSettings
from terminal.drivers import scanner
from terminal.protocols.wedge import Event, Typing


class Settled:
    """An Ear that nobody listens with."""

    listening = False

    def __init__(self, _name: str, settings: Typing) -> None:
        self.typing = settings

    def hear(self, events: Sequence[Event]) -> None:
        """None are given."""


def say(scanner: str, *news: str) -> None:
    """One line."""
    print(msgspec.json.encode([scanner, *news]).decode(), flush=True)  # noqa: T201


def on_scan(scan: Scan | BadScan) -> None:
    """See OnScan. The till is as busy with it as the test wants: its loop stands still."""
    busy = Path(os.environ["UMOCKDEV_DIR"]) / "busy"
    while busy.exists():
        time.sleep(0.01)
    say(scan.scanner, *(("scan", scan.text) if isinstance(scan, Scan) else ("bad", scan.why)))


async def live(settings: ScannerSettings) -> None:
    """One life after the other, as the supervisor gives them."""
    driver = scanner(settings, on_scan, Settled)

    def tell(health: Health) -> None:
        say(settings.name, health.state, health.problem)

    while True:
        try:
            await driver.live(tell)
        except DeviceError as error:
            say(settings.name, State.DOWN, error.problem)
        await anyio.sleep(0.05)


async def main(scanners: list[ScannerSettings]) -> None:
    """All of them at once, until it is killed."""
    async with anyio.create_task_group() as tasks:
        for each in scanners:
            tasks.start_soon(live, each)


if __name__ == "__main__":
    anyio.run(main, msgspec.json.decode(sys.argv[1], type=list[ScannerSettings]))
