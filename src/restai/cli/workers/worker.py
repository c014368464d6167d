"""One worker as its parent sees it: it is starting, gives signs of life, ends."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

from restai.cli.workers.inside import work
from restai.settings import Settings

# Begun from the disk and not forked: after an upgrade of the program a fresh worker is the new one.
FRESH = multiprocessing.get_context("spawn")


class Worker:
    """A process that was started. `signed_at`: its last sign of life, in the loop's seconds."""

    def __init__(self, settings: Settings, listener: socket.socket, metrics: Path) -> None:
        """Start it. Raises OSError."""
        self._loop = asyncio.get_running_loop()
        self.signed_at = self._loop.time()
        self.is_ready = False
        self._ready = self._loop.create_future()
        self._ended = asyncio.Event()
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        with ExitStack() as failing:
            failing.callback(self._line.close)
            with theirs:
                what = (settings, listener, theirs, metrics)
                self._process = FRESH.Process(target=work, args=what, daemon=True)
                self._process.start()
            failing.pop_all()
        self._loop.add_reader(self._line, self._hear)
        self._loop.add_reader(self._process.sentinel, self._bury)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """As of `multiprocessing`: negative for a signal's number; None while it lives."""
        return self._process.exitcode

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    async def ready(self) -> bool:
        """Wait until it can be reached; False if it ended before."""
        return await asyncio.shield(self._ready)

    async def ended(self) -> None:
        """Wait until the process is no more."""
        await self._ended.wait()

    async def drain(self, within: float) -> None:
        """Tell it to end, wait until it has, and end it the hard way after `within` seconds."""
        if not self.has_ended:
            self._process.terminate()
        try:
            async with asyncio.timeout(within):
                await self.ended()
        except TimeoutError:
            self.kill()
            await self.ended()

    def kill(self) -> None:
        """End it at once, also if it is frozen."""
        if not self.has_ended:
            self._process.kill()

    def excuse(self) -> None:
        """Not to have heard of it until now means nothing."""
        self.signed_at = self._loop.time()

    def _hear(self) -> None:
        try:
            heard = self._line.recv(4096)
        except OSError:
            heard = b""
        if not heard:
            self._loop.remove_reader(self._line)
            return
        self.excuse()
        self.is_ready = True
        if not self._ready.done():
            self._ready.set_result(True)

    def _bury(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._loop.remove_reader(self._line)
        self._line.close()
        self._process.join()
        self._ended.set()
        if not self._ready.done():
            self._ready.set_result(False)


def stopped_by(worker: Worker) -> str:
    """How it ended, for the log."""
    code = worker.exit_code
    if code is None or code >= 0:
        return f"exit {code}"
    return signal.Signals(-code).name
