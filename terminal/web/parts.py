"""What the screens work with: the use cases they call and the states they show. Put together by assembly.py."""

from typing import TYPE_CHECKING

import msgspec

from terminal.app.approval import Approval
from terminal.app.changes import Changes
from terminal.app.checkout import Checkout
from terminal.app.device_tests import DeviceTests
from terminal.app.finding import Finder
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.paying import PaymentDesk
from terminal.app.ports.catalogue import Catalogue
from terminal.app.ports.clock import Clock
from terminal.app.ports.views import Views
from terminal.app.sell import Selling
from terminal.app.tendering import Tendering
from terminal.app.till import Till
from terminal.domain.payment import Means

if TYPE_CHECKING:
    # What a till may do without: loaded when it has the device.
    from terminal.app.calibrating import Calibrating
    from terminal.app.ending_day import DayDesk
    from terminal.app.ports.printer import Printer
    from terminal.app.printing import PrintDesk
    from terminal.app.weighing import WeighDesk


class Parts(msgspec.Struct, frozen=True):
    """One till's parts."""

    till: Till
    selling: Selling
    catalogue: Catalogue
    views: Views
    board: HealthBoard
    notices: Notices
    changes: Changes
    clock: Clock
    approval: Approval
    tendering: Tendering
    checkout: Checkout
    language: str
    """The shop's language; a screen may choose another for itself."""
    version: str
    paying: dict[Means, PaymentDesk] = {}
    day: "DayDesk | None" = None
    """None: the card terminal has no day that a till ends."""
    prints: "PrintDesk | None" = None
    device_tests: DeviceTests | None = None
    finder: Finder | None = None
    weighing: "WeighDesk | None" = None
    """None: the till has no scale."""
    calibrating: "Calibrating | None" = None
    printer: "Printer | None" = None
    """For what is no receipt and no part of the journal: the calibration's barcode."""
    access_key: str = ""
    """What a screen from another address than loopback must give; empty: none is let in."""
    hosts: tuple[str, ...] = ()
    """Host names (with port) the till answers to beside loopback's: against DNS rebinding."""
