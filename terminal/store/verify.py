"""`kasse verify`: everything that can be derived from the entries is derived anew and compared.

Numbering, hash chain, canonical bodies, recorded time, the file's own structure, and every receipt made again from the
sale it closed: lines, VAT, total, payments, number, time, and what it gives back of which earlier receipt. One flipped
byte anywhere in an entry breaks its hash; what somebody rewrote with new hashes breaks the receipt that does not follow
from its sale; a cut-off end is missed by the projections that have already followed it.
"""

from array import array
from collections.abc import Iterator

import msgspec

from terminal.app.ports.journal import JournalError
from terminal.domain.cash import cash_due
from terminal.domain.decide_pay import due_of
from terminal.domain.events import AnyEvent, SaleClosed
from terminal.domain.evolve import evolve
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt, make_receipt
from terminal.domain.sale import CashTender, PaymentTender, ReturnOf, Sale, TenderRef
from terminal.domain.till import TillState

from .entry import Entry, chain_start, decode, encode, hash_of, kind_of
from .journal import SqliteJournal
from .views import followed

MOST_PROBLEMS = 100


class Verification(msgspec.Struct, frozen=True):
    """The result. `problems` are sentences; empty means that all is well."""

    entries: int
    receipts: int
    problems: tuple[str, ...]


def verify(journal: SqliteJournal) -> Verification:
    """Read the whole journal and say what is wrong with it, at most MOST_PROBLEMS sentences."""
    check = _Check(journal)
    problems: list[str] = []
    try:
        for sentence in check.run():
            problems.append(sentence)
            if len(problems) >= MOST_PROBLEMS:
                problems.append("and more: stopped here")
                break
    except JournalError as error:
        problems.append(str(error))
    return Verification(check.entries, len(check.receipts), tuple(problems))


class _Check:
    """One reading of the journal, from the first entry to the last."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._state = TillState()
        self._given: dict[tuple[int, int], int] = {}
        """Money given back of a receipt's line."""
        self._paid_back: dict[TenderRef, int] = {}
        """Money given back of a receipt's tender."""
        self.entries = 0
        self.receipts = array("q")
        """The entry of each receipt, in their order."""

    def run(self) -> Iterator[str]:
        """Read on, and say what is wrong, sentence by sentence."""
        yield from self._journal.damage()
        previous: Entry | None = None
        for entry in self._journal.read(0):
            self.entries += 1
            yield from _chain(entry, previous, self._journal.epoch)
            previous = entry
            try:
                event = decode(entry.body)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                yield f"entry {entry.seq} ({entry.kind}): cannot be read: {error}"
                continue
            yield from _form(entry, event)
            if isinstance(event, SaleClosed):
                yield from (f"entry {entry.seq}: {fault}" for fault in self._closed(entry, event))
            self._state = evolve(self._state, event)
        yield from self._end()

    def _closed(self, entry: Entry, event: SaleClosed) -> Iterator[str]:
        state, receipt = self._state, event.receipt
        if event.settles is not None:
            state = evolve(state, event.settles)
        name = f"receipt {receipt.number}"
        if receipt.number != state.next_receipt:
            yield f"{name}: the next number was {state.next_receipt}"
        if (receipt.moment.at, receipt.moment.trusted) != (entry.at, entry.trusted):
            yield f"{name}: says another time than its entry"
        sale = state.sales.get(event.sale)
        if sale is None:
            yield f"{name}: closes sale {event.sale}, which was not open"
        else:
            yield from (f"{name}: {fault}" for fault in self._from_sale(sale, receipt))
        self.receipts.append(entry.seq)

    def _from_sale(self, sale: Sale, receipt: Receipt) -> Iterator[str]:
        again = make_receipt(
            sale,
            receipt.tenders,
            number=receipt.number,
            register=self._state.register,
            moment=receipt.moment,
            cashier=self._state.cashier,
            seller=self._state.seller,
        )
        if again != receipt:
            yield "does not follow from its sale"
        yield from _payments(sale, receipt)
        for tender in receipt.tenders:
            if tender.of is not None and tender.of.receipt:
                yield from self._given_back(tender.of, Amount(-tender.amount))
        for line in receipt.lines:
            if line.returned_receipt:
                of = sale.basket.lines[line.no - 1].returned if line.no <= len(sale.basket.lines) else None
                yield from self._returned(line.returned_receipt, line.returned_line, of, Amount(-line.amount))

    def _returned(self, number: int, line_no: int, of: ReturnOf | None, money: Amount) -> Iterator[str]:
        key = (number, line_no)
        given = self._given[key] = self._given.get(key, 0) + money
        original = self._receipt(number)
        sold = next((line for line in original.lines if line.no == line_no), None) if original else None
        if sold is None:
            yield f"returns line {line_no} of receipt {number}, which is not there"
            return
        if of is not None and (of.quantity, of.paid) != (sold.quantity, sold.amount):
            yield f"returns line {line_no} of receipt {number} at another price than was paid"
        if money < 0 or given > sold.amount:
            yield f"gives back more of line {line_no} of receipt {number} than was paid"

    def _given_back(self, of: TenderRef, money: Amount) -> Iterator[str]:
        given = self._paid_back[of] = self._paid_back.get(of, 0) + money
        original = self._receipt(of.receipt)
        paid = 0
        if original is not None and 1 <= of.tender <= len(original.tenders):
            within = (tender.amount for tender in original.tenders if tender.of == TenderRef(0, of.tender))
            paid = original.tenders[of.tender - 1].amount + sum(within)
        if money < 0 or given > paid:
            yield f"pays back more of payment {of.tender} of receipt {of.receipt} than was paid"

    def _receipt(self, number: int) -> Receipt | None:
        if not 1 <= number <= len(self.receipts):
            return None
        entry = next(self._journal.read(self.receipts[number - 1] - 1, 1))
        event = decode(entry.body)
        return event.receipt if isinstance(event, SaleClosed) else None

    def _end(self) -> Iterator[str]:
        seen = followed(self._journal.path.parent)
        if seen is not None and self._journal.hash_at(seen[0]) != seen[1]:
            yield (
                f"the projections have followed this till to entry {seen[0]}, which is not in this journal:"
                " its end was cut off, or it is an older copy or another till's"
            )


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


def _form(entry: Entry, event: AnyEvent) -> Iterator[str]:
    if kind_of(event) != entry.kind:
        yield f"entry {entry.seq}: is marked {entry.kind} but holds {kind_of(event)}"
    if encode(event) != entry.body:
        yield f"entry {entry.seq} ({entry.kind}): is not in the form it is written in"


def _payments(sale: Sale, receipt: Receipt) -> Iterator[str]:
    """The tenders are those that were taken, and at most one that was taken at once and closed the sale."""
    taken, closing = receipt.tenders[: len(sale.tenders)], receipt.tenders[len(sale.tenders) :]
    if taken != sale.tenders:
        yield "leaves out a payment that was taken"
    if sum(tender.amount for tender in receipt.tenders) != receipt.total:
        yield "its payments do not make its total"
    for tender in receipt.tenders:
        if isinstance(tender, CashTender) and tender.tendered - tender.change != tender.amount + tender.rounding:
            yield "its cash does not add up"
    if not closing:
        return
    last, due = closing[0], due_of(sale)
    if len(closing) > 1 or isinstance(last, PaymentTender) or last.amount != due:
        yield "holds a payment that was never taken"
    elif isinstance(last, CashTender) and last.rounding != cash_due(due) - due:
        yield "its cash is not rounded as cash is"
