"""What is plugged into the board, or stands on its own network, whether the settings name it or not."""

from typing import Literal, Protocol

import msgspec

from .device import Problem

Wire = Literal["usb", "serial", "input", "hidraw", "lp", "gpio", "network"]


class Found(msgspec.Struct, frozen=True):
    """One thing that was found."""

    kind: str
    """scanner, printer, drawer, card; 'serial' or 'keyboard' when it could be one of several; 'usb' for the rest."""
    what: str
    """As it calls itself, with its USB numbers or host name."""
    where: str
    """A path that stays the same when it is plugged out and in, or an address with its port."""
    wire: Wire
    lines: str = ""
    """What would be added to the settings for it (TOML); empty: nothing that could be used."""
    used_by: str = ""
    """The device of the settings that it is."""
    problem: Problem = Problem.NONE
    """NO_PERMISSION: this program may not open it."""


class Discovery(Protocol):
    """Looks, and opens nothing that could move, print or beep. No call raises for what it finds; DeviceError:
    the board did not answer in time."""

    async def plugged_in(self) -> tuple[Found, ...]:
        """What the kernel knows of: USB, serial ports, keyboards, HID devices, printers, the header's pins. Quick."""

    async def announced(self) -> tuple[Found, ...]:
        """What says of itself on the network that it prints (mDNS). Takes some seconds."""

    async def scan(self) -> tuple[Found, ...]:
        """Knock at every address of the board's own networks. Only when a person asks for it. Takes some seconds."""
