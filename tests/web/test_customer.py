"""The customer's screen: what it shows, to whom, and that it follows."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import msgspec
import pytest

from terminal.app.ports.clock import Now
from terminal.domain import commands as c
from terminal.domain.money import Amount
from terminal.domain.payment import TerminalMessage
from terminal.host.clock import SystemClock
from terminal.web.customer import draw
from tests.web.client import PATIENCE, Screen
from tests.web.shop import ACCESS_KEY, Shop
from tests.web.test_access import ask

pytestmark = pytest.mark.anyio

BREAD, MILK = "5700000010010", "5700000020019"


class Later(SystemClock):
    """A clock a minute ahead."""

    def now(self) -> Now:
        now = super().now()
        return Now(now.at + 60_000, now.trusted)


class SetBack(SystemClock):
    """A clock that was set an hour back, a minute ago."""

    def now(self) -> Now:
        now = super().now()
        return Now(now.at - 3_600_000, now.trusted)

    def monotonic(self) -> float:
        return super().monotonic() + 60


class Guest:
    """A customer who looks."""

    def __init__(self) -> None:
        self.sees = ""
        self.names: list[str] = []
        self._news = anyio.Event()

    async def follow(self, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "/customer/stream", timeout=None) as answer:
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    self.names.append(line[7:])
                elif line.startswith("data: ") and self.names[-1] == "customer":
                    self.sees = json.loads(line[6:])
                    self._news.set()
                    self._news = anyio.Event()

    async def shows(self, *wanted: str) -> str:
        with anyio.fail_after(PATIENCE):
            while not all(each in self.sees for each in wanted):
                await self._news.wait()
        return self.sees


@asynccontextmanager
async def guest_of(shop: Shop) -> AsyncIterator[Guest]:
    async with httpx.AsyncClient(base_url=shop.address, timeout=PATIENCE) as http:
        guest = Guest()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(guest.follow, http)
            yield guest
            tasks.cancel_scope.cancel()


async def test_a_whole_sale_as_the_customer_sees_it(shop: Shop, screen: Screen) -> None:
    async with guest_of(shop) as guest:
        await guest.shows("Nordhavn Købmand", "Velkommen")
        shop.scan(BREAD)
        shop.scan(BREAD)
        await guest.shows("<b>2</b> Rugbrød", "à 28,00", "56,00", "I alt")
        await screen.touch("/till/pay", sale=1)
        await guest.shows("At betale")
        await screen.touch("/till/back")
        await guest.shows("I alt")
        await screen.touch("/till/pay", sale=1)
        await screen.touch("/till/cash", sale=1, amount=2000)
        await guest.shows("Kontant", "-20,00", "36,00")
        await screen.touch("/till/cash", sale=1, amount=5000)
        await guest.shows("Byttepenge", "14,00", "Tak for handlen")
        shop.scan(MILK)
        sees = await guest.shows("Minimælk")
    assert "Rugbrød" not in sees
    assert set(guest.names) == {"hello", "customer"}


async def test_a_code_to_pay_by_phone_is_shown_to_whoever_pays(shop: Shop) -> None:
    async with guest_of(shop) as guest:
        shop.scan(BREAD)
        shop.parts.till.do(c.PayBy("card"))
        await guest.shows("kortterminalen")
        # The port's own word for it, whatever the means: MobilePay says it with a code to scan.
        desk = shop.parts.paying["card"]
        desk.message = TerminalMessage("", "", qr="https://qr.example/28")
        shop.parts.changes.tell()
        await guest.shows("svg", "Scan med MobilePay", "28,00")


async def test_nothing_on_it_can_be_touched(shop: Shop) -> None:
    shop.scan(BREAD)
    async with httpx.AsyncClient(base_url=shop.address) as http:
        page = (await http.get("/customer")).text

    assert "Rugbrød" in page
    assert not any(tag in page for tag in ("<button", "<form", "<input", "<a "))


async def test_it_is_for_those_who_may_see_the_till(closed_shop: Shop) -> None:
    page, stream = await ask(closed_shop, "GET", "/customer"), await ask(closed_shop, "GET", "/customer/stream")

    assert (page.status, page.headers["location"]) == (303, "/login?customer")
    assert stream.status == 403


async def test_with_the_access_key_it_comes_back_to_the_customers_screen(shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=shop.address, headers={"origin": shop.address}) as http:
        field = '<input type="hidden" name="then" value="/customer">'
        assert field in (await http.get("/login?customer")).text
        assert field not in (await http.get("/login")).text
        wrong = await http.post("/login", data={"key": "x", "then": "/customer"})
        assert (wrong.status_code, field in wrong.text) == (403, True)
        right = await http.post("/login", data={"key": ACCESS_KEY, "then": "/customer"})
        assert (right.status_code, right.headers["location"]) == (303, "/customer")
        assert (await http.post("/login", data={"key": ACCESS_KEY, "then": "/elsewhere"})).status_code == 422


async def test_a_return_says_what_comes_back(shop: Shop) -> None:
    shop.scan(BREAD)
    shop.parts.till.do(c.PayCash(Amount(28_00)))
    receipt = shop.parts.till.state.last
    assert receipt is not None
    async with guest_of(shop) as guest:
        shop.parts.selling.give_back(receipt, 1, 1000)
        await guest.shows("returned", "-28,00", "Skal have tilbage")


def test_change_is_shown_for_a_while_and_not_for_ever(closed_shop: Shop) -> None:
    closed_shop.scan(BREAD)
    closed_shop.parts.till.do(c.PayCash(Amount(50_00)))
    assert "22,00" in draw(closed_shop.parts)

    later = msgspec.structs.replace(closed_shop.parts, clock=Later())
    assert "Velkommen" in draw(later)
    assert "22,00" not in draw(later)


def test_nor_until_a_clock_that_was_set_back_has_caught_up(closed_shop: Shop) -> None:
    closed_shop.scan(BREAD)
    closed_shop.parts.till.do(c.PayCash(Amount(50_00)))
    assert "22,00" in draw(closed_shop.parts)

    assert "22,00" not in draw(msgspec.structs.replace(closed_shop.parts, clock=SetBack()))
