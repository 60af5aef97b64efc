"""Runs a module as the service's unit lets it: `setpriority` is refused with EPERM (SystemCallFilter=~@resources).

    python -m tests.systemd.confined MODULE [ARGUMENTS...]

The kernel's own filter, set on this process (seccomp(2), linux/filter.h): no service manager runs where the tests do.
"""

import ctypes
import errno
import platform
import runpy
import struct
import sys

_SETPRIORITY = {"x86_64": 141, "aarch64": 140, "armv7l": 97}
_NO_NEW_PRIVS, _SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_REFUSE, _ALLOW = 0x0005_0000, 0x7FFF_0000


def confine() -> None:
    """From here on. Raises OSError where the kernel does not allow it."""
    rows = (
        (_LOAD, 0, 0, 0),
        (_IF_EQUAL, 0, 1, _SETPRIORITY[platform.machine()]),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    )
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(rows), ctypes.addressof(program)))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_NO_NEW_PRIVS, 1, None, None, None), (_SECCOMP, _MODE_FILTER, head, None, None)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    confine()
    _, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
