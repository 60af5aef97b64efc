"""The simulated nexo terminal's memory: every transaction with its answer, and the money. Survives its own restart."""

import os
from pathlib import Path

import msgspec

from terminal.protocols.nexo import messages as m

from .payment_faults import Move


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One payment or reversal that was begun."""

    header: m.Header
    """Of the request."""
    key: str
    """What the till calls it."""
    answer: m.Answer | None = None
    """None: it is still running."""
    name: str = ""
    """What the terminal calls it, once it has moved money."""
    moved: int = 0
    """What the card was charged with, minor units, tip and all."""
    given_back: int = 0


class _Memory(msgspec.Struct, frozen=True):
    counter: int = 0
    transactions: dict[str, Transaction] = {}
    moves: tuple[Move, ...] = ()


class Ledger:
    """Kept in `path`, when there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._memory = _Memory()
        if path is not None and path.exists():
            self._memory = msgspec.json.decode(path.read_bytes(), type=_Memory)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Money that really moved, oldest first."""
        return self._memory.moves

    @property
    def running(self) -> tuple[Transaction, ...]:
        """What was begun and has no answer."""
        return tuple(each for each in self._memory.transactions.values() if each.answer is None)

    def get(self, sale_id: str, service_id: str) -> Transaction | None:
        """By the header of its request."""
        return self._memory.transactions.get(f"{sale_id} {service_id}")

    def named(self, name: str) -> Transaction | None:
        """By the terminal's own name."""
        return next((each for each in self._memory.transactions.values() if name and each.name == name), None)

    def last(self, category: str) -> Transaction | None:
        """The last request of a category."""
        found = [each for each in self._memory.transactions.values() if each.header.message_category == category]
        return found[-1] if found else None

    def number(self) -> int:
        """A new one for the terminal's own names."""
        self._keep(counter=self._memory.counter + 1)
        return self._memory.counter

    def put(self, *changed: Transaction, move: Move | None = None) -> None:
        """All of it, and the money, in one step."""
        new = {f"{each.header.sale_id} {each.header.service_id}": each for each in changed}
        moves = self._memory.moves if move is None else (*self._memory.moves, move)
        self._keep(transactions={**self._memory.transactions, **new}, moves=moves)

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
