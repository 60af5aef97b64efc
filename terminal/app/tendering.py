"""Paying in ways that need to know what was before: gift cards, accounts, vouchers, and money that goes back."""

from typing import Literal

from terminal.domain import commands as c
from terminal.domain.errors import Reason, SaleError
from terminal.domain.money import Amount
from terminal.domain.refunds import Origin, Way, ways_back
from terminal.domain.sale import Credit, Sale

from .ports.views import Views
from .till import Till


class Tendering:
    """The lookups that a decision about money is given, fresh at each."""

    def __init__(self, till: Till, views: Views) -> None:
        self._till = till
        self._views = views

    def gift_card(self, number: str, amount: Amount | None = None) -> None:
        """Pay from a gift card, up to what is on it. Raises SaleError."""
        number = plain(number)
        self._till.do(c.PayBy("gift-card", amount, number, self._views.gift_card(number)))

    def balance(self, number: str) -> Amount | None:
        """What is on a gift card; None: there is no such card."""
        return self._views.gift_card(plain(number))

    def sell_gift_card(self, number: str, amount: Amount, name: str) -> None:
        """A gift card, new or topped up, onto the sale. Raises SaleError."""
        self._till.do(c.SellCredit(Credit("gift-card", plain(number)), amount, name))

    def pay_account(self, customer: str, amount: Amount, name: str) -> None:
        """A customer pays something off their account: a line of the sale. Raises SaleError."""
        self._till.do(c.SellCredit(Credit("account", customer), amount, name))

    def on_account(self, customer: str, amount: Amount | None = None) -> None:
        """A known customer pays later. Raises SaleError."""
        self._till.do(c.PayOnAccount(customer, self._views.owed(customer), amount))

    def owed(self, customer: str) -> Amount:
        """What a customer owes."""
        return self._views.owed(customer)

    def other(self, kind: str, face: Amount, reference: str = "") -> None:
        """A voucher or the like. Raises SaleError."""
        reference = plain(reference)
        used = bool(reference) and self._views.voucher_used(kind, reference)
        self._till.do(c.PayOther(kind, face, reference, used))

    def pay_back(self, way: Literal["", "cash", "gift-card"] = "", approver: str = "", account: str = "") -> None:
        """Give the next part of what is owed to the customer back. Raises SaleError."""
        sale = self._till.state.sale
        if sale is None:
            raise SaleError(Reason.NO_SALE)
        account = plain(account)
        if way == "gift-card" and self._views.gift_card(account) is None:
            raise SaleError(Reason.UNKNOWN_GIFT_CARD, account)
        self._till.do(c.PayBack(self._origins(sale), way, approver, account))

    def next_way(self, sale: Sale, owed: Amount) -> Way:
        """How the next part of `owed` (positive) goes back if nobody wants it otherwise."""
        return ways_back(self._till.state, self._origins(sale), owed)[0]

    def _origins(self, sale: Sale) -> tuple[Origin, ...]:
        numbers = dict.fromkeys(line.returned.receipt for line in sale.basket.lines if line.returned is not None)
        origins = []
        for number in numbers:
            receipt = self._views.receipt(number)
            if receipt is None:
                raise SaleError(Reason.NO_SUCH_RECEIPT, str(number))
            origins.append(Origin(receipt, self._views.given_back(number)))
        return tuple(origins)


def plain(number: str) -> str:
    """A number as it is kept: without the spaces it is printed with."""
    return "".join(number.split())[:40]
