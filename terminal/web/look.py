"""Everything a screen shows, taken at one moment: the till's state, the screen's own, and what follows from them."""

from terminal.domain.payment_states import PaymentState
from terminal.domain.pricing import Priced, price
from terminal.domain.sale import Basket, Line, Sale
from terminal.domain.till import Payment
from terminal.texts import Language, language

from .parts import Parts
from .screens import Screen, chosen_line

UNDO_SECONDS = 8.0


class Shared:
    """What is worked out once for all screens."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._undo: Basket | None = None
        self._undo_since = 0.0
        self.undo_number = 0

    def undo(self, sale: Sale | None) -> int:
        """Number of the last change that can be taken back; 0 when there is none, or it is too old."""
        basket = None if sale is None else sale.undo
        if basket is not self._undo:
            self._undo = basket
            self._undo_since = self.parts.clock.monotonic()
            self.undo_number += 1
        if basket is None or self.parts.clock.monotonic() - self._undo_since > UNDO_SECONDS:
            return 0
        return self.undo_number


class Look:
    """One moment of one screen."""

    __slots__ = ("chosen", "parts", "paying", "payment", "sale", "screen", "shared", "state", "ui", "view", "words")

    def __init__(self, shared: Shared, screen: Screen) -> None:
        self.shared = shared
        self.parts = shared.parts
        self.screen = screen
        self.state = state = self.parts.till.state
        self.ui = ui = screen.ui
        self.words: Language = language(ui.language)
        self.sale: Sale | None = state.sale
        self.chosen: Line | None = chosen_line(self.sale, ui.chosen)
        self.payment: Payment | None = None if self.sale is None else state.pending(self.sale.id)
        """The payment of this sale that is not final."""
        self.paying = (
            self.sale is not None
            and bool(self.sale.basket.lines)
            and (ui.paying == self.sale.id or not self.sale.settled)
        )
        self.view = self._view()

    @property
    def priced(self) -> Priced | None:
        """The current sale's prices."""
        return None if self.sale is None else price(self.sale.basket)

    @property
    def due(self) -> int:
        """What is still to be paid."""
        return 0 if self.sale is None else price(self.sale.basket).total - self.sale.paid

    def _view(self) -> str:
        """sale, pay, card (a payment of this sale runs), doubt, change."""
        state = self.state
        if self.sale is None:
            last = state.last
            return "change" if last is not None and last.number != self.ui.seen_receipt else "sale"
        if self.payment is not None:
            return "doubt" if self.payment.state is PaymentState.IN_DOUBT else "card"
        return "pay" if self.paying else "sale"
