"""A TCP connection for a driver: a socket that never blocks and waits for no second byte to send the first."""

import errno
import os
import socket
from collections.abc import Sequence
from typing import Any

import anyio

from terminal.app.ports.device import DeviceError, Problem

from .open_errors import cannot_open

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


async def connect(host: str, port: int) -> socket.socket:
    """Connect to the first of the host's addresses that lets us; how long that may take is the caller's.

    Raises DeviceError: NOT_FOUND for a name that nobody knows, REFUSED, UNREACHABLE.
    """
    failed = OSError(errno.EHOSTUNREACH, "no address")
    for family, kind, protocol, _, address in await _addresses(host, port):
        sock = socket.socket(family, kind, protocol)
        try:
            await _connect(sock, address)
        except OSError as error:
            sock.close()
            failed = error
        except BaseException:
            sock.close()
            raise
        else:
            _notice_a_dead_end(sock)
            return sock
    raise cannot_open(f"{host}:{port}", failed)


def _notice_a_dead_end(sock: socket.socket) -> None:
    """Have the kernel find out within some 20 s that a cable is out, also while the other end has nothing to say.

    Without it a card terminal that waits for a card, and has lost its cable, keeps the till waiting for three minutes.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 20_000)


async def _addresses(host: str, port: int) -> Sequence[_Address]:
    try:
        # A number needs nobody to ask, and no thread to wait in.
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        pass
    try:
        return await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise DeviceError(Problem.NOT_FOUND, f"{host}: {error}") from error


async def _connect(sock: socket.socket, address: Any) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = sock.connect_ex(address)
    if code == errno.EINPROGRESS:
        await anyio.wait_writable(sock)
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
