"""How uvicorn serves the screens: HTTP alone, with a limit on everything that a stranger controls."""

import uvicorn

from .app import Web

MAX_HEAD = 16_384
"""Bytes of a request line with its headers. A browser sends 1,000; the body's limit is in http.py."""
MAX_CONNECTIONS = 64


def config(web: Web) -> uvicorn.Config:
    """The configuration; the caller brings the listening socket."""
    return uvicorn.Config(
        web,
        http="h11",
        h11_max_incomplete_event_size=MAX_HEAD,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=MAX_CONNECTIONS,
    )
