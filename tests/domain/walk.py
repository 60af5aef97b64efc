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
from terminal.domain.cash import cash_due
from terminal.domain.decide import decide
from terminal.domain.decide_pay import due_of
from terminal.domain.errors import Reason, SaleError
from terminal.domain.evolve import evolve
from terminal.domain.item import ONE, Item, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment import Approved, CardSlip, Declined, Means, OutcomeUnknown
from terminal.domain.payment_states import TRANSITIONS, PaymentState
from terminal.domain.pricing import price
from terminal.domain.receipt import Moment, Receipt
from terminal.domain.refunds import Origin
from terminal.domain.sale import AccountTender, CashTender, Credit, OtherTender, PaymentTender, Tender
from terminal.domain.till import Customer, OtherKind, Payment, Setup, TillState
from tests.domain.playbook import BEER, BOOK, BOTTLE, BREAD, CHEESE, GIN, MILK, NOON, SCREWS, SELLER, off

SHOP: tuple[Item, ...] = (MILK, BREAD, BEER, GIN, CHEESE, BOOK, BOTTLE, SCREWS)
GIFTS = ("1000000000000008", "1000000000000016")
CUSTOMERS = (Customer("17", "Byg ApS", Amount(300_00)), Customer("18", "Skolen", Amount(0)))
KINDS = (OtherKind("voucher", "Gavebevis", reference=True), OtherKind("meal", "Madbillet", over=False, refund=True))
ALL: frozenset[Means] = frozenset({"card", "mobilepay", "gift-card"})
SETUPS = (
    Setup(printer=True, drawer=True, means=ALL, key="0123456789abcdef", others=KINDS, customers=CUSTOMERS),
    Setup(means=ALL, key="0123456789abcdef", gift_vat=BasisPoints(2500), gift_most=Amount(50_00), customers=CUSTOMERS),
    Setup(printer=True),
    Setup(drawer=True, others=KINDS),
)


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
        check_payments(before, read, self.state)

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

    def pays_by(self, a: int, b: int) -> None:
        means: Means = ("card", "mobilepay", "gift-card")[a % 3]
        account = self.gift_number(b) if means == "gift-card" else ""
        balance = self.balance(account) if means == "gift-card" else None
        self.does(c.PayBy(means, None if a % 2 else Amount(b), account, balance))

    def pays_card(self, a: int, b: int) -> None:
        self.does(c.PayBy("card", None if a % 2 else Amount(b)))

    def pays_on_account(self, a: int, b: int) -> None:
        customer = CUSTOMERS[a % 2].number
        self.does(c.PayOnAccount(customer, self.owed(customer), None if a % 3 else Amount(b)))

    def pays_other(self, a: int, b: int) -> None:
        kind, reference = KINDS[a % 2], f"V{b % 7}" if a % 5 else ""
        used = any(
            isinstance(tender, OtherTender) and (tender.kind, tender.reference) == (kind.kind, reference)
            for receipt in self.receipts
            for tender in receipt.tenders
        )
        self.does(c.PayOther(kind.kind, Amount(b), reference, used))

    def sells_credit(self, a: int, b: int) -> None:
        credit = Credit("account", CUSTOMERS[b % 2].number) if a % 3 == 0 else Credit("gift-card", self.gift_number(b))
        self.does(c.SellCredit(credit, Amount(b), "Gavekort"))

    def pays_back(self, a: int, b: int) -> None:
        sale = self.state.sale
        numbers = {line.returned.receipt for line in sale.basket.lines if line.returned} if sale else set()
        origins = tuple(Origin(self.receipts[n - 1], self.tenders_back(n)) for n in sorted(numbers))
        ways: tuple[Literal["", "cash", "gift-card"], ...] = ("", "", "cash", "gift-card")
        self.does(c.PayBack(origins, ways[a % 4], "Ida" if b % 3 else "", self.gift_number(b)))

    def takes_back(self, a: int, _: int) -> None:
        self.does(c.TakeBack(a % 4))

    def returns_and_is_paid_back(self, a: int, b: int) -> None:
        """The whole way of a refund, at once: else hardly a walk comes to its end."""
        self.gives_back(a, b)
        self.pays_back(0, b)
        for _ in range(4):
            self.payment_goes_on(0, 1)

    def payment_goes_on(self, a: int, b: int) -> None:
        """The next thing that a PaymentDesk could record, or a person could say."""
        payments = sorted(self.state.payments.items())
        if not payments:
            return
        _, payment = payments[a % len(payments)]
        intent = payment.intent
        asked = intent.amount
        approval = payment.approval or Approved(asked if b % 4 else Amount(max(1, asked // 2)), trace=str(b % 1000))
        steps: dict[PaymentState, tuple[e.AnyEvent | c.FinishPayment, ...]] = {
            PaymentState.INTENT: (e.PaymentSent(intent.id), e.PaymentCancelled(intent.id, Declined("not-sent"))),
            PaymentState.SENT: (
                e.PaymentApproved(intent.id, approval),
                e.SlipKept(intent.id, CardSlip("customer", ("x",))),
                e.PaymentDeclined(intent.id, Declined("declined", "6C")),
                e.PaymentInDoubt(intent.id, OutcomeUnknown("cable")),
            ),
            PaymentState.APPROVED_UNACKED: (
                e.PaymentAcked(intent.id),
                e.SlipKept(intent.id, CardSlip("merchant", ("y",))),
                e.PaymentInDoubt(intent.id, OutcomeUnknown("cable")),
                e.PaymentReversed(intent.id, Declined("reversed")),
            ),
            PaymentState.ACKED: (
                c.FinishPayment(intent.id, approval),
                e.SlipKept(intent.id, CardSlip("merchant", ("y",))),
                e.PaymentInDoubt(intent.id, OutcomeUnknown("cable")),
                e.PaymentReversed(intent.id, Declined("reversed")),
            ),
            PaymentState.IN_DOUBT: (
                c.FinishPayment(intent.id, approval),
                e.PaymentCancelled(intent.id, Declined("not-found")),
                e.PaymentInDoubt(intent.id, OutcomeUnknown("still")),
            ),
        }
        if payment.state is PaymentState.IN_DOUBT and b % 5 == 0:
            self.does(c.SettlePayment(intent.id, bool(a % 2), "Ida" if b % 10 else ""))
            return
        step = steps[payment.state][a % len(steps[payment.state])]
        if isinstance(step, c.FinishPayment):
            self.does(step)
        else:
            self.happens(step)

    def ends_day(self, _: int, __: int) -> None:
        self.does(c.EndDay(None))

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
        if a % 3 == 0:
            self.happens(e.DrawerClosed() if self.state.drawer_open else e.DrawerOpened(0, "by-hand", "Kasse"))

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
        """What the drawer, the terminal and the ledgers hold is what the receipts and the open sales say."""
        tenders = [tender for receipt in self.receipts for tender in receipt.tenders]
        intents = {event.intent.id: event.intent for event in self.events if isinstance(event, e.PaymentIntended)}
        done = self.done()
        moved = {
            each.intent: each.approval.amount * (1 if intents[each.intent].purpose == "pay" else -1) for each in done
        }
        assert len(moved) == len(done)
        open_tenders = [tender for sale in self.state.sales.values() for tender in sale.tenders]
        voided = {event.sale for event in self.events if isinstance(event, e.SaleVoided)}
        given_up = {key: money for key, money in moved.items() if intents[key].sale in voided}
        asked = [tender for tender in (*tenders, *open_tenders) if isinstance(tender, PaymentTender)]
        assert {**{tender.intent: tender.amount for tender in asked}, **given_up} == moved
        assert sum(tender.amount for tender in tenders) == sum(receipt.total for receipt in self.receipts)
        cash = sum(tender.tendered - tender.change for tender in tenders if isinstance(tender, CashTender))
        rest = sum(tender.amount for tender in tenders if not isinstance(tender, CashTender))
        assert cash + rest == sum(receipt.total + receipt.rounding for receipt in self.receipts)
        self._check_refunds(open_tenders)
        for number in GIFTS:
            assert (self.balance(number) or 0) >= 0
        for customer in CUSTOMERS:
            open_ones = [t for t in open_tenders if isinstance(t, AccountTender) and t.customer == customer.number]
            assert self.owed(customer.number) + sum(t.amount for t in open_ones) <= customer.limit

    def _check_refunds(self, open_tenders: list[Tender]) -> None:
        """No tender has given back more than came by it, over all sales, and none that did not come by it at all."""
        for receipt in self.receipts:
            back = self.tenders_back(receipt.number)
            for tender in open_tenders:
                if tender.of is not None and tender.of.receipt == receipt.number:
                    back[tender.of.tender] = Amount(back.get(tender.of.tender, 0) - tender.amount)
            for place, given in back.items():
                assert 0 <= given <= receipt.tenders[place - 1].amount
        for tender in [t for receipt in self.receipts for t in receipt.tenders] + open_tenders:
            if tender.amount < 0 and tender.of is None:
                # Its way back had no tender left: in cash, or onto a gift card, and somebody approved.
                assert tender.approver

    def tenders_back(self, receipt: int) -> dict[int, Amount]:
        """What closed sales have given back of a receipt's tenders."""
        back: dict[int, Amount] = {}
        for done in self.receipts:
            for tender in done.tenders:
                if tender.of is not None and tender.of.receipt == receipt:
                    back[tender.of.tender] = Amount(back.get(tender.of.tender, 0) - tender.amount)
        return back

    def gift_number(self, b: int) -> str:
        return GIFTS[b % len(GIFTS)]

    def balance(self, number: str) -> Amount | None:
        """What views would say: sold less taken and held."""
        credits = [
            line.amount
            for receipt in self.receipts
            for line in receipt.lines
            if line.credit is not None and (line.credit.kind, line.credit.number) == ("gift-card", number)
        ]
        money: int = sum(credits)
        any_ = bool(credits)
        intents = {i.intent.id: i.intent for i in self.events if isinstance(i, e.PaymentIntended)}
        own = {k: i for k, i in intents.items() if i.means == "gift-card" and i.account == number}
        ended = {f.intent for f in self.events if isinstance(f, e.PaymentFailure)}
        done = {d.intent: d.approval.amount for d in self.done()}
        for key, intent in own.items():
            if key in done:
                money += done[key] * (-1 if intent.purpose == "pay" else 1)
                any_ = True
            elif key not in ended and intent.purpose == "pay":
                money -= intent.amount
        return Amount(money) if any_ else None

    def done(self) -> list[e.PaymentDone]:
        """Every payment that is done."""
        settled = [event.settles for event in self.events if isinstance(event, e.SaleClosed) and event.settles]
        return [*settled, *(event for event in self.events if isinstance(event, e.PaymentDone))]

    def owed(self, customer: str) -> Amount:
        """By closed sales."""
        owed = 0
        for receipt in self.receipts:
            owed += sum(t.amount for t in receipt.tenders if isinstance(t, AccountTender) and t.customer == customer)
            for line in receipt.lines:
                if line.credit is not None and (line.credit.kind, line.credit.number) == ("account", customer):
                    owed -= line.amount
        return Amount(owed)

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


def check_payments(before: TillState, event: e.AnyEvent, after: TillState) -> None:
    """A payment moves only as the table says, and there is never a second of the same means."""
    for means in ("card", "mobilepay", "gift-card"):
        _check_payment(before.payments.get(means), after.payments.get(means), event, after)


def _check_payment(was: Payment | None, now: Payment | None, event: e.AnyEvent, after: TillState) -> None:
    if was is None:
        assert now is None or isinstance(event, e.PaymentIntended)
        return
    if now is None:
        assert after.last_payment is not None
        assert after.last_payment.intent == was.intent
        moved = event.settles if isinstance(event, e.SaleClosed) and event.settles else event
        assert TRANSITIONS[was.state, type(moved)] is after.last_payment.state
        return
    assert now.intent == was.intent
    if now.state is not was.state:
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
    Walk.pays_by,
    Walk.pays_on_account,
    Walk.pays_other,
    Walk.sells_credit,
    Walk.pays_back,
    Walk.pays_back,
    Walk.takes_back,
    Walk.returns_and_is_paid_back,
    Walk.returns_and_is_paid_back,
    Walk.payment_goes_on,
    Walk.payment_goes_on,
    Walk.payment_goes_on,
    Walk.payment_goes_on,
    Walk.ends_day,
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
