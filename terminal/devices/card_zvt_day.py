"""The end of a day: what the terminal says until it has closed it (chapter 2.16)."""

from terminal.app.ports.payment_method import Say
from terminal.domain.payment import CardSlip
from terminal.protocols.zvt import meanings
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import message_of, words_of
from terminal.protocols.zvt.charset import Charset
from terminal.protocols.zvt.errors import FieldError
from terminal.protocols.zvt.slips import Slips
from terminal.protocols.zvt.totals import DayNotClosed, DayResult, DayTotals, DayUnknown, totals_of

from .card_zvt_dialog import Ending


class Day:
    """One 06 50. Nothing hangs on the till's acknowledgements: the host has the turnover before the till hears."""

    def __init__(self, say: Say, charset: Charset) -> None:
        self._say = say
        self._charset: Charset = charset
        self._slips = Slips(charset)
        self._kept: list[CardSlip] = []
        self.said: m.StatusInformation | None = None

    def intermediate(self, status: m.IntermediateStatus) -> None:
        """See Reactions."""
        self._say(message_of(status, self._charset))

    async def status(self, status: m.StatusInformation) -> None:
        """See Reactions."""
        self.said = status

    async def acknowledged(self) -> None:
        """See Reactions."""

    async def printing(self, command: m.PrintLine | m.PrintTextBlock) -> None:
        """See Reactions."""
        self._kept += self._slips.feed(command)

    async def ending(self, end: m.Completion | m.Abort) -> None:
        """See Reactions."""
        self._kept += self._slips.flush()

    def result(self, end: Ending) -> DayResult:
        """What became of it."""
        said = self.said
        code = said.result if said else None
        if isinstance(end, m.Nack):
            code = end.code
        elif isinstance(end, m.Abort) and not code:
            code = end.result
        if isinstance(end, m.Nack | m.Abort) or code:
            words = words_of(said, self._charset) if said else ""
            why = words or (meanings.error(code) if code else "no reason given")
            return DayNotClosed("" if code is None else f"{code:02X}", why)
        slips = tuple(self._kept)
        if said is None:
            return DayTotals(None, slips=slips)
        try:
            return totals_of(said, slips)
        except FieldError as error:
            return DayUnknown(f"the terminal's totals cannot be read: {error}")
