"""Serves the bench's pages with uvicorn, in the loop of the simulators, until cancelled."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import uvicorn
from anyio.abc import TaskStatus

from .pages import Bench, build


class ListenError(Exception):
    """The bench's address cannot be listened on. The message is one English sentence."""


async def serve(
    bench: Bench, host: str, port: int, *, task_status: TaskStatus[str] = anyio.TASK_STATUS_IGNORED
) -> None:
    """Serve until cancelled; `started` gives the page's address. Port 0 takes any. Raises ListenError.

    When cancelled, streams end at once and open requests within a second: uvicorn is told to stop, never cut off, for
    it would leave its connections' tasks behind.
    """

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals are the caller's."""
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            shown = f"[{host}]" if ":" in host else host
            task_status.started(f"http://{shown}:{listener.getsockname()[1]}/")

    listener = _listen(host, port)
    config = uvicorn.Config(
        build(bench, (host,)),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=64,
    )
    server = Server(config)

    async def run() -> None:
        with anyio.CancelScope(shield=True):
            await server.serve(sockets=[listener])

    with listener:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            try:
                await anyio.sleep_forever()
            finally:
                bench.close()
                server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ListenError(f"the bench cannot listen on {host} port {port}: {error.strerror}") from error
    return listener
