"""A worker from the inside: a whole server on its parent's listening socket.

It writes a byte to its parent whenever its event loop has turned for a while. No byte for long means a
process that is frozen, whatever it holds; a line that nobody reads any more means that the parent is gone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import structlog

from restai import log
from restai.app import App, from_settings
from restai.cli.serving import DrainingServer
from restai.migrations.runner import upgrade
from restai.settings import Settings

SIGN_EVERY = 0.5  # seconds


def work(settings: Settings, listener: socket.socket, line: socket.socket, metrics: Path) -> None:
    """All of a worker's life. `line` leads to the parent, `metrics` is the folder for every worker's."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal says it to all: the parent acts on it
    _log_as_one_of_many(settings)
    line.setblocking(False)
    app = from_settings(settings, metrics=metrics)
    _Server(app, settings, line).run([listener])


def migrate(settings: Settings) -> None:
    """Bring the database to the schema of the program as it is on the disk now."""
    _log_as_one_of_many(settings)
    upgrade(settings.database)


def _log_as_one_of_many(settings: Settings) -> None:
    log.configure(settings.log_level, json=settings.log_json)
    structlog.contextvars.bind_contextvars(pid=os.getpid())


class _Server(DrainingServer):
    """Gives signs of life, the first when it can be reached; ends when nobody takes them."""

    def __init__(self, app: App, settings: Settings, line: socket.socket) -> None:
        super().__init__(app, settings.host, settings.port)
        self._line = line

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        living = asyncio.create_task(self._give_signs())
        try:
            await super().serve(sockets)
        finally:
            living.cancel()

    async def _give_signs(self) -> None:
        while True:
            if self.started:
                self._give_sign()
            await asyncio.sleep(SIGN_EVERY)

    def _give_sign(self) -> None:
        try:
            self._line.send(b".")
        except BlockingIOError:
            pass  # the parent is frozen, and has more than enough to read
        except OSError:
            self.should_exit = True  # it is gone
