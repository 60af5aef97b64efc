"""Weighed items and the till's scale: an item that wants a weight gets what lies on the scale.

A weight that is at rest goes onto the sale at once. One that is not is waited for (the scale's driver: two seconds);
then the cashier is asked, and sees the scale's reading live. One load pays once: while the scale has been neither empty
nor at another weight, a second weighing is put to the cashier instead of sold, because the likeliest second weighing of
the same load is an item scanned twice, or a bag that nobody has taken off yet. Two bags of the same weight that follow
each other closely cost one more touch.
"""

from typing import NoReturn

import anyio
import msgspec

from terminal.domain.commands import AddItem
from terminal.domain.errors import Reason, SaleError
from terminal.domain.till import TillState

from .changes import Changes
from .notices import Notices
from .ports.device import Problem
from .ports.scale import NoWeight, Scale, Weighing, Weight
from .till import Till

SAY_AFTER = 0.25
"""Seconds after which the screen says that the scale is waited for. Most weights are there sooner."""


class _Wanted(msgspec.Struct, frozen=True):
    """An item that waits for its weight, and the sale it belongs to."""

    command: AddItem
    again: bool
    """The cashier has said that this load is sold, whether or not it was before."""
    sale: int
    """Its number; the next one's when it will open it."""


class WeighDesk:
    """Takes weights off the scale and puts them onto the sale."""

    def __init__(self, till: Till, scale: Scale, notices: Notices, changes: Changes) -> None:
        self._till = till
        self._scale = scale
        self._notices = notices
        self._changes = changes
        self._wanted: _Wanted | None = None
        self._sold = 0
        """The load that was sold last."""
        self._before = _weighed_last(till.state)
        """Grams that were sold before the start: what lies there now may be that; 0: it cannot be any more."""
        self.reading: Weighing = NoWeight(Problem.NO_ANSWER)
        """What the scale shows now."""
        scale.follow(self._follow)

    @property
    def busy_with(self) -> str:
        """The name of the item that is being weighed; empty when there is none."""
        return self._wanted.command.item.name if self._wanted is not None else ""

    @property
    def is_sold(self) -> bool:
        """Whether what lies on the scale was sold already."""
        return isinstance(self.reading, Weight) and self.reading.load == self._sold

    def begin(self, command: AddItem, *, again: bool = False) -> None:
        """Weigh this item and put it onto the sale. Raises SaleError WEIGHING: another one is not done yet."""
        self.check()
        state = self._till.state
        self._wanted = _Wanted(command, again, state.current or state.next_sale)
        self._changes.tell()

    def check(self) -> None:
        """Raises SaleError WEIGHING while an item has not got its weight yet: it would miss the sale that is paid."""
        if self._wanted is not None:
            raise SaleError(Reason.WEIGHING, self._wanted.command.item.name)

    async def run(self) -> NoReturn:
        """Weigh what is wanted, for ever."""
        seen = -1
        while True:
            seen = await self._changes.wait(seen)
            if self._wanted is not None:
                await self._weigh(self._wanted)

    async def _weigh(self, wanted: _Wanted) -> None:
        name = wanted.command.item.name
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._say_if_it_lasts, name)
            weighing = await self._scale.weigh()
            tasks.cancel_scope.cancel()
        self._wanted = None
        if isinstance(weighing, NoWeight) or (weighing.load == self._sold and not wanted.again):
            # The dialog that opens says why, and shows what the scale shows.
            self._notices.tell("bad", Reason.WEIGHT_NEEDED, wanted.command.item.sku)
            return
        try:
            self._put(wanted, weighing)
        except SaleError as refused:
            self._notices.tell("bad", refused.reason, refused.detail)
        else:
            self._notices.tell("good", "scanned", name)

    def _put(self, wanted: _Wanted, weight: Weight) -> None:
        """Onto the sale that it was scanned for. Raises SaleError."""
        state = self._till.state
        # Another number: that customer has paid, or was set aside, and this is somebody else's.
        if wanted.sale != (state.current or state.next_sale):
            raise SaleError(Reason.NO_SUCH_SALE, str(wanted.sale))
        self._till.do(msgspec.structs.replace(wanted.command, quantity=weight.grams, weighed="scale"))
        self._sold = weight.load

    async def _say_if_it_lasts(self, name: str) -> None:
        await anyio.sleep(SAY_AFTER)
        self._notices.tell("none", "scale-waits", name)

    def _follow(self, weighing: Weighing) -> None:
        self.reading = weighing
        if isinstance(weighing, Weight):
            if weighing.grams == self._before:
                self._sold = weighing.load
            self._before = 0
        elif weighing.problem is Problem.NONE:
            self._before = 0
        self._changes.tell()


def _weighed_last(state: TillState) -> int:
    """What the scale gave last for the sale that is open, or for the one that was paid; 0: nothing."""
    if state.sale is not None:
        return next((line.quantity for line in reversed(state.sale.basket.lines) if line.weighed == "scale"), 0)
    lines = () if state.last is None else state.last.lines
    return next((line.quantity for line in reversed(lines) if line.weighed == "scale"), 0)
