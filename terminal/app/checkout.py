"""Which sale is being paid, as the customer's displays need to know it before any money has moved.

That the cashier has touched Pay is no event: it is on their screen alone until a payment begins. Lost at a restart,
which costs the customer a heading.
"""

from terminal.domain.receipt import Receipt
from terminal.domain.till import TillState

from .changes import Changes


class Checkout:
    """The sale that a screen has gone on to the payment with."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._sale = 0
        self._paid: Receipt | None = None
        self._paid_at = 0.0

    def begin(self, sale: int) -> None:
        """A screen shows that sale's payment."""
        self._sale = sale
        self._changes.tell()

    def end(self) -> None:
        """It is back at its lines."""
        self._sale = 0
        self._changes.tell()

    def is_paying(self, state: TillState) -> bool:
        """Whether the sale on the screen is being paid."""
        sale = state.sale
        if sale is None or not sale.basket.lines:
            return False
        return sale.id == self._sale or not sale.settled or state.pending(sale.id) is not None

    def seconds_since(self, receipt: Receipt, now: float) -> float:
        """How long that receipt, the newest, has been looked at; `now` is monotonic. The wall clock may have been set
        back, and a customer's change would stand there until it has caught up."""
        if receipt is not self._paid:
            self._paid, self._paid_at = receipt, now
        return now - self._paid_at
