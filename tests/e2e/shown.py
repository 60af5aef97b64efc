"""What a till screen shows, read off its event stream: the sale's lines and total, as a person sees them."""

import html
import json
import re
from typing import NamedTuple

_ROW = re.compile(r'<li id="line-.*?</li>', re.DOTALL)
_PART = re.compile(r'<span class="(qty|what|amount)">(.*?)</span>', re.DOTALL)
_NOTE = re.compile(r"<small>.*", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_TOTAL = re.compile(r'class="sum">.*?<output>([^<]*)</output>', re.DOTALL)


class Shown(NamedTuple):
    """A sale on the screen."""

    lines: tuple[tuple[str, str, str], ...]
    """(quantity, name, amount) of each."""
    total: str


def read_lines(region: str) -> Shown:
    """The `lines` region's HTML."""
    total = _TOTAL.search(region)
    assert total is not None, region
    return Shown(tuple(_line(row) for row in _ROW.findall(region)), total[1])


def _line(row: str) -> tuple[str, str, str]:
    parts = dict(_PART.findall(row))
    name = _NOTE.sub("", parts["what"])
    quantity = _TAG.sub(" ", parts["qty"]).split()
    return " ".join(quantity), html.unescape(name).strip(), parts["amount"].strip()


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
