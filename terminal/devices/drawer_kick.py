"""A drawer on the receipt printer's socket: opened through the printer, which also makes the pulse."""

from terminal.app.ports.drawer import DrawerOutcome
from terminal.app.ports.printer import Printer


class KickDrawer:
    """Implements the port Drawer. It has no life of its own: its health is the printer's."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    async def open(self) -> DrawerOutcome:
        """See the port."""
        return await self._printer.kick()
