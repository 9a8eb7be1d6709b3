"""Running the web: uvicorn in this process, on an address, until it is told to stop.

Knows how uvicorn is set: no access log of its own, no reverse proxy trusted unless named.
Refuses to know what is served.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from web.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from workflow.domain.clock import Clock
    from workflow.settings import Settings

_KEEP_ALIVE_S: Final = 10
_STOP_WITHIN_S: Final = 10


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch none."""
        yield


def make_server(
    settings: Settings,
    *,
    engine: Engine,
    clock: Clock,
    host: str,
    port: int,
    is_simulated: bool = False,
    proxy: str | None = None,
) -> Server:
    """A server that begins with ``run()`` and ends once ``should_exit`` is set.

    ``proxy`` is the address of a reverse proxy whose word on a visitor's address is
    believed; without one, headers say nothing about anybody.
    """
    app = make_app(settings, engine=engine, clock=clock, is_simulated=is_simulated)
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=proxy is not None,
            forwarded_allow_ips=proxy or "",
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_STOP_WITHIN_S,
        )
    )
