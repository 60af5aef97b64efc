"""One touch: which till, which screen."""

import anyio.to_thread
import msgspec

from terminal.app.till import Till
from terminal.domain.errors import Reason, SaleError
from terminal.domain.sale import Line, Sale

from .http import Request
from .look import Look, Shared
from .parts import Parts
from .screens import Screen


class Call(msgspec.Struct, frozen=True):
    """What a handler works with."""

    shared: Shared
    screen: Screen
    request: Request

    @property
    def parts(self) -> Parts:
        """The till's parts."""
        return self.shared.parts

    @property
    def till(self) -> Till:
        """The till."""
        return self.shared.parts.till

    def look(self) -> Look:
        """What the screen shows now."""
        return Look(self.shared, self.screen)

    def sale(self) -> Sale:
        """The current sale. Raises SaleError."""
        sale = self.till.state.sale
        if sale is None:
            raise SaleError(Reason.NO_SALE)
        return sale

    def line(self) -> Line:
        """The chosen line. Raises SaleError."""
        self.sale()
        line = self.look().chosen
        if line is None:
            raise SaleError(Reason.EMPTY)
        return line

    async def approve(self, name: str, pin: str) -> str:
        """The approver whose PIN that is. Raises SaleError. The check is slow on purpose: in a thread."""
        if not self.parts.approval.names:
            raise SaleError(Reason.APPROVAL_NEEDED)
        return await anyio.to_thread.run_sync(self.parts.approval.check, name, pin, self.parts.clock.monotonic())
