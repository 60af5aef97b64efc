"""What the simulated MobilePay answers is what the published OpenAPI files say, and so is what the till asks.

The files belong to Vipps MobilePay and are no part of this project. Where they are at hand (a folder
`vipps-mobilepay` in $KASSE_STANDARDS, or in `shared/standards` beside the checkout), each schema is the files' own;
the required fields written down here are checked everywhere.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml  # type: ignore[import-untyped]  # (comes with python-escpos; its types do not)

from terminal.protocols.mobilepay import requests
from tests.sim.mobilepay_client import PAYMENTS, Client, client

pytestmark = pytest.mark.anyio

STANDARDS = Path(os.environ.get("KASSE_STANDARDS", Path(__file__).parents[3] / "shared" / "standards"))
FILES = {"epayment": "epayment.v1.yml", "qr": "qr.yaml"}
ONE = "a-shop-0001"

MONEY = {
    "type": "object",
    "required": ["value", "currency"],
    "properties": {
        "value": {"type": "integer", "minimum": 0, "maximum": 65_000_000},
        "currency": {"enum": ["NOK", "DKK", "EUR"]},
    },
}
REFERENCE = {"type": "string", "pattern": "^[a-zA-Z0-9-]{8,50}$"}
STATE = {"enum": ["CREATED", "ABORTED", "EXPIRED", "AUTHORIZED", "TERMINATED"]}
AGGREGATE = {
    "type": "object",
    "required": ["authorizedAmount", "cancelledAmount", "capturedAmount", "refundedAmount"],
    "additionalProperties": MONEY,
}


def shape(required: dict[str, Any]) -> dict[str, Any]:
    """An object that has at least these."""
    return {"type": "object", "required": list(required), "properties": required}


ADJUSTED = {
    "amount": MONEY,
    "state": STATE,
    "aggregate": AGGREGATE,
    "pspReference": {"type": "string"},
    "reference": REFERENCE,
}
BY_HAND: dict[tuple[str, str], dict[str, Any]] = {
    ("epayment", "CreatePaymentResponse"): shape({"reference": REFERENCE}),
    ("epayment", "GetPaymentResponse"): shape(
        {**ADJUSTED, "paymentMethod": shape({"type": {"enum": ["WALLET", "CARD"]}}), "profile": {"type": "object"}}
    ),
    ("epayment", "ModificationResponse"): shape(ADJUSTED),
    ("epayment", "PaymentEvent"): shape(
        {
            "reference": REFERENCE,
            "pspReference": {"type": "string"},
            "name": {"type": "string"},
            "amount": MONEY,
            "timestamp": {"type": "string"},
            "success": {"type": "boolean"},
        }
    ),
    ("epayment", "WebhookEvent"): shape(
        {
            "msn": {"type": "string", "pattern": "^[0-9]{4,6}$"},
            "reference": REFERENCE,
            "pspReference": {"type": "string"},
            "name": {"type": "string"},
            "amount": MONEY,
            "timestamp": {"type": "string"},
            "success": {"type": "boolean"},
        }
    ),
    ("epayment", "Problem"): shape(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "traceId": {"type": "string"},
        }
    ),
    ("epayment", "CreatePaymentRequest"): shape(
        {
            "amount": MONEY,
            "paymentMethod": shape({"type": {"enum": ["WALLET", "CARD"]}}),
            "reference": REFERENCE,
            "userFlow": {"enum": ["PUSH_MESSAGE", "NATIVE_REDIRECT", "WEB_REDIRECT", "QR"]},
        }
    ),
    ("epayment", "CaptureModificationRequest"): shape({"modificationAmount": MONEY}),
    ("epayment", "RefundModificationRequest"): shape({"modificationAmount": MONEY}),
    ("qr", "QrExchangeRequest"): shape({"qrCode": {"type": "string"}}),
    ("qr", "QrExchangeResponse"): shape({"msisdn": {"type": "string"}, "version": {"type": "string"}}),
    ("qr", "QrExchangeErrorResponse"): shape(
        {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}
    ),
    ("qr", "QrErrorResponse"): shape(
        {"title": {"type": "string"}, "detail": {"type": "string"}, "instance": {"type": "string"}}
    ),
    ("qr", "MerchantCallbackQr"): shape({"merchantQrId": {"type": "string"}, "qrContent": {"type": "string"}}),
    ("qr", "MerchantCallbackPutRequest"): shape({"locationDescription": {"type": "string", "maxLength": 36}}),
}


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's dialect: nullable is a type, and a reference to another server is left out."""
    if isinstance(node, list):
        return [as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "://" in str(node.get("$ref", "")):
        return {}
    # YAML reads an example's date as one, which JSON does not have.
    node = {name: as_json_schema(each) for name, each in node.items() if name not in ("example", "examples")}
    if node.pop("nullable", False) is True and "type" in node:
        node["type"] = [node["type"], "null"]
    return node


def published() -> dict[str, Any]:
    """The files' components, by API; empty when they are not at hand."""
    folder = STANDARDS / "vipps-mobilepay"
    return {
        api: as_json_schema(yaml.safe_load((folder / name).read_text())["components"])
        for api, name in FILES.items()
        if (folder / name).is_file()
    }


PUBLISHED = published()


def check(api: str, name: str, value: Any) -> None:
    """Against the required fields, and against the file's own schema where there is one."""
    jsonschema_rs.validator_for(BY_HAND[api, name]).validate(value)
    if api in PUBLISHED:
        schema = {"$ref": f"#/components/schemas/{name}", "components": PUBLISHED[api]}
        jsonschema_rs.validator_for(schema).validate(value)


async def everything(c: Client) -> Iterator[tuple[str, str, Any]]:
    """Every kind of answer there is."""
    told: list[tuple[str, str, Any]] = []

    def keep(api: str, name: str, response: Any) -> None:
        told.append((api, name, response.json()))

    keep("epayment", "CreatePaymentResponse", await c.create(ONE))
    push = {"userFlow": "PUSH_MESSAGE", "customer": {"phoneNumber": "4512345678"}}
    keep("epayment", "CreatePaymentResponse", await c.create("a-shop-0002", **push))
    keep("epayment", "Problem", await c.create(ONE))
    keep("epayment", "GetPaymentResponse", await c.get(f"{PAYMENTS}/{ONE}"))
    keep("epayment", "Problem", await c.get(f"{PAYMENTS}/a-shop-9999"))
    keep("epayment", "ModificationResponse", await c.adjust("a-shop-0002", "cancel"))
    keep("epayment", "Problem", await c.adjust(ONE, "capture", 1))
    await c.sim.press("approve", ONE)
    keep("epayment", "GetPaymentResponse", await c.get(f"{PAYMENTS}/{ONE}"))
    keep("epayment", "ModificationResponse", await c.adjust(ONE, "capture", 10000))
    keep("epayment", "ModificationResponse", await c.adjust(ONE, "refund", 1))
    for control in ("reject", "expire"):
        await c.create(f"a-shop-{control}")
        await c.sim.press(control)
        keep("epayment", "GetPaymentResponse", await c.get(f"{PAYMENTS}/a-shop-{control}"))
    for event in (await c.get(f"{PAYMENTS}/{ONE}/events")).json():
        told.append(("epayment", "PaymentEvent", event))
    told += [("epayment", "WebhookEvent", json.loads(webhook.body)) for webhook in c.sim.webhooks]
    personal = {"qrCode": "https://qr.vipps.no/28/2/01/031/4512345678?v=1"}
    keep("qr", "QrExchangeResponse", await c.post("/qr/v1/exchange", personal))
    keep("qr", "QrExchangeErrorResponse", await c.post("/qr/v1/exchange", {"qrCode": "x"}))
    keep("qr", "QrErrorResponse", await c.get("/qr/v1/merchant-callback/till-1"))
    await c.put("/qr/v1/merchant-callback/till-1", {"locationDescription": "Kasse 1"})
    keep("qr", "MerchantCallbackQr", await c.get("/qr/v1/merchant-callback/till-1"))
    return iter(told)


async def test_what_the_simulator_answers() -> None:
    async with client() as c:
        checked = set()
        for api, name, value in await everything(c):
            check(api, name, value)
            checked.add((api, name))

    assert checked == {each for each in BY_HAND if not each[1].endswith("Request")}


@pytest.mark.parametrize(
    ("api", "name", "request_"),
    [
        ("epayment", "CreatePaymentRequest", requests.create(ONE, requests.money(1, 208), description="Kasse 1")),
        ("epayment", "CaptureModificationRequest", requests.capture(ONE, requests.money(1, 208), "k")),
        ("epayment", "RefundModificationRequest", requests.refund(ONE, requests.money(1, 208), "k")),
        ("qr", "QrExchangeRequest", requests.exchange("https://qr.vipps.no/p/x")),
        ("qr", "MerchantCallbackPutRequest", requests.put_callback_qr("till-1", "Kasse 1")),
    ],
)
def test_what_the_till_asks(api: str, name: str, request_: requests.Request) -> None:
    check(api, name, json.loads(request_.body))


@pytest.mark.parametrize("value", [{}, {"modificationAmount": {"value": 1.5, "currency": "DKK"}}])
def test_the_check_can_fail(value: Any) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        check("epayment", "CaptureModificationRequest", value)
