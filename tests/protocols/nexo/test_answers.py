"""What a terminal's answer says about an intent."""

import base64
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, CardSlip, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo import requests
from terminal.protocols.nexo.answers import expect, outcome
from terminal.protocols.nexo.errors import MessageError
from terminal.protocols.nexo.meanings import CONDITIONS
from terminal.protocols.nexo.notifications import event, shown
from terminal.protocols.nexo.receipts import slips

INTENT = PaymentIntent(7, 3, Amount(12500), key="11111111-aaaa-4bbb-8ccc-000000000007")
PAID = Approved(Amount(12500), tip=Amount(500), reference="2026-11-24T19:51:14.000Z/SIM1.PSP1")
REFUND = PaymentIntent(8, 4, Amount(2500), purpose="refund", key="refund-0008", of=PAID)


def payment(amounts: m.AmountsResp | None, *, result: str = "Success", pan: str = "", of: str = INTENT.key) -> Any:
    return m.PaymentResponse(
        response=m.Response(result),
        sale_data=m.SaleData(sale_transaction_id=m.TransactionID(of)),
        poi_data=m.POIData(m.TransactionID("SIM2.PSP2", "2026-11-24T19:51:14.000Z")),
        payment_result=m.PaymentResult(
            "Normal", amounts, m.PaymentInstrumentData("Card", m.CardData("mc", pan)), m.PaymentAcquirerData()
        ),
    )


def paid(authorised: str, tip: str | None = None, currency: str = "DKK") -> m.AmountsResp:
    return m.AmountsResp(Decimal(authorised), currency, None if tip is None else Decimal(tip))


def said(answer: m.PaymentResponse, intent: PaymentIntent = INTENT, *, asked: bool = False) -> PaymentResult:
    return outcome(intent, answer, None, poi_id="SIM1", asked=asked).result


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (paid("125"), (12500, 0)),
        (paid("125.00", currency=""), (12500, 0)),
        (paid("130.00", "5.00"), (12500, 500)),
        (paid("80.50"), (8050, 0)),
    ],
)
def test_approved(amounts: m.AmountsResp, expected: tuple[int, int]) -> None:
    result = said(payment(amounts))

    assert isinstance(result, Approved)
    assert (result.amount, result.tip) == expected
    assert (result.reference, result.terminal_time) == ("2026-11-24T19:51:14.000Z/SIM2.PSP2", "1124 195114")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (payment(paid("125.01")), "approves 12501 where 12500 was asked"),
        (payment(paid("0")), "approves 0"),
        (payment(paid("5", "5")), "approves 0"),
        (payment(paid("1.005")), "no whole number"),
        (payment(paid("125", currency="EUR")), "approves in EUR"),
        (payment(None), "without an amount"),
        (payment(paid("125"), of="another"), "another sale"),
        (payment(m.AmountsResp(Decimal(125), "DKK", None, Decimal(10))), "cash"),
        (payment(paid("125"), result="Perhaps"), "did not finish: no reason"),
    ],
)
def test_what_does_not_fit_is_unknown(answer: m.PaymentResponse, why: str) -> None:
    result = said(answer)

    assert isinstance(result, OutcomeUnknown)
    assert why in result.why


@pytest.mark.parametrize("pan", ["541333 **** 9999", "4571100000005673", "4571 1000 0000 5673", "٤٥٧١١٠٠٠٠٠٠٠٥٦٧٣"])
def test_no_more_of_a_card_number_than_may_be_seen(pan: str) -> None:
    result = said(payment(paid("125"), pan=pan))

    assert isinstance(result, Approved)
    assert sum(char.isdigit() for char in result.masked_pan) <= 10


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_every_condition_is_settled_when_asked(condition: str) -> None:
    answer = m.PaymentResponse(response=m.Response("Failure", condition, "message=Why%20not"))
    result = said(answer, asked=True)

    if condition == "InProgress":
        assert isinstance(result, OutcomeUnknown)
    else:
        assert isinstance(result, Declined)
        assert (result.code, result.text) == (condition, "Why not")


@pytest.mark.parametrize("condition", ["UnreachableHost", "UnavailableService", "InProgress", "Newfangled", ""])
def test_conditions_that_are_asked_about(condition: str) -> None:
    assert isinstance(said(m.PaymentResponse(response=m.Response("Failure", condition))), OutcomeUnknown)


def test_words_in_base64_json() -> None:
    text = base64.b64encode(b'{"additionalData":{"refusalReason":"05 Do not honor"},"message":"DECLINED"}').decode()
    answer = m.PaymentResponse(response=m.Response("Failure", "Refusal", text))

    assert said(answer) == Declined("declined", "Refusal", "05 Do not honor")


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: base64.b64encode(data).decode()))
def test_any_additional_response(text: str) -> None:
    assert isinstance(said(m.PaymentResponse(response=m.Response("Failure", "Refusal", text))), Declined)


ANY = st.text(max_size=30)
ANY_AMOUNTS = st.builds(
    m.AmountsResp,
    st.decimals() | st.just(Decimal(125)) | st.just(Decimal("sNaN")),
    st.sampled_from(["DKK", ""]) | ANY,
    st.none() | st.decimals(),
    st.none() | st.decimals(),
)
ANY_PAYMENT = st.builds(
    m.PaymentResponse,
    response=st.builds(m.Response, st.sampled_from(["Success", "Partial"]) | ANY, ANY, ANY),
    poi_data=st.none() | st.builds(m.POIData, st.none() | st.builds(m.TransactionID, ANY, ANY)),
    payment_result=st.none()
    | st.builds(
        m.PaymentResult,
        ANY,
        st.none() | ANY_AMOUNTS,
        st.none() | st.builds(m.PaymentInstrumentData, ANY, st.none() | st.builds(m.CardData, ANY, ANY)),
        st.none() | st.builds(m.PaymentAcquirerData, ANY, ANY, st.none() | st.builds(m.TransactionID, ANY)),
    ),
)


@given(ANY_PAYMENT, st.sampled_from([INTENT, REFUND]), st.booleans())
def test_any_payment_has_an_outcome(answer: m.PaymentResponse, intent: PaymentIntent, asked: bool) -> None:
    result = said(answer, intent, asked=asked)

    if isinstance(result, Approved):
        assert 0 < result.amount <= intent.amount
        assert result.tip >= 0


@given(st.none() | st.decimals())
def test_any_reversal_has_an_outcome(amount: Decimal | None) -> None:
    response = m.ReversalResponse(response=m.Response("Success"), reversed_amount=amount)
    result = outcome(REFUND, None, response, poi_id="SIM1").result

    assert isinstance(result, OutcomeUnknown) or result == Approved(Amount(2500), terminal_id="SIM1")


def test_a_reversal() -> None:
    def back(amount: str | None, intent: PaymentIntent) -> PaymentResult:
        response = m.ReversalResponse(
            response=m.Response("Success"), reversed_amount=None if amount is None else Decimal(amount)
        )
        return outcome(intent, None, response, poi_id="SIM1").result

    whole = msgspec.structs.replace(REFUND, purpose="reverse", amount=Amount(12500))
    assert back("25", REFUND) == Approved(Amount(2500), terminal_id="SIM1")
    assert back(None, REFUND) == Approved(Amount(2500), terminal_id="SIM1")
    assert back("130", whole) == back("125", whole) == Approved(Amount(12500), tip=Amount(500), terminal_id="SIM1")
    assert isinstance(back("24.99", REFUND), OutcomeUnknown)


def test_an_answer_to_something_else() -> None:
    head = requests.header("Payment", "ABC", sale_id="till-1", poi_id="SIM1")
    answer = m.Answer(message_header=msgspec.structs.replace(head, message_type="Response"))

    assert expect(answer, head) is answer
    for other in ({"service_id": "ABD"}, {"sale_id": "till-2"}, {"poi_id": "SIM2"}, {"message_category": "Login"}):
        with pytest.raises(MessageError):
            expect(answer, msgspec.structs.replace(head, **other))
    with pytest.raises(MessageError):
        expect(m.Request(message_header=head), head)


# --- receipts


def slip(*lines: str, kind: str = "CustomerReceipt") -> tuple[CardSlip, ...]:
    text = tuple(m.OutputText(line) for line in lines)
    return slips((m.PaymentReceipt(kind, m.OutputContent("Text", text)),))


def test_a_receipt() -> None:
    lines = ("key=filler", "key=header1&name=Butik", "name=TID&value=123", "key=approved&name=GODKENDT", "Tak", "")

    assert slip(*lines) == (CardSlip("customer", ("Butik", "TID " + f"{'123':>28}", "GODKENDT", "Tak")),)
    assert slip("a", kind="CashierReceipt")[0].copy == "merchant"
    assert slip() == slip("", "key=filler") == ()


def test_a_whole_card_number_on_a_receipt() -> None:
    assert slip("name=PAN&value=4111111111111111")[0].lines == ("PAN             411111******1111",)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_receipt(lines: list[str]) -> None:
    for each in slip(*lines):
        assert all(line.isprintable() for line in each.lines)


# --- what the terminal tells on its own


def test_the_terminals_display() -> None:
    said_so = "TransactionID=oLkO001&TimeStamp=2018-02-07T10%3a16%3a14.000Z&event=TENDER_CREATED"
    content = m.OutputContent("MessageRef", predefined_content=m.PredefinedContent(said_so))
    news = shown(m.DisplayRequest((m.DisplayOutput("CashierDisplay", "Status", content),)))

    assert news is not None
    assert (news.transaction_id, news.message.code) == ("oLkO001", "0A")
    assert shown(m.DisplayRequest()) is None


def test_events() -> None:
    assert event(m.EventNotification(event_to_notify="Shutdown")) == "the terminal shuts down"
    assert event(m.EventNotification(event_to_notify="X", event_details="y")) == "the terminal tells of X: y"


# --- requests


def test_a_payments_service_id_is_found_again() -> None:
    again = msgspec.structs.replace(INTENT)
    other = msgspec.structs.replace(INTENT, key="11111111-aaaa-4bbb-8ccc-000000000008")

    assert requests.service_id(INTENT) == requests.service_id(again) == "G872968HTT"
    assert requests.service_id(other) != requests.service_id(INTENT)


@given(st.text("0123456789abcdef-", min_size=8, max_size=50))
def test_a_service_id_is_ten_letters_and_digits(key: str) -> None:
    found = requests.service_id(msgspec.structs.replace(INTENT, key=key))

    assert len(found) == 10
    assert found.isascii()
    assert found.isalnum()


def test_a_refund_names_the_payment_and_its_own_amount() -> None:
    head = requests.header("Reversal", "ABC", sale_id="till-1", poi_id="SIM1")
    body = requests.money(head, REFUND, at="now").body

    assert isinstance(body, m.Request)
    assert body.reversal_request is not None
    assert body.reversal_request.reversed_amount == Decimal("25.00")
    assert body.reversal_request.original_poi_transaction.poi_transaction_id == m.TransactionID(
        "SIM1.PSP1", "2026-11-24T19:51:14.000Z"
    )
    assert body.reversal_request.sale_data is not None
    assert body.reversal_request.sale_data.sale_to_acquirer_data == "currency=DKK"


def test_a_currency_without_a_name() -> None:
    with pytest.raises(MessageError, match="currency 840"):
        requests.money(
            requests.header("Payment", "ABC", sale_id="t", poi_id="p"),
            msgspec.structs.replace(INTENT, currency=840),
            at="now",
        )
