"""A shop day at random: any action at any moment, refused or not, and what must hold after each.

`Walk` is the till with its memory of what was paid and given back; tests drive it by Hypothesis, either step by step
(test_machine.py) or as a whole history (`histories`, for the store's tests).
"""

from collections.abc import Callable
from typing import Literal

import msgspec
from hypothesis import strategies as st

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.card_states import TRANSITIONS, CardState
from terminal.domain.cash import cash_due
from terminal.domain.decide import decide
from terminal.domain.decide_pay import due_of
from terminal.domain.errors import Reason, SaleError
from terminal.domain.evolve import evolve
from terminal.domain.item import ONE, Item, Unit
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, CardSlip, Declined, OutcomeUnknown
from terminal.domain.pricing import price
from terminal.domain.receipt import Moment, Receipt
from terminal.domain.sale import CashTender
from terminal.domain.till import Setup, TillState
from tests.domain.playbook import BEER, BOOK, BOTTLE, BREAD, CHEESE, GIN, MILK, NOON, SCREWS, SELLER, off

SHOP: tuple[Item, ...] = (MILK, BREAD, BEER, GIN, CHEESE, BOOK, BOTTLE, SCREWS)
SETUPS = (Setup(printer=True, drawer=True, card=True), Setup(card=True), Setup(printer=True), Setup(drawer=True))


class Walk:
    """One till, walked through at random. Numbers that an action takes are wrapped to what is there."""

    def __init__(self, setup: Setup = SETUPS[0]) -> None:
        self.setup = setup
        self.state = TillState()
        self.events: list[e.AnyEvent] = []
        self.moments: list[Moment] = []
        self.receipts: list[Receipt] = []
        self.refused: list[Reason] = []
        self.happens(e.TillStarted("0.1.0", "1", "Kasse", SELLER))

    def moment(self) -> Moment:
        """A second later each time."""
        return Moment(NOON.at + 1000 * len(self.events), NOON.local)

    def does(self, command: c.AnyCommand) -> None:
        """Ask for something."""
        before = msgspec.json.encode(self.state)
        try:
            event = decide(self.state, command, self.moment(), self.setup)
        except SaleError as refused:
            self.refused.append(refused.reason)
            assert msgspec.json.encode(self.state) == before
            return
        assert msgspec.json.encode(self.state) == before
        self.happens(event)

    def happens(self, event: e.AnyEvent) -> None:
        """Write an event down, read it again, go on from there."""
        body = msgspec.json.encode(event)
        read = msgspec.json.decode(body, type=e.AnyEvent)
        assert read == event
        assert msgspec.json.encode(read) == body
        before = self.state
        self.moments.append(self.moment())
        self.events.append(read)
        self.state = evolve(before, read)
        if isinstance(read, e.SaleClosed):
            check_receipt(read.receipt)
            assert read.receipt.number == len(self.receipts) + 1
            assert read.sale not in self.state.sales
            assert before.sales[read.sale].tenders == read.receipt.tenders[: len(before.sales[read.sale].tenders)]
            self.receipts.append(read.receipt)
        check_card(before, read, self.state)

    # Actions

    def adds(self, a: int, b: int) -> None:
        item = SHOP[a % len(SHOP)]
        quantity = (b % 5) * ONE if item.unit is Unit.PIECE else b % 2000
        deposit = BOTTLE if item.deposit_sku else None
        embedded = Amount(b) if b % 7 == 0 else None
        self.does(c.AddItem(item, quantity or None, price=embedded, deposit=deposit))

    def serves(self, a: int, b: int) -> None:
        """A whole customer, with a discount that leaves odd øre: so that there is something to return."""
        self.adds(a, b)
        self.does(c.DiscountSale(off(amount=Amount(a % 997 + 1))))
        self.confirms_age(a, b)
        self.pays_cash(1, b)

    def changes(self, a: int, b: int) -> None:
        self.does(c.ChangeQuantity(self._line(a), (b % 12) * ONE or b))

    def removes(self, a: int, _: int) -> None:
        self.does(c.RemoveLine(self._line(a)))

    def discounts_line(self, a: int, b: int) -> None:
        self.does(c.DiscountLine(self._line(a), off(b % 120) if b % 2 else off(amount=Amount(b))))

    def discounts_sale(self, a: int, b: int) -> None:
        choices = (None, off(b % 101), off(amount=Amount(b)), off(0))
        self.does(c.DiscountSale(choices[a % len(choices)]))

    def overrides(self, a: int, b: int) -> None:
        self.does(c.OverridePrice(self._line(a), Amount(b), "x", "Ida" if b % 5 else ""))

    def gives_back(self, a: int, b: int) -> None:
        if not self.receipts:
            return
        # Among the last few, so that the same line comes back in many parts.
        receipt = self.receipts[-1 - a % min(3, len(self.receipts))]
        line = receipt.lines[b // 8 % len(receipt.lines)]
        number = line.no
        quantity = (b % 8 // 3) * ONE if line.unit is Unit.PIECE else b % 600
        returned, refunded = self.given_back(receipt.number)
        self.does(c.ReturnLine(receipt, number, quantity, returned, refunded))

    def regrets(self, a: int, b: int) -> None:
        """The same line comes back in two parts, and the first of them stays with the customer after all."""
        before = len(self.state.sale.basket.lines) if self.state.sale else 0
        self.gives_back(a, b - b % 8 + 3)
        self.gives_back(a, b - b % 8 + 3)
        self.removes(before, 0)

    def confirms_age(self, _: int, __: int) -> None:
        self.does(c.ConfirmAge())

    def undoes(self, _: int, __: int) -> None:
        self.does(c.Undo())

    def voids(self, a: int, _: int) -> None:
        self.does(c.VoidSale("Kunden gik" if a % 3 else ""))

    def parks(self, a: int, _: int) -> None:
        self.does(c.ParkSale(f"bord {a % 9}"))

    def resumes(self, a: int, _: int) -> None:
        numbers = sorted(self.state.sales) or [1]
        self.does(c.ResumeSale(numbers[a % len(numbers)]))

    def pays_cash(self, a: int, b: int) -> None:
        due = due_of(self.state.sale) if self.state.sale else Amount(0)
        exact = max(0, cash_due(due))
        choices = (exact, exact + 50 * (b % 500), max(0, exact - 50 * (b % 50)), b)
        self.does(c.PayCash(Amount(choices[a % len(choices)])))

    def pays_card(self, a: int, b: int) -> None:
        self.does(c.PayCard(None if a % 2 else Amount(b)))

    def card_goes_on(self, a: int, b: int) -> None:
        """The next thing that CardDesk could record, or a person could say."""
        payment = self.state.card
        if payment is None:
            return
        intent = payment.intent
        asked = intent.amount
        approval = payment.approval or Approved(asked if b % 4 else Amount(max(1, asked // 2)), trace=str(b % 1000))
        steps: dict[CardState, tuple[e.AnyEvent, ...]] = {
            CardState.INTENT: (e.CardSent(intent.id), e.CardFailed(intent.id, Declined("not-sent"))),
            CardState.SENT: (
                e.CardApproved(intent.id, approval),
                e.CardSlipKept(intent.id, CardSlip("customer", ("x",))),
                e.CardFailed(intent.id, Declined("declined", "6C")),
                e.CardInDoubt(intent.id, OutcomeUnknown("cable")),
            ),
            CardState.APPROVED_UNACKED: (
                e.CardSlipKept(intent.id, CardSlip("merchant", ("y",))),
                e.CardDone(intent.id, approval),
                e.CardInDoubt(intent.id, OutcomeUnknown("cable")),
                e.CardFailed(intent.id, Declined("reversed")),
            ),
            CardState.IN_DOUBT: (
                e.CardDone(intent.id, approval),
                e.CardFailed(intent.id, Declined("not-found")),
                e.CardInDoubt(intent.id, OutcomeUnknown("still")),
            ),
        }
        if payment.state is CardState.IN_DOUBT and b % 5 == 0:
            self.does(c.SettleCard(bool(a % 2), "Ida" if b % 10 else ""))
        else:
            self.happens(steps[payment.state][a % len(steps[payment.state])])
        if self.state.card is None and intent.sale in self.state.sales:
            self.does(c.CloseSale(intent.sale))

    def closes(self, a: int, _: int) -> None:
        self.does(c.CloseSale(a % 9))

    def prints(self, a: int, b: int) -> None:
        if not self.state.jobs:
            return
        job = sorted(self.state.jobs)[a % len(self.state.jobs)]
        self.happens(e.PrintStarted(job))
        outcomes: tuple[Literal["printed", "unconfirmed", "not-printed", "unknown", "dropped"], ...]
        outcomes = ("printed", "unconfirmed", "not-printed", "unknown", "dropped")
        self.happens(e.PrintEnded(job, outcomes[b % 5], "paper-out" if b % 5 in {2, 3} else ""))

    def copies(self, a: int, _: int) -> None:
        if self.receipts:
            self.does(c.WantCopy(self.receipts[a % len(self.receipts)]))

    def opens_drawer(self, a: int, b: int) -> None:
        if self.state.drawers and a % 2:
            self.happens(e.DrawerEnded(min(self.state.drawers), "opened" if b % 2 else "unknown"))
        else:
            self.does(c.OpenDrawer("Veksel" if b % 4 else ""))

    def restarts(self, a: int, _: int) -> None:
        if a % 2:
            self.happens(e.TillStopped())
        self.happens(e.TillStarted("0.1.0", "1", "Kasse", SELLER))

    def imports(self, a: int, b: int) -> None:
        self.happens(e.CatalogueChanged(self.state.revision + 1, b, f"{a:064x}", "varer.csv"))

    # What must hold

    def given_back(self, receipt: int) -> tuple[dict[int, int], dict[int, Amount]]:
        """By line number: the quantity and the money that closed sales have given back of a receipt."""
        returned: dict[int, int] = {}
        refunded: dict[int, Amount] = {}
        for done in self.receipts:
            for line in done.lines:
                if line.returned_receipt == receipt:
                    no = line.returned_line
                    returned[no] = returned.get(no, 0) - line.quantity
                    refunded[no] = Amount(refunded.get(no, 0) - line.amount)
        return returned, refunded

    def check(self) -> None:
        """The laws that hold between any two events."""
        state = self.state
        assert msgspec.json.decode(msgspec.json.encode(state), type=TillState) == state
        for receipt in self.receipts:
            returned, refunded = self.given_back(receipt.number)
            for line in receipt.lines:
                if line.no in returned:
                    assert 0 < returned[line.no] <= line.quantity
                    assert 0 <= refunded[line.no] <= line.amount
                    if returned[line.no] == line.quantity:
                        assert refunded[line.no] == line.amount
        for sale in state.sales.values():
            priced = price(sale.basket)
            assert sum(line.amount for line in priced.lines) == priced.total
            assert len({line.id for line in sale.basket.lines}) == len(sale.basket.lines)
            assert all(line.id < sale.next_line for line in sale.basket.lines)
            assert sale.id < state.next_sale
        assert state.next_receipt == len(self.receipts) + 1
        assert state.current == 0 or state.current in state.sales
        assert all(job < state.next_job for job in state.jobs)
        assert all(drawer < state.next_drawer for drawer in state.drawers)
        if not self.setup.printer:
            assert not state.jobs
        if not self.setup.drawer:
            assert not state.drawers

    def check_till(self) -> None:
        """What the drawer and the card terminal hold is what the receipts and the open sales say."""
        tenders = [tender for receipt in self.receipts for tender in receipt.tenders]
        cards = {event.intent: event.approval.amount for event in self.events if isinstance(event, e.CardDone)}
        open_tenders = [tender for sale in self.state.sales.values() for tender in sale.tenders]
        taken = [tender for tender in (*tenders, *open_tenders) if not isinstance(tender, CashTender)]
        assert {tender.intent: tender.amount for tender in taken} == cards
        assert len(taken) == len(cards)
        cash = sum(tender.tendered - tender.change for tender in tenders if isinstance(tender, CashTender))
        card = sum(tender.amount for tender in tenders if not isinstance(tender, CashTender))
        assert cash + card == sum(receipt.total + receipt.rounding for receipt in self.receipts)

    def _line(self, a: int) -> int:
        lines = self.state.sale.basket.lines if self.state.sale else ()
        return lines[a % len(lines)].id if lines else 1


def check_receipt(receipt: Receipt) -> None:
    """A receipt's sums agree, and it reads back as it was written."""
    assert sum(line.amount for line in receipt.lines) == receipt.total
    assert receipt.sold + receipt.given_back == receipt.total
    assert sum(row.gross for row in receipt.vat) == receipt.total
    assert all(row.net + row.vat == row.gross for row in receipt.vat)
    assert sum(tender.amount for tender in receipt.tenders) == receipt.total
    assert sum(line.discount for line in receipt.lines) == receipt.discount
    assert [line.no for line in receipt.lines] == list(range(1, len(receipt.lines) + 1))
    for line in receipt.lines:
        assert line.gross - line.discount == line.amount
        assert not line.parent or receipt.lines[line.parent - 1].no == line.parent
    cash = [tender for tender in receipt.tenders if isinstance(tender, CashTender)]
    for tender in cash:
        assert tender.tendered - tender.change == tender.amount + tender.rounding
        assert tender.change >= 0
        assert abs(tender.rounding) <= 25
    assert receipt.rounding == sum(tender.rounding for tender in cash)
    assert receipt.change == sum(tender.change for tender in cash)


def check_card(before: TillState, event: e.AnyEvent, after: TillState) -> None:
    """A card payment moves only as the table says, and there is never a second."""
    was, now = before.card, after.card
    if was is None:
        assert now is None or isinstance(event, e.CardIntended)
        return
    assert not isinstance(event, e.CardIntended)
    if now is None:
        assert after.last_card is not None
        assert after.last_card.intent == was.intent
        assert TRANSITIONS[was.state, type(event)] is after.last_card.state
    elif now.state is not was.state:
        assert now.intent == was.intent
        assert TRANSITIONS[was.state, type(event)] is now.state


Action = Callable[[Walk, int, int], None]
ACTIONS: tuple[Action, ...] = (
    Walk.adds,
    Walk.adds,
    Walk.serves,
    Walk.serves,
    Walk.changes,
    Walk.removes,
    Walk.discounts_line,
    Walk.discounts_sale,
    Walk.overrides,
    Walk.gives_back,
    Walk.gives_back,
    Walk.regrets,
    Walk.regrets,
    Walk.confirms_age,
    Walk.undoes,
    Walk.voids,
    Walk.parks,
    Walk.resumes,
    Walk.pays_cash,
    Walk.pays_cash,
    Walk.pays_card,
    Walk.card_goes_on,
    Walk.card_goes_on,
    Walk.card_goes_on,
    Walk.closes,
    Walk.prints,
    Walk.copies,
    Walk.opens_drawer,
    Walk.restarts,
    Walk.imports,
)
numbers = st.integers(0, 20_000)


@st.composite
def histories(draw: st.DrawFn, most: int = 60) -> Walk:
    """A walk of up to `most` actions."""
    walk = Walk(draw(st.sampled_from(SETUPS)))
    for action, a, b in draw(st.lists(st.tuples(st.sampled_from(ACTIONS), numbers, numbers), max_size=most)):
        action(walk, a, b)
    return walk
