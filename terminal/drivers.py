"""Which driver a setting means. Raises what its constructor raises, and SecretError for a secret that is not there.

The modules are imported when a till has such a device: a serial scanner's till needs no evdev, and a start is quicker
by what it does not read.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from terminal.app.device_tests import DeviceTests
from terminal.app.ports.clock import Clock
from terminal.app.ports.device import Driver
from terminal.app.ports.scanner import Ear, OnScan
from terminal.app.scans import Scans
from terminal.config import settings as s
from terminal.config.secrets import SecretError, read_secret
from terminal.domain.document import Document
from terminal.protocols.wedge import Typing
from terminal.texts import Language

if TYPE_CHECKING:
    from terminal.app.ports.discovery import Discovery
    from terminal.devices.card_nexo import NexoTerminal
    from terminal.devices.card_zvt import ZvtTerminal
    from terminal.devices.display_serial import SerialDisplay
    from terminal.devices.drawer_gpio import GpioDrawer
    from terminal.devices.drawer_kick import KickDrawer
    from terminal.devices.mobilepay import MobilePayService
    from terminal.devices.printer_escpos import EscposPrinter
    from terminal.devices.scale_serial import SerialScale


def scanner(settings: s.ScannerSettings, on_scan: OnScan, ear: Callable[[str, Typing], Ear]) -> Driver:
    """A scanner. `ear` says of a keyboard wedge, by its name and what its settings say, how it is to be read."""
    match settings:
        case s.ScannerEvdev():
            from terminal.devices.scanner_evdev import EvdevScanner

            return EvdevScanner(settings, on_scan, ear(settings.name, Typing(settings.layout, settings.suffix)))
        case s.ScannerSerial():
            from terminal.devices.scanner_serial import SerialScanner

            return SerialScanner(settings, on_scan)
        case s.ScannerHidPos():
            from terminal.devices.scanner_hidpos import HidPosScanner

            return HidPosScanner(settings, on_scan)


def gpio(settings: s.DrawerGpio) -> "GpioDrawer":
    """A drawer on a pin."""
    from terminal.devices.drawer_gpio import GpioDrawer

    return GpioDrawer(settings)


def kick(printer: "EscposPrinter", settings: s.DrawerKick) -> "KickDrawer":
    """A drawer on the printer's socket."""
    from terminal.devices.drawer_kick import KickDrawer

    return KickDrawer(printer, settings)


def printer(settings: s.PrinterSettings) -> "EscposPrinter":
    """A printer."""
    from terminal.devices.printer_escpos import EscposPrinter

    return EscposPrinter(settings)


def scale(settings: s.ScaleSettings) -> "SerialScale":
    """A scale."""
    from terminal.devices.scale_serial import SerialScale
    from terminal.protocols.cas import Cas
    from terminal.protocols.toledo8217 import Toledo8217

    return SerialScale(settings, Toledo8217() if isinstance(settings, s.ScaleToledo) else Cas())


def display(settings: s.DisplaySettings) -> "SerialDisplay":
    """A customer display."""
    from terminal.devices.display_serial import SerialDisplay

    return SerialDisplay(settings)


def nexo(settings: s.NexoTcp, language_code: str) -> "NexoTerminal":
    """A card terminal that speaks nexo. Raises SecretError."""
    from terminal.devices.card_nexo import NexoTerminal

    return NexoTerminal(settings, _nexo_passphrase(settings), language=language_code)


def zvt(settings: s.ZvtTcp | s.ZvtSerial) -> "ZvtTerminal":
    """A card terminal that speaks ZVT."""
    from terminal.devices.card_zvt import ZvtTerminal

    return ZvtTerminal(settings)


def mobilepay(settings: s.MobilePay) -> "MobilePayService":
    """The service. Raises SecretError."""
    from terminal.devices.mobilepay import Keys, MobilePayService

    try:
        keys = Keys(
            client_secret=read_secret("mobilepay-client-secret", settings.client_secret_file),
            subscription_key=read_secret("mobilepay-subscription-key", settings.subscription_key_file),
            webhook_secret=read_secret("mobilepay-webhook-secret", settings.webhook_secret_file),
        )
        return MobilePayService(settings, keys)
    except ValueError as error:
        raise SecretError(str(error)) from error


def add_test(
    tests: DeviceTests, kind: str, name: str, driver: Any, *, scans: Scans | None, clock: Clock, words: Language
) -> None:
    """Let a person try a device out. Its kind says which port the driver has beside Driver."""

    def page() -> Document:
        from terminal.app.test_page_layout import lay_out

        columns, codepage = driver.paper
        return lay_out(name, clock.moment().local, columns=columns, codepage=codepage, words=words)

    match kind:
        case "scanner" if scans is not None:
            tests.scanner(name, scans)
        case "printer":
            tests.printer(name, driver, page)
        case "card" | "mobilepay":
            tests.diagnosis(name, kind, driver)
        case "scale":
            tests.scale(name, driver)
        case "display":
            tests.display(name, driver, "ÆØÅ æøå 1.234,50", words.gettext("Test"))
        case _:
            pass  # a drawer is opened by its desk


def discovery(settings: s.Settings | None) -> "Discovery":
    """What is plugged in, whether the settings name it or not."""
    from terminal.devices.discovery.board import BoardDiscovery

    return BoardDiscovery(settings)


def _nexo_passphrase(settings: s.NexoTcp) -> str:
    passphrase = read_secret("nexo-passphrase", settings.passphrase_file)
    if not passphrase:
        raise SecretError("[card] has no passphrase: set passphrase_file, or give the credential nexo-passphrase")
    if not passphrase.isascii():
        raise SecretError("the card terminal's passphrase may hold ASCII characters only")
    return passphrase
