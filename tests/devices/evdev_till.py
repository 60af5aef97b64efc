"""A till under umockdev: the scanners of the settings in argv, whose news go to stdout, one JSON array a line.

Ends after as many lines as a second argument says, else when it is killed.
"""

import sys

import anyio
import msgspec

from terminal.app.ports.device import DeviceError, Health, State
from terminal.app.ports.scanner import BadScan, Scan
from terminal.config.settings import ScannerEvdev
from terminal.devices.scanner_evdev import EvdevScanner


class News:
    """What is said."""

    def __init__(self, lines: float) -> None:
        self._left = lines
        self.scope = anyio.CancelScope()

    def say(self, scanner: str, *news: str) -> None:
        """One line."""
        print(msgspec.json.encode([scanner, *news]).decode(), flush=True)  # noqa: T201
        self._left -= 1
        if self._left <= 0:
            self.scope.cancel()

    async def on_scan(self, scan: Scan | BadScan) -> None:
        """See OnScan."""
        self.say(scan.scanner, *(("scan", scan.text) if isinstance(scan, Scan) else ("bad", scan.why)))


async def live(settings: ScannerEvdev, news: News) -> None:
    """One life after the other, as the supervisor gives them."""
    driver = EvdevScanner(settings, news.on_scan)

    def tell(health: Health) -> None:
        news.say(settings.name, health.state, health.problem)

    while True:
        try:
            await driver.live(tell)
        except DeviceError as error:
            news.say(settings.name, State.DOWN, error.problem)
        await anyio.sleep(0.05)


async def main(scanners: list[ScannerEvdev], lines: float) -> None:
    """All of them at once."""
    news = News(lines)
    with news.scope:
        async with anyio.create_task_group() as tasks:
            for each in scanners:
                tasks.start_soon(live, each, news)


if __name__ == "__main__":
    anyio.run(main, msgspec.json.decode(sys.argv[1], type=list[ScannerEvdev]), float((sys.argv[2:] or ["inf"])[0]))
