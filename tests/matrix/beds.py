"""The far ends that the matrix drives: each with its simulator, and how the till's process makes its driver."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from terminal.app.gift_cards import LocalGiftCards
from terminal.app.ports.payment_method import PaymentMethod
from terminal.config.settings import MobilePay, NexoTcp, ZvtTcp
from terminal.devices.card_nexo import NexoTerminal
from terminal.devices.card_zvt import ZvtTerminal
from terminal.devices.mobilepay import MobilePayService
from terminal.devices.mobilepay_service import Keys
from terminal.domain.payment import Means
from terminal.sim.card_zvt_faults import DIALOGUES
from terminal.sim.certificate import Identity
from terminal.sim.payment_faults import PaymentSim
from tests.devices import card_bench, mobilepay_bench, nexo_bench
from tests.matrix.till_process import Make, Order

LONGEST = 180.0
"""Seconds for a whole cell, on a machine with much to do."""
LATE = 1.2
"""Seconds: above every patience of the drivers here."""


class Bed(Protocol):
    """One kind of payment."""

    means: Means

    def points(self, order: Order) -> tuple[str, ...]:
        """Every place of the dialogue where the other side can fail."""

    def cause(self, order: Order, point: str) -> tuple[str, str] | None:
        """A fault that has to come first, for the dialogue to come to the point at all."""

    def serve(self) -> AbstractAsyncContextManager[tuple[PaymentSim, Make]]:
        """The simulator, serving, and the driver's maker."""


class Zvt:
    """ZVT over TCP."""

    means: Means = "card"

    def points(self, order: Order) -> tuple[str, ...]:
        dialogue = {"pay": "pay", "refund": "refund", "reverse": "reverse"}[order]
        return tuple(dict.fromkeys((*DIALOGUES[dialogue], *DIALOGUES["lookup"])))

    def cause(self, order: Order, point: str) -> tuple[str, str] | None:
        asked = point in DIALOGUES["lookup"] and point not in DIALOGUES[str(order)]
        return ("completion", "cut-before") if asked else None

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[tuple[PaymentSim, Make]]:
        async with card_bench.simulator(auto=True, patience=LONGEST, pace=card_bench.QUICK_PACE) as sim:
            sim.delay_s, sim.late_s, sim.off_s = 0.05, LATE, 0.1
            yield sim, partial(_zvt, sim.address)


def _zvt(address: str) -> PaymentMethod:
    host, _, port = address.rpartition(":")
    return ZvtTerminal(ZvtTcp(host=host, port=int(port)), timing=card_bench.QUICK)


class Nexo:
    """nexo over HTTPS."""

    means: Means = "card"

    def __init__(self, folder: Path) -> None:
        """`folder`: where its certificate is laid."""
        self._folder = folder
        self._identity: Identity | None = None

    def points(self, order: Order) -> tuple[str, ...]:
        called = "payment" if order == "pay" else "reversal"
        return (f"{called}-request", called, "status")

    def cause(self, order: Order, point: str) -> tuple[str, str] | None:
        return (self.points(order)[1], "cut-before") if point == "status" else None

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[tuple[PaymentSim, Make]]:
        identity = self._identity = self._identity or nexo_bench.identity(self._folder)
        async with nexo_bench.simulator(identity, auto=True, patience=LONGEST) as sim:
            sim.delay_s, sim.late_s, sim.off_s = 0.05, LATE, 0.1
            yield sim, partial(_nexo, nexo_bench.settings(sim, identity))


def _nexo(settings: NexoTcp) -> PaymentMethod:
    return NexoTerminal(settings, nexo_bench.PASSPHRASE, timing=nexo_bench.QUICK)


class Vipps:
    """Vipps MobilePay over HTTP on loopback."""

    means: Means = "mobilepay"

    def points(self, order: Order) -> tuple[str, ...]:
        return ("token", "payment", "status", "capture") if order == "pay" else ("token", "refund", "events")

    def cause(self, order: Order, point: str) -> tuple[str, str] | None:
        return ("refund", "cut-before") if point == "events" else None

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[tuple[PaymentSim, Make]]:
        async with mobilepay_bench.simulator(auto_ms=20, patience=LONGEST) as sim:
            sim.delay_s, sim.late_s, sim.off_s = 0.05, LATE, 0.1
            shop = sim.shop
            settings = MobilePay(
                base_url=sim.address,
                merchant_serial=shop.merchant_serial,
                client_id=shop.client_id,
                client_secret_file="/unread",
                subscription_key_file="/unread",
                poll_ms=100,
            )
            secrets = (shop.client_secret, shop.subscription_key, shop.webhook_secret)
            yield sim, partial(_vipps, settings, secrets)


def _vipps(settings: MobilePay, secrets: tuple[str, str, str]) -> PaymentMethod:
    keys = Keys(client_secret=secrets[0], subscription_key=secrets[1], webhook_secret=secrets[2])
    return MobilePayService(settings, keys, timing=mobilepay_bench.IMPATIENT)


class LocalGifts:
    """No far end at all."""

    means: Means = "gift-card"


def gift_cards() -> PaymentMethod:
    """Gift cards have no far end: the journal is the ledger."""
    return LocalGiftCards()
