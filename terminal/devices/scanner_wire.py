"""What a scanner's wires have in common: opening a device node, and telling what came out of it."""

import errno

from terminal.app.ports.device import DeviceError, Problem
from terminal.app.ports.scanner import BadScan, OnScan, Scan
from terminal.protocols.scan import Found, Read

_PROBLEMS = {
    errno.ENOENT: Problem.NOT_FOUND,
    errno.ENODEV: Problem.NOT_FOUND,
    errno.ENXIO: Problem.NOT_FOUND,
    errno.ENOTDIR: Problem.NOT_FOUND,
    errno.EACCES: Problem.NO_PERMISSION,
    errno.EPERM: Problem.NO_PERMISSION,
    errno.EBUSY: Problem.IN_USE,
    errno.EWOULDBLOCK: Problem.IN_USE,
}


def cannot_open(where: str, error: OSError) -> DeviceError:
    """What an open that failed means."""
    return DeviceError(_PROBLEMS.get(error.errno or 0, Problem.FAULT), f"{where}: {error.strerror or error}")


def lost(where: str, error: OSError | None = None) -> DeviceError:
    """What a read that failed means, or one that ended: whatever the kernel calls it, the wire is gone."""
    return DeviceError(Problem.LOST, f"{where}: {error.strerror if error else 'hung up'}")


async def tell_scans(found: list[Found], scanner: str, on_scan: OnScan) -> None:
    """Hand over what a decoder found, in order."""
    for each in found:
        await on_scan(Scan(each.text, scanner) if isinstance(each, Read) else BadScan(scanner, each.why))
