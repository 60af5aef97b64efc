"""Listening to who announces printers on the own network (mDNS service discovery: RFC 6762, RFC 6763), as a program.

    python -m terminal.devices.discovery.hearing SECONDS [OWN-ADDRESS...]

prints one JSON array of Announcement. A process of its own, for it loads 8 MB that a till would keep for what a person
asks for once a year, and reads what strangers send.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import anyio
import msgspec

from .announced import LONGEST, MOST, RAW, Announcement

TYPES = (RAW, "_printer._tcp.local.", "_ipp._tcp.local.")
"""Services of printers, the one that can be printed to raw first (Bonjour Printing Specification 1.2.1, chapter 4)."""
ASK_MILLISECONDS = 1000


async def hear(seconds: float, interfaces: Sequence[str]) -> list[Announcement]:
    """Who has answered. `interfaces`: own addresses to ask from; none: all. Raises OSError without a network."""
    from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

    heard: dict[tuple[str, str], None] = {}

    def note(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed and len(heard) < MOST:
            heard[service_type, name] = None

    asking = AsyncZeroconf(interfaces=list(interfaces) or InterfaceChoice.All, ip_version=IPVersion.V4Only)
    announcements: list[Announcement] = []
    try:
        browser = AsyncServiceBrowser(asking.zeroconf, list(TYPES), handlers=[note])
        await anyio.sleep(seconds)
        for service_type, name in sorted(heard, key=lambda each: TYPES.index(each[0])):
            info = AsyncServiceInfo(service_type, name)
            if not await info.async_request(asking.zeroconf, ASK_MILLISECONDS):
                continue
            says = info.decoded_properties
            called = says.get("ty") or says.get("product") or info.name.partition("._")[0]
            addresses = tuple(info.parsed_addresses()[:8])
            announcements.append(
                Announcement(
                    service_type, _short(called.strip("()")), _short(info.server or ""), addresses, info.port or 0
                )
            )
        await browser.async_cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await asking.async_close()
    return announcements


def _short(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST].rstrip(".")


def main() -> int:
    """See above; status 1 with one line on stderr without a network."""
    with suppress(PermissionError):
        # A sale goes before a search. Started by the service, it may not ask for that (SystemCallFilter= in its unit).
        os.nice(10)
    try:
        announcements = anyio.run(hear, float(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.stderr.write(f"nobody can be asked on the network: {error}\n")
        return 1
    sys.stdout.buffer.write(msgspec.json.encode(announcements))
    return 0


if __name__ == "__main__":
    sys.exit(main())
