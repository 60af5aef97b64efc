"""Network printers: those that announce themselves (a real responder, on loopback), and those found by knocking."""

import ipaddress
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from inspect import signature

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import IPVersion, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from terminal.config.settings import PrinterTcp, Settings, Shop
from terminal.devices.discovery import scanning
from terminal.devices.discovery.announced import Announcement, as_found, listen
from tests.devices.printer_bench import simulator

pytestmark = pytest.mark.anyio

LOOPBACK = ("127.0.0.1",)
SHOP = Shop(name="Torvets Købmand", cvr="12345674")


@asynccontextmanager
async def announcing(kind: str, name: str, port: int, says: Mapping[str, str]) -> AsyncIterator[None]:
    """A printer's responder."""
    responder = AsyncZeroconf(interfaces=list(LOOPBACK), ip_version=IPVersion.V4Only)
    info = ServiceInfo(
        f"{kind}._tcp.local.",
        f"{name}.{kind}._tcp.local.",
        port=port,
        addresses=[socket.inet_aton("127.0.0.1")],
        properties=dict(says),
        server="tm-m30.local.",
    )
    try:
        await (await responder.async_register_service(info))
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await responder.async_close()


async def test_a_printer_that_announces_itself_is_found_and_proposed() -> None:
    with anyio.fail_after(60):
        async with announcing("_pdl-datastream", "EPSON TM-m30 (kitchen)", 9100, {"ty": "EPSON TM-m30"}):
            heard = [each for each in await listen(2.0, LOOPBACK) if each.server == "tm-m30.local"]
    (found,) = as_found(heard, None)
    assert (found.kind, found.what, found.where) == ("printer", "EPSON TM-m30 (tm-m30.local)", "127.0.0.1:9100")
    assert found.lines == '[printer]\ndriver = "escpos-tcp"\nhost = "127.0.0.1"\nport = 9100\n'
    configured = Settings(shop=SHOP, printer=PrinterTcp(name="kitchen", host="tm-m30.local"))
    (found,) = as_found(heard, configured)
    assert found.used_by == "kitchen"
    assert found.lines.startswith('[[more_printers]]\ndriver = "escpos-tcp"\nname = "printer"\n')


def test_the_listener_listens_also_where_the_service_confines_it() -> None:
    """The unit lets nothing change its urgency: then it is as urgent as the rest, and no less able."""
    command = [sys.executable, "-m", "tests.systemd.confined", "terminal.devices.discovery.hearing", "0.05", *LOOPBACK]
    done = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert isinstance(json.loads(done.stdout), list)


def test_one_machine_under_two_services_is_one_by_its_raw_port() -> None:
    raw = Announcement("_pdl-datastream._tcp.local.", "A", "a.local", ("10.0.0.7",), 9100)
    ipp = Announcement("_ipp._tcp.local.", "A", "a.local", ("10.0.0.7",), 631)
    assert [found.where for found in as_found([raw, ipp], None)] == ["10.0.0.7:9100"]
    (found,) = as_found([ipp], None)
    assert (found.where, found.lines) == ("10.0.0.7:631", "")


@pytest.mark.parametrize("addresses", [(), ("8.8.8.8",), ("no address",), ("fe80::1",)])
def test_what_cannot_be_in_the_shop_is_not_proposed(addresses: tuple[str, ...]) -> None:
    assert as_found([Announcement("_ipp._tcp.local.", "A", "a.local", addresses, 631)], None) == ()


async def test_knocking_finds_what_listens_on_this_machine() -> None:
    with anyio.fail_after(60):
        async with simulator() as printer:
            port = int(printer.address.rpartition(":")[2])
            found = await scanning.scan(None, loopback=True, ports={port: "printer"})
            assert printer.receipts == ()
    assert [(each.kind, each.where) for each in found] == [("printer", f"127.0.0.1:{port}")]
    assert f'host = "127.0.0.1"\nport = {port}\n' in found[0].lines


def test_the_scan_cannot_be_aimed() -> None:
    """No argument takes an address: see the module."""
    assert set(signature(scanning.scan).parameters) == {"settings", "loopback", "ports"}


@given(st.lists(st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 32)), max_size=6), st.booleans())
def test_only_the_boards_own_neighbourhood_is_knocked_at(addresses: list[tuple[str, int]], loopback: bool) -> None:
    networks = scanning.own_networks(addresses, loopback=loopback)
    assert len(networks) <= scanning.MOST_NETWORKS
    own = [ipaddress.IPv4Address(address) for address, _ in addresses]
    for network in networks:
        assert network.prefixlen >= 24
        assert any(address in network for address in own)
        assert network.is_private
        assert network.is_loopback is loopback


@pytest.mark.parametrize(
    ("address", "prefix", "network"),
    [
        ("192.168.1.40", 24, "192.168.1.0/24"),
        ("10.3.7.9", 8, "10.3.7.0/24"),
        ("172.16.5.130", 25, "172.16.5.128/25"),
        ("192.168.1.40", 31, None),
        ("169.254.3.4", 16, None),
        ("127.0.0.1", 8, None),
        ("203.0.114.5", 24, None),
    ],
)
def test_networks_of_a_shop(address: str, prefix: int, network: str | None) -> None:
    found = scanning.own_networks([(address, prefix)])
    assert [str(each) for each in found] == ([network] if network else [])
