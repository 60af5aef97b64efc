"""Whether a serial port is there at all."""

from pathlib import Path


def is_present(port: str | Path) -> bool | None:
    """None when the port is not there; what else is wrong with it, opening it tells."""
    try:
        Path(port).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return True
    return True
