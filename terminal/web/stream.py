"""The event stream of a screen: each region as it changes, the newest state only.

    event: <region>   data: the region's HTML as a JSON string
    event: view       data: sale | pay | card | doubt | change, and what a narrow screen shows
    event: badges     data: how many of each item are in the sale
    event: sound      data: good | bad
    event: hello      data: the version of the page; another one than the page's own: load it again
    event: beat       every 15 s

A bare ASGI callable: between a change of the till and the first bytes on the wire stands no task switch, no queue and
no framework's response object.
"""

import logging
from collections.abc import Iterator
from time import monotonic
from typing import Any, Protocol

import anyio
import msgspec

from terminal.app.changes import Changes
from terminal.app.notices import Notice
from terminal.domain.errors import Reason
from terminal.domain.item import Unit
from terminal.domain.sale import Sale
from terminal.texts import N_

from .dialogs import Copies, GiftCards, GiftPay, More, Returns, TypeCode, Ways, Weigh
from .http import Receive, Refused, Send, with_defaults
from .look import Look, Shared
from .region_dialog import is_open
from .region_type import Region
from .screens import Screen, Toast

log = logging.getLogger(__name__)

MAX_STREAMS = 16
BEAT_SECONDS = 15.0
STUCK_SECONDS = 20.0
"""A screen that takes no bytes for so long has gone without saying so."""

BREATH_SECONDS = 0.002
"""After each chunk the processor is left to whoever shows it: a browser on the same board is woken on the core that
this process runs on, and waited (measured: 400 µs, a fifth of a scan's way) until the rest was drawn."""

_encode = msgspec.json.encode


def event(name: str, data: object) -> bytes:
    """One server-sent event; JSON keeps the data on one line."""
    return b"event: " + name.encode("ascii") + b"\ndata: " + _encode(data) + b"\n\n"


_ABOUT = {"pay": "right", "card": "right", "doubt": "right", "change": "change"}
"""The region that a view is about; another view's is the first of all."""


class Due(Protocol):
    """What a stream has to send."""

    version: str
    """Of the page."""
    changes: Changes
    pause: float
    """Seconds between two looks, for a page that need not be quick."""
    patience: float
    """Seconds to leave to other screens before a look, for a page that must not be before them."""
    look_after: float
    """Seconds after which to look without a change, for a page that time changes; 0: never."""

    def due(self) -> Iterator[bytes]:
        """The chunks to send now."""


class Streams:
    """All open streams, counted."""

    def __init__(self) -> None:
        self.open = 0
        self._scopes: set[anyio.CancelScope] = set()

    def close(self) -> None:
        """End every stream now: the till is stopping, and a server that stops waits for its requests."""
        for scope in self._scopes:
            scope.cancel()

    async def serve(self, sent: Due, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        """Serve one stream until its screen goes away."""
        if self.open >= MAX_STREAMS:
            raise Refused(503, N_("Too many screens are open. Close one."))
        self.open += 1
        try:
            await self._serve(sent, receive, send, headers)
        finally:
            self.open -= 1

    async def _serve(self, sent: Due, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        wire = _Wire(send)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": with_defaults([(b"content-type", b"text/event-stream"), *headers]),
            }
        )
        async with anyio.create_task_group() as tasks:
            self._scopes.add(tasks.cancel_scope)
            try:
                tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
                tasks.start_soon(_beat, wire, tasks.cancel_scope)
                await wire.send(b"retry: 1000\n\n" + event("hello", sent.version))
                changes = sent.changes
                seen = -1
                while True:
                    if sent.look_after:
                        with anyio.move_on_after(sent.look_after):
                            seen = await changes.wait(seen)
                    else:
                        seen = await changes.wait(seen)
                    if sent.patience:
                        await anyio.sleep(sent.patience)
                        seen = changes.version
                    for chunk in sent.due():
                        await wire.send(chunk)
                        await anyio.sleep(BREATH_SECONDS)
                    if sent.pause:
                        await anyio.sleep(sent.pause)
            finally:
                self._scopes.discard(tasks.cancel_scope)
        if wire.sending_since is None:
            # The screen still takes bytes: the stream was ended from here. Without this the server calls it a fault.
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Wire:
    """The sending half, and since when it has been stuck."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.sending_since: float | None = None

    async def send(self, chunk: bytes) -> None:
        self.sending_since = monotonic()
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        self.sending_since = None


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _beat(wire: _Wire, scope: anyio.CancelScope) -> None:
    beat = event("beat", 1)
    while True:
        await anyio.sleep(BEAT_SECONDS)
        since = wire.sending_since
        if since is None:
            await wire.send(beat)
        elif monotonic() - since > STUCK_SECONDS:
            scope.cancel()


class Sent:
    """What one stream has sent, and so what is due."""

    def __init__(
        self, shared: Shared, screen: Screen, regions: tuple[Region, ...], version: str, pause: float = 0.0
    ) -> None:
        self.shared = shared
        self.changes = shared.parts.changes
        self.version = version
        self.pause = pause
        self.patience = self.look_after = 0.0
        self._screen = screen
        self._regions = regions
        self._inputs: dict[str, tuple[object, ...]] = {}
        self._html: dict[str, str] = {}
        self._view: tuple[str, str] | None = None
        self._counted: Sale | str | None = ""
        self._sounded = screen.toast.number

    def due(self) -> Iterator[bytes]:
        """The chunks to send now: the first region that changed, and only then is the rest drawn.

        What a scan is waiting for is the line; measured, the other regions take as long again to draw. What a payment
        is waiting for is another view, which comes with what it shows.
        """
        hear(self.shared, self._screen)
        look = Look(self.shared, self._screen)
        # Now and not at the end: a touch that comes while this is drawn takes a refusal off the screen.
        toast = self._screen.toast
        rest: list[bytes] = []
        first = True
        view = self._new_view(look)
        regions = self._regions
        if view:
            about = _ABOUT.get(look.view)
            regions = tuple(sorted(regions, key=lambda region: region.name != about))
        for region in regions:
            inputs = region.inputs(look)
            before = self._inputs.get(region.name)
            if before is not None and same(before, inputs):
                continue
            self._inputs[region.name] = inputs
            html = region.draw(look)
            if self._html.get(region.name) != html:
                self._html[region.name] = html
                if first:
                    first = False
                    yield event(region.name, html) + view
                    view = b""
                else:
                    rest.append(event(region.name, html))
        rest.append(view)
        self._extras(look, toast, rest)
        if any(rest):
            yield b"".join(rest)

    def _new_view(self, look: Look) -> bytes:
        """The event of another view than the last; empty when it is the same."""
        view = (look.view, look.ui.pane)
        if view == self._view:
            return b""
        self._view = view
        return event("view", {"view": look.view, "pane": look.ui.pane})

    def _extras(self, look: Look, toast: Toast, rest: list[bytes]) -> None:
        if look.sale is not self._counted:
            self._counted = look.sale
            rest.append(event("badges", badges(look.sale)))
        if toast.number != self._sounded:
            self._sounded = toast.number
            if toast.sound != "none":
                rest.append(event("sound", toast.sound))


def same(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Whether all inputs are the same objects."""
    return len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))


def badges(sale: Sale | None) -> dict[str, Any]:
    """How many of each item are in the sale, for the tiles: sku to a short text."""
    if sale is None:
        return {}
    counts: dict[str, int] = {}
    for line in sale.basket.lines:
        if not line.parent and line.quantity > 0:
            step = line.quantity // 1000 if line.unit is Unit.PIECE else 1
            counts[line.item.sku] = counts.get(line.item.sku, 0) + step
    return {sku: str(count) for sku, count in counts.items()}


def hear(shared: Shared, screen: Screen) -> None:
    """Take over what is said to all screens; some of it opens a dialog. A refusal is not said over."""
    refused = None
    for notice in shared.parts.notices.after(screen.heard):
        screen.hear(notice.number, notice.sound, notice.reason, notice.detail)
        _open_for(notice, shared, screen)
        refused = screen.toast if screen.toast.sound == "bad" else refused
    if refused is not None and screen.toast.sound != "bad":
        screen.say(refused.sound, refused.reason, refused.detail)


def _open_for(notice: Notice, shared: Shared, screen: Screen) -> None:
    """The dialog that a notice is for."""
    # One whose sale has gone is open no more.
    dialog = screen.ui.dialog if is_open(Look(shared, screen)) else None
    if notice.reason == "receipt" and notice.detail.isdecimal():
        if dialog is None or isinstance(dialog, More | Returns | Copies | TypeCode):
            screen.change(dialog=Returns(int(notice.detail)))
        else:
            screen.say("bad", "dialog-first", notice.detail)
    elif notice.reason == "gift-card":
        if dialog is not None and not isinstance(dialog, Ways | GiftPay | GiftCards):
            screen.say("bad", "card-first", "")
            return
        sale = shared.parts.till.state.sale
        is_paying = sale is not None and (screen.ui.paying == sale.id or not sale.settled)
        pays = sale is not None and is_paying and not isinstance(dialog, GiftCards)
        screen.change(dialog=GiftPay(sale.id, notice.detail) if sale is not None and pays else GiftCards(notice.detail))
    elif notice.reason == Reason.UNKNOWN_CODE and isinstance(dialog, GiftCards):
        # A card that has not been sold yet: the dialog is there to sell it.
        screen.change(dialog=GiftCards(notice.detail))
        screen.hush()
    elif notice.reason == "scanned" and isinstance(dialog, TypeCode):
        # It did scan after all.
        screen.change(dialog=None)
    elif notice.reason == Reason.WEIGHT_NEEDED and dialog is None:
        screen.change(dialog=Weigh(notice.detail))
