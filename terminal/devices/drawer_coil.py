"""The coil, switched by a guard process; and who switches it off when that process dies or hangs.

the till is killed in a pulse       the guard ends the pulse by its own clock, then itself (drawer_guard.py)
the guard is killed in a pulse      the till sees its pipe close, takes the line and drives it off
the guard is stopped in a pulse     the till kills it when the pulse has lasted 60 ms too long, and does the same
both are killed at once             the one-shot of the driver stage: hardware/README.md
"""

import errno
import logging
import os
import select
import subprocess
import threading
import time
from typing import IO

from terminal.app.ports.device import DeviceError, Problem

from .drawer_pins import Pins
from .open_errors import cannot_open

log = logging.getLogger(__name__)

BEARABLE_MS = 510
"""What a coil bears."""
_READY = 10.0
"""Seconds for the guard to start: 0.02 on a PC, 0.2 on a small board, more when it boots."""
_ON = 1.0
"""Seconds for a pulse to begin."""
_GRACE = 0.06
"""Seconds that a pulse may last too long before the guard is taken for dead. 400 + 60 ms leave 50 to switch off."""
_TAKE = 1.0
"""Seconds in which the line of a killed guard must be free."""


class Coil:
    """One guard's life. Its methods block: call them in a thread. Raises DeviceError."""

    def __init__(self, pins: Pins) -> None:
        """Start the guard, which takes the line and drives it off."""
        self._pins = pins
        self._one_at_a_time = threading.Lock()
        self._said = b""
        command = pins.guard_command()
        life, its_end = os.pipe()
        self.life = life
        """Readable once the guard has ended."""
        try:
            self._guard = subprocess.Popen(  # noqa: S603 - our own program, its arguments from the settings
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                pass_fds=(its_end,),
                # Ctrl-C at a terminal is for the till; the guard ends after it.
                start_new_session=True,
            )
        except OSError as error:
            os.close(life)
            raise DeviceError(Problem.FAULT, f"the drawer's guard cannot be started: {error}") from error
        finally:
            os.close(its_end)
        answer = self._hear(_READY)
        if answer != "ready":
            self._bury()
            self.close()
            raise _failure(answer)

    @property
    def guard_pid(self) -> int:
        """The process that holds the line."""
        return self._guard.pid

    def pulse(self, on_ms: int) -> float:
        """One pulse; the milliseconds that it lasted. Raises DeviceError: the line is off all the same."""
        with self._one_at_a_time:
            commands = _pipe(self._guard.stdin)
            if commands.closed:
                # An opening that began in the moment in which the guard was found dead and let go.
                raise DeviceError(Problem.FAULT, "the drawer's guard has ended")
            try:
                commands.write(on_ms.to_bytes(2, "big"))
            except OSError as error:
                self._take_over()
                raise DeviceError(Problem.FAULT, f"the drawer's guard has ended: {error}") from error
            answer = self._hear(_ON)
            if answer == "on":
                answer = self._hear(on_ms / 1000 + _GRACE)
            word, _, lasted = answer.partition(" ")
            if word != "off":
                self._take_over()
                raise _failure(answer)
            return float(lasted)

    def close(self) -> None:
        """The guard ends, after its pulse if it is in one."""
        with self._one_at_a_time:
            _pipe(self._guard.stdin).close()
            try:
                self._guard.wait(_TAKE)
            except subprocess.TimeoutExpired:
                self._take_over()
            finally:
                _pipe(self._guard.stdout).close()
                os.close(self.life)

    def _hear(self, patience: float) -> str:
        """The guard's next line; '' when it ends or says nothing for so long."""
        answers = _pipe(self._guard.stdout)
        waiting = select.poll()
        waiting.register(answers, select.POLLIN)
        until = time.monotonic() + patience
        while b"\n" not in self._said:
            left = until - time.monotonic()
            if left <= 0 or not waiting.poll(1000 * left):
                return ""
            piece = answers.read(200)
            if not piece:
                return ""
            self._said += piece
        line, self._said = self._said.split(b"\n", 1)
        return line.decode("utf-8", "replace")

    def _bury(self) -> None:
        self._guard.kill()
        self._guard.wait()

    def _take_over(self) -> None:
        """The guard cannot be trusted with the line: it dies, and the line is driven off from here."""
        self._bury()
        until = time.monotonic() + _TAKE
        while True:
            try:
                self._pins.take_coil().close()
            except OSError as error:
                if error.errno == errno.EBUSY and time.monotonic() < until:
                    time.sleep(0.002)
                    continue
                log.critical("the drawer's coil may be on, and its line cannot be had: %s", error)
                raise DeviceError(Problem.FAULT, f"the drawer's line cannot be had: {error}") from error
            log.error("the drawer's guard has failed: the line was switched off without it")
            return


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - Popen was told to make it
    return pipe


def _failure(answer: str) -> DeviceError:
    """What a guard's last words mean."""
    word, _, rest = answer.partition(" ")
    number, _, text = rest.partition(" ")
    if word == "error" and number.isdigit():
        return cannot_open(text, OSError(int(number), os.strerror(int(number))))
    return DeviceError(Problem.FAULT, "the drawer's guard does not answer")
