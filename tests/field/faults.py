"""What happens to devices behind a counter: each fault, how it is made at the simulator, and the one code it must get.

A row is data; test_field.py makes the matrix of them.
"""

import msgspec

from terminal.app.ports.device import Problem, State

Press = tuple[str, str]
"""A control of the simulator, and its argument."""


class Fault(msgspec.Struct, frozen=True):
    """Something that goes wrong with a device."""

    name: str
    arm: tuple[Press, ...]
    heal: tuple[Press, ...]
    problem: Problem
    state: State = State.DOWN
    hands_off: bool = False
    """Nobody shuts the drawer meanwhile."""


def switch(control: str, problem: Problem, state: State = State.DOWN) -> Fault:
    """A switch of the bench, on and off."""
    return Fault(control, ((control, "on"),), ((control, "off"),), problem, state)


NOBODYS = (("scan", "4006381333931"), ("scan", "4006381333931"))
"""A good code that the shop does not sell, so that no sale has a line more. Twice, as anybody would: what came before
may still lie in the line, and spoil the first."""
POWER = (("power-off", ""),), (("power-on", ""),)
UNPLUGGED = Fault("unplug", (("unplug", ""),), (("plug", ""),), Problem.NOT_FOUND)

SCANNER = (
    UNPLUGGED,
    Fault("garbage", (("garbage", ""),), NOBODYS, Problem.GARBAGE, State.ATTENTION),
    Fault("stuck", (("stuck", ""),), NOBODYS, Problem.STUCK, State.ATTENTION),
)

_PRINTER = (
    Fault("paper-low", (("paper-low", ""),), (("paper-ok", ""),), Problem.PAPER_LOW, State.ATTENTION),
    Fault("paper-out", (("paper-out", ""),), (("paper-ok", ""),), Problem.PAPER_OUT),
    Fault("cover-open", (("open-cover", ""),), (("close-cover", ""),), Problem.COVER_OPEN),
    switch("cutter-error", Problem.CUTTER),
    switch("overheat", Problem.OVERHEATED),
    switch("offline", Problem.OFFLINE),
    switch("silence", Problem.NO_ANSWER),
    switch("garbage", Problem.GARBAGE),
)

PRINTER_TCP = (
    *_PRINTER,
    switch("hang-up", Problem.LOST),
    Fault("power-off", *POWER, Problem.REFUSED),
    switch("pull-cable", Problem.UNREACHABLE),
)

PRINTER_SERIAL = (
    *_PRINTER,
    # A serial line does not tell that nobody is at its end.
    Fault("power-off", *POWER, Problem.NO_ANSWER),
    switch("pull-cable", Problem.NOT_FOUND),
)

DRAWER = (
    # At the printer that it hangs on.
    switch("lock-drawer", Problem.DID_NOT_OPEN, State.ATTENTION),
    Fault("left-open", (("open-drawer", ""),), (("close-drawer", ""),), Problem.LEFT_OPEN, State.ATTENTION, True),
)

SCALE = (
    switch("motion", Problem.MOTION, State.ATTENTION),
    switch("over", Problem.OVERLOAD, State.ATTENTION),
    switch("not-zero", Problem.NOT_ZERO, State.ATTENTION),
    Fault("under-zero", (("load", "-40"),), (("empty", ""),), Problem.UNDER_ZERO, State.ATTENTION),
    switch("silence", Problem.NO_ANSWER),
    switch("garbage", Problem.GARBAGE),
    switch("parity", Problem.GARBAGE),
    switch("half", Problem.GARBAGE),
    UNPLUGGED,
)

# CAS has no word for a lost zero: the scale refuses the question. Half of its first answer, one byte, is none.
_OTHERWISE = (switch("not-zero", Problem.FAULT), switch("half", Problem.NO_ANSWER))
SCALE_CAS = (*(fault for fault in SCALE if fault.name not in {each.name for each in _OTHERWISE}), *_OTHERWISE)

DISPLAY = (UNPLUGGED,)

CARD_ZVT = (
    Fault("power-off", *POWER, Problem.REFUSED),
    Fault("pull-cable", (("pull-cable", ""),), (("plug-cable", ""),), Problem.UNREACHABLE),
    switch("silence", Problem.NO_ANSWER),
)
