"""What it means that a device node, a port or a connection could not be opened: one table for all drivers."""

import errno

from terminal.app.ports.device import DeviceError, Problem

_PROBLEMS = {
    errno.ENOENT: Problem.NOT_FOUND,
    errno.ENODEV: Problem.NOT_FOUND,
    errno.ENXIO: Problem.NOT_FOUND,
    errno.ENOTDIR: Problem.NOT_FOUND,
    errno.EACCES: Problem.NO_PERMISSION,
    errno.EPERM: Problem.NO_PERMISSION,
    errno.EBUSY: Problem.IN_USE,
    errno.EWOULDBLOCK: Problem.IN_USE,
    errno.ECONNREFUSED: Problem.REFUSED,
    errno.EHOSTUNREACH: Problem.UNREACHABLE,
    errno.ENETUNREACH: Problem.UNREACHABLE,
    errno.EHOSTDOWN: Problem.UNREACHABLE,
    errno.ENETDOWN: Problem.UNREACHABLE,
    errno.ETIMEDOUT: Problem.UNREACHABLE,
}


def cannot_open(where: str, error: OSError) -> DeviceError:
    """What an open or a connect that failed means."""
    return DeviceError(_PROBLEMS.get(error.errno or 0, Problem.FAULT), f"{where}: {error.strerror or error}")
