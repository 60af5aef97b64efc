"""Characters in, scans out: where one barcode ends, and which was not whole. For every kind of scanner.

A scan ends at its suffix, or, where the scanner sends none, when it falls silent. Nothing is dropped without a word:
what cannot be a scan comes out as Unreadable, and the scan after it is not touched by it.

This holds no clock. The caller waits for input at most `patience` seconds and then calls `flush`.
"""

from typing import Literal

import msgspec

Suffix = Literal["any", "cr", "lf", "tab", "none"]

LONGEST = 4096
"""Characters in one scan. The largest barcode there is (a QR code) holds 4296 letters; a product code never a tenth."""

AFTER_LAST = 0.06
"""Seconds of silence that end a scan of a scanner set to send no suffix. Scanners type faster than a key each 50 ms."""
AFTER_LAST_UNSURE = 0.25
"""The same when it is not known yet whether a suffix will come: half a barcode must not pass for a whole one."""
GIVEN_UP = 1.0
"""Seconds of silence after which a suffix that always came will not come any more."""

_TERMINATORS: dict[Suffix, str] = {"any": "\r\n\t", "cr": "\r\n", "lf": "\r\n", "tab": "\t", "none": ""}
# CR and LF are one: a keyboard has one Enter key for both, and CR LF is a scan and an empty one, which is none.


class Read(msgspec.Struct, frozen=True):
    """A whole scan: at least one character, without its suffix."""

    text: str


class Unreadable(msgspec.Struct, frozen=True):
    """Something came that is no scan. `why` is one English sentence."""

    why: str


Found = Read | Unreadable


class Assembler:
    """Collects one scanner's characters. With the suffix "any" it learns whether the scanner sends one."""

    def __init__(self, suffix: Suffix = "any", longest: int = LONGEST) -> None:
        self._suffix = suffix
        self._terminators = _TERMINATORS[suffix]
        self._longest = longest
        self._sure = False
        self._characters: list[str] = []
        self._spoilt = ""
        self._skipping = False

    def reset(self) -> None:
        """Forget everything: the scanner was plugged in anew."""
        self._sure = False
        self._clear()

    def take(self, character: str) -> Found | None:
        """The next character."""
        if character in self._terminators:
            self._sure = True
            return self._end()
        if self._skipping:
            return None
        if len(self._characters) < self._longest:
            self._characters.append(character)
            return None
        # Told now and not at its end: a stuck key has none.
        self._clear()
        self._skipping = True
        return Unreadable(f"more than {self._longest} characters without an end")

    def take_all(self, characters: str) -> list[Found]:
        """The next characters. A whole scan that comes in one piece, as nearly all do, is taken as one."""
        text, end = characters[:-1], characters[-1:]
        whole = end in self._terminators and not self.pending and 0 < len(text) <= self._longest
        if whole and not any(each in text for each in self._terminators):
            self._characters.append(text)
            found = self.take(end)
            return [] if found is None else [found]
        return [found for found in map(self.take, characters) if found is not None]

    def spoil(self, why: str) -> None:
        """Something of the scan that is coming in was lost: it will be Unreadable. The first reason counts."""
        if not self._skipping:
            self._spoilt = self._spoilt or why

    @property
    def endless(self) -> bool:
        """Whether more has come than a scan can hold, and no end of it."""
        return self._skipping

    @property
    def pending(self) -> bool:
        """Whether something has come that is not finished."""
        return bool(self._characters or self._spoilt or self._skipping)

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `flush` is to be called; None: nothing is pending."""
        if not self.pending:
            return None
        if self._suffix == "none":
            return AFTER_LAST
        return AFTER_LAST_UNSURE if self._ends_in_silence else GIVEN_UP

    def flush(self) -> Found | None:
        """The scanner has been silent for `patience` seconds."""
        if self._characters and not self._ends_in_silence:
            self.spoil("the scan broke off: its suffix did not come")
        self._sure = False
        return self._end()

    @property
    def _ends_in_silence(self) -> bool:
        return self._suffix == "none" or (self._suffix == "any" and not self._sure)

    def _end(self) -> Found | None:
        text, why = "".join(self._characters), self._spoilt
        self._clear()
        if why:
            return Unreadable(why)
        if self._suffix == "none":
            text = text.rstrip("\r\n\t")
        return Read(text) if text else None

    def _clear(self) -> None:
        self._characters = []
        self._spoilt = ""
        self._skipping = False
