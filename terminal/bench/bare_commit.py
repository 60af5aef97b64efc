"""The bare commit of payment: one durable row each time it is told to. `PORT DATABASE BYTES`."""

import socket
import sys
from time import perf_counter

import apsw

from terminal.store.journal import SETTINGS


def main(port: str, database: str, size: str) -> None:
    """Wait for a byte, commit, answer with the seconds that it took, until the other end is closed."""
    db = apsw.Connection(database)
    for setting in SETTINGS:
        db.execute(setting)
    db.execute("CREATE TABLE bare(seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    row = bytes(int(size))
    with socket.create_connection(("127.0.0.1", int(port))) as orders:
        while orders.recv(1):
            begun = perf_counter()
            db.execute("INSERT INTO bare(body) VALUES (?)", (row,))
            orders.sendall(f"{perf_counter() - begun}\n".encode())
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
