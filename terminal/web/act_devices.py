"""Touches on the devices' page."""

from terminal.domain.errors import Reason, SaleError

from . import forms as f
from .call import Call


def test(call: Call, form: f.DeviceName) -> None:
    """Try one device out. Raises SaleError."""
    if call.parts.device_tests is None:
        raise SaleError(Reason.NO_SUCH_DEVICE, form.device)
    call.parts.device_tests.start(form.device)


def look(call: Call, _: f.Nothing) -> None:
    """Look again what is plugged in."""
    if call.parts.finder is not None:
        call.parts.finder.look(again=True)


def scan(call: Call, _: f.Nothing) -> None:
    """Knock at every address of the board's own networks. Raises SaleError."""
    if call.parts.finder is not None:
        call.parts.finder.scan()
