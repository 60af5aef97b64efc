"""The calls of a till, byte by byte."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.mobilepay import requests as r
from terminal.protocols.mobilepay.errors import BadRequest
from terminal.protocols.mobilepay.messages import MOST, Money

KEY = "shop1-till1-00000001"
references = st.from_regex(r"\A[a-zA-Z0-9-]{8,50}\Z")


def body(request: r.Request) -> Any:
    return json.loads(request.body)


def test_a_payment_by_code() -> None:
    request = r.create(KEY, r.money(12500, 208), description="Kasse 1")

    assert (request.method, request.path, request.idempotency_key) == ("POST", "/epayment/v1/payments", KEY)
    assert body(request) == {
        "amount": {"value": 12500, "currency": "DKK"},
        "paymentMethod": {"type": "WALLET"},
        "reference": KEY,
        "userFlow": "QR",
        "customerInteraction": "CUSTOMER_PRESENT",
        "qrFormat": {"format": "TEXT/TARGETURL"},
        "paymentDescription": "Kasse 1",
    }


@pytest.mark.parametrize(
    ("customer", "wanted"),
    [
        (r.Customer(phone_number="4512345678"), {"phoneNumber": "4512345678"}),
        (r.Customer(personal_qr="https://qr.vipps.no/x"), {"personalQr": "https://qr.vipps.no/x"}),
        (r.Customer(customer_token="abc"), {"customerToken": "abc"}),
    ],
)
def test_a_payment_of_a_known_customer(customer: r.Customer, wanted: dict[str, str]) -> None:
    asked = body(r.create(KEY, r.money(1, 208), customer=customer))

    assert (asked["userFlow"], asked["customer"]) == ("PUSH_MESSAGE", wanted)
    assert "qrFormat" not in asked
    assert not any(value in repr(customer) for value in wanted.values())


def test_what_is_done_to_a_payment() -> None:
    path, amount = f"/epayment/v1/payments/{KEY}", Money(5, "DKK")
    told = {"modificationAmount": {"value": 5, "currency": "DKK"}}

    assert (r.get(KEY).method, r.get(KEY).path, r.get(KEY).body) == ("GET", path, b"")
    assert r.events(KEY).path == f"{path}/events"
    for request, name in ((r.capture(KEY, amount, "k-c"), "capture"), (r.refund(KEY, amount, "k-r"), "refund")):
        assert (request.method, request.path, request.idempotency_key) == ("POST", f"{path}/{name}", f"k-{name[0]}")
        assert body(request) == told
    assert (r.cancel(KEY, "k-x").path, r.cancel(KEY, "k-x").body) == (f"{path}/cancel", b"")


def test_the_others() -> None:
    assert (r.token().method, r.token().path, r.token().body) == ("POST", "/accesstoken/get", b"")
    assert body(r.exchange("https://qr.vipps.no/p/x")) == {
        "qrCode": "https://qr.vipps.no/p/x",
        "requestedData": ["MSISDN"],
    }
    put = r.put_callback_qr("till 1/å", "Kasse 1")
    assert (put.method, put.path) == ("PUT", "/qr/v1/merchant-callback/till%201%2F%C3%A5")
    assert body(put) == {"locationDescription": "Kasse 1"}
    assert r.put_sticker("12345", "Kasse 1").path == "/qr/v1/merchant-callback/mobilepay/12345"


@given(references, st.sampled_from(["-c", "-x", "-r", "-x2"]))
def test_an_idempotency_key_fits_and_ends_in_its_operation(reference: str, suffix: str) -> None:
    key = r.idempotency_key(reference, suffix)

    assert re.fullmatch(r"[a-zA-Z0-9-]{8,50}", key)
    assert key.endswith(suffix)
    assert len(reference) > 46 or key == reference + suffix


def test_two_long_keys_stay_two() -> None:
    one, other = "a" * 49 + "1", "a" * 49 + "2"

    assert r.idempotency_key(one, "-c") != r.idempotency_key(other, "-c")


@given(st.text())
def test_a_path_is_never_bent_by_a_reference(reference: str) -> None:
    if re.fullmatch(r"[a-zA-Z0-9-]{8,50}", reference):
        return
    for make in (r.get, r.events, lambda name: r.cancel(name, "k"), lambda name: r.create(name, Money(1, "DKK"))):
        with pytest.raises(BadRequest):
            make(reference)


@given(st.text())
def test_a_path_is_never_bent_by_a_code(qr_id: str) -> None:
    try:
        path = r.put_callback_qr(qr_id, "Kasse").path
    except BadRequest:
        return
    assert re.fullmatch(r"/qr/v1/merchant-callback/[A-Za-z0-9._~%-]+", path)
    assert path.rpartition("/")[2] not in (".", "..", "mobilepay")


@pytest.mark.parametrize("value", [0, -1, MOST + 1, True, 1.0, "1"])
def test_an_amount_that_is_none(value: Any) -> None:
    with pytest.raises(BadRequest):
        r.money(value, 208)


@pytest.mark.parametrize(
    "make",
    [
        lambda: r.money(1, 752),
        lambda: r.create(KEY, Money(1, "DKK"), description="ab"),
        lambda: r.create(KEY, Money(1, "DKK"), description="x" * 101),
        lambda: r.exchange("abc"),
        lambda: r.exchange("x" * 2001),
        lambda: r.exchange("line\nbreak"),
        lambda: r.cancel(KEY, ""),
        lambda: r.cancel(KEY, "x" * 51),
        lambda: r.cancel(KEY, "line\nbreak"),
        lambda: r.put_callback_qr("till-1", ""),
        lambda: r.put_callback_qr("till-1", "x" * 37),
        lambda: r.put_sticker("12 34", "Kasse"),
    ],
)
def test_what_cannot_be_asked(make: Any) -> None:
    with pytest.raises(BadRequest):
        make()
