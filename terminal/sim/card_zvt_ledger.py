"""The simulated terminal's memory: the money it has moved, and its last transaction. Survives its own restart.

A payment that the host has approved is pending until the till has acknowledged it. At a start, what is still pending
is reversed: its till never heard of it.
"""

import os
from pathlib import Path
from typing import Literal

import msgspec

from .payment_faults import MoveKind

_MOST_RECEIPT, _MOST_TRACE = 9999, 999_999


class Move(msgspec.Struct, frozen=True):
    """Money that went, or was about to go, from a card to the shop; of a refund and a reversal, the other way."""

    trace: int
    receipt: int
    amount: int
    """Minor units, greater than zero; a tip is within."""
    currency: int
    at: str
    """Local time, 'MMDD HHMMSS'."""
    card: str
    state: Literal["pending", "moved", "reversed"] = "pending"
    kind: MoveKind = "sale"
    tip: int = 0
    of: int = 0
    """Of a reversal: the trace of what it undoes."""

    @property
    def signed(self) -> int:
        """What the shop has got by it."""
        return self.amount if self.kind == "sale" else -self.amount


class Last(msgspec.Struct, frozen=True):
    """The last transaction, as 06 20 tells of it."""

    result: int
    move: Move


class _Memory(msgspec.Struct, frozen=True):
    next_trace: int = 1
    next_receipt: int = 1
    moves: tuple[Move, ...] = ()
    last: Last | None = None
    closed: int = 0
    """So many moves belong to days that have been closed."""


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
        return sum(move.signed for move in self._memory.moves if move.state == "moved")

    @property
    def last(self) -> Last | None:
        """None: a terminal that has never done anything."""
        return self._memory.last

    @property
    def today(self) -> tuple[Move, ...]:
        """What has moved since the day was closed last."""
        return tuple(move for move in self._memory.moves[self._memory.closed :] if move.state == "moved")

    def reversible(self, receipt: int) -> Move | None:
        """Today's payment or refund with a receipt number, if it has not been undone."""
        undone = {move.of for move in self.today if move.kind == "reversal"}
        found = [m for m in self.today if m.receipt == receipt and m.kind != "reversal" and m.trace not in undone]
        return found[-1] if found else None

    def synchronise(self, receipt_id: int) -> None:
        """The till has mirrored a receipt id: one behind, and the last transaction is reversed (4.2)."""
        last = next((move for move in reversed(self._memory.moves) if move.state == "moved"), None)
        if last is not None and receipt_id == last.receipt - 1:
            self.reverse(last)

    def close_day(self) -> int:
        """The totals have been sent to the host; gives the trace of doing so."""
        trace = self._memory.next_trace
        self._keep(next_trace=trace % _MOST_TRACE + 1, closed=len(self._memory.moves))
        return trace

    def approve(
        self,
        amount: int,
        currency: int,
        *,
        at: str,
        card: str,
        kind: MoveKind = "sale",
        tip: int = 0,
        of: int = 0,
    ) -> Move:
        """The host has approved: durable before anybody hears of it."""
        move = msgspec.structs.replace(self._new(amount, currency, at, card), kind=kind, tip=tip, of=of)
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
