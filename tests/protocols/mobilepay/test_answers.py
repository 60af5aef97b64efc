"""Answers, read strictly; and what a payment's sums say."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.mobilepay import answers
from terminal.protocols.mobilepay.errors import BadAnswer
from terminal.protocols.mobilepay.messages import Money, Payment
from terminal.protocols.mobilepay.standing import Standing, standing

KEY = "shop1-till1-00000001"
READERS = [
    lambda body: answers.payment(body, KEY),
    lambda body: answers.created(body, KEY),
    lambda body: answers.events(body, KEY),
    answers.token,
    answers.exchanged,
    answers.callback_qr,
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def told(state: str = "AUTHORIZED", sums: tuple[int, int, int, int] = (100, 0, 0, 0), **changes: Any) -> bytes:
    """A payment of 100: authorized, cancelled, captured, refunded."""
    names = ("authorizedAmount", "cancelledAmount", "capturedAmount", "refundedAmount")
    content = {
        "reference": KEY,
        "pspReference": "psp-1",
        "amount": {"value": 100, "currency": "DKK"},
        "state": state,
        "aggregate": {name: {"value": value, "currency": "DKK"} for name, value in zip(names, sums, strict=True)},
        **changes,
    }
    return json.dumps(content).encode()


def read(state: str, sums: tuple[int, int, int, int]) -> Payment:
    return answers.payment(told(state, sums), KEY)


@pytest.mark.parametrize("reader", READERS)
@given(body=st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(reader: Any, body: bytes) -> None:
    with contextlib.suppress(BadAnswer):
        assert reader(body) is not None


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_a_refusal_has_a_reason_whatever_its_body(body: bytes) -> None:
    problem = answers.problem(body)

    assert len(problem.text) <= 200
    assert problem.text.isprintable()


@pytest.mark.parametrize("reader", [*READERS, answers.problem])
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b" " * 300_000, b'"\\ud800"'])
def test_what_could_break_a_reader(reader: Any, body: bytes) -> None:
    if reader is answers.problem:
        assert answers.problem(body).text == ""
        return
    with pytest.raises(BadAnswer):
        reader(body)


def test_a_payment_and_its_unknown_fields() -> None:
    payment = answers.payment(told(profile={}, somethingNew=[1]), KEY)

    assert (payment.amount, payment.state, payment.psp_reference) == (Money(100, "DKK"), "AUTHORIZED", "psp-1")


@pytest.mark.parametrize("value", [100.0, 100.5, "100", True, None, -1, 65_000_001, 10**30])
def test_an_amount_is_a_whole_number(value: Any) -> None:
    with pytest.raises(BadAnswer):
        answers.payment(told(amount={"value": value, "currency": "DKK"}), KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "shop1-till1-00000002"},
        {"reference": KEY + "\n"},
        {"pspReference": ""},
        {"pspReference": "a\nb"},
        {"state": "PAID"},
        {"amount": {"value": 100, "currency": "SEK"}},
        {"amount": {"value": 100, "currency": "NOK"}},
        {"aggregate": {}},
    ],
)
def test_a_payment_that_cannot_be_ours(changes: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        answers.payment(told(**changes), KEY)


def test_another_payments_log() -> None:
    event = {
        "reference": "another-one-1",
        "pspReference": "p",
        "name": "CREATED",
        "amount": {"value": 1, "currency": "DKK"},
        "timestamp": "2026-01-01T00:00:00Z",
        "success": True,
    }
    with pytest.raises(BadAnswer, match="another"):
        answers.events(json.dumps([event]).encode(), KEY)
    event["reference"] = KEY
    assert answers.events(json.dumps([event]).encode(), KEY)[0].idempotency_key is None


@pytest.mark.parametrize(("said", "seconds"), [("3599", 3599), (3599, 3599), (10**9, 86_400), (-5, 0)])
def test_how_long_a_token_is_good(said: Any, seconds: int) -> None:
    token = answers.token(json.dumps({"access_token": "secret-t", "expires_in": said}).encode())

    assert token.seconds == seconds
    assert "secret-t" not in repr(token)


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "ø"])
def test_a_token_that_would_bend_a_header(token: str) -> None:
    with pytest.raises(BadAnswer):
        answers.token(json.dumps({"access_token": token, "expires_in": 1}).encode())


def test_whose_a_code_is_is_not_shown() -> None:
    owner = answers.exchanged(b'{"msisdn":"4512345678","version":"2.0"}')

    assert owner.msisdn == "4512345678"
    assert owner.msisdn not in repr(owner)


def test_problems_of_several_makes() -> None:
    full = b'{"type":"about:blank","title":"T","status":404,"detail":"D\\n2","traceId":"x"}'
    assert (answers.problem(full).text, answers.problem(full).status) == ("D 2", 404)
    assert answers.problem(b'{"statusCode":404,"message":"Resource not found"}').status == 0
    assert answers.problem(b"<html>").text == ""


@pytest.mark.parametrize(
    ("state", "sums", "wanted"),
    [
        ("CREATED", (0, 0, 0, 0), Standing.WAITING),
        ("ABORTED", (0, 0, 0, 0), Standing.ABORTED),
        ("EXPIRED", (0, 0, 0, 0), Standing.EXPIRED),
        ("TERMINATED", (0, 100, 0, 0), Standing.WITHDRAWN),
        ("TERMINATED", (0, 0, 0, 0), Standing.WITHDRAWN),
        ("TERMINATED", (100, 100, 0, 0), Standing.WITHDRAWN),
        ("AUTHORIZED", (100, 0, 0, 0), Standing.HELD),
        ("AUTHORIZED", (100, 100, 0, 0), Standing.RELEASED),
        ("AUTHORIZED", (100, 0, 100, 0), Standing.TAKEN),
        ("AUTHORIZED", (100, 0, 100, 1), Standing.RETURNED),
        ("AUTHORIZED", (100, 0, 100, 100), Standing.RETURNED),
        ("AUTHORIZED", (100, 0, 50, 0), Standing.ODD),
        ("AUTHORIZED", (100, 50, 50, 0), Standing.ODD),
        ("AUTHORIZED", (100, 50, 0, 0), Standing.ODD),
        ("AUTHORIZED", (90, 0, 0, 0), Standing.ODD),
        ("AUTHORIZED", (0, 0, 0, 0), Standing.ODD),
        ("AUTHORIZED", (100, 0, 0, 10), Standing.ODD),
        ("AUTHORIZED", (100, 1, 100, 0), Standing.ODD),
        ("CREATED", (100, 0, 0, 0), Standing.ODD),
        ("TERMINATED", (100, 0, 100, 0), Standing.ODD),
        ("EXPIRED", (100, 0, 100, 0), Standing.ODD),
    ],
)
def test_where_a_payment_stands(state: str, sums: tuple[int, int, int, int], wanted: Standing) -> None:
    assert standing(read(state, sums), Money(100, "DKK")) is wanted


@pytest.mark.parametrize("asked", [Money(99, "DKK"), Money(100, "NOK")])
def test_another_amount_than_was_asked_is_odd(asked: Money) -> None:
    assert standing(read("AUTHORIZED", (100, 0, 100, 0)), asked) is Standing.ODD


@given(
    st.sampled_from(["CREATED", "ABORTED", "EXPIRED", "AUTHORIZED", "TERMINATED"]),
    st.tuples(*[st.sampled_from([0, 1, 50, 99, 100, 101])] * 4),
)
def test_money_that_has_moved_is_never_called_over(state: str, sums: tuple[int, int, int, int]) -> None:
    stands = standing(read(state, sums))

    assert (stands in (Standing.TAKEN, Standing.RETURNED)) <= (sums[2] == 100)
    if sums[2]:
        assert stands in (Standing.TAKEN, Standing.RETURNED, Standing.ODD)
