"""Customer displays of two lines by twenty characters: CD5220, and ESC/POS as Epson's DM-D speaks it. Sans-I/O.

CD5220      ESC @ initialises · ESC t n chooses the characters (where the display knows it) · ESC _ 0 hides the cursor
            ESC Q A … CR and ESC Q B … CR write the upper and the lower line, and are all that it takes from then on
            until CLR (FF) or CAN
ESC/POS     ESC @ · ESC t n · US MD1 (US SOH) overwrite mode · US C 0 hides the cursor · FF clears
            US $ x y puts the cursor into column x of line y

`start` makes a display ready whatever it was doing before; `lines` shows a text, without a flicker.
"""

from typing import Protocol

WIDTH, LINES = 20, 2
CLR, CAN, CR, ESC, US = 0x0C, 0x18, 0x0D, 0x1B, 0x1F

TABLES = {"CP437": 0, "CP850": 2, "CP865": 5, "CP858": 19}
"""Epson's number for a code page."""
CODECS = {"CP437": "cp437", "CP850": "cp850", "CP865": "cp865", "CP858": "cp858"}
"""Python's name for it."""


class DisplayCodec(Protocol):
    """One protocol's writing side."""

    def start(self, table: int) -> bytes:
        """Make it ready and empty; `table` is its number for the code page, -1: it is not told."""

    def again(self, table: int) -> bytes:
        """The same for one that may have been off since, and that shows a text if it was not: so without emptying it
        where that can be done, for a customer would see it blink."""

    def lines(self, top: bytes, bottom: bytes) -> bytes:
        """Show two lines of WIDTH bytes in the code page, without control characters."""


class Cd5220:
    """See DisplayCodec."""

    def start(self, table: int) -> bytes:
        """See DisplayCodec. CLR first: in its string mode it takes no other command."""
        choose = b"" if table < 0 else b"\x1bt" + bytes((table,))
        return b"\x0c\x1b@" + choose + b"\x1b_\x00"

    def again(self, table: int) -> bytes:
        """See DisplayCodec. One that is told no table needs nothing but its text."""
        return b"" if table < 0 else self.start(table)

    def lines(self, top: bytes, bottom: bytes) -> bytes:
        """See DisplayCodec."""
        return b"\x1bQA" + _whole(top) + b"\r\x1bQB" + _whole(bottom) + b"\r"


class EscposDisplay:
    """See DisplayCodec."""

    def start(self, table: int) -> bytes:
        """See DisplayCodec."""
        choose = b"" if table < 0 else b"\x1bt" + bytes((table,))
        return b"\x1b@" + choose + b"\x1f\x01\x1fC\x00\x0c"

    def again(self, table: int) -> bytes:
        """See DisplayCodec."""
        return self.start(table).removeprefix(b"\x1b@").removesuffix(b"\x0c")

    def lines(self, top: bytes, bottom: bytes) -> bytes:
        """See DisplayCodec."""
        return b"\x1f$\x01\x01" + _whole(top) + b"\x1f$\x01\x02" + _whole(bottom)


def _whole(line: bytes) -> bytes:
    if len(line) != WIDTH or any(byte < 0x20 or byte == 0x7F for byte in line):
        raise ValueError(f"a display's line is {WIDTH} visible bytes, not {line!r}")
    return line


class Glass:
    """What a display shows, from the bytes it was sent: the reading side, of either protocol."""

    def __init__(self, protocol: str) -> None:
        """`protocol`: cd5220 or escpos-display."""
        self._is_cd5220 = protocol == "cd5220"
        self._data = b""
        self.unknown = 0
        """Bytes that were no command and no text."""
        self.reset()

    def reset(self) -> None:
        """As after its power was off."""
        self._data = b""
        self._clear()
        self.table = 0
        self.has_cursor = True

    def _clear(self) -> None:
        self.lines = [b" " * WIDTH, b" " * WIDTH]
        self._at = 0
        self._is_string = False

    def feed(self, data: bytes) -> bool:
        """Take bytes; whether what it shows has changed."""
        before = list(self.lines)
        self._data += data
        while self._data:
            used = self._command()
            if not used:
                break
            self._data = self._data[used:]
        return before != self.lines

    def _command(self) -> int:
        """Do what stands first; how many bytes that was, 0: not all of it is there."""
        first = self._data[0]
        if first == ESC:
            return self._escape()
        if first == US and not self._is_cd5220:
            return self._unit()
        if first == CLR:
            self._clear()
        elif first == CAN and self._is_cd5220:
            self._is_string = False
        elif first >= 0x20 and first != 0x7F and not self._is_string:
            self._write(bytes((first,)))
        else:
            self.unknown += 1
        return 1

    def _escape(self) -> int:
        kind = self._data[1:2]
        if not kind:
            return 0
        if kind == b"Q" and self._is_cd5220:
            end = self._data.find(CR)
            if end < 0:
                # A line that never ends: what was too much of it is not kept.
                self._data = self._data[: 3 + WIDTH]
                return 0
            line, text = self._data[2:3], self._data[3:end][:WIDTH]
            if line in (b"A", b"B"):
                self.lines[line == b"B"] = text.ljust(WIDTH)
                self._is_string = True
            else:
                self.unknown += end + 1
            return end + 1
        if self._is_string:
            self.unknown += 2
            return 2
        if kind == b"@":
            self._clear()
            return 2
        if kind in (b"t", b"_"):
            if len(self._data) < 3:
                return 0
            if kind == b"t":
                self.table = self._data[2]
            else:
                self.has_cursor = bool(self._data[2])
            return 3
        self.unknown += 2
        return 2

    def _unit(self) -> int:
        kind = self._data[1:2]
        if not kind:
            return 0
        if kind == b"\x01":
            return 2
        if kind == b"C":
            if len(self._data) < 3:
                return 0
            self.has_cursor = bool(self._data[2])
            return 3
        if kind == b"$":
            if len(self._data) < 4:
                return 0
            column, line = self._data[2], self._data[3]
            if 1 <= column <= WIDTH and 1 <= line <= LINES:
                self._at = (line - 1) * WIDTH + column - 1
            else:
                self.unknown += 4
            return 4
        self.unknown += 2
        return 2

    def _write(self, text: bytes) -> None:
        line, column = divmod(self._at, WIDTH)
        self.lines[line] = self.lines[line][:column] + text + self.lines[line][column + 1 :]
        self._at = (self._at + 1) % (WIDTH * LINES)

    def text(self, codec: str) -> tuple[str, str]:
        """Both lines, as its code page shows them."""
        top, bottom = (line.decode(codec, "replace") for line in self.lines)
        return top, bottom
