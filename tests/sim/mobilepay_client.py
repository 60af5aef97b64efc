"""A till's program that is not ours, for the simulated MobilePay: plain httpx with the service's headers."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from terminal.sim.mobilepay import SimMobilePay

PAYMENTS = "/epayment/v1/payments"
_keys = itertools.count(1)


class Client:
    """Knows the keys, fetches a token, makes up idempotency keys."""

    def __init__(self, sim: SimMobilePay, http: httpx.AsyncClient) -> None:
        self.sim = sim
        self.http = http
        self.headers = {
            "Ocp-Apim-Subscription-Key": sim.shop.subscription_key,
            "Merchant-Serial-Number": sim.shop.merchant_serial,
        }

    async def log_in(self) -> httpx.Response:
        """Fetch a token, and use it from here on."""
        shop = self.sim.shop
        keys = {"client_id": shop.client_id, "client_secret": shop.client_secret}
        response = await self.http.post("/accesstoken/get", headers={**self.headers, **keys})
        self.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
        return response

    async def get(self, path: str) -> httpx.Response:
        """GET."""
        return await self.http.get(path, headers=self.headers)

    async def post(self, path: str, content: Any = None, *, key: str = "") -> httpx.Response:
        """POST, with a new idempotency key unless one is given."""
        headers = {**self.headers, "Idempotency-Key": key or f"key-{next(_keys)}"}
        return await self.http.post(path, json=content, headers=headers)

    async def put(self, path: str, content: Any) -> httpx.Response:
        """PUT."""
        return await self.http.put(path, json=content, headers=self.headers)

    async def create(self, reference: str, **changes: Any) -> httpx.Response:
        """A payment of 100.00 kr by code."""
        content = {
            "amount": {"value": 10000, "currency": "DKK"},
            "paymentMethod": {"type": "WALLET"},
            "reference": reference,
            "userFlow": "QR",
            **changes,
        }
        return await self.post(PAYMENTS, content)

    async def adjust(self, reference: str, what: str, value: int | None = None, *, key: str = "") -> httpx.Response:
        """Capture, cancel, refund."""
        content = None if value is None else {"modificationAmount": {"value": value, "currency": "DKK"}}
        return await self.post(f"{PAYMENTS}/{reference}/{what}", content, key=key)


@asynccontextmanager
async def client(**options: Any) -> AsyncIterator[Client]:
    """A simulated service and somebody who has logged in to it."""
    sim = SimMobilePay(**options)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            async with httpx.AsyncClient(base_url=sim.address) as http:
                one = Client(sim, http)
                await one.log_in()
                yield one
            tasks.cancel_scope.cancel()
