"""Knocking at every address of the board's own networks, where a person asks for it.

It cannot be aimed: there is no argument for an address or a network. What is knocked at follows from the board's own
interfaces alone, at most the 256 addresses around each of its own, private ones only, and every address is held
against that once more before it is tried. Nothing is sent: a printer prints nothing of a connection that is closed
again. Few at a time, so that no switch or alarm takes it for an attack.
"""

import ipaddress
from collections.abc import Iterable, Mapping

import anyio

from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings

from . import lines
from .named import Claims

PORTS: Mapping[int, str] = {9100: "printer", 20007: "card"}
"""Raw printing, and ZVT's port."""
NARROWEST = 24
"""Prefix length: of a larger network only the part around the board's own address."""
AT_ONCE = 24
PATIENCE = 0.5
"""Seconds for one address, on a cable or on Wi-Fi."""
MOST_NETWORKS = 4
HOLD_BACK = 0.05
"""Seconds before the same place knocks again: with AT_ONCE, some 500 tries a second at the most."""

Network = ipaddress.IPv4Network
_SHOPS = (Network("10.0.0.0/8"), Network("172.16.0.0/12"), Network("192.168.0.0/16"))
"""Private addresses (RFC 1918)."""
_LOOPBACK = (Network("127.0.0.0/8"),)


def own_networks(addresses: Iterable[tuple[str, int]], *, loopback: bool = False) -> tuple[Network, ...]:
    """The networks around the board's own addresses (with their prefix lengths). `loopback`: that one instead."""
    networks: dict[Network, None] = {}
    for address, prefix in addresses:
        near = Network(f"{address}/{max(prefix, NARROWEST)}", strict=False)
        # A link between two machines (31) has no neighbours to find.
        if prefix <= 30 and any(near.subnet_of(known) for known in (_LOOPBACK if loopback else _SHOPS)):
            networks[near] = None
    return tuple(networks)[:MOST_NETWORKS]


def own_addresses() -> tuple[tuple[str, int], ...]:
    """IPv4 addresses of the board's interfaces, with their prefix lengths."""
    import ifaddr  # here, since only a person who looks for devices needs it

    return tuple(
        (ip.ip, ip.network_prefix) for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)
    )


async def scan(
    settings: Settings | None, *, loopback: bool = False, ports: Mapping[int, str] = PORTS
) -> tuple[Found, ...]:
    """Who takes a connection on one of `ports` (port: kind). `loopback`: on this machine's own 127.0.0.0/24 alone."""
    own = own_addresses()
    networks = own_networks(own, loopback=loopback)
    mine = {address for address, _ in own}
    doors = [
        (host, port)
        for network in networks
        for host in network.hosts()
        for port in ports
        if loopback or str(host) not in mine
    ]
    answered: list[tuple[ipaddress.IPv4Address, int]] = []
    todo = iter(doors)

    async def knock() -> None:
        for host, port in todo:
            if not any(host in network for network in networks):
                raise AssertionError("an address that is not of the board's own networks")
            if await _takes(str(host), port):
                answered.append((host, port))
            await anyio.sleep(HOLD_BACK)

    async with anyio.create_task_group() as tasks:
        for _ in range(AT_ONCE):
            tasks.start_soon(knock)
    claims = Claims(settings)
    return tuple(_found(str(host), port, ports[port], claims) for host, port in sorted(answered))


async def _takes(host: str, port: int) -> bool:
    try:
        with anyio.fail_after(PATIENCE):
            stream = await anyio.connect_tcp(host, port)
    except (OSError, TimeoutError):
        return False  # nobody there: of most addresses
    with anyio.CancelScope(shield=True):
        await stream.aclose()
    return True


def _found(host: str, port: int, kind: str, claims: Claims) -> Found:
    where: tuple[tuple[str, lines.Value], ...] = (("host", host), ("port", port))
    proposal = lines.printer(claims, "escpos-tcp", *where) if kind == "printer" else lines.card(*where)
    what = "takes what a network printer takes" if kind == "printer" else "takes what a card terminal takes"
    return Found(kind, what, f"{host}:{port}", "network", proposal, claims.by_address((host,), port))
