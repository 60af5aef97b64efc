"""Webhooks: whose they are, how old, and what they tell."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.mobilepay import webhooks as w
from terminal.protocols.mobilepay.errors import BadWebhook
from terminal.protocols.mobilepay.messages import CheckedIn, PaymentNews

SECRET, TARGET, HOST = "090a478d-37ff-4e77-970e-d457aeb26a3a", "/hooks?shop=1", "hq.example.com"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BODY = json.dumps(
    {
        "msn": "123456",
        "reference": "shop1-till1-00000001",
        "pspReference": "p1",
        "name": "AUTHORIZED",
        "amount": {"value": 100, "currency": "DKK"},
        "timestamp": "2026-03-01T12:00:00Z",
        "success": True,
    }
).encode()


def test_the_signature_is_as_the_guide_says() -> None:
    """Computed here step by step, with nothing of the code under test."""
    headers = w.sign(SECRET, TARGET, HOST, BODY, NOW)
    content = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    signed = f"POST\n/hooks?shop=1\nSun, 01 Mar 2026 12:00:00 GMT;hq.example.com;{content}"
    signature = base64.b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()).decode()

    assert headers == {
        "host": HOST,
        "x-ms-date": "Sun, 01 Mar 2026 12:00:00 GMT",
        "x-ms-content-sha256": content,
        "authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }


@given(st.text(min_size=1), st.text(max_size=50), st.binary(max_size=200))
def test_what_was_signed_is_verified(secret: str, target: str, body: bytes) -> None:
    if any("\ud800" <= char <= "\udfff" for char in secret):
        return
    headers = w.sign(secret, target, HOST, body, NOW)

    w.verify(secret, target, {name.upper(): value for name, value in headers.items()}, body, NOW)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_are_let_pass(seconds: int) -> None:
    w.verify(SECRET, TARGET, w.sign(SECRET, TARGET, HOST, BODY, NOW), BODY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_old_one_is_somebodys_replay(seconds: int) -> None:
    with pytest.raises(BadWebhook, match="off the clock"):
        w.verify(SECRET, TARGET, w.sign(SECRET, TARGET, HOST, BODY, NOW), BODY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("name", ["host", "x-ms-date", "x-ms-content-sha256", "authorization"])
@pytest.mark.parametrize("value", [None, "", "x", "Sun, 01 Mar 2026 12:00:01 GMT", "ø", "x" * 1001])
def test_a_changed_header(name: str, value: str | None) -> None:
    headers = w.sign(SECRET, TARGET, HOST, BODY, NOW)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    with pytest.raises(BadWebhook):
        w.verify(SECRET, TARGET, headers, BODY, NOW)


@given(st.data())
def test_one_changed_bit_of_the_body(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(BODY) * 8 - 1))
    changed = bytearray(BODY)
    changed[place // 8] ^= 1 << (place % 8)
    with pytest.raises(BadWebhook, match="signature"):
        w.verify(SECRET, TARGET, w.sign(SECRET, TARGET, HOST, BODY, NOW), bytes(changed), NOW)


def test_another_place_another_secret_none_at_all() -> None:
    headers = w.sign(SECRET, TARGET, HOST, BODY, NOW)
    with pytest.raises(BadWebhook, match="signature"):
        w.verify(SECRET, "/hooks?shop=2", headers, BODY, NOW)
    with pytest.raises(BadWebhook, match="signature"):
        w.verify("another secret", TARGET, headers, BODY, NOW)
    with pytest.raises(BadWebhook, match="no webhook secret"):
        w.verify("", TARGET, w.sign("", TARGET, HOST, BODY, NOW), BODY, NOW)
    with pytest.raises(BadWebhook, match="too long"):
        w.verify(SECRET, TARGET, headers, b"x" * 20_000, NOW)


@given(
    st.dictionaries(
        st.sampled_from(["host", "x-ms-date", "x-ms-content-sha256", "authorization", "x"]), st.text(max_size=60)
    ),
    st.binary(max_size=100),
)
def test_nobodys_webhook_is_refused_whatever_it_says(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadWebhook):
        w.verify(SECRET, TARGET, headers, body, NOW)


@given(st.text(max_size=60))
def test_a_signed_date_is_one_or_refused(date: str) -> None:
    """Whoever has the secret may still send nonsense."""
    headers = w.sign(SECRET, TARGET, HOST, BODY, NOW)
    headers["x-ms-date"] = date
    content = headers["x-ms-content-sha256"]
    signed = f"POST\n{TARGET}\n{date};{HOST};{content}".encode("utf-8", "surrogatepass")
    signature = base64.b64encode(hmac.digest(SECRET.encode(), signed, "sha256")).decode()
    headers["authorization"] = headers["authorization"].partition("Signature=")[0] + f"Signature={signature}"
    with pytest.raises(BadWebhook, match=r"date is none|off the clock"):
        w.verify(SECRET, TARGET, headers, BODY, NOW)


def test_what_they_tell() -> None:
    news = w.read(BODY)
    assert isinstance(news, PaymentNews)
    assert (news.reference, news.name) == ("shop1-till1-00000001", "AUTHORIZED")

    checked_in = w.read(b'{"msn":"123456","merchantQrId":"till-1","customerToken":"secret-t","initiatedAt":"x"}')
    assert checked_in == CheckedIn("123456", "till-1", "secret-t")
    assert "secret-t" not in repr(checked_in)


@given(st.binary())
def test_any_body_is_read_or_refused(body: bytes) -> None:
    with pytest.raises(BadWebhook):
        w.read(body)
