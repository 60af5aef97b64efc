"""Who may approve: a name and a PIN, checked against the settings' hashes, with a lock against guessing.

A four-digit PIN has 10,000 values; five tries and a minute's wait keep a till's screen from finding one.
"""

import threading

import msgspec

from terminal.domain.errors import Reason, SaleError

MOST_FAILURES = 5
WITHIN = 300.0
"""Seconds: failures older than this are forgotten."""
LOCKED_FOR = 60.0
"""Seconds."""
LONGEST_PIN = 64


class _Tries(msgspec.Struct):
    """One approver's failures, by the monotonic clock."""

    failed: tuple[float, ...] = ()
    locked_until: float = float("-inf")


class Approval:
    """The approvers of one till. Forgets its locks when the till starts anew."""

    def __init__(self, approvers: tuple[tuple[str, str], ...]) -> None:
        """`approvers` are (name, argon2id hash of the PIN)."""
        self._hashes = dict(approvers)
        self._tries = {name: _Tries() for name in self._hashes}
        # One check at a time: each takes 19 MB for a moment, and two at once must not count as one try.
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Who there is, in the order of the settings."""
        return tuple(self._hashes)

    def check(self, name: str, pin: str, now: float) -> str:
        """The approver's name when the PIN is theirs. `now` is monotonic seconds.

        Raises SaleError: APPROVAL_WRONG, or APPROVAL_LOCKED with the seconds to wait as its detail. Takes up to half a
        second on a small board: call it in a thread.
        """
        tries = self._tries.get(name)
        if tries is None:
            raise SaleError(Reason.APPROVAL_WRONG)
        with self._lock:
            wait = tries.locked_until - now
            if wait > 0:
                raise SaleError(Reason.APPROVAL_LOCKED, str(int(wait) + 1))
            if self._fits(name, pin):
                tries.failed = ()
                return name
            tries.failed = (*(at for at in tries.failed if now - at < WITHIN), now)
            if len(tries.failed) >= MOST_FAILURES:
                tries.failed = ()
                tries.locked_until = now + LOCKED_FOR
                raise SaleError(Reason.APPROVAL_LOCKED, str(int(LOCKED_FOR)))
        raise SaleError(Reason.APPROVAL_WRONG)

    def _fits(self, name: str, pin: str) -> bool:
        # Imported here: most sales need no approval, and a start none (6 ms).
        from argon2 import PasswordHasher
        from argon2.exceptions import VerifyMismatchError

        if not 0 < len(pin) <= LONGEST_PIN:
            return False
        try:
            return PasswordHasher().verify(self._hashes[name], pin.encode("utf-8", "surrogatepass"))
        except VerifyMismatchError:
            return False


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN, for the settings: 19 MB and two passes, OWASP's least, since the board has 512 MB."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(pin)
