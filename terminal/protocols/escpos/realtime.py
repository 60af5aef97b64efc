"""Real-time commands: what a printer acts on the moment it arrives, whatever else it is doing.

The receiver looks for the byte sequence alone: it also finds one inside the dots of a picture or the pairs
of digits of a barcode. That is how real printers behave (Epson, DLE EOT, "Notes"), it is why a simulator
must look for them apart from the parser, and why what we print must not contain one (`harmless`).
"""

import re

import msgspec

from .status import Query

_REQUEST = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x14\x01([\x00\x01])([\x01-\x08])", re.DOTALL)
_LONGEST = 5
_DANGEROUS = re.compile(rb"\x10[\x04\x05\x14]", re.DOTALL)


class StatusRequest(msgspec.Struct, frozen=True):
    """DLE EOT n."""

    query: Query


class PulseRequest(msgspec.Struct, frozen=True):
    """DLE DC4 1 m t: a drawer pulse at once."""

    pin: int
    on_ms: int


RealTimeRequest = StatusRequest | PulseRequest


class RealTimeScanner:
    """Give it every byte that arrives, in any pieces; it gives the requests in them, in order."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[RealTimeRequest]:
        """The requests that are complete with `data`."""
        seen = self._tail + data
        found: list[RealTimeRequest] = []
        end = 0
        for match in _REQUEST.finditer(seen):
            end = match.end()
            if match[1] is not None:
                found.append(StatusRequest(Query(match[1][0])))
            else:
                found.append(PulseRequest(pin=5 if match[2][0] else 2, on_ms=100 * match[3][0]))
        self._tail = seen[max(end, len(seen) - _LONGEST + 1) :]
        return found


def harmless(data: bytes) -> bool:
    """Whether a printer's receiver finds nothing in `data` to act on (DLE EOT, DLE ENQ, DLE DC4)."""
    return _DANGEROUS.search(data) is None
