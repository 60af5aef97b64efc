"""Whether a serial port is there at all, and waiting until it is."""

from pathlib import Path

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell

from .hotplug import appears


def is_present(port: str | Path) -> bool | None:
    """None when the port is not there; what else is wrong with it, opening it tells."""
    try:
        Path(port).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return True
    return True


async def until_present(port: str, tell: Tell) -> None:
    """Wait for a port that is not there, so that a device works as soon as it is plugged in; tell that it is missing.

    Raises DeviceError NOT_FOUND when it cannot be waited for, or not any longer.
    """
    if is_present(port):
        return
    missing = DeviceError(Problem.NOT_FOUND, f"{port} is not there")
    tell(Health(State.DOWN, missing.problem, missing.detail))
    if not await appears("tty", lambda: is_present(port)):
        raise missing
