"""The state of each screen that is not the till's: what is open, chosen, typed. Kept here, so that every answer is one
render of one state; lost at a restart, which costs a person one touch.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from terminal.app.notices import Sound
from terminal.domain.sale import Line, Sale

from .dialogs import Dialog, TypeCode

SCREEN_COOKIE = "kasse-screen"
LOOKS_COOKIE = "kasse-looks"
MAX_SCREENS = 32
ID = re.compile(r"[A-Za-z0-9_-]{22}")

Mode = Literal["quantity", "percent", "kroner", "price"]


class Chosen(msgspec.Struct, frozen=True):
    """A line that a person touched. It stays chosen until the sale has a newer line."""

    sale: int
    line: int
    newest: int


class Ui(msgspec.Struct, frozen=True):
    """One screen's state."""

    language: str
    large: bool = False
    pane: Literal["lines", "items"] = "lines"
    """What a narrow screen shows."""
    department: str = ""
    words: str = ""
    chosen: Chosen | None = None
    mode: Mode = "quantity"
    typed: str = ""
    """The pad's digits with at most one '.'."""
    paying: int = 0
    """The sale whose payment is on the screen; of no meaning when it is not the current sale."""
    dialog: Dialog | None = None
    seen_receipt: int = 0
    """The receipt whose change screen was touched away."""
    seen_payment: int = 0
    """The failed card payment whose message was touched away."""
    receipt: int = 0
    """The one that the status page shows."""


class Toast(msgspec.Struct, frozen=True):
    """What is said on this screen right now."""

    number: int
    sound: Sound
    reason: str
    detail: str


class Screen:
    """One browser."""

    def __init__(self, ui: Ui, heard: int) -> None:
        self.ui = ui
        self.toast = Toast(0, "none", "", "")
        self.rows: dict[int, Any] = {}
        """The lines as they were drawn last (regions.py)."""
        self._heard = heard
        """Number of the newest notice to all screens that this one has shown."""
        self._streams = self._tills = 0

    @contextmanager
    def watched(self, till: bool) -> Iterator[None]:
        """Somebody has it before them; only on the till's own page they see its dialogs."""
        self._streams += 1
        self._tills += till
        try:
            yield
        finally:
            self._streams -= 1
            self._tills -= till

    @property
    def is_watched(self) -> bool:
        """Whether a page of it is open."""
        return self._streams > 0

    @property
    def in_the_way(self) -> bool:
        """Whether a dialog stands open on it that an item must not be sold behind. One to type a code into is no other
        way to sell it."""
        return self._tills > 0 and self.ui.dialog is not None and not isinstance(self.ui.dialog, TypeCode)

    def change(self, **changes: object) -> None:
        """The next state."""
        self.ui = msgspec.structs.replace(self.ui, **changes)

    def say(self, sound: Sound, reason: str, detail: str = "") -> None:
        """Say something on this screen only."""
        self.toast = Toast(self.toast.number + 1, sound, reason, detail)

    def hush(self) -> None:
        """The next touch takes a refusal off the screen."""
        if self.toast.sound == "bad":
            self.say("none", "")

    def hear(self, number: int, sound: Sound, reason: str, detail: str) -> bool:
        """Take over a notice to all screens; whether it was new."""
        if number == self._heard:
            return False
        self._heard = number
        self.say(sound, reason, detail)
        return True


class Screens:
    """All of them; of those that nobody watches, the ones used longest ago are dropped first.

    One that is watched stays however many others come: a check of the devices each minute touches no screen, but each
    time it comes as a new one, and the till's own is not touched all night. Streams are fewer than screens.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._screens: OrderedDict[str, Screen] = OrderedDict()
        self.touched: Screen | None = None
        """The one that was touched last: where the person stands who scans."""

    def in_the_way(self) -> bool:
        """Whether a dialog on that screen is to be finished first. One that was left open on a phone is not."""
        return self.touched is not None and self.touched.in_the_way

    def of(self, cookies: dict[str, str], heard: int) -> tuple[Screen, str]:
        """The screen of a browser, and its cookie's value when the browser has to be told it, else ''.

        An id of the right shape is taken as it comes, for after a restart the stream and a touch may arrive at once;
        it gives no rights.
        """
        known = cookies.get(SCREEN_COOKIE, "")
        new = ID.fullmatch(known) is None
        name = secrets.token_urlsafe(16) if new else known
        screen = self._screens.get(name)
        if screen is None:
            screen = self._screens[name] = Screen(self._fresh(cookies), heard)
            while len(self._screens) > MAX_SCREENS:
                del self._screens[next(each for each, screen in self._screens.items() if not screen.is_watched)]
        else:
            self._screens.move_to_end(name)
        return screen, name if new else ""

    def _fresh(self, cookies: dict[str, str]) -> Ui:
        language, _, size = cookies.get(LOOKS_COOKIE, "").partition("-")
        return Ui(language if language in ("da", "en") else self._language, large=size == "large")


def chosen_line(sale: Sale | None, chosen: Chosen | None) -> Line | None:
    """The line that the pad acts on: the touched one, else the newest that is not a deposit."""
    if sale is None or not sale.basket.lines:
        return None
    own = [line for line in sale.basket.lines if not line.parent] or list(sale.basket.lines)
    if chosen is not None and (chosen.sale, chosen.newest) == (sale.id, own[-1].id):
        return sale.line(chosen.line) or own[-1]
    return own[-1]
