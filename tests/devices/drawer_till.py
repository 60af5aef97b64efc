"""A till that has nothing but a drawer, in a process of its own, to be killed: opens it as soon as it can.

python drawer_till.py FOLDER MS
"""

import sys
from pathlib import Path

import anyio

from terminal.app.ports.device import Health
from terminal.config.settings import DrawerGpio
from terminal.devices.drawer_gpio import GpioDrawer
from tests.devices.drawer_bed import Bed


async def main(folder: Path, ms: int) -> None:
    drawer = GpioDrawer(DrawerGpio(pulse_ms=ms, cool_down_ms=500), pins=Bed(folder))
    ready = anyio.Event()

    def tell(_: Health) -> None:
        ready.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(drawer.live, tell)
        await ready.wait()
        sys.stdout.write(f"{drawer.guard_pid}\n")
        sys.stdout.flush()
        await drawer.open()


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), int(sys.argv[2]))
