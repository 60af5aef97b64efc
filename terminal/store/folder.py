"""The data folder: made private, and held by one daemon at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "kasse.lock"
JOURNAL = "journal.sqlite"
VIEWS = "views.sqlite"


class FolderError(Exception):
    """The data folder cannot be used. The message is one clear sentence."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Own the folder until the end of the block. Raises FolderError when another process owns it."""
    try:
        _make(folder)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FolderError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise FolderError(f"the data folder {folder} is in use by another kasse: stop it first") from error
    except OSError as error:
        os.close(lock)
        raise FolderError(f"the data folder {folder} cannot be locked: {error.strerror}") from error
    try:
        yield
    finally:
        os.close(lock)


def _make(folder: Path) -> None:
    """Make it and everything above it, and have its name on the disk: SQLite syncs the folder, not what holds it."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        _make(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    parent = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
