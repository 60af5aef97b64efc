"""Changes: none is missed, none is queued for."""

import anyio
import pytest

from terminal.app.changes import Changes
from terminal.app.notices import Notices

pytestmark = pytest.mark.anyio


async def test_one_who_has_not_seen_the_newest_goes_on_at_once() -> None:
    changes = Changes()
    changes.tell()
    with anyio.fail_after(1):
        assert await changes.wait(0) == 1
        assert await changes.wait(-1) == 1


async def test_one_who_has_seen_it_waits_for_the_next() -> None:
    changes = Changes()
    seen: list[int] = []

    async def waits() -> None:
        seen.append(await changes.wait(0))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waits)
        tasks.start_soon(waits)
        await anyio.wait_all_tasks_blocked()
        assert seen == []
        changes.tell()
    assert seen == [1, 1]


async def test_a_slow_one_gets_the_newest_only() -> None:
    changes = Changes()
    for _ in range(1000):
        changes.tell()
    assert await changes.wait(0) == 1000


@pytest.mark.parametrize("pauses", [0, 1, 2, 3])
async def test_no_change_is_lost_whoever_is_slower(pauses: int) -> None:
    """The last change is always seen, at whatever moment it comes between a look and the next wait."""
    changes = Changes()
    last = 200

    async def follows() -> None:
        seen = 0
        while seen < last:
            now = await changes.wait(seen)
            assert now > seen
            seen = now
            for _ in range(seen % 4):
                await anyio.lowlevel.checkpoint()

    async def tells() -> None:
        for _ in range(last):
            changes.tell()
            for _ in range(pauses):
                await anyio.lowlevel.checkpoint()

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(follows)
            tasks.start_soon(tells)


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    changes = Changes()
    seen: list[int] = []

    async def waits() -> None:
        seen.append(await changes.wait(0))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waits)
        with anyio.move_on_after(0.01):
            await changes.wait(0)
        changes.tell()
    assert seen == [1]


def test_the_newest_notice_is_numbered_and_short() -> None:
    changes = Changes()
    notices = Notices(changes)
    notices.tell("bad", "unknown-code", "x" * 5000)
    notices.tell("good", "scanned", "Mælk")
    assert (notices.newest.number, notices.newest.detail) == (2, "Mælk")
    assert changes.version == 2
    notices.tell("bad", "unknown-code", "x" * 5000)
    assert len(notices.newest.detail) == 200
