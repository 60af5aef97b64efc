"""Reports of a HID-POS scanner to scans. Sans-I/O.

The report's fields are found in the device's own report descriptor: how many bytes of data it holds, where the AIM
symbology identifier stands, and the flag that says that the barcode goes on in the next report.
Source: HID Point of Sale Usage Tables 1.02, Bar Code Scanner page (0x8C); Byte Count is of the Generic Desktop page.
"""

from typing import Literal

import msgspec

from .hid_descriptor import DescriptorError, Field, input_fields
from .scan import GIVEN_UP, LONGEST, Found, Read, Unreadable

_PAGE = 0x8C << 16
_BYTE_COUNT = 0x01003B
_SYMBOLOGY = (_PAGE | 0xFB, _PAGE | 0xFC, _PAGE | 0xFD)
_DECODED_DATA = _PAGE | 0xFE
_CONTINUED = _PAGE | 0xFF

Encoding = Literal["utf-8", "latin-1"]


class ScanReport(msgspec.Struct, frozen=True):
    """Where things stand in the report that carries a barcode. Offsets in bytes from the report's beginning."""

    report: int
    """Its number, in its first byte; 0: reports have none."""
    data: int
    capacity: int
    """Bytes of data."""
    length: int | None = None
    """The byte that says how many of them count; None: up to the zeros at the end."""
    symbology: tuple[int, ...] = ()
    """Of the three bytes of the AIM symbology identifier; or none."""
    continued: int | None = None
    """In *bits*: the flag that the next report goes on with the same barcode; None: it never does."""


def scan_report(descriptor: bytes) -> ScanReport | None:
    """What the device's barcodes come in; None: it is no barcode scanner, or keeps them to itself.

    Raises DescriptorError.
    """
    fields = input_fields(descriptor)
    for field in fields:
        place = field.place(_DECODED_DATA)
        if place is None:
            continue
        if field.bits != 8 or place % 8:
            raise DescriptorError("the scanner's data are no whole bytes")
        own = [each for each in fields if each.report == field.report]
        symbology = [_byte(own, usage) for usage in _SYMBOLOGY]
        return ScanReport(
            report=field.report,
            data=place // 8,
            capacity=field.count - field.usages.index(_DECODED_DATA),
            length=_byte(own, _BYTE_COUNT),
            symbology=tuple(each for each in symbology if each is not None) if None not in symbology else (),
            continued=_place(own, _CONTINUED),
        )
    return None


def _place(fields: list[Field], usage: int) -> int | None:
    return next((place for field in fields if (place := field.place(usage)) is not None), None)


def _byte(fields: list[Field], usage: int) -> int | None:
    field = next((each for each in fields if each.place(usage) is not None), None)
    if field is None or field.bits != 8:
        return None
    place = field.place(usage)
    return None if place is None or place % 8 else place // 8


class HidPosDecoder:
    """One scanner's state: the barcode that is coming in. `longest` is in bytes."""

    def __init__(self, layout: ScanReport, encoding: Encoding = "utf-8", longest: int = LONGEST) -> None:
        self._layout = layout
        self._encoding = encoding
        self._longest = longest
        needed = [layout.data + layout.capacity, *(each + 1 for each in layout.symbology)]
        if layout.length is not None:
            needed.append(layout.length + 1)
        if layout.continued is not None:
            needed.append(layout.continued // 8 + 1)
        self._size = max(needed)
        self.garbled = False
        """The last report or scan was none: another encoding, another kind of device."""
        self.reset()

    def reset(self) -> None:
        """The scanner was plugged in anew."""
        self._data = bytearray()
        self._symbology = b""
        self._pending = False
        self._skipping = False

    @property
    def stuck(self) -> bool:
        """Reports come without end."""
        return self._skipping

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `flush` is to be called; None: nothing is pending."""
        return GIVEN_UP if self._pending or self._skipping else None

    def flush(self) -> list[Found]:
        """The scanner has been silent for `patience` seconds."""
        broke_off = self._pending
        self.reset()
        return [Unreadable("the scan broke off: its other reports did not come")] if broke_off else []

    def feed(self, report: bytes) -> list[Found]:
        """One report, as the kernel gives it: whole."""
        layout = self._layout
        if layout.report and report[:1] != bytes((layout.report,)):
            return []
        if len(report) < self._size:
            self.reset()
            self.garbled = True
            return [Unreadable(f"a report has {self._size} bytes, this has {len(report)}")]
        data = report[layout.data : layout.data + layout.capacity]
        if layout.length is None:
            data = data.rstrip(b"\0")
        elif report[layout.length] > layout.capacity:
            self.reset()
            self.garbled = True
            return [Unreadable(f"a report says {report[layout.length]} bytes where {layout.capacity} fit")]
        else:
            data = data[: report[layout.length]]
        more = layout.continued is not None and bool(report[layout.continued // 8] >> layout.continued % 8 & 1)
        symbology = bytes(report[place] for place in layout.symbology).strip(b"\0")
        return self._take(symbology, data, more=more)

    def _take(self, symbology: bytes, data: bytes, *, more: bool) -> list[Found]:
        found: list[Found] = []
        if self._pending and symbology not in (b"", self._symbology):
            found = self.flush()
        if self._skipping:
            self._skipping = more
            return found
        if len(self._data) + len(data) > self._longest:
            self.reset()
            self._skipping = more
            return [*found, Unreadable(f"more than {self._longest} bytes without an end")]
        self._symbology = self._symbology or symbology
        self._data += data
        self._pending = more
        if more:
            return found
        whole = self._decoded()
        self.reset()
        return found if whole is None else [*found, whole]

    def _decoded(self) -> Found | None:
        """None: a report without data, as some send when the trigger is let go."""
        raw = bytes(self._data).rstrip(b"\r\n\t")
        if not raw:
            return None
        if len(self._symbology) == 3 and self._symbology[:1] == b"]" and not raw.startswith(self._symbology):
            raw = self._symbology + raw
        try:
            text = raw.decode(self._encoding)
            self.garbled = False
            return Read(text)
        except UnicodeDecodeError as error:
            self.garbled = True
            return Unreadable(f"byte {error.start + 1} of {len(raw)} is no {self._encoding}: 0x{raw[error.start]:02X}")
