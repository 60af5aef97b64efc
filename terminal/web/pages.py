"""Whole pages, their streams, and the files they are drawn with."""

import hashlib
from enum import StrEnum
from pathlib import Path

from terminal.texts import Language, language

from .act_screen import YEAR, cookie
from .http import Refused, Reply, Request, page
from .look import Look, Shared
from .region_type import Region
from .regions import TILL_REGIONS
from .render import drawn, render
from .screens import SCREEN_COOKIE, Screen
from .status import STATUS_PAUSE, STATUS_REGIONS
from .stream import Sent, hear

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
KEEP = (b"cache-control", b"public, max-age=31536000, immutable")
"""Static files are asked for with their digest: a changed one has another address."""


class Page(StrEnum):
    """What a GET shows."""

    HOME = "home"
    TILL = "till"
    TILL_STREAM = "till-stream"
    STATUS = "status"
    STATUS_STREAM = "status-stream"
    DEVICES = "devices_page"
    DEVICES_STREAM = "devices-stream"
    DEVICES_NEWS = "devices-news"
    DEVICES_JSON = "devices-json"
    CUSTOMER = "customer"
    CUSTOMER_STREAM = "customer-stream"
    CALIBRATE = "calibrate"
    CALIBRATE_STREAM = "calibrate-stream"
    LOGIN = "login"
    HEALTH = "health"
    STATIC = "static"


class Pages:
    """Draws pages."""

    def __init__(self, release: str) -> None:
        self._files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in KINDS}
        whole = hashlib.sha256(b"".join(self._files[name] for name in sorted(self._files)) + release.encode())
        self.version = whole.hexdigest()[:12]
        """Of the files and the program: a page of another one loads itself again."""

    def static(self, request: Request) -> Reply:
        """One of the files."""
        name = request.path.rpartition("/")[2]
        keep = (KEEP,) if request.query == f"v={self.version}".encode() else ((b"cache-control", b"no-cache"),)
        return Reply(200, self._files[name], KINDS[Path(name).suffix], keep)

    def login(self, words: Language, refused: Refused | None = None, *, customer: bool = False) -> Reply:
        """Where the access key is given."""
        wrong = "" if refused is None else words.gettext(refused.sentence)
        html = render("login.html", words, version=self.version, wrong=wrong, large=False, customer=customer)
        return page(html, 200 if refused is None else refused.status)

    def show(self, which: Page, shared: Shared, screen: Screen, new: str) -> Reply:
        """The till, the status, the devices' page or the calibration, whole."""
        hear(shared, screen)
        look = Look(shared, screen)
        regions = _regions(which)
        html = render(
            f"{which}.html",
            look.words,
            version=self.version,
            large=look.ui.large,
            look=look,
            regions={region.name: drawn(region.draw(look)) for region in regions},
        )
        reply = page(html)
        return Reply(reply.status, reply.body, reply.kind, self.screen_cookie(new))

    def customer(self, shared: Shared) -> Reply:
        """The customer's screen, whole."""
        from .customer import draw

        parts = shared.parts
        html = drawn(draw(parts))
        shop = parts.till.state.seller.name
        return page(
            render(
                "customer.html", language(parts.language), version=self.version, large=False, customer=html, shop=shop
            )
        )

    def stream(self, which: Page, shared: Shared, screen: Screen, new: str) -> tuple[Sent, list[tuple[bytes, bytes]]]:
        """What the stream of a page sends."""
        if which is Page.DEVICES_NEWS:
            from .devices_json import News

            return News(shared, screen, self.version), list(self.screen_cookie(new))
        watched = which is Page.TILL_STREAM
        sent = Sent(shared, screen, _regions(which), self.version, 0.0 if watched else STATUS_PAUSE)
        return sent, list(self.screen_cookie(new))

    def screen_cookie(self, new: str) -> tuple[tuple[bytes, bytes], ...]:
        """The cookie header for a browser that has none yet."""
        return (cookie(SCREEN_COOKIE, new, YEAR),) if new else ()


def _regions(which: Page) -> tuple[Region, ...]:
    if which in (Page.DEVICES, Page.DEVICES_STREAM):
        # Here and not above: a till whose devices are well never shows them.
        from .region_devices import DEVICES_REGIONS

        return DEVICES_REGIONS
    if which in (Page.CALIBRATE, Page.CALIBRATE_STREAM):
        from .calibrate import CALIBRATE_REGIONS

        return CALIBRATE_REGIONS
    return STATUS_REGIONS if which in (Page.STATUS, Page.STATUS_STREAM) else TILL_REGIONS
