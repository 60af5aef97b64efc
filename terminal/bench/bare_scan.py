"""The bare loop of scan-to-screen: a pty, one durable commit a line, one event. `PTY PORT DATABASE`."""

import os
import socket
import sys
import tty

import apsw

from terminal.store.journal import SETTINGS


def main(pty: str, port: str, database: str) -> None:
    """Read, commit, send, for ever."""
    db = apsw.Connection(database)
    for setting in SETTINGS:
        db.execute(setting)
    db.execute("CREATE TABLE bare(seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    scanner = os.open(pty, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(scanner)
    events = socket.create_connection(("127.0.0.1", int(port)))
    events.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line = b""
    while True:
        line += os.read(scanner, 4096)
        if line.endswith(b"\r"):
            # As many bytes as the till's own row for an added line has.
            db.execute("INSERT INTO bare(body) VALUES (?)", (line.ljust(300),))
            events.sendall(b"event: line\ndata: " + line[:-1] + b"\n\n")
            line = b""


if __name__ == "__main__":
    main(*sys.argv[1:])
