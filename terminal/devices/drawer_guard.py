"""The process that holds the drawer's line, makes the pulse by its own clock, and outlives the till by one pulse.

A till that dies with the coil on leaves a line high: Raspberry Pi's kernels keep an output as it was when its owner is
gone. So the owner is this process and not the till. It has a session of its own and ignores the signals that a service
manager or a terminal sends, does nothing but wait for the next pulse, and ends, with the line off, when the till's end
of the pipe is closed, however that came about. What watches it in turn is drawer_coil.py.

    python -I -S -c '…' CHIP LINE high|low      see COMMAND in drawer_coil.py

On the standard input: the pulse's milliseconds, two bytes, high one first. On the standard output, a line each:
`ready`; `on`, `off 151` (how long it was on); `error ERRNO TEXT`, after which it has ended.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Protocol

from terminal.devices.gpio_line import OutputLine

LONGEST_PULSE_MS = 400
"""A coil bears 510 ms. The rest belongs to whoever has to switch it off when this process cannot."""


class Line(Protocol):
    """What a guard holds."""

    def set(self, on: bool) -> None:
        """Drive it. Raises OSError."""

    def close(self) -> None:
        """Let it go."""


def guard(open_line: Callable[[], Line], commands: int = 0, answers: int = 1) -> int:
    """Serve until the till's end is closed; the exit status. `commands` and `answers` are descriptors."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    try:
        line = open_line()
    except OSError as error:
        _say(answers, f"error {error.errno} {error.filename or error}")
        return 1
    try:
        _say(answers, "ready")
        while True:
            wanted = os.read(commands, 2)
            if len(wanted) < 2:
                return 0
            _pulse(line, min(int.from_bytes(wanted, "big"), LONGEST_PULSE_MS), answers)
    except OSError as error:
        _say(answers, f"error {error.errno} {error.filename or error}")
        return 1
    finally:
        try:
            line.set(False)
        finally:
            line.close()


def _pulse(line: Line, on_ms: int, answers: int) -> None:
    start = time.monotonic()
    try:
        line.set(True)
        _say(answers, "on")
        time.sleep(max(0.0, start + on_ms / 1000 - time.monotonic()))
    finally:
        line.set(False)
    _say(answers, f"off {1000 * (time.monotonic() - start):.0f}")


def _say(answers: int, text: str) -> None:
    try:
        os.write(answers, f"{text}\n".encode())
    except BrokenPipeError:
        # The till is dead. The pulse ends as it would have, and the next read says so.
        return


def main(arguments: list[str]) -> int:
    """CHIP LINE high|low."""
    chip, offset, level = arguments
    return guard(lambda: OutputLine(chip, int(offset), active_high=level == "high"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
