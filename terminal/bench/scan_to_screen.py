"""`kasse bench scan-to-screen`: from the last byte of a scan to the line on the event stream.

Beside it a bare loop (bare_scan.py) that reads the same kind of pty, does one durable commit and sends one event. Both
sides are scanned alternately from here, through ptys of the same kind.
"""

import os
import pty
import socket
import subprocess
import sys
import time
import tty
from pathlib import Path

from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items

from . import Figures
from .daemon import Daemon, free_port, write_settings
from .figures import compared
from .shop import PATIENCE, Screen, Shop, gtins

SALES, LINES = 40, 10
"""Each sale gets so many different items, so that a typical screen is drawn."""


def measure(folder: Path, sales: int = SALES) -> Figures:
    """`sales` times LINES scans of each side."""
    till_pty, bare_pty = _Scanner(), _Scanner()
    (folder / "data").mkdir()
    import_items(DEMO_ITEMS, folder / "data")
    port = free_port()
    devices = f'[[scanners]]\ndriver = "serial"\nport = "{till_pty.path}"\n'
    shop = Shop(write_settings(folder, port=port, devices=devices), port, "", ())
    items = gtins(LINES)
    ours: list[float] = []
    theirs: list[float] = []
    with Daemon(shop.settings), Screen(shop) as screen, _Bare(folder, bare_pty.path) as bare:
        for _ in range(sales):
            for gtin, name in items:
                begun = till_pty.scan(gtin)
                screen.wait_for(name)
                ours.append(time.perf_counter() - begun)
                screen.drain(0.02)
                begun = bare_pty.scan(gtin)
                bare.wait_for(gtin.encode())
                theirs.append(time.perf_counter() - begun)
            screen.post("/till/void", reason="bench")
            screen.drain(0.05)
    return {
        "name": "scan-to-screen",
        **compared(ours, theirs),
        "scans": len(ours),
    }


class _Scanner:
    """The far end of a serial scanner."""

    def __init__(self) -> None:
        self._far, near = pty.openpty()
        tty.setraw(near)
        self.path = os.ttyname(near)

    def scan(self, code: str) -> float:
        """Send a code in one write; the moment its last byte left."""
        data = code.encode() + b"\r"
        begun = time.perf_counter()
        os.write(self._far, data)
        return begun


class _Bare:
    """The bare loop, in a process of its own."""

    def __init__(self, folder: Path, path: str) -> None:
        self._folder, self._path = folder, path

    def __enter__(self) -> "_Bare":
        listener = socket.create_server(("127.0.0.1", 0))
        command = [sys.executable, "-m", "terminal.bench.bare_scan", self._path]
        command += [str(listener.getsockname()[1]), str(self._folder / "bare.sqlite")]
        self._process = subprocess.Popen(command)  # noqa: S603 (our own program)
        listener.settimeout(PATIENCE)
        self._events, _ = listener.accept()
        self._events.settimeout(PATIENCE)
        listener.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._events.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def wait_for(self, wanted: bytes) -> None:
        """Read until `wanted` has come."""
        got = b""
        while wanted not in got:
            chunk = self._events.recv(4096)
            if not chunk:
                raise RuntimeError("the bare loop ended")
            got += chunk
