"""The service from outside the payments: tokens, keys, TLS, health, being told to wait, nonsense, webhooks."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.abc
import pytest

from terminal.app.ports.device import DeviceError, Problem, State
from terminal.config.settings import MobilePay
from terminal.devices.mobilepay import MobilePayService
from terminal.devices.mobilepay_http import parse
from terminal.devices.mobilepay_service import Keys, Timing
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentResult, Purpose
from terminal.protocols.mobilepay.errors import BadWebhook
from terminal.protocols.mobilepay.messages import CheckedIn
from terminal.sim.certificate import Identity, make_identity
from terminal.sim.mobilepay import SimMobilePay, Webhook
from tests.devices.life import living
from tests.devices.mobilepay_bench import (
    AMOUNT,
    IMPATIENT,
    PERSONAL_QR,
    QUICK,
    driver,
    eventually,
    intent,
    pay_and,
    simulator,
)
from tests.devices.payment_till import PaymentTill

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def canned(*answers: bytes, timing: Timing = IMPATIENT) -> AsyncIterator[MobilePayService]:
    """A driver whose service gives one answer after the other, whatever is asked; the last one for ever."""
    left = list(answers)

    async def serve(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(left.pop(0) if len(left) > 1 else left[0])

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        settings = MobilePay(
            base_url=f"http://127.0.0.1:{port}",
            merchant_serial="123456",
            client_id="c",
            client_secret_file="/unread",
            subscription_key_file="/unread",
            poll_ms=100,
        )
        keys = Keys(client_secret="0123456789abcdef", subscription_key="0123456789abcdef")
        with anyio.fail_after(20):
            yield MobilePayService(settings, keys, timing=timing)
        tasks.cancel_scope.cancel()


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


PANIC = answer(b"", "400 You Should Not Have Asked")
TOKEN = answer(b'{"access_token":"t","expires_in":"3600"}')


# --- tokens


async def test_a_token_is_fetched_once_for_many_calls() -> None:
    async with simulator(auto_ms=0) as sim:
        service = driver(sim)
        await PaymentTill().carry(service, intent())
        sim.arm("token", "garbage")
        await PaymentTill().carry(service, intent())

        assert (sim.struck, len(sim.ledger)) == (0, 2)


async def test_a_token_that_is_taken_no_more_is_replaced() -> None:
    async with simulator() as sim:
        result = await pay_and(sim, PaymentTill(), driver(sim), intent(), "forget-tokens", "approve")

        assert isinstance(result, Approved)


async def test_a_token_that_ends_at_once_is_fetched_again() -> None:
    async with simulator(auto_ms=0, token_s=0) as sim:
        result = await PaymentTill().carry(driver(sim), intent())

        assert isinstance(result, Declined)
        assert (result.reason, result.code) == ("declined", "401")


async def test_short_tokens_do_not_disturb_a_payment() -> None:
    async with simulator(token_s=1) as sim:
        till, service, what = PaymentTill(), driver(sim), intent()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(till.carry, service, what)
            await anyio.sleep(0.6)  # it is used for half of its second
            await sim.press("approve")

        assert till.approved is not None
        assert len(sim.ledger) == 1


async def test_keys_that_the_service_does_not_know() -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await till.carry(driver(sim, client_secret="not-the-right-one"), intent())

        assert isinstance(result, Declined)
        assert (result.reason, till.sent, sim.view()["payments"]) == ("not-sent", 1, [])
        assert "401" in result.text


async def test_no_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with simulator(auto_ms=0) as sim:
        till = PaymentTill()
        service = driver(sim, timing=QUICK)
        for point in ("token", "payment", "status", "capture"):
            sim.arm(point, "cut-before")
        await till.carry(service, intent(account=PERSONAL_QR))
        shown = caplog.text + repr(till.recorded) + repr(vars(service)) + repr(vars(service._service)["_keys"])

        for secret in (sim.shop.client_secret, sim.shop.subscription_key, sim.shop.webhook_secret, "4512345678"):
            assert secret not in caplog.text
        assert sim.shop.client_secret not in shown


@pytest.mark.parametrize("secret", ["", "ø" * 20, "two\nlines of it 0123"])
def test_keys_that_cannot_be_sent(secret: str) -> None:
    with pytest.raises(ValueError, match="client secret"):
        Keys(client_secret=secret, subscription_key="0123456789abcdef")


# --- where it is


@pytest.mark.parametrize(
    "url",
    [
        "http://api.vipps.no",
        "http://127.evil.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://user@api.vipps.no",
        "https://",
        "https://api.vipps.no/?key=1",
        "http://192.168.1.2",
    ],
)
def test_an_address_that_is_not_safe(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        parse(url)


def test_addresses() -> None:
    assert parse("https://api.vipps.no").authority == "api.vipps.no"
    assert parse("https://api.vipps.no:8443/x/").prefix == "/x"
    assert parse("http://127.0.0.1:80").authority == "127.0.0.1"
    assert parse("http://[::1]:81").authority == "[::1]:81"


# --- TLS


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    """The service's certificate, for this machine's name."""
    return make_identity(tmp_path_factory.mktemp("tls"), "localhost")


async def test_a_payment_over_tls(identity: Identity) -> None:
    async with simulator(auto_ms=0, identity=identity) as sim:
        assert sim.address.startswith("https://")
        assert isinstance(await PaymentTill().carry(driver(sim, ca_file=str(identity.ca_file)), intent()), Approved)


async def test_a_certificate_of_an_unknown_authority_gets_nothing(identity: Identity) -> None:
    async with simulator(auto_ms=0, identity=identity) as sim:
        result = await PaymentTill().carry(driver(sim), intent())

        assert isinstance(result, Declined)
        assert result.reason == "not-sent"
        assert "certificate" in result.text


async def test_a_certificate_of_another_name_gets_nothing(tmp_path: Path) -> None:
    other = make_identity(tmp_path, "api.example.com")
    here = Identity("localhost", other.ca_file, other.context)
    async with simulator(auto_ms=0, identity=here) as sim:
        result = await PaymentTill().carry(driver(sim, ca_file=str(other.ca_file)), intent())

        assert isinstance(result, Declined)
        assert "certificate" in result.text


@pytest.mark.parametrize("fault", ["cut-before", "cut-after", "garbage", "duplicate", "silence"])
async def test_faults_under_tls(identity: Identity, fault: str) -> None:
    async with simulator(auto_ms=0, identity=identity) as sim:
        sim.arm("capture", fault)
        till, what, service = PaymentTill(), intent(), driver(sim, ca_file=str(identity.ca_file), timing=QUICK)
        result = await till.carry(service, what)
        if isinstance(result, OutcomeUnknown):
            result = await till.settled(service, what)

        assert isinstance(result, Approved)
        assert sum(move.amount for move in sim.ledger) == AMOUNT


async def test_no_certificates_in_the_file(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.touch()
    settings = MobilePay(
        base_url="https://127.0.0.1:1",
        merchant_serial="123456",
        client_id="c",
        client_secret_file="/unread",
        subscription_key_file="/unread",
        ca_file=str(empty),
    )
    service = MobilePayService(settings, Keys(client_secret="0123456789abcdef", subscription_key="0" * 16))
    with anyio.fail_after(5):
        async with living(service) as life:
            assert await life.end() == Problem.NOT_FOUND


# --- health


async def test_alive_and_well() -> None:
    async with simulator() as sim, living(driver(sim)) as life:
        await life.until(State.OK)
        assert sim.view()["payments"] == []


async def test_a_service_that_is_off() -> None:
    async with simulator() as sim:
        await sim.press("power-off")
        async with living(driver(sim)) as life:
            assert await life.end() in (Problem.LOST, Problem.REFUSED)


async def test_a_service_that_goes_off() -> None:
    async with simulator() as sim, living(driver(sim)) as life:
        await life.until(State.OK)
        await sim.press("power-off")
        assert await life.end() == Problem.LOST


async def test_keys_that_are_refused_are_seen_at_the_start() -> None:
    async with simulator() as sim, living(driver(sim, client_secret="not-the-right-one")) as life:
        assert await life.end() == Problem.REFUSED


async def test_a_service_that_nobody_runs() -> None:
    sim = SimMobilePay(port=1)
    async with living(driver(sim)) as life:
        with anyio.fail_after(5):
            assert await life.end() == Problem.REFUSED


# --- asked to wait, and nonsense


async def test_asked_to_wait_a_second() -> None:
    async with simulator(auto_ms=0) as sim:
        await sim.press("unwell", "429")
        result = await PaymentTill().carry(driver(sim), intent())

        assert isinstance(result, Approved)
        assert len(sim.ledger) == 1


async def test_asked_to_wait_for_longer_than_a_customer_does() -> None:
    async with canned(TOKEN, answer(b"", "429 Too Many", "Retry-After: 3600"), PANIC) as service:
        first = await PaymentTill().carry(service, intent())
        second = await PaymentTill().carry(service, intent())

    assert [getattr(each, "reason", "") for each in (first, second)] == ["not-sent", "not-sent"]


async def test_asked_to_wait_until_a_date_that_this_board_may_not_know() -> None:
    later = "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"
    async with canned(TOKEN, answer(b"", "503 Unwell", later), PANIC) as service:
        assert isinstance(await PaymentTill().carry(service, intent()), OutcomeUnknown)


@pytest.mark.parametrize("first", [b"", answer(b"", "500 Oops")])
async def test_no_to_the_second_try_says_nothing_of_the_first(first: bytes) -> None:
    """The payment may be there: the first request may have made it, and the service may refuse the second as that."""
    async with canned(TOKEN, first, answer(b'{"title":"no"}', "400 Bad Request"), timing=QUICK) as service:
        assert isinstance(await PaymentTill().carry(service, intent()), OutcomeUnknown)


async def test_no_to_the_first_try_is_no() -> None:
    async with canned(TOKEN, answer(b'{"title":"no"}', "400 Bad Request"), timing=QUICK) as service:
        assert await PaymentTill().carry(service, intent()) == Declined("declined", "400", "no")


NONSENSE = [
    b"",
    b"\x00\xff" * 200,
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000,
    answer(b"{}"),
    answer(b"[" * 100_000),
    answer(b"x" * 300_000),
    answer(b"", "302 Found", "Location: https://example.com/"),
    answer(b"<html>", "404 Not Found"),
    answer(b'{"reference":"another-one-1"}', "201 Created"),
    answer(b"", "500 Oops"),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_is_in_doubt(nonsense: bytes) -> None:
    async with canned(TOKEN, nonsense) as service:
        what = intent()
        assert isinstance(await PaymentTill().carry(service, what), OutcomeUnknown)


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_settles_nothing(nonsense: bytes) -> None:
    async with canned(TOKEN, nonsense) as service:
        purposes: tuple[Purpose, ...] = ("pay", "refund")
        for purpose in purposes:
            what = intent(purpose=purpose, of_key="shop1-till1-00000000")
            assert isinstance(await service.lookup(what, known=None, before=None), OutcomeUnknown)


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_a_nonsensical_token_sends_nothing(nonsense: bytes) -> None:
    async with canned(nonsense) as service:
        result = await PaymentTill().carry(service, intent())

    assert isinstance(result, Declined)
    assert result.reason == "not-sent"


# --- webhooks


async def test_a_webhook_alone_is_enough() -> None:
    async with simulator() as sim:
        service = driver(sim, poll_ms=10_000)

        def relay(webhook: Webhook) -> None:
            service.hear(webhook.target, webhook.headers, webhook.body)

        sim.on_webhook = relay
        result = await pay_and(sim, PaymentTill(), service, intent(), "approve")

        assert isinstance(result, Approved)


async def test_a_fixed_code_that_the_service_does_not_make() -> None:
    async with simulator() as sim:
        with pytest.raises(DeviceError, match="36 characters"):
            await driver(sim).fixed_code("till-1", "x" * 37)
        with pytest.raises(DeviceError, match="keys"):
            await driver(sim, client_secret="not-the-right-one").fixed_code("till-1", "Kasse 1")


async def test_a_webhook_is_not_believed() -> None:
    """Signed or not, it only has the till look: the payment still waits at the service."""
    async with simulator() as sim:
        service, till, what = driver(sim, poll_ms=10_000), PaymentTill(), intent()
        results: list[PaymentResult] = []

        async def pay() -> None:
            results.append(await till.carry(service, what))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay)
            await eventually(lambda: bool(till.said))
            webhook = sim.webhooks[0]
            service.hear(webhook.target, webhook.headers, webhook.body)
            await anyio.sleep(0.05)
            assert (till.recorded, results) == ([], [])
            await service.abort()


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_webhook_off_the_clock(days: int) -> None:
    """A board whose clock is wrong does not hear webhooks; it polls."""
    async with simulator() as sim:
        service = driver(sim, now=lambda: datetime.now(UTC) + timedelta(days=days))
        result = await pay_and(sim, PaymentTill(), service, intent(), "approve")
        assert isinstance(result, Approved)

        webhook = sim.webhooks[-1]
        with pytest.raises(BadWebhook, match="off the clock"):
            service.hear(webhook.target, webhook.headers, webhook.body)


async def test_a_customer_at_the_fixed_code() -> None:
    async with simulator() as sim:
        service = driver(sim)
        assert await service.fixed_code("till-1", "Kasse 1") == "https://qr.example.com/till-1"
        await sim.press("check-in", "till-1")
        webhook = sim.webhooks[-1]

        assert service.hear(webhook.target, webhook.headers, webhook.body) == CheckedIn(
            "123456", "till-1", "sim-customer-token"
        )
