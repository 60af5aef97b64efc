"""A scale whose pan is the test."""

import anyio

from terminal.app.ports.device import Problem
from terminal.app.ports.scale import NoWeight, OnReading, Weighing, Weight


class Plate:
    """See Scale. What is put on it is told at once; `hold` keeps the one who weighs waiting."""

    def __init__(self) -> None:
        self._on_reading: OnReading | None = None
        self._reading: Weighing = NoWeight(Problem.NONE)
        self._load = 0
        self._held: anyio.Event | None = None
        self.asked = 0

    def follow(self, on_reading: OnReading) -> None:
        self._on_reading = on_reading
        on_reading(self._reading)

    async def weigh(self) -> Weighing:
        self.asked += 1
        if self._held is not None:
            await self._held.wait()
        return self._reading

    def put(self, grams: int) -> None:
        """Another load, at rest."""
        self._load += 1
        self._tell(Weight(grams, load=self._load))

    def says(self, problem: Problem) -> None:
        """No weight. NONE: it is empty."""
        self._tell(NoWeight(problem))

    def hold(self) -> None:
        """Whoever weighs waits from now on."""
        self._held = anyio.Event()

    def let_go(self) -> None:
        assert self._held is not None
        self._held.set()
        self._held = None

    def _tell(self, reading: Weighing) -> None:
        self._reading = reading
        if self._on_reading is not None:
            self._on_reading(reading)
