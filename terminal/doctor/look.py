"""What can be seen of the devices without a till: whether they are there and may be used. Nothing is opened or sent."""

import os
import socket
from pathlib import Path

from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings
from terminal.devices.discovery.named import Named, named_in
from terminal.devices.open_errors import cannot_open
from terminal.texts import Language
from terminal.web.doctor_says import Word
from terminal.web.sentences import KINDS

from .findings import Finding, of_device, say

CONNECT_SECONDS = 3.0
_READ = frozenset({"evdev", "hid-pos"})
"""Drivers that only read."""
_KINDS = {"scanners": "scanner", "more_printers": "printer"}
"""Kinds of device whose table is called otherwise."""


def devices(settings: Settings, found: tuple[Found, ...], words: Language) -> list[Finding]:
    """One finding for each device of the settings."""
    findings = []
    for named in named_in(settings):
        kind = _KINDS.get(named.table, named.table)
        if named.driver == "printer":
            continue  # a drawer on the printer's socket: as well as the printer
        try:
            _must_be_there(named, found)
        except DeviceError as error:
            findings.append(of_device(named.name, kind, Health(State.DOWN, error.problem, error.detail), words))
        else:
            title = f"{words.gettext(KINDS[kind][1])} “{named.name}”" if kind in KINDS else named.name
            findings.append(say("well", kind, Word.DEVICE_THERE, words, title))
    if settings.mobilepay is not None:
        findings.append(say("note", "mobilepay", Word.SERVICE_UNSEEN, words))
    if not findings:
        findings.append(say("note", "devices", Word.NO_DEVICES, words))
    return findings


def _must_be_there(named: Named, found: tuple[Found, ...]) -> None:
    """Raises DeviceError."""
    if named.path:
        _path(named.path, write=named.driver not in _READ)
    elif named.host:
        _address(named.host, named.port)
    elif not any(each.used_by == named.name for each in found):
        raise DeviceError(Problem.NOT_FOUND, "nothing that is plugged in fits its settings")


def _path(path: str, *, write: bool) -> None:
    try:
        Path(path).stat()
    except OSError as error:
        raise cannot_open(path, error) from error
    if not os.access(path, os.R_OK | (os.W_OK if write else 0)):
        raise DeviceError(Problem.NO_PERMISSION, path)


def _address(host: str, port: int) -> None:
    """A connection, closed again without a byte: a printer prints nothing of it, a card terminal asks for nothing."""
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS):
            pass
    except socket.gaierror as error:
        raise DeviceError(Problem.NOT_FOUND, f"{host}: {error.strerror}") from error
    except TimeoutError as error:
        raise DeviceError(Problem.UNREACHABLE, f"{host}:{port} does not answer") from error
    except OSError as error:
        raise cannot_open(f"{host}:{port}", error) from error
