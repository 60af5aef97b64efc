"""Printers that say of themselves that they are there: what hearing.py has heard, as finds.

It is a stranger's word: shortened, made printable, counted, and never connected to from here.
"""

import ipaddress
import subprocess
import sys
from collections.abc import Sequence

import anyio
import msgspec

from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings

from . import lines
from .named import Claims

RAW = "_pdl-datastream._tcp.local."
LISTEN_SECONDS = 2.0
LONGEST = 80
"""Characters of a name."""
MOST = 32
"""Services; a shop has a handful of printers."""
PATIENCE = 60.0
"""Seconds for the listening process: each service that does not answer costs one."""


class Announcement(msgspec.Struct, frozen=True):
    """One service of one machine."""

    service: str
    name: str
    server: str
    addresses: tuple[str, ...]
    port: int


class Unheard(Exception):
    """Nothing could be heard. The message is one clear sentence."""


async def listen(seconds: float = LISTEN_SECONDS, interfaces: Sequence[str] = ()) -> tuple[Announcement, ...]:
    """Who announces a printer. `interfaces`: own addresses to ask from; none: all. Raises Unheard."""
    command = [sys.executable, "-P", "-m", f"{__package__}.hearing", str(seconds), *interfaces]
    try:
        with anyio.fail_after(PATIENCE):
            done = await anyio.run_process(command, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise Unheard(said[-1][:200] if said else f"the listener ended with status {done.returncode}")
        return msgspec.json.decode(done.stdout, type=tuple[Announcement, ...])
    except TimeoutError as error:
        raise Unheard(f"the listener took more than {PATIENCE:g} s") from error
    except (OSError, msgspec.DecodeError) as error:
        raise Unheard(f"the listener failed: {error}") from error


def as_found(announcements: Sequence[Announcement], settings: Settings | None) -> tuple[Found, ...]:
    """One find for each machine, by its best service: announcements come with the raw one first."""
    claims = Claims(settings)
    found: dict[str, Found] = {}
    for each in announcements:
        host = next((address for address in each.addresses if _is_near(address)), "")
        if not host or not each.port or host in found:
            continue
        raw = each.service == RAW
        found[host] = Found(
            "printer",
            f"{each.name} ({each.server})",
            f"{host}:{each.port}",
            "network",
            lines.printer(claims, "escpos-tcp", ("host", host), ("port", each.port)) if raw else "",
            claims.by_address((*each.addresses, each.server), each.port),
        )
    return tuple(found.values())


def _is_near(address: str) -> bool:
    """Whether it can be in the shop: a printer that announces another continent's address is not proposed."""
    try:
        return ipaddress.IPv4Address(address).is_private
    except ValueError:
        return False
