"""The settings, as types. One TOML file; a field that is not here is refused (see load.py)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Port = Annotated[int, Meta(ge=1, le=65535)]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Path = Annotated[str, Meta(min_length=1, max_length=4096)]
Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Text = Annotated[str, Meta(max_length=200)]
ProfileName = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,63})?$")]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every table: frozen, unknown keys refused."""


class Shop(Table, frozen=True, kw_only=True):
    """Who sells: printed on every receipt."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    cvr: Annotated[str, Meta(pattern=r"^[0-9]{8}$")]
    """Danish company number, eight digits; its check digit is tested on load."""
    address: tuple[Text, ...] = ()
    thanks: Text = ""
    """The last line of a receipt."""


class Register(Table, frozen=True, kw_only=True):
    """This till."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,16}$")] = "1"
    cashier: Annotated[str, Meta(min_length=1, max_length=32)] = "Kasse"
    """The name on the receipt."""
    language: Literal["da", "en"] = "da"
    data: Path = "/var/lib/kasse"
    """Folder of the journal, the catalogue and the projections."""


class Approver(Table, frozen=True, kw_only=True):
    """Somebody who may approve a price override. The secret is no part of this file."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    pin_hash: Annotated[str, Meta(pattern=r"^\$argon2id\$.+")]
    """As `kasse pin-hash` prints it. Never shown by check-config."""


class Web(Table, frozen=True, kw_only=True):
    """The screens' address. Other than loopback needs an access key in the credentials."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    access_key_file: str = ""
    """A file holding the key that a screen from another address must give; empty: loopback only."""


class ScannerEvdev(Table, frozen=True, kw_only=True, tag_field="driver", tag="evdev"):
    """A keyboard wedge, matched by its USB numbers or by a path."""

    name: Name = "scanner"
    profile: ProfileName = ""
    path: str = ""
    """For example /dev/input/by-id/usb-…-event-kbd; empty: match by vendor and product."""
    vendor: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    product: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    unique: str = ""
    """The device's serial number, when two of the same kind are plugged in."""
    layout: Literal["us", "gb", "dk", "no", "se", "de", "fr", "be", "es", "it"] = "us"
    """The keyboard that the scanner types for. A calibration on the screen goes before this and the suffix."""
    suffix: Literal["any", "cr", "lf", "tab", "none"] = "any"


class ScannerSerial(Table, frozen=True, kw_only=True, tag_field="driver", tag="serial"):
    """A scanner on a serial port (CDC-ACM or RS-232)."""

    name: Name = "scanner"
    profile: ProfileName = ""
    port: Path
    baud: Baud = 9600
    encoding: Literal["utf-8", "latin-1"] = "utf-8"


class ScannerHidPos(Table, frozen=True, kw_only=True, tag_field="driver", tag="hid-pos"):
    """A scanner set to USB HID-POS, matched by its USB numbers or by a path; with neither it is the one there is."""

    name: Name = "scanner"
    profile: ProfileName = ""
    path: str = ""
    """For example /dev/hidraw0; empty: match by vendor and product, or take the only one."""
    vendor: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    product: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    unique: str = ""
    """The device's serial number, when two of the same kind are plugged in."""
    encoding: Literal["utf-8", "latin-1"] = "utf-8"


class PrinterBase(Table, frozen=True, kw_only=True):
    """What every ESC/POS printer has."""

    name: Name = "printer"
    profile: str = "TM-T88III"
    """The model, as the files in hardware/profiles are named (`epson-tm-t20iii`): what it says of the settings below
    counts where they are not given. Also a name that python-escpos knows."""
    columns: Annotated[int, Meta(ge=20, le=80)] = 42
    codepage: Literal["CP858", "CP1252"] = "CP858"
    status: bool = True
    """Ask the status (DLE EOT). Some printers drop the connection when asked: then false."""
    logo: str = ""
    """A PNG file, black and white, at most 512 dots wide; empty: none."""
    drawer_pin: Literal[2, 5] = 2
    pulse_ms: Annotated[int, Meta(ge=50, le=500)] = 120
    instead: str = ""
    """The name of the printer that takes over what this one certainly cannot print; empty: it waits."""
    departments: tuple[Text, ...] = ()
    """Order tickets: lines of these departments are printed here, without prices, when the sale is paid."""
    orders: Literal["paid", "set-aside"] = "paid"
    """`set-aside`: a ticket also when the sale is set aside (a table), of what has come on or off since the last."""


class PrinterTcp(PrinterBase, frozen=True, kw_only=True, tag_field="driver", tag="escpos-tcp"):
    """A network printer (raw port 9100)."""

    host: Host
    port: Port = 9100


class PrinterSerial(PrinterBase, frozen=True, kw_only=True, tag_field="driver", tag="escpos-serial"):
    """A printer on a serial port."""

    port: Path
    baud: Baud = 38400


class PrinterFile(PrinterBase, frozen=True, kw_only=True, tag_field="driver", tag="escpos-lp"):
    """A USB printer through the kernel's usblp driver."""

    path: Path = "/dev/usb/lp0"


class PrinterUsb(PrinterBase, frozen=True, kw_only=True, tag_field="driver", tag="escpos-usb"):
    """A USB printer through libusb: for a kernel without usblp, or a printer that does not call itself one."""

    vendor: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    """As lsusb shows it, 0x04b8; 0: any."""
    product: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    serial: str = ""
    """Its serial number, when two of the same kind are plugged in."""


class DrawerBase(Table, frozen=True, kw_only=True):
    """What every drawer has."""

    name: Name = "drawer"
    profile: ProfileName = ""
    """A known model of hardware/profiles: what it says holds where this table says nothing."""
    cool_down_ms: Annotated[int, Meta(ge=500, le=60_000)] = 2000
    """The least between two pulses."""
    sense_open_high: bool = True
    """The level of the drawer's switch when it stands open."""
    left_open_seconds: Annotated[int, Meta(ge=0, le=3600)] = 60
    """A drawer that stands open for so long is told of; 0: never. Needs a switch."""
    sell_while_open: bool = True
    """False: no cash sale while the drawer stands open. Needs a switch."""
    approval: bool = False
    """Opening it without a sale needs somebody who may approve."""


class DrawerKick(DrawerBase, frozen=True, kw_only=True, tag_field="driver", tag="printer"):
    """The drawer hangs on the receipt printer's RJ11/RJ12 socket. Its pin and pulse are the printer's settings."""

    sense: Literal["none", "printer"] = "none"
    """`printer`: its switch is on pin 3 of the socket, and the printer tells its level (DLE EOT 1)."""


class DrawerGpio(DrawerBase, frozen=True, kw_only=True, tag_field="driver", tag="gpio"):
    """The drawer's driver stage hangs on a pin of the 40-pin header."""

    chip: str = ""
    """For example /dev/gpiochip0; empty: the 40-pin header's, found by its label."""
    pin: Annotated[int, Meta(ge=0, le=27)] = 17
    """BCM number."""
    active_high: bool = True
    pulse_ms: Annotated[int, Meta(ge=50, le=400)] = 150
    sense_pin: Annotated[int, Meta(ge=0, le=27)] | None = None
    """BCM number of the drawer's switch, 27 in hardware/; left out: it has none."""
    sense_pull: Literal["up", "down", "none"] = "up"
    debounce_ms: Annotated[int, Meta(ge=5, le=500)] = 50
    """The switch counts when it has stood still for so long."""


class ZvtBase(Table, frozen=True, kw_only=True):
    """What every ZVT terminal has."""

    name: Name = "card"
    profile: ProfileName = ""
    password: Annotated[str, Meta(pattern=r"^[0-9]{6}$")] = "000000"  # noqa: S105 (ZVT's published default, protects nothing)
    """The terminal's register password (not a secret of the shop; ZVT's usual value is 000000)."""
    currency: Literal[208, 978] = 208
    customer_receipt: bool = True
    """The till prints the terminal's receipt for the customer."""
    merchant_receipt: bool = False
    """The till prints the shop's copy. With neither, the terminal prints for itself, if it can."""
    log_off: bool = False
    """Say goodbye after each conversation, for a terminal that several tills share. The last receipt id is then never
    mirrored: another till's payment would be reversed."""


class ZvtTcp(ZvtBase, frozen=True, kw_only=True, tag_field="driver", tag="zvt-tcp"):
    """A ZVT terminal on the network."""

    host: Host
    port: Port = 20007


class ZvtSerial(ZvtBase, frozen=True, kw_only=True, tag_field="driver", tag="zvt-serial"):
    """A ZVT terminal on a serial port (8N2)."""

    port: Path
    baud: Literal[9600, 115200] = 9600


class GiftCards(Table, frozen=True, kw_only=True):
    """Gift cards that this till issues and holds the balance of."""

    vat: Literal["multi", "single"] = "multi"
    """`multi`: can buy anything, VAT falls due when it is used. `single`: all it can buy has one rate, VAT falls due
    when the card is sold."""
    vat_rate: Annotated[int, Meta(ge=0, le=10_000)] = 2500
    """Of a single-purpose card, in hundredths of a percent."""
    offline_limit: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    """Most øre that one card pays in one sale while nobody but this till knows its balance; 0: no limit."""


class Tender(Table, frozen=True, kw_only=True):
    """A way to pay that no device knows of: a voucher, another shop's gift card, a meal ticket."""

    kind: Name
    name: Annotated[str, Meta(min_length=1, max_length=32)]
    """On the screen and the receipt."""
    reference: bool = False
    """It has a number, which is asked for and taken once."""
    over: bool = True
    """It may be worth more than what is due; what is over is not given back."""
    refund: bool = False
    """Money can go back this way."""


class Customer(Table, frozen=True, kw_only=True):
    """Somebody who may buy on account."""

    number: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,20}$")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    credit_limit: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    """Most øre that they may owe."""


class NexoTcp(Table, frozen=True, kw_only=True, tag_field="driver", tag="nexo"):
    """A terminal that speaks nexo as Adyen's Terminal API does, on the shop's own network."""

    name: Name = "card"
    profile: ProfileName = ""
    host: Host
    port: Port = 8443
    poi_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    """The terminal's model and serial number, like P400Plus-123456789."""
    sale_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    """What the terminal calls this till; one of its own for each till."""
    ca_file: Path
    """PEM file with the root certificate of the terminal's maker. Nothing else is trusted."""
    server_name: Host
    """The name in the terminal's certificate, like P400Plus-123456789.live.terminal.adyen.com."""
    key_identifier: Annotated[str, Meta(min_length=1, max_length=100)]
    """Name of the key that till and terminal share."""
    key_version: Annotated[int, Meta(ge=0, le=1_000_000)] = 1
    passphrase_file: str = ""
    """A file with that key's passphrase; empty: the credential `nexo-passphrase` of the service manager."""
    currency: Literal[208, 978] = 208


class MobilePay(Table, frozen=True, kw_only=True):
    """Vipps MobilePay. The secrets are in files of their own, never in this one and never shown."""

    name: Name = "mobilepay"
    base_url: Annotated[
        str, Meta(pattern=r"^(https://[^/?#@\s]+|http://(127\.[0-9.]+|localhost)(:[0-9]+)?)(/[^?#\s]*)?$")
    ] = "https://api.vipps.no"
    """The service's address; its test environment is https://apitest.vipps.no. Plain http: to this machine only."""
    merchant_serial: Annotated[str, Meta(pattern=r"^[0-9]{4,10}$")]
    """The sales unit's number (MSN)."""
    client_id: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,200}$")]
    client_secret_file: str = ""
    """A file holding the client secret; empty: the service manager hands it over (mobilepay-client-secret)."""
    subscription_key_file: str = ""
    """A file holding the subscription key (Ocp-Apim-Subscription-Key); empty: likewise (mobilepay-subscription-key)."""
    webhook_secret_file: str = ""
    """A file holding the secret that webhooks are signed with; empty: the till only polls."""
    poll_ms: Annotated[int, Meta(ge=100, le=10_000)] = 1000
    """How often a payment that waits for its customer is looked at."""
    ca_file: str = ""
    """Certificates (PEM) to trust in place of the system's; for a service of your own."""


class ScaleToledo(Table, frozen=True, kw_only=True, tag_field="driver", tag="toledo-8217"):
    """A scale that speaks Mettler Toledo 8217."""

    name: Name = "scale"
    profile: ProfileName = ""
    port: Path
    baud: Baud = 9600
    bytesize: Literal[7, 8] = 7
    parity: Literal["none", "even", "odd"] = "even"
    stopbits: Literal[1, 2] = 1


class ScaleCas(Table, frozen=True, kw_only=True, tag_field="driver", tag="cas"):
    """A scale that speaks CAS (Aviator and others too)."""

    name: Name = "scale"
    profile: ProfileName = ""
    port: Path
    baud: Baud = 9600
    bytesize: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stopbits: Literal[1, 2] = 1


class DisplayBase(Table, frozen=True, kw_only=True):
    """What every display of two lines has."""

    name: Name = "display"
    profile: ProfileName = ""
    port: Path
    baud: Baud = 9600
    idle: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=2)] = ()
    """The two lines while nobody is served; empty: the shop's name and a welcome."""


class DisplayCd5220(DisplayBase, frozen=True, kw_only=True, tag_field="driver", tag="cd5220"):
    """A customer display that speaks CD5220."""

    codepage: Literal["CP437", "CP850", "CP858", "CP865"] = "CP437"
    """What it is set to. CP437 has no ø: it is shown as o."""
    table: Annotated[int, Meta(ge=-1, le=255)] = -1
    """Its number for that code page (ESC t). -1: with CD5220 nothing is sent, its own switches say it; else Epson's."""


class DisplayEscpos(DisplayBase, frozen=True, kw_only=True, tag_field="driver", tag="escpos-display"):
    """A customer display that speaks ESC/POS as Epson's DM-D does."""

    codepage: Literal["CP437", "CP850", "CP858", "CP865"] = "CP858"
    table: Annotated[int, Meta(ge=-1, le=255)] = -1
    """Its number for that code page (ESC t). -1: with CD5220 nothing is sent, its own switches say it; else Epson's."""


ScannerSettings = ScannerEvdev | ScannerSerial | ScannerHidPos
PrinterSettings = PrinterTcp | PrinterSerial | PrinterFile | PrinterUsb
DrawerSettings = DrawerKick | DrawerGpio
ScaleSettings = ScaleToledo | ScaleCas
DisplaySettings = DisplayCd5220 | DisplayEscpos
CardSettings = ZvtTcp | ZvtSerial | NexoTcp


class Settings(Table, frozen=True, kw_only=True):
    """The whole file."""

    shop: Shop
    register: Register = Register()
    web: Web = Web()
    approvers: tuple[Approver, ...] = ()
    scanners: tuple[ScannerSettings, ...] = ()
    printer: PrinterSettings | None = None
    more_printers: tuple[PrinterSettings, ...] = ()
    drawer: DrawerSettings | None = None
    scale: ScaleSettings | None = None
    display: DisplaySettings | None = None
    card: CardSettings | None = None
    gift_cards: GiftCards | None = None
    tenders: tuple[Tender, ...] = ()
    customers: tuple[Customer, ...] = ()

    mobilepay: MobilePay | None = None
