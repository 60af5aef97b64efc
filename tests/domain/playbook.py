"""A till on paper: commands in, events out, as a transcript. No journal, no clock, no devices."""

from typing import Literal, TypeVar

import msgspec

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.decide import decide
from terminal.domain.decide_pay import due_of
from terminal.domain.errors import Reason, SaleError
from terminal.domain.evolve import evolve
from terminal.domain.item import ONE, Item, Unit
from terminal.domain.money import ZERO, Amount, BasisPoints
from terminal.domain.payment import Approved, CardSlip, Declined, OutcomeUnknown
from terminal.domain.pricing import price
from terminal.domain.receipt import Moment, Receipt, Seller
from terminal.domain.refunds import Origin
from terminal.domain.sale import Discount
from terminal.domain.till import Setup, TillState

E = TypeVar("E", bound=e.Event)


def kr(kroner: int, oere: int = 0) -> Amount:
    """Kroner and øre, in øre."""
    return Amount(kroner * 100 + oere)


BOTTLE = Item("pant-a", "Pant A", kr(1), is_deposit=True)
MILK = Item("1001", "Sødmælk 1 l", kr(12, 95), department="Mejeri")
BREAD = Item("1002", "Rugbrød", kr(24, 50), department="Bageri")
BEER = Item("1003", "Pilsner 33 cl", kr(9, 95), department="Øl", age_limit=16, deposit_sku="pant-a")
GIN = Item("1004", "Gin 70 cl", kr(149), age_limit=18)
CHEESE = Item("1005", "Danbo 45+", kr(129, 50), unit=Unit.GRAM, department="Mejeri")
BOOK = Item("1006", "Roman", kr(100), vat_rate=BasisPoints(0))
SCREWS = Item("1007", "Skruer", kr(100))

SELLER = Seller("Hjørnebutikken", "12345674", ("Torvet 1", "8000 Aarhus C"), "Tak og på gensyn")
ALL = Setup(printer=True, drawer=True, means=frozenset({"card"}), key="0123456789abcdef")
NOON = Moment(1_795_521_600_000, "2026-11-24T13:00:00+01:00")


class Playbook:
    """One till. Every step is checked: a refusal changes nothing, and every event survives being written down."""

    def __init__(self, setup: Setup = ALL) -> None:
        self.setup = setup
        self.state = TillState()
        self.history: list[e.AnyEvent] = []
        self.receipts: list[Receipt] = []
        self.happens(e.TillStarted("0.1.0", "1", "Kasse", SELLER))

    def does(self, command: c.AnyCommand, moment: Moment = NOON) -> e.AnyEvent:
        """A command that must be followed; the event."""
        event = decide(self.state, command, moment, self.setup)
        return self.happens(event)

    def refuses(self, command: c.AnyCommand, moment: Moment = NOON) -> Reason:
        """A command that must be refused; why."""
        before = msgspec.json.encode(self.state)
        try:
            event = decide(self.state, command, moment, self.setup)
        except SaleError as refused:
            assert msgspec.json.encode(self.state) == before
            return refused.reason
        raise AssertionError(f"{command} was followed: {event}")

    def happens(self, event: E) -> E:
        """What a device or the program found out."""
        body = msgspec.json.encode(event)
        read = msgspec.json.decode(body, type=e.AnyEvent)
        assert read == event
        assert msgspec.json.encode(read) == body
        self.state = evolve(self.state, read)
        self.history.append(read)
        if isinstance(read, e.SaleClosed):
            self.receipts.append(read.receipt)
        return event

    # What a person does, in a word each.

    def adds(self, *items: Item, quantity: int = ONE, deposit: Item | None = None) -> None:
        for item in items:
            self.does(c.AddItem(item, quantity, deposit=deposit))

    def pays_cash(self, tendered: Amount = ZERO) -> Receipt | None:
        """The receipt, when that closed the sale."""
        if self.due < 0:
            return self.pays_back()
        event = self.does(c.PayCash(tendered))
        return event.receipt if isinstance(event, e.SaleClosed) else None

    def pays_back(
        self, way: Literal["", "cash", "gift-card"] = "", approver: str = "", account: str = ""
    ) -> Receipt | None:
        """The next part of what is owed; the receipt, when that closed the sale."""
        event = self.does(self.back(way, approver, account))
        return event.receipt if isinstance(event, e.SaleClosed) else None

    def back(self, way: Literal["", "cash", "gift-card"] = "", approver: str = "", account: str = "") -> c.PayBack:
        """The command, with what the earlier receipts have given back."""
        sale = self.state.sale
        numbers = dict.fromkeys(line.returned.receipt for line in sale.basket.lines if line.returned) if sale else {}
        origins = []
        for number in numbers:
            back: dict[int, Amount] = {}
            for tender in (tender for receipt in self.receipts for tender in receipt.tenders):
                if tender.of is not None and tender.of.receipt == number:
                    back[tender.of.tender] = Amount(back.get(tender.of.tender, 0) - tender.amount)
            origins.append(Origin(self.receipts[number - 1], back))
        return c.PayBack(tuple(origins), way, approver, account)

    def sells(self, *items: Item, quantity: int = ONE) -> Receipt:
        """A whole sale, paid in cash with the right money or more."""
        self.adds(*items, quantity=quantity)
        receipt = self.pays_cash(Amount(self.due + 100_00 - self.due % 100))
        assert receipt is not None
        return receipt

    def pays_card(self, amount: Amount | None = None, *slips: CardSlip) -> Receipt | None:
        """A good card payment, as PaymentDesk records it."""
        intended = self.does(c.PayBy("card", amount))
        assert isinstance(intended, e.PaymentIntended)
        intent = intended.intent
        approval = Approved(
            intent.amount, trace="7", receipt_number="12", masked_pan="541333******4111", card_name="Mastercard"
        )
        self.happens(e.PaymentSent(intent.id))
        self.happens(e.PaymentApproved(intent.id, approval))
        for slip in slips:
            self.happens(e.SlipKept(intent.id, slip))
        self.happens(e.PaymentAcked(intent.id))
        done = self.does(c.FinishPayment(intent.id, approval))
        return done.receipt if isinstance(done, e.SaleClosed) else None

    def card_in_doubt(self) -> int:
        """A card payment whose outcome is unknown; its number."""
        intended = self.does(c.PayBy("card"))
        assert isinstance(intended, e.PaymentIntended)
        self.happens(e.PaymentSent(intended.intent.id))
        self.happens(e.PaymentInDoubt(intended.intent.id, OutcomeUnknown("the cable was out")))
        return intended.intent.id

    def card_fails(self, intent: int) -> None:
        self.happens(e.PaymentCancelled(intent, Declined("not-found")))

    def gives_back(self, receipt: Receipt, line: int = 1, quantity: int = ONE) -> None:
        self.does(self.return_of(receipt, line, quantity))

    def return_of(self, receipt: Receipt, line: int = 1, quantity: int = ONE) -> c.ReturnLine:
        """The command, with what the earlier receipts have given back."""
        back = [each for done in self.receipts for each in done.lines if each.returned_receipt == receipt.number]
        returned: dict[int, int] = {}
        refunded: dict[int, Amount] = {}
        for each in back:
            returned[each.returned_line] = returned.get(each.returned_line, 0) - each.quantity
            refunded[each.returned_line] = Amount(refunded.get(each.returned_line, 0) - each.amount)
        return c.ReturnLine(receipt, line, quantity, returned, refunded)

    # What there is to see.

    @property
    def due(self) -> Amount:
        assert self.state.sale is not None
        return due_of(self.state.sale)

    @property
    def total(self) -> Amount:
        assert self.state.sale is not None
        return price(self.state.sale.basket).total

    @property
    def lines(self) -> list[tuple[str, int, Amount]]:
        """(name, quantity, amount) of the current sale."""
        assert self.state.sale is not None
        return [(each.line.item.name, each.line.quantity, each.amount) for each in price(self.state.sale.basket).lines]


def off(percent: int = 0, amount: Amount = ZERO, reason: str = "Dagens tilbud") -> Discount:
    """A discount in whole percent or in øre."""
    return Discount(reason, BasisPoints(percent * 100), amount)
