"""`kasse verify`: everything that can be derived from the entries is derived anew and compared.

Numbering, hash chain, canonical bodies, recorded time, and every receipt made again from the sale it closed: lines,
VAT, total, numbers. One flipped byte anywhere in an entry breaks its hash; what somebody rewrote with new hashes breaks
the receipt that does not follow from its sale.
"""

from collections.abc import Iterator

import msgspec

from terminal.domain.events import AnyEvent, SaleClosed
from terminal.domain.evolve import evolve
from terminal.domain.receipt import make_receipt
from terminal.domain.till import TillState

from .entry import Entry, chain_start, decode, encode, hash_of, kind_of
from .journal import SqliteJournal

MOST_PROBLEMS = 100


class Verification(msgspec.Struct, frozen=True):
    """The result. `problems` are sentences; empty means that all is well."""

    entries: int
    receipts: int
    problems: tuple[str, ...]


def verify(journal: SqliteJournal) -> Verification:
    """Read the whole journal and say what is wrong with it, at most MOST_PROBLEMS sentences."""
    state, previous, receipts, problems = TillState(), None, 0, list[str]()
    count = 0
    for entry in journal.read(0):
        count += 1
        problems += _chain(entry, previous, journal.epoch)
        previous = entry
        event = _event(entry, problems)
        if event is None:
            continue
        if isinstance(event, SaleClosed):
            receipts += 1
            problems += (f"entry {entry.seq}: {fault}" for fault in _receipt(state, event))
        state = evolve(state, event)
        if len(problems) >= MOST_PROBLEMS:
            problems = [*problems[:MOST_PROBLEMS], "and more: stopped here"]
            break
    return Verification(count, receipts, tuple(problems))


def _chain(entry: Entry, previous: Entry | None, epoch: str) -> Iterator[str]:
    expected_seq = previous.seq + 1 if previous else 1
    if entry.seq != expected_seq:
        yield f"entry {expected_seq} is missing: the next one is {entry.seq}"
    expected_hash = previous.hash if previous else chain_start(epoch)
    if entry.prev_hash != expected_hash:
        yield f"entry {entry.seq}: does not continue the chain of the entry before it"
    if entry.hash != hash_of(entry.prev_hash, entry.seq, entry.at, entry.trusted, entry.kind, entry.body):
        yield f"entry {entry.seq} ({entry.kind}): was changed after it was written (its hash does not fit)"
    if previous is not None and entry.at < previous.at:
        yield f"entry {entry.seq}: recorded before the entry in front of it"


def _event(entry: Entry, problems: list[str]) -> AnyEvent | None:
    try:
        event = decode(entry.body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        problems.append(f"entry {entry.seq} ({entry.kind}): cannot be read: {error}")
        return None
    if kind_of(event) != entry.kind:
        problems.append(f"entry {entry.seq}: is marked {entry.kind} but holds {kind_of(event)}")
    if encode(event) != entry.body:
        problems.append(f"entry {entry.seq} ({entry.kind}): is not in the form it is written in")
    return event


def _receipt(state: TillState, event: SaleClosed) -> Iterator[str]:
    receipt = event.receipt
    if receipt.number != state.next_receipt:
        yield f"receipt {receipt.number}: the next number was {state.next_receipt}"
    sale = state.sales.get(event.sale)
    if sale is None:
        yield f"receipt {receipt.number}: closes sale {event.sale}, which was not open"
        return
    again = make_receipt(
        sale,
        receipt.tenders,
        number=receipt.number,
        register=state.register,
        moment=receipt.moment,
        cashier=state.cashier,
        seller=state.seller,
    )
    if again != receipt:
        yield f"receipt {receipt.number}: does not follow from its sale"
    if receipt.tenders[: len(sale.tenders)] != sale.tenders:
        yield f"receipt {receipt.number}: leaves out a payment that was taken"
    if sum(tender.amount for tender in receipt.tenders) != receipt.total:
        yield f"receipt {receipt.number}: its payments do not make its total"
