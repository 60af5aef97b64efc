"""The devices that the settings name, and which of them a find is."""

import os
from collections.abc import Iterator

import msgspec

from terminal.config.settings import Settings

_BY_NUMBERS = {"input": "evdev", "hidraw": "hid-pos", "usb": "escpos-usb", "lp": "escpos-usb"}
"""The driver that finds its device by USB numbers, for each wire."""


class Named(msgspec.Struct, frozen=True):
    """What one table of the settings says of where its device is."""

    table: str
    """printer, scanners, card, …"""
    name: str
    driver: str
    path: str = ""
    host: str = ""
    port: int = 0
    vendor: int = 0
    product: int = 0
    unique: str = ""


def named_in(settings: Settings) -> tuple[Named, ...]:
    """All devices of the settings: every table that has a driver."""
    return tuple(
        _named(field, table)
        for field in settings.__struct_fields__
        for table in _tables(getattr(settings, field))
        if type(table).__struct_config__.tag_field == "driver"
    )


def _tables(value: object) -> Iterator[msgspec.Struct]:
    if isinstance(value, msgspec.Struct):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _tables(each)


def _named(field: str, table: msgspec.Struct) -> Named:
    port, path = getattr(table, "port", 0), getattr(table, "path", "")
    serial = getattr(table, "unique", "") or getattr(table, "serial", "")
    return Named(
        table=field,
        name=getattr(table, "name", field),
        driver=str(type(table).__struct_config__.tag),
        path=port if isinstance(port, str) else path if isinstance(path, str) else "",
        host=getattr(table, "host", ""),
        port=port if isinstance(port, int) else 0,
        vendor=getattr(table, "vendor", 0),
        product=getattr(table, "product", 0),
        unique=serial if isinstance(serial, str) else "",
    )


class Claims:
    """Who is who. A device that the settings tell by its kind alone is one: a second of that kind is another."""

    def __init__(self, settings: Settings | None, named: tuple[Named, ...] = ()) -> None:
        """`named`: instead of settings."""
        self._named = named if settings is None else named_in(settings)
        self._taken: set[str] = set()

    @property
    def named(self) -> tuple[Named, ...]:
        """All of them."""
        return self._named

    def by_nodes(self, wire: str, nodes: tuple[str, ...], vendor: int, product: int, serial: str) -> str:
        """The device on one of these nodes, or with these USB numbers; empty: none of the settings'."""
        real = {os.path.realpath(node) for node in nodes}
        for each in self._named:
            if each.path and os.path.realpath(each.path) in real:
                return each.name
        for each in self._named:
            if each.path or each.driver != _BY_NUMBERS.get(wire):
                continue
            if each.driver == "evdev" and not (each.vendor or each.product or each.unique):
                continue  # it would be every keyboard; the other drivers then take the one there is
            fits = (
                each.vendor in (0, vendor) and each.product in (0, product) and each.unique in ("", serial)
            ) and not (each.unique == "" and each.name in self._taken)
            if fits:
                self._taken.add(each.name)
                return each.name
        return ""

    def by_address(self, hosts: tuple[str, ...], port: int) -> str:
        """The device at that address."""
        return next((each.name for each in self._named if each.host in hosts and each.port == port), "")

    def by_driver(self, driver: str) -> str:
        """The device with that driver."""
        return next((each.name for each in self._named if each.driver == driver), "")

    def free_name(self, wanted: str) -> str:
        """A name that no device has: 'scanner', 'scanner-2', …"""
        taken = {each.name for each in self._named}
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)
