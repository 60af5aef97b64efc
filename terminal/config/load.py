"""Reads the settings file. Whatever is wrong with it is said in one line: file, table, key, what to write instead.

ConfigError     the file cannot be read, is no TOML, or says something that cannot be; nothing was started
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from . import settings as s
from .profiles import ProfileError, fill_in

MOST_BYTES = 256 * 1024
"""A settings file of a whole till is about 1 kB."""

MOST_PIN_MEMORY = 64 * 1024
"""KiB that checking a PIN may take: a hash that asks for more would starve a 512 MB board."""

_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PIN_HASH = re.compile(r"\$argon2id\$v=19\$m=([0-9]{1,9}),t=[0-9]{1,3},p=[0-9]{1,2}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")


class ConfigError(Exception):
    """The settings cannot be used. The message is one line that names the file."""


def load(path: Path) -> s.Settings:
    """The settings in the TOML file at `path`. Raises ConfigError, whatever the file holds."""
    data = _parse(path, _read(path))
    try:
        data = fill_in(data)
    except ProfileError as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        settings = msgspec.convert(data, s.Settings)
    except msgspec.ValidationError as error:
        # Imported here: needs difflib and msgspec.inspect, which a good start has no use for.
        from .explain import explain

        raise ConfigError(f"{path}: {explain(str(error), data)}") from error
    fault = next(_faults(settings), None)
    if fault is not None:
        raise ConfigError(f"{path}: {fault}")
    return settings


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{path}: cannot be read: {why}") from error
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path}: is larger than {MOST_BYTES // 1024} kB: that is no settings file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8 text: save the file as UTF-8") from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # TOMLDecodeError, or int() on thousands of digits. The first line says it all.
        reason = _CONTROL.sub(" ", str(error))[:200]
        raise ConfigError(f"{path}: is not TOML: {reason}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is not TOML for a till: too many brackets in each other") from error


def _faults(settings: s.Settings) -> Iterator[str]:
    """What types cannot say."""
    yield from _control_characters(settings)
    if not cvr_fits(settings.shop.cvr):
        yield f"[shop] cvr: {settings.shop.cvr} is no CVR number (its check digit does not fit): type it again"
    yield from _twice("[[approvers]]", [each.name for each in settings.approvers])
    for number, approver in enumerate(settings.approvers, start=1):
        fault = _pin_hash_fault(approver.pin_hash)
        if fault:
            yield f"[[approvers]] number {number}, pin_hash: {fault}"
    devices = (
        *settings.scanners,
        settings.printer,
        *settings.more_printers,
        settings.drawer,
        settings.scale,
        settings.display,
        settings.card,
        settings.mobilepay,
    )
    yield from _twice("devices", [each.name for each in devices if each is not None])
    yield from _twice("[[tenders]]", [each.kind for each in settings.tenders], "kind")
    yield from _twice("[[customers]]", [each.number for each in settings.customers], "number")
    for number, scanner in enumerate(settings.scanners, start=1):
        if isinstance(scanner, s.ScannerEvdev) and not (
            scanner.path or scanner.vendor or scanner.product or scanner.unique
        ):
            yield f"[[scanners]] number {number}: give its path, or its vendor and product (see lsusb)"
    yield from _printer_faults(settings)
    yield from _drawer_faults(settings)


def _printer_faults(settings: s.Settings) -> Iterator[str]:
    printers = [each for each in (settings.printer, *settings.more_printers) if each is not None]
    for printer in printers:
        others = [each.name for each in printers if each is not printer]
        if printer.instead and printer.instead not in others:
            has = f"one of {', '.join(others)}" if others else "there is no other one"
            yield f"the printer '{printer.name}', instead: '{printer.instead}' is no other printer: {has}"
    wires: dict[tuple[object, ...], str] = {}
    for printer in printers:
        match printer:
            case s.PrinterTcp(host=host, port=port):
                wire: tuple[object, ...] = (host.lower(), port)
            case s.PrinterSerial(port=path) | s.PrinterFile(path=path):
                wire = (path,)
            case s.PrinterUsb(vendor=vendor, product=product, serial=serial):
                wire = ("usb", vendor, product, serial)
        first = wires.setdefault(wire, printer.name)
        if first != printer.name:
            # Two workers on one wire would send into each other's jobs.
            yield (
                f"the printers '{first}' and '{printer.name}' are the same device: give each its own, or one of them "
                "the departments of both"
            )


def _drawer_faults(settings: s.Settings) -> Iterator[str]:
    drawer = settings.drawer
    if isinstance(drawer, s.DrawerKick):
        sensed = drawer.sense == "printer"
        if settings.printer is None:
            yield "[drawer] driver: 'printer' opens the drawer through the printer, and there is no [printer]"
        elif sensed and not settings.printer.status:
            yield "[drawer] sense: 'printer' asks the printer for its status, and [printer] status is false"
    elif isinstance(drawer, s.DrawerGpio):
        sensed = drawer.sense_pin is not None
        if drawer.sense_pin == drawer.pin:
            yield f"[drawer] sense_pin: {drawer.pin} is the pin of the coil: give the pin of the switch"
    else:
        return
    if not drawer.sell_while_open and not sensed:
        yield "[drawer] sell_while_open: false needs a switch that tells whether it is open: see [drawer] sense"


def cvr_fits(cvr: str) -> bool:
    """Whether the eight digits are a CVR number: weighted sum divisible by 11, first digit not 0.

    The same rule as stdnum.dk.cvr, which the tests compare with; that module brings pydoc and ssl and would add 12 ms
    and 0.9 MB to every start.
    """
    return cvr[0] != "0" and sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, cvr, strict=True)) % 11 == 0


def _pin_hash_fault(pin_hash: str) -> str:
    """What is wrong with it, without showing it."""
    match = _PIN_HASH.fullmatch(pin_hash)
    if match is None:
        return "is not what 'kasse pin-hash' prints: copy it again, whole"
    if int(match[1]) > MOST_PIN_MEMORY:
        return f"asks for more than {MOST_PIN_MEMORY // 1024} MB of memory: make it with 'kasse pin-hash'"
    return ""


def _twice(where: str, names: list[str], what: str = "name") -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{where}: the {what} '{name}' is used {count} times: give each a {what} of its own"


def _control_characters(settings: s.Settings) -> Iterator[str]:
    """A newline in a name would break a receipt's line, a NUL a path."""
    for table, value in msgspec.to_builtins(settings).items():
        for where, text in _texts(f"[{table}]", value):
            if _CONTROL.search(text):
                yield f"{where} holds a control character: take it out"


def _texts(where: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield where, value
        case dict():
            for key, each in value.items():
                yield from _texts(f"{where} {key}", each)
        case list() | tuple():
            for number, each in enumerate(value, start=1):
                yield from _texts(f"{where} number {number}", each)
        case _:
            return
