"""A scale on a serial port, whichever protocol it speaks (protocols/scale.py): asked, never listened to.

The one task that lives for it does all reading and writing. Between weighings it asks seldom, so that what is wrong is
said before somebody stands there with a bag, and so that it is seen when the load has changed.
"""

import os
from collections import deque
from typing import NoReturn

import anyio
import msgspec

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.scale import NoWeight, OnReading, Weighing, Weight
from terminal.config.settings import ScaleSettings
from terminal.protocols.scale import Condition, Dialogue, Reading

from .open_errors import cannot_open
from .serial_port import close_port, open_port
from .serial_presence import is_present, until_present


class Pace(msgspec.Struct, frozen=True):
    """Seconds."""

    poll: float = 0.5
    """Between two questions that nobody waits for."""
    quick: float = 0.08
    """Between two questions while somebody waits for it to come to rest."""
    answer: float = 0.5
    """That an answer may take: fifteen bytes at 1200 baud take 0.15, and a scale thinks."""
    to_rest: float = 2.0
    """That a weighing waits for rest."""
    lasts: float = 3.0
    """After which motion, or a reading below zero, is told as a fault: both come with every bag."""


SILENT = 2
"""Questions in a row without a reading after which the scale is down; one alone is a disturbance on the line."""
SAME_GRAMS = 5
"""Two weights that differ by less are the same load: a step of a shop's scale."""

_PROBLEMS = {
    Condition.MOTION: Problem.MOTION,
    Condition.OVERLOAD: Problem.OVERLOAD,
    Condition.UNDER_ZERO: Problem.UNDER_ZERO,
    Condition.NOT_ZERO: Problem.NOT_ZERO,
    Condition.REFUSED: Problem.FAULT,
}
_SAYS = {
    Problem.MOTION: "it is in motion",
    Problem.OVERLOAD: "it is overloaded",
    Problem.UNDER_ZERO: "it reads below zero",
    Problem.NOT_ZERO: "it could not set its zero",
    Problem.FAULT: "it does not know the question, or is not ready",
}
_STAYS = frozenset({Problem.NONE, Problem.OVERLOAD, Problem.NOT_ZERO})
"""What is not waited for; all else may pass by itself."""


class _Request:
    """Somebody waits for a weight."""

    def __init__(self, patience: float) -> None:
        self.until = anyio.current_time() + patience
        self.answered = anyio.Event()
        self.result: Weighing | None = None

    def answer(self, result: Weighing) -> None:
        self.result = result
        self.answered.set()


class SerialScale:
    """Implements the ports Driver and Scale."""

    def __init__(self, settings: ScaleSettings, dialogue: Dialogue, pace: Pace = Pace()) -> None:  # noqa: B008 (frozen)
        self._settings = settings
        self._pace = pace
        self._dialogue = dialogue
        self._on_reading: OnReading | None = None
        self._newest: Weighing | None = None
        self._requests: deque[_Request] = deque()
        self._wanted = anyio.Event()
        self._open = False
        self._loads = _Loads()

    def follow(self, on_reading: OnReading) -> None:
        """See Scale."""
        self._on_reading = on_reading

    async def weigh(self) -> Weighing:
        """See Scale."""
        if not self._open:
            return self._newest if isinstance(self._newest, NoWeight) else NoWeight(Problem.NOT_FOUND, "not open yet")
        request = _Request(self._pace.to_rest)
        self._requests.append(request)
        self._wanted.set()
        try:
            await request.answered.wait()
        finally:
            if request in self._requests:
                self._requests.remove(request)
        assert request.result is not None  # noqa: S101 (`answer` sets both)
        return request.result

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver."""
        try:
            await self._live(tell)
        except DeviceError as error:
            self._tell_reading(NoWeight(error.problem, error.detail))
            raise
        finally:
            self._open = False
            gone = self._newest if isinstance(self._newest, NoWeight) else NoWeight(Problem.LOST, "it was let go")
            while self._requests:
                self._requests.popleft().answer(gone)

    async def _live(self, tell: Tell) -> NoReturn:
        settings = self._settings
        if not is_present(settings.port):
            self._tell_reading(NoWeight(Problem.NOT_FOUND, f"{settings.port} is not there"))
            await until_present(settings.port, tell)
        port = open_port(
            settings.port,
            settings.baud,
            bytesize=settings.bytesize,
            parity=settings.parity,
            stopbits=settings.stopbits,
        )
        try:
            self._open = True
            await self._ask_for_ever(port.fileno(), tell)
        finally:
            close_port(port, discard=True)

    async def _ask_for_ever(self, fd: int, tell: Tell) -> NoReturn:
        health, pace = _HealthOf(self._pace.lasts), self._pace
        while True:
            self._wanted = anyio.Event()
            # Who comes while a question is on its way is answered by the next: the load may have changed.
            waiting = tuple(self._requests)
            weighing = self._weighing(await self._ask(fd))
            told = health.after(weighing)
            if told is not None:
                tell(told)
            self._tell_reading(weighing)
            self._answer(waiting, weighing)
            with anyio.move_on_after(pace.quick if self._requests else pace.poll):
                await self._wanted.wait()

    def _answer(self, waiting: tuple["_Request", ...], weighing: Weighing) -> None:
        """Whoever cannot wait for another question, or need not, gets this."""
        is_final = isinstance(weighing, Weight) or weighing.problem in _STAYS
        for request in waiting:
            if request in self._requests and (is_final or anyio.current_time() + self._pace.answer >= request.until):
                self._requests.remove(request)
                request.answer(weighing)

    def _tell_reading(self, weighing: Weighing) -> None:
        if weighing != self._newest:
            self._newest = weighing
            if self._on_reading is not None:
                self._on_reading(weighing)

    def _weighing(self, heard: Reading | NoWeight) -> Weighing:
        if isinstance(heard, NoWeight):
            return heard
        load = self._loads.number(heard)
        if heard.condition is Condition.AT_REST:
            return Weight(heard.grams, heard.net, load) if heard.grams else NoWeight(Problem.NONE)
        problem = _PROBLEMS[heard.condition]
        return NoWeight(problem, _SAYS[problem])

    async def _ask(self, fd: int) -> Reading | NoWeight:
        """One question: its reading, or NO_ANSWER or GARBAGE. Raises DeviceError LOST."""
        self._read(fd)  # what came late, of an earlier question, answers nothing
        heard, said = b"", self._dialogue.begin()
        with anyio.move_on_after(self._pace.answer):
            while True:
                if said:
                    await self._write(fd, said)
                    said = b""
                await anyio.wait_readable(fd)
                data = self._read(fd)
                heard += data
                step = self._dialogue.feed(data)
                if step.reading is not None:
                    return step.reading
                if step.nonsense:
                    return NoWeight(Problem.GARBAGE, step.nonsense)
                said = step.reply
        if heard:
            return NoWeight(Problem.GARBAGE, f"it stopped in its answer after {heard[:24].hex(' ')}")
        return NoWeight(Problem.NO_ANSWER, f"it does not answer on {self._settings.port}")

    def _read(self, fd: int) -> bytes:
        try:
            data = os.read(fd, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise self._lost()
        return data

    async def _write(self, fd: int, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                await anyio.wait_writable(fd)
            except OSError as error:
                raise self._lost(error) from error

    def _lost(self, error: OSError | None = None) -> DeviceError:
        why = "hung up" if error is None else str(cannot_open(self._settings.port, error))
        return DeviceError(Problem.LOST, f"{self._settings.port}: {why}")


class _Loads:
    """Which load lies on the scale. It is another one when the scale was empty in between or shows another weight.

    Motion alone does not count: somebody leaned on the counter, and the bag that is sold already lies there still.
    """

    def __init__(self) -> None:
        self._number = 1
        self._grams: int | None = None

    def number(self, reading: Reading) -> int:
        """The load's number, with this reading."""
        if reading.condition is Condition.UNDER_ZERO or (reading.condition is Condition.AT_REST and not reading.grams):
            if self._grams is not None:
                self._number += 1
            self._grams = None
        elif reading.condition is Condition.AT_REST:
            if self._grams is not None and abs(self._grams - reading.grams) >= SAME_GRAMS:
                self._number += 1
            # The first weight of a load is its weight: many small steps make another one too.
            if self._grams is None or abs(self._grams - reading.grams) >= SAME_GRAMS:
                self._grams = reading.grams
        return self._number


class _HealthOf:
    """The driver's health, from its readings."""

    def __init__(self, lasts: float) -> None:
        self._lasts = lasts
        self._problem = Problem.NONE
        self._since = 0.0
        self._times = 0

    def after(self, weighing: Weighing) -> Health | None:
        """What to tell after this one; None while it is too early to say."""
        problem = weighing.problem if isinstance(weighing, NoWeight) else Problem.NONE
        if problem is not self._problem or not self._times:
            self._problem, self._since, self._times = problem, anyio.current_time(), 0
        self._times += 1
        detail = weighing.detail if isinstance(weighing, NoWeight) else ""
        match problem:
            case Problem.NONE:
                return Health(State.OK)
            case Problem.MOTION | Problem.UNDER_ZERO:
                lasts = anyio.current_time() - self._since >= self._lasts
                return Health(State.ATTENTION, problem, detail) if lasts else None
            case Problem.OVERLOAD | Problem.NOT_ZERO:
                return Health(State.ATTENTION, problem, detail)
            case _:
                return Health(State.DOWN, problem, detail) if self._times >= SILENT else None
