"""Bytes of a serial scanner (RS-232, CDC-ACM) to scans. Sans-I/O; CR, LF, CR LF, Tab or nothing ends a scan."""

from typing import Literal

from .scan import LONGEST, Assembler, Found, Read, Suffix, Unreadable

Encoding = Literal["utf-8", "latin-1"]


class SerialDecoder:
    """One serial scanner's state. `longest` is in bytes."""

    def __init__(self, encoding: Encoding = "utf-8", suffix: Suffix = "any", longest: int = LONGEST) -> None:
        self._encoding = encoding
        self._scan = Assembler(suffix, longest)
        self.garbled = False
        """The last scan was no text: another speed, another encoding, noise."""

    @property
    def stuck(self) -> bool:
        """Characters come without end."""
        return self._scan.endless

    def feed(self, data: bytes) -> list[Found]:
        """What came over the wire, in pieces of any size."""
        # A byte stands as the character of the same number until the scan is whole: no character is cut in two.
        return [self._decoded(each) for each in self._scan.take_all(data.decode("latin-1"))]

    def flush(self) -> list[Found]:
        """The line has been silent for `patience` seconds."""
        found = self._scan.flush()
        return [] if found is None else [self._decoded(found)]

    @property
    def patience(self) -> float | None:
        """See Assembler."""
        return self._scan.patience

    def reset(self) -> None:
        """The scanner was plugged in anew."""
        self._scan.reset()

    def _decoded(self, found: Found) -> Found:
        if isinstance(found, Unreadable):
            return found
        raw = found.text.encode("latin-1")
        try:
            text = raw.decode(self._encoding)
            self.garbled = False
            return Read(text)
        except UnicodeDecodeError as error:
            self.garbled = True
            return Unreadable(f"byte {error.start + 1} of {len(raw)} is no {self._encoding}: 0x{raw[error.start]:02X}")
