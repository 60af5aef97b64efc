"""A pty that stands for a serial port, found under a link that stays when the device is unplugged and comes back."""

import os
import pty
import shutil
import tempfile
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def link_for(name: str, given: Path | None = None) -> Iterator[Path]:
    """Where the till finds the port: at `given`, or in a folder of its own that is taken away afterwards."""
    if given is not None:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="kasse-sim-")
    try:
        yield Path(folder, name)
    finally:
        shutil.rmtree(folder)


@contextmanager
def open_port(link: Path) -> Iterator[int]:
    """The device's end of a new pty, non-blocking; the till's end is found under `link`.

    Takes the place of a link that an earlier run has left behind. Raises OSError, also when a file is there.
    """
    master, slave = pty.openpty()
    try:
        tty.setraw(slave)
        os.set_blocking(master, False)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(os.ttyname(slave))
        try:
            yield master
        finally:
            link.unlink(missing_ok=True)
    finally:
        os.close(master)
        os.close(slave)
