"""One payment at the service, and what can be done to it: look, capture, withdraw."""

import anyio

from terminal.app.ports.device import DeviceError
from terminal.domain.payment import Approved, OutcomeUnknown, PaymentIntent
from terminal.protocols.mobilepay import answers, requests
from terminal.protocols.mobilepay import messages as m
from terminal.protocols.mobilepay.errors import BadAnswer
from terminal.protocols.mobilepay.standing import Standing, standing

from .mobilepay_service import Refused, Service

_WITHDRAWALS = 3

NO_ANSWER = (DeviceError, Refused, BadAnswer)
"""What every call of a Case raises: not reached or lost, refused, unreadable."""


def in_doubt(error: Exception) -> OutcomeUnknown:
    """What one of NO_ANSWER leaves behind when money may have moved."""
    if isinstance(error, Refused):
        return OutcomeUnknown(f"the service answers: {error}")
    return OutcomeUnknown(f"the service does not say: {error}")


class Case:
    """A payment by its reference. Every call raises NO_ANSWER's."""

    def __init__(self, service: Service, reference: str, asked: m.Money | None) -> None:
        """`asked`: what it was created with; None: whatever the service says (a payment to be given back)."""
        self._service = service
        self.reference = reference
        self._asked = asked
        self._told: m.Payment | None = None

    async def look(self, *, tries: int | None = None) -> Standing:
        """getPayment."""
        return self._read(await self._service.ask(requests.get(self.reference), tries=tries))

    async def capture(self, amount: m.Money, key: str) -> Standing:
        """Take it. `key`: the capturing intent's."""
        request = requests.capture(self.reference, amount, requests.idempotency_key(key, "-c"))
        return self._read(await self._service.ask(request))

    async def refund(self, amount: m.Money, key: str) -> Standing:
        """Give it back, or a part. `key`: the refunding intent's."""
        request = requests.refund(self.reference, amount, refund_key(key))
        return self._read(await self._service.ask(request))

    async def withdraw(self, key: str, pause: float) -> Standing:
        """Call it off before approval, let go what is held after it; where it stands then.

        An approval that comes in just before makes the service refuse: then it is asked again, under another key,
        since an idempotent service may repeat its refusal to the same one.
        """
        for turn in range(1, _WITHDRAWALS + 1):
            request = requests.cancel(self.reference, withdrawal_key(key, turn))
            try:
                return self._read(await self._service.ask(request))
            except Refused:
                stands = await self.look()
                if stands not in (Standing.WAITING, Standing.HELD) or turn == _WITHDRAWALS:
                    return stands
                await anyio.sleep(pause)
        raise AssertionError("the last turn returns")

    def approval(self, intent: PaymentIntent) -> Approved:
        """The approval that the payment, as last told of, is for the intent."""
        return Approved(intent.amount, reference=self.told.psp_reference)

    @property
    def told(self) -> m.Payment:
        """The payment as last told of. Only after a call that has returned."""
        if self._told is None:
            raise RuntimeError("the service has told nothing of this payment yet")
        return self._told

    def _read(self, body: bytes) -> Standing:
        payment = answers.payment(body, self.reference)
        self._told = payment
        return standing(payment, self._asked)


def refund_key(key: str) -> str:
    """The idempotency key of a refunding intent."""
    return requests.idempotency_key(key, "-r")


def withdrawal_key(key: str, turn: int) -> str:
    """The idempotency key of a withdrawal: the first one, the second one …"""
    return requests.idempotency_key(key, "-x" if turn == 1 else f"-x{turn}")


def withdrawal_keys(key: str) -> frozenset[str]:
    """All that a withdrawing intent may have used."""
    return frozenset(withdrawal_key(key, turn) for turn in range(1, _WITHDRAWALS + 1))
