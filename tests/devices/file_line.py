"""A line of a GPIO chip as Raspberry Pi's kernels have it, in a folder: one owner at a time, and the level stays what
it was when the owner is killed. Run as a program it is the shipped guard on such a line, as bare as the shipped one.

    python -I -S file_line.py ROOT FOLDER
"""

import errno
import fcntl
import os
import sys
import time


class FileLine:
    """See drawer_guard.Line. Every level is written down with its time, which all processes share."""

    def __init__(self, folder: str) -> None:
        self._log = os.open(f"{folder}/log", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._log)
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), folder) from error
        self.set(False)

    def set(self, on: bool) -> None:
        """Drive it."""
        os.write(self._log, f"{time.monotonic()} {int(on)}\n".encode())

    def close(self) -> None:
        """Let it go."""
        os.close(self._log)


if __name__ == "__main__":
    root, folder = sys.argv[1:]
    sys.path.insert(0, root)
    from terminal.devices.drawer_guard import guard

    sys.exit(guard(lambda: FileLine(folder)))
