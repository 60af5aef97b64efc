"""A lane for a test: simulated devices, the daemon, a browser on its screen; after each test its books are checked.

Nothing of it is in the test's own process: the till and the devices are `kasse run` and `kasse sim`, the screen is
Chromium, and they meet at a pty and at TCP ports. As in a shop, one till serves one customer after the other: what a
test needs of the past it must not take for granted, and numbers go on. A till that a test leaves with a sale open or a
device broken is shut down, and the next test gets a new one.
"""

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Locator, Page, Request, expect

from terminal.app.approval import hash_pin
from terminal.bench.daemon import Daemon
from terminal.bench.shop import Shop, far_ends, post
from terminal.config.load import load
from terminal.demo import MEANS
from terminal.domain import events as e
from terminal.domain.evolve import evolve
from terminal.domain.payment import CardSlip, Means
from terminal.domain.receipt import Receipt
from terminal.domain.sale import PaymentTender
from terminal.domain.till import TillState
from terminal.sim.card_zvt_says import PAN
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from terminal.texts import language

PATIENCE = 15.0
"""Seconds until something must be there."""
PANEL = (1024, 600)
"""A seven-inch screen."""
APPROVER, PIN = "Mona", "1234"
APPROVERS = f'''
[[approvers]]
name = "{APPROVER}"
pin_hash = "{hash_pin(PIN)}"

'''
_GROUPED = " ".join(PAN[i : i + 4] for i in range(0, len(PAN), 4))
T = TypeVar("T")

expect.set_options(timeout=1000 * PATIENCE)


class Premises:
    """A till and its devices, running from the first test that needs them."""

    def __init__(
        self, browser: Browser, new_folder: Callable[[], Path], adjust: Callable[[str], str] = lambda text: text
    ) -> None:
        """`adjust`: what this till has other than all of them, in the text of its settings."""
        self._adjust = adjust
        self._browser = browser
        self._new_folder = new_folder
        self._devices = ExitStack()
        self._till = ExitStack()
        self._daemon: Daemon | None = None
        self._shop: Shop | None = None

    @contextmanager
    def lane(self, size: tuple[int, int] = PANEL, *, touch: bool = False) -> Iterator["Lane"]:
        """A new screen of this size at the till; afterwards the books are checked."""
        if self._shop is None:
            self._shop = self._devices.enter_context(far_ends(self._new_folder(), settings=MEANS + APPROVERS))
            self._shop.settings.write_text(self._adjust(self._shop.settings.read_text()))
            self.start()
        shop, faults = self._shop, list[str]()
        hosts = (f"http://127.0.0.1:{shop.port}/", f"http://{shop.bench}/")

        def watch(request: Request) -> None:
            if not request.url.startswith(hosts):
                faults.append(f"a page asked for {request.url}")

        def open_window(size: tuple[int, int] = size) -> Page:
            width, height = size
            context = windows.enter_context(
                self._browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
            )
            context.set_default_timeout(1000 * PATIENCE)
            context.on("request", watch)
            context.on("weberror", lambda error: faults.append(f"a page's script: {error.error}"))
            return context.new_page()

        with ExitStack() as windows:
            lane = Lane(shop, open_window(), open_window)
            lane.arrive()
            try:
                yield lane
                expect(lane.page.locator("#banner")).to_be_hidden()
                lane.check_books()
                assert faults == []
            finally:
                if not lane.is_at_rest():
                    self.close()

    def start(self) -> None:
        """Start the till."""
        assert self._shop is not None
        self._daemon = self._till.enter_context(Daemon(self._shop.settings))

    def stop(self) -> None:
        """Stop the till: at once and without complaint, whatever is open at the time."""
        if self._daemon is None:
            return
        assert self._shop is not None
        daemon, self._daemon = self._daemon, None
        self._till.close()
        log = self._shop.settings.with_name("daemon.log").read_text()
        assert daemon.process.returncode == 0, log
        assert "Traceback" not in log, log
        assert not any(number in log for number in (PAN, _GROUPED))

    def close(self) -> None:
        """Stop everything."""
        shop, self._shop = self._shop, None
        try:
            if shop is not None:
                self._shop = shop
                self.stop()
                self._shop = None
        finally:
            self._till.close()
            self._devices.close()
        if shop is not None:
            log = shop.settings.with_name("sim.log").read_text()
            assert "Traceback" not in log, log


class Lane:
    """The till as a cashier has it before them, its devices, and its journal."""

    def __init__(self, shop: Shop, page: Page, open_window: Callable[..., Page]) -> None:
        self.shop = shop
        self.page = page
        self.open_window = open_window
        """A window beside the screen, of a size. (A tab would lie upon the screen, and what is covered sleeps.)"""
        self.words = language("da")
        """The screen's language."""
        self.settings = load(shop.settings)
        self._began = time.time()
        self._seen = len(self._journal())

    # --- the screen

    def arrive(self) -> None:
        """Open the till's screen, and put away the change of an earlier customer and the papers."""
        self.press("printer", "tear-off")
        self.page.goto(f"http://127.0.0.1:{self.shop.port}/till")
        self.shows_no_alert()
        self.next_customer()

    def next_customer(self) -> None:
        """Touch the change of the last customer away, if it is there."""
        whole = self.area("change").locator("form.whole button")
        if whole.is_visible():
            whole.click()
        expect(self.area("change")).to_be_hidden()

    def say(self, message: str, *details: object) -> str:
        """A message in the screen's language."""
        return self.words.gettext(message).format(*details)

    def area(self, name: str) -> Locator:
        """A region of the screen."""
        return self.page.locator(f"#{name}")

    def button(self, area: str, message: str, *details: object, exact: bool = False) -> Locator:
        """A button of a region, by its words or a part of them."""
        return self.area(area).get_by_role("button", name=self.say(message, *details), exact=exact)

    def pad(self, *keys: str) -> None:
        """Touch keys of the pad."""
        for value in keys:
            self.page.locator(f'#pad button[name="key"][value="{value}"]').click()

    def touch(self, sku: str) -> None:
        """Touch an item's tile."""
        self.page.locator(f'#right button[name="sku"][value="{sku}"]').click()

    def open(self, dialog: str) -> None:
        """Open one of the dialogs behind 'More'."""
        self.button("main", "More", exact=True).click()
        self.page.locator(f'#dialog button[name="dialog"][value="{dialog}"]').click()

    def void(self) -> None:
        """Give the sale up."""
        self.open("void")
        self.button("dialog", "Training").click()
        self.shows_lines()

    def shows_lines(self, *lines: tuple[str, str, str]) -> None:
        """Wait until the sale has just these lines: (quantity, name or its beginning, amount)."""
        rows = self.area("lines").locator("li")
        expect(rows).to_have_count(len(lines))
        expect(rows.locator(".qty")).to_have_text([re.compile(each.replace(" ", r"\s*")) for each, _, _ in lines])
        expect(rows.locator(".what")).to_contain_text([name for _, name, _ in lines])
        expect(rows.locator(".amount")).to_have_text([amount for _, _, amount in lines])

    def shows_total(self, amount: int) -> None:
        """Wait until the sale's total is this many øre."""
        expect(self.area("lines").locator(".sum output")).to_have_text(self.words.money(amount))

    def shows_alert(self, *parts: str) -> None:
        """Wait until the sentences stand among the alerts."""
        for part in parts:
            expect(self.area("alerts")).to_contain_text(part)

    def shows_no_alert(self) -> None:
        """Wait until nothing is wrong."""
        expect(self.area("alerts").locator(".alert")).to_have_count(0)

    def pay(self) -> None:
        """The large button."""
        self.button("finish", "Pay").click()
        expect(self.page.locator("#right.pay")).to_be_visible()

    def pay_cash(self, amount: int) -> None:
        """A note (or the exact sum) in one touch, on the payment's screen."""
        self.page.locator(f'#right button[name="amount"][value="{amount}"]').click()

    def start_card(self) -> None:
        """Pay what is due by card, up to where the terminal waits for it."""
        self.button("right", "Card").click()
        self.shows_card("Insert or tap the card")

    def start_mobilepay(self) -> str:
        """Pay what is due by MobilePay, up to where the customer's phone has it; gives what the QR code must say."""
        self.button("right", "MobilePay").click()
        self.shows_card("The customer scans the code with their phone")
        (phone,) = self.far("mobilepay")["waiting"]
        return str(phone["qr"])

    def shows_failure(self, *parts: str) -> None:
        """Wait until the payment's screen says why there is no payment."""
        for part in parts:
            expect(self.area("right").get_by_role("alert")).to_contain_text(part)

    def other_way(self, name: str) -> None:
        """Open one of the ways to pay that have no button of their own."""
        self.button("right", "Other").click()
        self.area("dialog").get_by_role("button", name=name).click()

    def fill(self, field: str, text: str) -> None:
        """A field of the dialog."""
        self.area("dialog").locator(f'input[name="{field}"]').fill(text)

    def shows_due(self, amount: int) -> None:
        """Wait until so much is left to pay, or to pay back."""
        expect(self.area("right").locator("output.huge")).to_have_text(self.words.money(amount))

    def take_in_return(self, receipt: Receipt, *names: str) -> None:
        """Scan a receipt, and take lines of it in return, up to the screen that pays back."""
        self.scan(receipt.code)
        dialog = self.page.get_by_role("dialog", name=self.say("Return from receipt {}", receipt.code))
        for number, name in enumerate(names, start=1):
            dialog.get_by_role("button", name=name).click()
            expect(self.area("lines").locator("li")).to_have_count(number)
        dialog.get_by_role("button", name=self.say("Done")).click()
        self.button("finish", "Pay back").click()

    def arm(self, simulator: str, point: str, fault: str) -> None:
        """A fault, chosen at the bench."""
        post(self.shop.bench, f"/bench/{simulator}/faults", {"point": point, "fault": fault})

    def shows_card(self, message: str) -> None:
        """Wait until this is said of the card terminal."""
        expect(self.area("right").locator(".says")).to_have_text(self.say(message))

    def shows_change(self, caption: str, amount: int) -> Locator:
        """Wait for the screen after the sale, with this amount in it; gives the amount."""
        expect(self.area("change").locator(".caption").first).to_have_text(self.say(caption))
        giant = self.area("change").locator("output.giant")
        expect(giant).to_have_text(self.words.money(amount))
        return giant

    # --- the far ends

    def scan(self, *codes: str) -> None:
        """Hold something before the scanner."""
        for code in codes:
            self.shop.press("scanner", "scan", code)

    def press(self, simulator: str, control: str, argument: str = "") -> None:
        """A button of the bench."""
        self.shop.press(simulator, control, argument)

    def far(self, simulator: str) -> dict[str, Any]:
        """What a simulator shows now."""
        connection = http.client.HTTPConnection(self.shop.bench, timeout=PATIENCE)
        connection.request("GET", "/bench/state")
        state = json.loads(connection.getresponse().read())
        connection.close()
        view: dict[str, Any] = state["simulators"][simulator]["view"]
        return view

    def papers(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many receipts have been cut off in this test; gives them, oldest first."""

        def cut() -> list[dict[str, Any]] | None:
            papers = [paper for paper in self.far("printer")["receipts"] if paper["cut"]]
            return papers if len(papers) >= count else None

        papers = until(cut, f"{count} receipts at the printer")
        assert len(papers) == count
        return papers

    def pulses(self) -> list[dict[str, Any]]:
        """The pulses at the drawer's socket in this test."""
        return [pulse for pulse in self.far("printer")["drawer_pulses"] if pulse["at"] >= self._began]

    def drawer_opened(self, times: int) -> dict[str, Any]:
        """Wait until the till has opened the drawer so many times in this test; gives the last pulse."""
        until(lambda: len(self.events(e.DrawerEnded)) >= times, f"{times} openings of the drawer")
        pulses = self.pulses()
        assert len(pulses) == times
        return pulses[-1]

    def moved(self) -> list[int]:
        """What the card terminal has taken (and, below zero, given back) for good, in øre, oldest first, in all its
        life.
        """
        card = self.far("card")
        taken = [
            move["amount"] if move["kind"] == "sale" else -move["amount"]
            for move in card["payments"]
            if move["state"] == "moved"
        ]
        assert sum(taken) == card["moved"]
        return taken

    def on_phones(self) -> list[int]:
        """What MobilePay has taken (and, below zero, given back), in øre, oldest first, in all its life."""
        mobilepay = self.far("mobilepay")
        ledger: list[int] = [move["amount"] for move in mobilepay["ledger"]]
        assert sum(ledger) == mobilepay["moved"]
        return ledger

    # --- the journal

    def _journal(self) -> list[e.AnyEvent]:
        journal = SqliteJournal(Path(self.settings.register.data))
        try:
            return [decode(entry.body) for entry in journal.read(0)]
        finally:
            journal.close()

    def events(self, *kinds: type[T]) -> list[T]:
        """What the journal has got in this test of these kinds, oldest first."""
        return [event for event in self._journal()[self._seen :] if isinstance(event, kinds)]

    def receipt(self, number: int) -> Receipt:
        """Wait for one receipt of this test, counted from 1."""
        closed = until(
            lambda: closed if len(closed := self.events(e.SaleClosed)) >= number else None, f"receipt {number}"
        )
        return closed[number - 1].receipt

    def slips(self, receipt: Receipt) -> list[CardSlip]:
        """What the card terminal gave to print for the customer, of a receipt's payments."""
        intents = {tender.intent for tender in receipt.tenders if isinstance(tender, PaymentTender)}
        kept = (event.slip for event in self.events(e.SlipKept) if event.intent in intents)
        return [slip for slip in kept if slip.copy != "merchant"]

    # --- the end

    def _state(self) -> TillState:
        state = TillState()
        for event in self._journal():
            state = evolve(state, event)
        return state

    def is_at_rest(self) -> bool:
        """Whether the next test can go on from here."""
        state = self._state()
        return not (state.sales or state.payments or state.drawers or state.jobs) and (
            self.area("alerts").locator(".alert").count() == 0
        )

    def check_books(self) -> None:
        """The journal verifies, and says of money, drawer and paper what the far ends say."""
        until(lambda: not (state := self._state()).drawers and not state.jobs, "the end of the printing")
        folder = Path(self.settings.register.data)
        journal = SqliteJournal(folder)
        try:
            assert verify(journal).problems == ()
        finally:
            journal.close()
        everything = self._journal()
        receipts = [event.receipt for event in everything if isinstance(event, e.SaleClosed)]
        assert [receipt.number for receipt in receipts] == list(range(1, len(receipts) + 1))
        assert done(everything, "card") == self.moved()
        assert done(everything, "mobilepay") == self.on_phones()
        pulses = [
            each for each in self.events(e.DrawerEnded) if each.outcome == "opened" or each.problem == "did-not-open"
        ]
        assert len(self.pulses()) == len(pulses)
        printed = {event.job for event in self.events(e.PrintEnded) if event.outcome == "printed"}
        # Card slips without a receipt are one job, and a paper each.
        slips = {event.print_job for event in self.events(e.SaleVoided)}
        slips |= {event.print_job for event in self.events(e.PaymentDeclined)}
        papers = [paper for paper in self.far("printer")["receipts"] if paper["cut"]]
        alone = [paper for paper in papers if printed & slips and not paper["codes"]]
        assert len(papers) - len(alone) == len(printed - slips)
        assert len(alone) >= len(printed & slips)
        for file in folder.iterdir():
            assert not any(number.encode() in file.read_bytes() for number in (PAN, _GROUPED)), file


def done(events: list[e.AnyEvent], means: Means) -> list[int]:
    """What the journal says has moved by a means, in øre, oldest first; below zero: given back."""
    intents = {event.intent.id: event.intent for event in events if isinstance(event, e.PaymentIntended)}
    moved = []
    for event in events:
        ended = event.settles if isinstance(event, e.SaleClosed) else event
        if isinstance(ended, e.PaymentDone) and intents[ended.intent].means == means:
            amount = ended.approval.amount + ended.approval.tip
            moved.append(amount if intents[ended.intent].purpose == "pay" else -amount)
    return moved


def until(found: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.05)
    return result
