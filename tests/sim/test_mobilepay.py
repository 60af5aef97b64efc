"""The simulated MobilePay, asked by a client that is not the till's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from terminal.protocols.mobilepay import webhooks
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.mobilepay_line import POINTS, point_of
from terminal.sim.payment_faults import FAULTS, Move, PaymentSim
from terminal.sim.simulator import Simulator, UnknownControl
from tests.sim.mobilepay_client import PAYMENTS, Client, client

pytestmark = pytest.mark.anyio

ONE, TWO = "a-shop-0001", "a-shop-0002"


def sums(response: httpx.Response) -> tuple[str, list[int]]:
    told = response.json()
    return told["state"], [each["value"] for each in told["aggregate"].values()]


def test_it_is_what_the_bench_and_the_matrix_want() -> None:
    sim = SimMobilePay()
    simulator: Simulator = sim
    faults: PaymentSim = sim

    assert simulator.name == "mobilepay"
    assert (faults.points, faults.faults) == (POINTS, FAULTS)


async def test_a_payments_life() -> None:
    async with client() as c:
        await c.create(ONE)
        assert sums(await c.get(f"{PAYMENTS}/{ONE}")) == ("CREATED", [0, 0, 0, 0])
        await c.sim.press("approve", ONE)
        assert sums(await c.get(f"{PAYMENTS}/{ONE}")) == ("AUTHORIZED", [10000, 0, 0, 0])
        assert sums(await c.adjust(ONE, "capture", 10000)) == ("AUTHORIZED", [10000, 0, 10000, 0])
        assert sums(await c.adjust(ONE, "refund", 3000)) == ("AUTHORIZED", [10000, 0, 10000, 3000])
        log = (await c.get(f"{PAYMENTS}/{ONE}/events")).json()

        assert [event["name"] for event in log] == ["CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED"]
        assert [move.amount for move in c.sim.ledger] == [10000, -3000]
        assert c.sim.view()["moved"] == 7000


@pytest.mark.parametrize(("control", "state"), [("reject", "ABORTED"), ("expire", "EXPIRED")])
async def test_a_customer_who_does_not_pay(control: str, state: str) -> None:
    async with client() as c:
        await c.create(ONE)
        await c.sim.press(control)

        assert sums(await c.get(f"{PAYMENTS}/{ONE}"))[0] == state
        assert (await c.adjust(ONE, "cancel")).status_code == 409
        with pytest.raises(UnknownControl):
            await c.sim.press("approve")


async def test_a_cancellation_before_and_after_the_approval() -> None:
    async with client() as c:
        await c.create(ONE)
        assert sums(await c.adjust(ONE, "cancel")) == ("TERMINATED", [0, 10000, 0, 0])
        await c.create(TWO)
        await c.sim.press("approve")
        assert sums(await c.adjust(TWO, "cancel")) == ("AUTHORIZED", [10000, 10000, 0, 0])
        assert (await c.adjust(TWO, "capture", 10000)).status_code == 400
        assert c.sim.ledger == ()


async def test_a_payment_expires() -> None:
    async with client(life=0.0) as c:
        await c.create(ONE)
        assert sums(await c.get(f"{PAYMENTS}/{ONE}"))[0] == "EXPIRED"


async def test_the_test_environments_approval() -> None:
    async with client() as c:
        await c.create(ONE)
        assert (await c.post(f"/epayment/v1/test/payments/{ONE}/approve", {})).status_code == 200
        assert (await c.post(f"/epayment/v1/test/payments/{ONE}/approve", {})).status_code == 409


async def test_the_same_key_is_the_same_deed() -> None:
    async with client(auto_ms=0) as c:
        await c.create(ONE)
        first = await c.adjust(ONE, "capture", 4000, key="once")
        second = await c.adjust(ONE, "capture", 4000, key="once")
        other = await c.adjust(ONE, "capture", 5000, key="once")

        assert first.json() == second.json()
        assert other.status_code == 409
        assert c.sim.ledger == (Move(4000, ONE, "sale"),)


REFUSED: list[tuple[int, Callable[[Client], Any]]] = [
    (409, lambda c: c.create(ONE)),
    (400, lambda c: c.create("short")),
    (400, lambda c: c.create(TWO, amount={"value": 0, "currency": "DKK"})),
    (400, lambda c: c.create(TWO, amount={"value": 1.5, "currency": "DKK"})),
    (400, lambda c: c.create(TWO, amount={"value": 1, "currency": "SEK"})),
    (400, lambda c: c.create(TWO, userFlow="WEB_REDIRECT")),
    (400, lambda c: c.create(TWO, userFlow="PUSH_MESSAGE")),
    (400, lambda c: c.create(TWO, customer={"phoneNumber": "4512345678"})),
    (400, lambda c: c.post(PAYMENTS, [])),
    (400, lambda c: c.post(PAYMENTS, {}, key="k" * 51)),
    (404, lambda c: c.get(f"{PAYMENTS}/{TWO}")),
    (404, lambda c: c.get(f"{PAYMENTS}/{TWO}/events")),
    (404, lambda c: c.adjust(TWO, "capture", 1)),
    (409, lambda c: c.adjust(ONE, "capture", 1)),
    (409, lambda c: c.adjust(ONE, "refund", 1)),
    (400, lambda c: c.post("/qr/v1/exchange", {"qrCode": "nobody's"})),
    (404, lambda c: c.get("/qr/v1/merchant-callback/till-9")),
    (400, lambda c: c.put("/qr/v1/merchant-callback/till-9", {"locationDescription": "x" * 37})),
]


@pytest.mark.parametrize(("status", "ask"), REFUSED)
async def test_what_it_refuses(status: int, ask: Callable[[Client], Any]) -> None:
    async with client() as c:
        await c.create(ONE)
        response = await ask(c)

        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status
        assert c.sim.ledger == ()


@pytest.mark.parametrize(
    ("header", "status"), [("Authorization", 401), ("Ocp-Apim-Subscription-Key", 401), ("Merchant-Serial-Number", 403)]
)
async def test_nobody_else_is_let_in(header: str, status: int) -> None:
    async with client() as c:
        c.headers[header] = "another"
        assert (await c.create(ONE)).status_code == status


async def test_a_token_ends() -> None:
    async with client(token_s=0) as c:
        assert (await c.get(f"{PAYMENTS}/{ONE}")).status_code == 401


async def test_webhooks_are_signed_and_tell_of_everything() -> None:
    async with client(auto_ms=0) as c:
        await c.create(ONE)
        await c.adjust(ONE, "capture", 10000)
        shop = c.sim.shop
        names = []
        for webhook in c.sim.webhooks:
            webhooks.verify(shop.webhook_secret, webhook.target, webhook.headers, webhook.body, c.sim._now())
            names.append(getattr(webhooks.read(webhook.body), "name", ""))

        assert names == ["CREATED", "AUTHORIZED", "CAPTURED"]


@pytest.mark.parametrize(
    ("control", "argument"),
    [
        ("approve", ""),
        ("reject", "nobody"),
        ("auto", "soon"),
        ("unwell", "200"),
        ("fault", "capture"),
        ("fault", "nowhere silence"),
        ("check-in", "till-9"),
        ("dance", ""),
    ],
)
async def test_a_control_that_is_none(control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        await SimMobilePay().press(control, argument)


async def test_each_control_changes_what_the_bench_sees() -> None:
    sim = SimMobilePay()
    arguments = {"fault": "capture silence", "unwell": "503"}
    pressed = {"approve", "reject", "expire", "check-in"}  # nothing waits for them here
    for control in sim.controls():
        if control.name not in pressed:
            before = sim.version
            await sim.press(control.name, arguments.get(control.name, ""))
            assert sim.version > before


async def test_what_was_paid_is_known_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "payments.json"
    async with client(state_file=file) as c:
        await c.create(ONE)
        await c.sim.press("approve")
        await c.adjust(ONE, "capture", 10000)
    async with client(state_file=file) as c:
        assert c.sim.ledger == (Move(10000, ONE, "sale"),)
        assert (await c.create(ONE)).status_code == 409
        assert sums(await c.adjust(ONE, "refund", 4000)) == ("AUTHORIZED", [10000, 0, 10000, 4000])
        assert len((await c.get(f"{PAYMENTS}/{ONE}/events")).json()) == 4


async def test_faults_strike_once_and_heal() -> None:
    async with client() as c:
        c.sim.arm("status", "wrong-currency")
        c.sim.arm("payment", "wrong-amount")
        await c.create(ONE)
        assert (await c.get(f"{PAYMENTS}/{ONE}")).json()["amount"] == {"value": 10000, "currency": "NOK"}
        assert (await c.get(f"{PAYMENTS}/{ONE}")).json()["amount"] == {"value": 10000, "currency": "DKK"}
        assert c.sim.struck == 2

        c.sim.arm("status", "silence")
        c.sim.heal()
        assert (await c.get(f"{PAYMENTS}/{ONE}")).status_code == 200
        assert c.sim.struck == 2


async def test_a_power_cut_loses_no_payment() -> None:
    async with client(auto_ms=0) as c:
        await c.create(ONE)
        c.sim.arm("capture", "power-off")
        c.sim.off_s = 60.0
        with pytest.raises(httpx.TransportError):
            await c.adjust(ONE, "capture", 10000, key="once")
        with pytest.raises(httpx.TransportError):
            await c.get(f"{PAYMENTS}/{ONE}")
        await c.sim.press("power-on")

        assert sums(await c.adjust(ONE, "capture", 10000, key="once"))[1] == [10000, 0, 10000, 0]
        assert len(c.sim.ledger) == 1


def test_without_tls_it_is_on_this_machine_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        SimMobilePay(host="0.0.0.0")


def test_points() -> None:
    calls = [
        ("POST", "/accesstoken/get"),
        ("POST", "/qr/v1/exchange"),
        ("POST", PAYMENTS),
        ("GET", f"{PAYMENTS}/{ONE}"),
        ("GET", f"{PAYMENTS}/{ONE}/events"),
        *(("POST", f"{PAYMENTS}/{ONE}/{what}") for what in ("capture", "cancel", "refund")),
    ]
    assert tuple(point_of(*call) for call in calls) == POINTS
    assert point_of("PUT", "/qr/v1/merchant-callback/x") == ""
