"""Running a process: uvicorn around the composed application, and a word when it can be reached."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from restai.app import App

DRAIN = 20  # seconds for requests in flight when the process is told to end
_SOCKETS = "restai.realtime.transport:Socket"


class _Server(uvicorn.Server):
    """Calls `announce` with the process's own address once it is reached there."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            for listener in server.sockets:
                self._announce(_address(listener))
                return


def serve(app: App, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until the process is told to end. `announce` gets the base URL. Exits if it can't begin."""
    config = uvicorn.Config(
        app.asgi,
        host=host,
        port=port,
        ws=_SOCKETS,
        log_config=None,  # everything goes through restai.log
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
    )
    _check_port(host, port)
    with suppress(KeyboardInterrupt):  # Ctrl+C: the server has drained and closed by then
        _Server(config, announce).run()


def _check_port(host: str, port: int) -> None:
    """A port in use is said in one line, before anything starts."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        sys.exit(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
