"""`kill -9` of the daemon at random moments of sales: what was shown is there again, and every receipt is there once.

A shopper scans (through the simulated scanner's pty), parks, and pays in cash, by card (ZVT over TCP) or by MobilePay
(HTTP). After each kill the journal verifies and holds what the screen showed last; after each start the screen shows
what the journal adds up to. At the end the card terminal and MobilePay have taken what the journal says.
"""

import http.client
import json
import os
import random
import threading
import time
from contextlib import closing, suppress
from itertools import groupby
from pathlib import Path

from terminal.bench.daemon import Daemon
from terminal.bench.shop import Gone, Screen, Shop, far_ends, gtins
from terminal.demo import MEANS
from terminal.domain.decide_pay import due_of
from terminal.domain.events import SaleClosed
from terminal.domain.evolve import evolve
from terminal.domain.payment import Means
from terminal.domain.pricing import price
from terminal.domain.sale import PaymentTender
from terminal.domain.till import TillState
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from terminal.texts import language

from .lane import done
from .shown import Events, Shown, read_lines

KILLS = int(os.environ.get("KASSE_KILLS", "200"))
GONE = (OSError, http.client.HTTPException, Gone)
"""What a shopper meets when the till is killed under their fingers."""
PATIENCE = 20.0
MOVED_BY: tuple[Means, ...] = ("card", "mobilepay")


class Watcher:
    """Reads a screen's event stream in a thread of its own and knows what was shown first and last."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._events = Events()
        self._changed = threading.Condition()
        self.all: list[Shown] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(*GONE):
            while True:
                for name, data in self._events.feed(self._screen.receive()):
                    if name == "lines":
                        with self._changed:
                            self.all.append(read_lines(str(data)))
                            self._changed.notify_all()

    def wait(self, wanted: Shown | None = None) -> bool:
        """Wait until something (or just `wanted`) is shown."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self.all) and wanted in (None, self.all[-1]), PATIENCE)

    def join(self) -> None:
        """The stream has ended."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def sell_for_ever(
    shop: Shop, screen: Screen, dice: random.Random, stop: threading.Event, faults: list[Exception]
) -> None:
    """Sales, one after the other, until the till is gone. What the till should not have answered goes into `faults`."""
    try:
        while not stop.is_set():
            sell(shop, screen, dice)
    except GONE:
        pass
    except RuntimeError as fault:
        if not stop.is_set():
            faults.append(fault)


def sell(shop: Shop, screen: Screen, dice: random.Random) -> None:
    """One sale: some scans, then parked, or paid in cash, by card or by MobilePay."""
    codes = [*(code for code, _ in gtins(8)), *shop.codes]
    for _ in range(dice.randint(1, 4)):
        shop.press("scanner", "scan", dice.choice(codes))
        time.sleep(dice.uniform(0, 0.03))
    while (sale := screen.sale_number()) == "0":
        time.sleep(0.02)
    if dice.random() < 0.2:
        screen.post("/till/park", name="Bord 4")
        return
    screen.post("/till/pay", sale=sale)
    if dice.random() < 0.4:
        screen.post("/till/cash", sale=sale, amount="200000")
    else:
        screen.post("/till/by", sale=sale, means=dice.choice(("card", "mobilepay")))
        time.sleep(dice.uniform(0, 1.5))


def as_shown(state: TillState) -> Shown:
    """What a Danish screen shows of a state's current sale."""
    words = language("da")
    if state.sale is None:
        return Shown((), words.money(0))
    priced = price(state.sale.basket)
    lines = tuple(
        (words.quantity(each.line.quantity, each.line.unit), each.line.item.name, words.money(each.gross))
        for each in priced.lines
    )
    return Shown(lines, words.money(priced.total))


class Past:
    """The journal as it lies on the disk: verified, and what it adds up to after each entry."""

    def __init__(self, shop: Shop) -> None:
        journal = SqliteJournal(shop.settings.parent / "data")
        try:
            self.problems = verify(journal).problems
            self.events = [decode(entry.body) for entry in journal.read(0)]
        finally:
            journal.close()
        self.state = TillState()
        self.shown = [as_shown(self.state)]
        for event in self.events:
            self.state = evolve(self.state, event)
            if as_shown(self.state) != self.shown[-1]:
                self.shown.append(as_shown(self.state))

    @property
    def settled(self) -> bool:
        """Whether no payment waits for the other side's word and no paid sale for its receipt."""
        return not self.state.payments and all(not s.tenders or due_of(s) for s in self.state.sales.values())


def when_settled(shop: Shop) -> Past:
    """The past, once what a kill left in doubt has been asked about."""
    until = time.monotonic() + PATIENCE
    while not (past := Past(shop)).settled:
        assert time.monotonic() < until, f"never settled: {past.state.payments}"
        time.sleep(0.05)
    return past


def one_life(shop: Shop, dice: random.Random, before: Past) -> Past:
    """Start, compare with the past, sell for a while, be killed, and compare again."""
    with Daemon(shop.settings) as daemon, Screen(shop, drain=False) as screen:
        watcher = Watcher(screen)
        assert watcher.wait(), "the screen shows nothing"
        started = when_settled(shop)
        assert watcher.all[0] in (before.shown[-1], started.shown[-1])
        assert watcher.wait(started.shown[-1]), (watcher.all[-1], started.shown[-1])
        stop, faults = threading.Event(), list[Exception]()
        shopper = threading.Thread(target=sell_for_ever, args=(shop, screen, dice, stop, faults), daemon=True)
        shopper.start()
        time.sleep(dice.uniform(0.0, 2.0))
        daemon.process.kill()
        daemon.process.wait()
        stop.set()
        watcher.join()
        shopper.join(PATIENCE)
        assert not shopper.is_alive()
        assert not faults, faults
    past = Past(shop)
    assert past.problems == ()
    # All that was shown is durable, in this order. (How far a screen is behind is a matter of the machine's load: the
    # scans of one read are one change to it.)
    states = past.shown[len(before.shown) - 1 :]
    assert comes_in(states, watcher.all), (watcher.all, states)
    return past


def comes_in(states: list[Shown], shown: list[Shown]) -> bool:
    """Whether a screen that was shown these has shown nothing but these states, each at most as often and in order."""
    rest = iter(states)
    return all(each in rest for each, _ in groupby(shown))


def moved(shop: Shop, simulator: str) -> int:
    """Øre that a simulated card terminal or service has moved since it began."""
    with closing(http.client.HTTPConnection(shop.bench, timeout=PATIENCE)) as connection:
        connection.request("GET", "/bench/state")
        state = json.loads(connection.getresponse().read())
    return int(state["simulators"][simulator]["view"]["moved"])


def test_killed_at_any_moment(tmp_path: Path) -> None:
    seed = int(os.environ.get("KASSE_SEED", str(random.SystemRandom().randrange(1 << 32))))
    print(f"KASSE_SEED={seed}")  # noqa: T201 (to repeat a failure)
    dice = random.Random(seed)
    with far_ends(tmp_path, settings=MEANS) as shop:
        shop.press("card", "auto")
        shop.press("mobilepay", "auto", "300")
        with Daemon(shop.settings):
            past = when_settled(shop)
        for _ in range(KILLS):
            past = one_life(shop, dice, past)
        with Daemon(shop.settings):
            past = when_settled(shop)
        far_away = {means: moved(shop, means) for means in MOVED_BY}
    receipts = [event.receipt for event in past.events if isinstance(event, SaleClosed)]
    assert [receipt.number for receipt in receipts] == list(range(1, len(receipts) + 1))
    assert len(receipts) > KILLS // 4, "the shopper hardly sold anything: nothing was tested"
    tenders = [tender for receipt in receipts for tender in receipt.tenders]
    tenders += [tender for sale in past.state.sales.values() for tender in sale.tenders]
    for means, at_the_far_end in far_away.items():
        taken = [each.amount for each in tenders if isinstance(each, PaymentTender) and each.means == means]
        assert taken, f"{means} was never used"
        # A payment that covered its sale is done in the entry that closed it: counted there and not twice.
        assert sum(taken) == sum(done(past.events, means)) == at_the_far_end
