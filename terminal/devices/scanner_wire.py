"""What a scanner's wires have in common: telling what came out of them."""

from terminal.app.ports.device import DeviceError, Problem
from terminal.app.ports.scanner import BadScan, OnScan, Scan
from terminal.protocols.scan import Found, Read


def lost(where: str, error: OSError | None = None) -> DeviceError:
    """What a read that failed means, or one that ended: whatever the kernel calls it, the wire is gone."""
    return DeviceError(Problem.LOST, f"{where}: {error.strerror if error else 'hung up'}")


def tell_scans(found: list[Found], scanner: str, on_scan: OnScan) -> None:
    """Hand over what a decoder found, in order."""
    for each in found:
        on_scan(Scan(each.text, scanner) if isinstance(each, Read) else BadScan(scanner, each.why))
