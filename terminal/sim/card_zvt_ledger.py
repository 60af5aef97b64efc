"""The simulated terminal's memory: the money it has moved, and its last transaction. Survives its own restart.

A payment that the host has approved is pending until the till has acknowledged it. At a start, what is still pending
is reversed: its till never heard of it.
"""

import os
from pathlib import Path
from typing import Literal

import msgspec

_MOST_RECEIPT, _MOST_TRACE = 9999, 999_999


class Move(msgspec.Struct, frozen=True):
    """Money that went, or was about to go, from a card to the shop."""

    trace: int
    receipt: int
    amount: int
    """Minor units."""
    currency: int
    at: str
    """Local time, 'MMDD HHMMSS'."""
    card: str
    state: Literal["pending", "moved", "reversed"] = "pending"


class Last(msgspec.Struct, frozen=True):
    """The last transaction, as 06 20 tells of it."""

    result: int
    move: Move


class _Memory(msgspec.Struct, frozen=True):
    next_trace: int = 1
    next_receipt: int = 1
    moves: tuple[Move, ...] = ()
    last: Last | None = None


class Ledger:
    """Kept in `path`, when there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._memory = _Memory()
        if path is not None and path.exists():
            self._memory = msgspec.json.decode(path.read_bytes(), type=_Memory)
        self.reverse_pending()

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every move, oldest first."""
        return self._memory.moves

    @property
    def moved(self) -> int:
        """What has really gone to the shop, minor units."""
        return sum(move.amount for move in self._memory.moves if move.state == "moved")

    @property
    def last(self) -> Last | None:
        """None: a terminal that has never done anything."""
        return self._memory.last

    def approve(self, amount: int, currency: int, *, at: str, card: str) -> Move:
        """The host has approved: durable before anybody hears of it."""
        move = self._new(amount, currency, at, card)
        self._keep(moves=(*self._memory.moves, move), last=Last(0, move))
        return move

    def decline(self, amount: int, currency: int, result: int, *, at: str, card: str) -> Move:
        """The host has refused."""
        move = msgspec.structs.replace(self._new(amount, currency, at, card), state="reversed")
        self._keep(last=Last(result, move))
        return move

    def commit(self, move: Move) -> None:
        """The till has acknowledged everything."""
        self._settle(move, "moved", 0)

    def reverse(self, move: Move) -> None:
        """It has not."""
        self._settle(move, "reversed", 0x6C)

    def reverse_pending(self) -> None:
        """A start: nobody is left who could acknowledge."""
        for move in self._memory.moves:
            if move.state == "pending":
                self.reverse(move)

    def _settle(self, move: Move, state: Literal["moved", "reversed"], result: int) -> None:
        settled = msgspec.structs.replace(move, state=state)
        moves = tuple(settled if each.trace == move.trace else each for each in self._memory.moves)
        last = self._memory.last
        self._keep(moves=moves, last=Last(result, settled) if last and last.move.trace == move.trace else last)

    def _new(self, amount: int, currency: int, at: str, card: str) -> Move:
        trace, receipt = self._memory.next_trace, self._memory.next_receipt
        self._keep(next_trace=trace % _MOST_TRACE + 1, next_receipt=receipt % _MOST_RECEIPT + 1)
        return Move(trace, receipt, amount, currency, at, card)

    def _keep(self, **changes: object) -> None:
        self._memory = msgspec.structs.replace(self._memory, **changes)
        if self._path is None:
            return
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(self._memory))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
