"""The parent: owns the listening socket, starts the workers, replaces those that end or freeze.

The socket is one for all and is never closed before the end. Whoever of the workers has time takes the next
connection; one that is frozen takes none, and one that ends leaves what waits to the others. A port for
each worker (SO_REUSEPORT) would reset connections that wait at the one that ends.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from restai.cli.serving import DRAIN, address, listen
from restai.cli.workers.inside import SIGN_EVERY, migrate
from restai.cli.workers.worker import FRESH, Worker, stopped_by
from restai.live import scrape
from restai.settings import Settings

START = 60.0  # seconds for a worker to be ready: a busy machine loads the program in ten
END = DRAIN + 5.0  # seconds from being told to end: then it is ended
LATE_ON_SQLITE = 3.0  # seconds without a sign of life: it may hold the lock that everybody needs to write
LATE = 30.0  # on PostgreSQL, which takes the locks away by itself: clients notice, and go to others
LOOK_EVERY = 0.25  # seconds
ASLEEP = 1.0  # seconds that the parent was late itself: then it cannot blame anybody
LONGEST_PAUSE = 10.0  # seconds between two attempts to start a worker that does not start

_log = structlog.get_logger(__name__)


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve with `settings.workers` processes until told to end: SIGTERM drains them all, SIGHUP replaces
    one after the other. `announce` gets the base URL when all can be reached. Exits if they can't begin."""
    with (
        listen(settings.host, settings.port) as listener,
        TemporaryDirectory(prefix="restai-metrics-") as metrics,
    ):
        parent = Parent(settings, listener, Path(metrics))
        if not asyncio.run(parent.run(lambda: announce(address(listener)))):
            sys.exit("A worker could not start; what it said stands above.")


class Parent:
    """Keeps as many workers as `settings` want, behind one listening socket."""

    def __init__(self, settings: Settings, listener: socket.socket, metrics: Path) -> None:
        self._settings = settings
        self._listener = listener
        self._metrics = metrics
        self._late = LATE_ON_SQLITE if settings.database.startswith("sqlite") else LATE
        self._places: dict[int, Worker] = {}
        self._changing = [asyncio.Lock() for _ in range(settings.workers)]  # who may fill the place
        self._alive: set[Worker] = set()
        self._tasks = asyncio.TaskGroup()
        self._has_begun = False
        self._end = asyncio.Event()
        self._renew = asyncio.Event()

    async def run(self, announce: Callable[[], None]) -> bool:
        """Until a signal ends it; False if the first workers did not start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end.set)
        loop.add_signal_handler(signal.SIGHUP, self._renew.set)
        keeping, ending = asyncio.create_task(self._keep(announce)), asyncio.create_task(self._end.wait())
        try:
            await asyncio.wait((keeping, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            keeping.cancel()
            ending.cancel()
            await asyncio.wait((keeping, ending))
            await asyncio.gather(*(worker.drain(END) for worker in self._alive))
        if not keeping.cancelled():
            keeping.result()  # raises what went wrong here, of which the workers know nothing
        return self._has_begun or self._end.is_set()

    async def _keep(self, announce: Callable[[], None]) -> None:
        """Begin, and go on until cancelled; return if it could not begin."""
        begun = await asyncio.gather(*(self._begin() for _ in range(self._settings.workers)))
        workers = [worker for worker in begun if worker is not None]
        if len(workers) < len(begun):
            return
        self._has_begun = True
        announce()
        async with self._tasks:
            self._tasks.create_task(self._watch())
            self._tasks.create_task(self._renew_when_told())
            for place, worker in enumerate(workers):
                self._put(place, worker)

    # ---- one worker

    async def _begin(self) -> Worker | None:
        """A fresh worker, when it is ready; None if it does not get there, of which the log tells."""
        try:
            worker = Worker(self._settings, self._listener, self._metrics)
        except OSError as error:  # no memory is left for it, no process or no file
            _log.error("worker could not be started", because=str(error))
            return None
        self._alive.add(worker)
        _log.info("worker started", worker=worker.pid)
        if await self._is_ready(worker):
            return worker
        self._forget(worker)
        _log.error("worker did not start", worker=worker.pid, by=stopped_by(worker))
        return None

    async def _is_ready(self, worker: Worker) -> bool:
        """Wait for a worker that was just started; one that never gets there is ended."""
        try:
            async with asyncio.timeout(START):
                return await worker.ready()
        except TimeoutError:
            worker.kill()
            return await worker.ready()

    def _forget(self, worker: Worker) -> None:
        self._alive.discard(worker)
        scrape.remove(self._metrics, worker.pid)

    def _put(self, place: int, worker: Worker) -> None:
        """The place is this worker's from now on; who had it until now may end."""
        self._places[place] = worker
        self._tasks.create_task(self._follow(place, worker))

    async def _follow(self, place: int, worker: Worker) -> None:
        """Have another worker in the place if this one ends there, which nobody told it to."""
        await worker.ended()
        self._forget(worker)
        async with self._changing[place]:
            if self._places[place] is worker:
                _log.error("worker ended", worker=worker.pid, by=stopped_by(worker))
                self._put(place, await self._another())

    async def _another(self) -> Worker:
        """A worker that is ready, however long that takes: the database may be away."""
        pause = SIGN_EVERY
        while (worker := await self._begin()) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return worker

    # ---- all of them

    async def _watch(self) -> None:
        """End whoever gives no sign of life."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(LOOK_EVERY)
            if loop.time() - before > LOOK_EVERY + ASLEEP:
                for worker in self._alive:
                    worker.excuse()
            for worker in self._alive:
                if worker.is_ready and loop.time() - worker.signed_at > SIGN_EVERY + self._late:
                    _log.error("worker gives no sign of life", worker=worker.pid)
                    worker.kill()

    async def _renew_when_told(self) -> None:
        while True:
            await self._renew.wait()
            self._renew.clear()
            _log.info("replacing the workers, one after the other")
            if await self._migrate() and await self._replace_all():
                _log.info("all workers are replaced")

    async def _migrate(self) -> bool:
        """A fresh worker may be a newer program, which wants its own schema."""
        process = FRESH.Process(target=migrate, args=(self._settings,))
        try:
            process.start()
            try:
                await asyncio.to_thread(process.join)
            finally:
                process.terminate()  # nothing is half migrated; and the thread outlives us until it has ended
            wrong = f"exit {process.exitcode}" if process.exitcode else None
        except (OSError, RuntimeError) as error:  # no process is left for it, or no thread to wait in
            wrong = str(error)
        if wrong:
            _log.error("the database could not be migrated: the workers stay as they are", because=wrong)
        return wrong is None

    async def _replace_all(self) -> bool:
        """For each worker begin another one, and only then tell it to end. Stops if one does not start."""
        for place in range(len(self._places)):
            async with self._changing[place]:
                fresh = await self._begin()
                if fresh is None:
                    _log.error("a new worker did not start: the others stay as they are")
                    return False
                old = self._places[place]
                self._put(place, fresh)
            await old.drain(END)
        return True
