"""The simulated service's calls, by Starlette: headers checked, idempotent, refusals as problem+json.

Sources: ePayment API 1.4.1, QR API 1.0, Access Token API 2.0.0.
"""

import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from terminal.protocols.mobilepay.messages import Money

from .mobilepay_book import Book, No

_MOST_BYTES = 64 * 1024
_REFERENCE = re.compile(r"[a-zA-Z0-9-]{8,50}")
_PERSONAL = re.compile(r"https://qr\.(?:vipps\.no|mobilepay\.dk)/28/2/01/031/([0-9]{10,15})(?:\?v=[0-9]+)?")
"""The personal QR of the file's example, with the number in it; the till may not take it apart itself."""

Handler = Callable[[Request], Awaitable[Response]]


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """The one sales unit that the service knows, with its keys. Made up; they open nothing."""

    merchant_serial: str = "123456"
    client_id: str = "sim-client"
    client_secret: str = "sim-client-secret-0"  # noqa: S105 (opens nothing)
    subscription_key: str = "sim-subscription-0"
    webhook_secret: str = "sim-webhook-secret-0"  # noqa: S105 (as above)
    webhook_host: str = "hq.example.com"
    webhook_target: str = "/webhooks/mobilepay?v=1"
    """Where headquarters would receive them."""


class _Customer(msgspec.Struct, rename="camel"):
    phone_number: str = ""
    personal_qr: str = ""
    customer_token: str = ""


class _Create(msgspec.Struct, rename="camel"):
    amount: Money
    payment_method: dict[str, str]
    reference: str
    user_flow: str
    customer: _Customer | None = None
    customer_interaction: str = "CUSTOMER_NOT_PRESENT"
    qr_format: dict[str, Any] | None = None
    return_url: str = ""


class _Adjust(msgspec.Struct, rename="camel"):
    modification_amount: Money


class Api:
    """Its state besides the payments: tokens, what was answered under which idempotency key, fixed QRs."""

    def __init__(self, book: Book, shop: Shop, *, token_s: int) -> None:
        self._book = book
        self._shop = shop
        self.token_s = token_s
        self._tokens: dict[str, float] = {}
        self._answered: dict[tuple[str, str], tuple[bytes, Response]] = {}
        self.callback_qrs: dict[str, str] = {}
        """Location by id."""
        self.unwell: list[int] = []
        """Statuses (429, 503 …) to answer the next calls with, instead of doing them."""
        self.log_behind = False
        """Event logs lack their last entry, as in a service whose parts hear of things one after the other."""

    def forget_tokens(self) -> None:
        """Every token so far is taken no more."""
        self._tokens.clear()

    def app(self) -> Starlette:
        """The routes."""
        payments, one = "/epayment/v1/payments", "/epayment/v1/payments/{reference}"
        return Starlette(
            routes=[
                Route("/accesstoken/get", self._guarded(self._token, anybody=True), methods=["POST"]),
                Route(payments, self._guarded(self._once(self._create)), methods=["POST"]),
                Route(one, self._guarded(self._get), methods=["GET"]),
                Route(f"{one}/events", self._guarded(self._events), methods=["GET"]),
                Route(f"{one}/cancel", self._guarded(self._once(self._cancel)), methods=["POST"]),
                Route(f"{one}/capture", self._guarded(self._once(self._capture)), methods=["POST"]),
                Route(f"{one}/refund", self._guarded(self._once(self._refund)), methods=["POST"]),
                Route("/epayment/v1/test/payments/{reference}/approve", self._guarded(self._approve), methods=["POST"]),
                Route("/qr/v1/exchange", self._guarded(self._exchange), methods=["POST"]),
                Route("/qr/v1/merchant-callback/mobilepay/{id}", self._guarded(self._put_qr), methods=["PUT"]),
                Route("/qr/v1/merchant-callback/{id}", self._guarded(self._put_qr), methods=["PUT"]),
                Route("/qr/v1/merchant-callback/{id}", self._guarded(self._get_qr), methods=["GET"]),
            ]
        )

    # --- who asks, and how often

    def _guarded(self, handler: Handler, *, anybody: bool = False) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                self._be_unwell()
                self._check_headers(request, anybody=anybody)
                return await handler(request)
            except No as no:
                return _problem(no)

        return guarded

    def _be_unwell(self) -> None:
        if self.unwell:
            raise No(self.unwell.pop(0), "Unwell", "Ask again later")

    def _check_headers(self, request: Request, *, anybody: bool) -> None:
        headers, shop = request.headers, self._shop
        if headers.get("Ocp-Apim-Subscription-Key") != shop.subscription_key:
            raise No(401, "Access Denied", "The subscription key is missing or wrong")
        if headers.get("Merchant-Serial-Number") != shop.merchant_serial:
            raise No(403, "Forbidden", "The merchant serial number is missing or another shop's")
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not anybody and self._tokens.get(token, 0.0) <= time.monotonic():
            raise No(401, "Unauthorized", "The access token is missing or has expired")

    def _once(self, handler: Handler) -> Handler:
        """What was done under an idempotency key is answered again, not done again."""

        async def once(request: Request) -> Response:
            key = request.headers.get("Idempotency-Key", "")
            if not 1 <= len(key) <= 50:
                raise No(400, "Bad Request", "The header Idempotency-Key has 1 to 50 characters")
            asked = hashlib.sha256(await _body(request)).digest()
            before = self._answered.get((request.url.path, key))
            if before is not None:
                if before[0] != asked:
                    raise No(409, "Conflict", "The idempotency key has been used for another request")
                return before[1]
            response = await handler(request)
            self._answered[(request.url.path, key)] = asked, response
            return response

        return once

    # --- the calls

    async def _token(self, request: Request) -> Response:
        shop = self._shop
        if (request.headers.get("client_id"), request.headers.get("client_secret")) != (
            shop.client_id,
            shop.client_secret,
        ):
            raise No(401, "Unauthorized", "The client is not known")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self.token_s
        now = int(time.time())
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": str(self.token_s),
                "ext_expires_in": "0",
                "expires_on": str(now + self.token_s),
                "not_before": str(now),
                "resource": "00000002-0000-0000-c000-000000000000",
                "access_token": token,
            }
        )

    async def _create(self, request: Request) -> Response:
        asked = await _read(request, _Create)
        reference, key = asked.reference, request.headers["Idempotency-Key"]
        if _REFERENCE.fullmatch(reference) is None:
            raise No(400, "Bad Request", "The reference does not fit")
        if asked.payment_method.get("type") != "WALLET" or asked.user_flow not in ("QR", "PUSH_MESSAGE"):
            raise No(400, "Bad Request", "A till asks for WALLET with QR or PUSH_MESSAGE")
        if not asked.amount.value:
            raise No(400, "Bad Request", "The amount is nothing")
        whom = [each for each in (msgspec.structs.astuple(asked.customer) if asked.customer else ()) if each]
        if len(whom) != (1 if asked.user_flow == "PUSH_MESSAGE" else 0):
            raise No(400, "Bad Request", "A push message has exactly one customer, a QR has none")
        entry = self._book.create(
            reference, asked.amount, flow=asked.user_flow, customer=whom[0] if whom else "", key=key
        )
        told = {"reference": reference}
        return JSONResponse({**told, "redirectUrl": entry.qr} if entry.qr else told, 201)

    async def _get(self, request: Request) -> Response:
        return JSONResponse(self._book.find(request.path_params["reference"]).told())

    async def _events(self, request: Request) -> Response:
        logged = self._book.find(request.path_params["reference"]).logged()
        return JSONResponse(logged[:-1] if self.log_behind else logged)

    async def _capture(self, request: Request) -> Response:
        asked = await _read(request, _Adjust)
        entry = self._book.capture(
            request.path_params["reference"], asked.modification_amount, request.headers["Idempotency-Key"]
        )
        return JSONResponse(entry.adjusted())

    async def _refund(self, request: Request) -> Response:
        asked = await _read(request, _Adjust)
        entry = self._book.refund(
            request.path_params["reference"], asked.modification_amount, request.headers["Idempotency-Key"]
        )
        return JSONResponse(entry.adjusted())

    async def _cancel(self, request: Request) -> Response:
        entry = self._book.cancel(request.path_params["reference"], request.headers["Idempotency-Key"])
        return JSONResponse(entry.adjusted())

    async def _approve(self, request: Request) -> Response:
        if not self._book.approve(self._book.find(request.path_params["reference"])):
            raise No(409, "Conflict", "The payment does not wait for its customer")
        return Response(status_code=200)

    async def _exchange(self, request: Request) -> Response:
        asked = await _read(request, dict[str, Any])
        match = _PERSONAL.fullmatch(str(asked.get("qrCode", "")))
        if match is None:
            raise No(400, "Bad request", "The complete data contained in the QR code is required.")
        return JSONResponse({"msisdn": match[1], "timestamp": int(time.time()), "version": "2.0"})

    async def _put_qr(self, request: Request) -> Response:
        asked = await _read(request, dict[str, Any])
        location = asked.get("locationDescription")
        if not isinstance(location, str) or len(location) > 36:
            raise No(400, "Bad Request", "A location has at most 36 characters")
        self.callback_qrs[request.path_params["id"]] = location
        return Response(status_code=200)

    async def _get_qr(self, request: Request) -> Response:
        qr_id = request.path_params["id"]
        if qr_id not in self.callback_qrs:
            raise No(404, "Not Found", "There is no such QR code")
        return JSONResponse(
            {
                "merchantSerialNumber": self._shop.merchant_serial,
                "merchantQrId": qr_id,
                "locationDescription": self.callback_qrs[qr_id],
                "qrImageUrl": f"https://qr.example.com/generate/{qr_id}.svg",
                "qrContent": f"https://qr.example.com/{qr_id}",
            }
        )


def _problem(no: No) -> Response:
    trace = str(uuid.uuid4())
    content = {
        "type": f"https://errors.example.com/{no.status}",
        "title": no.title,
        "detail": no.detail,
        "status": no.status,
        "traceId": trace,
        "instance": trace,
    }
    headers = {"Retry-After": "1"} if no.status in (429, 503) else None
    return JSONResponse(content, no.status, headers, media_type="application/problem+json")


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > _MOST_BYTES:
        raise No(413, "Too long", "No request is that long")
    return body


async def _read(request: Request, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(await _body(request), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise No(400, "Bad Request", "The body does not fit") from error
