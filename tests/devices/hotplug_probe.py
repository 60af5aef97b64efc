"""Under umockdev: waits for an input device, with no other look than udev's news; says so on stdout."""

import os

import anyio

from terminal.devices.hotplug import appears


def say(word: str) -> None:
    """One line, as evdev_till says it."""
    print(f'["{word}"]', flush=True)  # noqa: T201


async def main() -> None:
    """Says 'there' when it is."""

    def look() -> bool | None:
        found = os.path.exists("/dev/input/event3")  # noqa: PTH110 (umockdev knows this call)
        # Said afterwards: whoever hears it may plug the device in, and that is for the next look to find.
        say("looking")
        return found or None

    say("there" if await appears("input", look, look_every=3600) else "not there")


if __name__ == "__main__":
    anyio.run(main)
