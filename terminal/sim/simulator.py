"""What every simulator is to the bench page: an address, a view, and controls a person (or a test) can press.

UnknownControl  the bench asked for a control that the simulator does not have, or with a bad argument
"""

from typing import Protocol

import msgspec
from anyio.abc import TaskStatus


class UnknownControl(Exception):
    """No such control, or the argument does not fit. The message is one English sentence."""


class Control(msgspec.Struct, frozen=True):
    """One button of the bench. `argument` is what may be given: '' none, else a hint ('text', 'ms', 'grams')."""

    name: str
    """For example 'insert-card'; lower case and dashes."""
    label: str
    """English, for the button."""
    argument: str = ""
    pressed: bool = False
    """For switches (paper out, cable pulled): whether it is on now."""


class Simulator(Protocol):
    """One far end of one wire."""

    name: str
    """Unique on the bench: 'scanner', 'printer', 'card'."""
    version: int
    """Counts up with every change of what `view` or `controls` give; the bench follows it."""

    @property
    def address(self) -> str:
        """Where the till finds it: a pty's path or 'host:port'. Known once serving."""

    async def serve(self, *, task_status: TaskStatus[None]) -> None:
        """Open the wire, call `task_status.started()`, serve until cancelled."""

    def view(self) -> dict[str, object]:
        """What it shows now, as JSON: a display's text, a receipt's lines, whether a drawer is open."""

    def controls(self) -> tuple[Control, ...]:
        """The buttons."""

    async def press(self, control: str, argument: str = "") -> None:
        """Press one. Raises UnknownControl."""
