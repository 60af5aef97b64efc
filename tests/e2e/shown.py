"""What a till screen shows, read off its event stream: the sale's lines and total, as a person sees them."""

import html
import json
import re
from typing import NamedTuple

_LINE = re.compile(
    r'<span class="qty">(?P<qty>[^<]*)</span>.*?<span class="what">(?P<what>[^<]*).*?'
    r'<span class="amount">(?P<amount>[^<]*)</span>',
    re.DOTALL,
)
_TOTAL = re.compile(r'class="sum">.*?<output>([^<]*)</output>', re.DOTALL)


class Shown(NamedTuple):
    """A sale on the screen."""

    lines: tuple[tuple[str, str, str], ...]
    """(quantity, name, amount) of each."""
    total: str


def read_lines(region: str) -> Shown:
    """The `lines` region's HTML."""
    lines = tuple(
        (found["qty"].strip(), html.unescape(found["what"]).strip(), found["amount"].strip())
        for found in _LINE.finditer(region)
    )
    total = _TOTAL.search(region)
    assert total is not None, region
    return Shown(lines, total[1])


class Events:
    """Server-sent events out of a stream of bytes, in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[str, object]]:
        """The events that are whole now: (name, data)."""
        *whole, self._rest = (self._rest + data).split(b"\n\n")
        events = []
        for block in whole:
            fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
            if b"event" in fields:
                events.append((fields[b"event"].decode(), json.loads(fields[b"data"])))
        return events
