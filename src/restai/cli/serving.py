"""Running a process: uvicorn around the composed application, and a word when it can be reached."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from restai.app import App

DRAIN = 20  # seconds for requests in flight when the process is told to end
BACKLOG = 2048  # connections that may wait to be taken: everybody comes back at once
_SOCKETS = "restai.realtime.transport:Socket"


class DrainingServer(uvicorn.Server):
    """Says that it is not ready from the moment on that it is told to end."""

    def __init__(self, app: App, host: str, port: int) -> None:
        super().__init__(configured(app, host, port))
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.live.farewell.begin()
        await super().shutdown(sockets)


class _Server(DrainingServer):
    """Calls `announce` with the process's own address once it is reached there."""

    def __init__(self, app: App, host: str, port: int, announce: Callable[[str], None]) -> None:
        super().__init__(app, host, port)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            for listener in server.sockets:
                self._announce(address(listener))
                return


def serve(app: App, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until the process is told to end. `announce` gets the base URL. Exits if it can't begin."""
    listen(host, port).close()  # a port in use is said before anything starts
    with suppress(KeyboardInterrupt):  # Ctrl+C: the server has drained and closed by then
        _Server(app, host, port, announce).run()


def configured(app: App, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves this application."""
    return uvicorn.Config(
        app.asgi,
        host=host,
        port=port,
        ws=_SOCKETS,
        log_config=None,  # everything goes through restai.log
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
        backlog=BACKLOG,
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Exits, with one line, if the port is in use or no such address is ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        sys.exit(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.")


def address(listener: socket.socket) -> str:
    """The base URL under which it is reached from this machine."""
    host, port = listener.getsockname()[:2]
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
