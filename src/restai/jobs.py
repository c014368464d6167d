"""The sweeps: what time alone brings about, done by every process a little at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Never

import structlog

from restai.clock import HOUR
from restai.db import retention
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import RestaiError
from restai.features.sessions import service as sessions
from restai.features.staff import service as staff
from restai.http import idempotency

RETENTION_HOURS = 48  # how long events can be resumed from: over a day off, and a night
EVERY = 5.0  # seconds between two rounds: the shortest deadline swept for is told in minutes
JITTER = 0.25  # of EVERY, either way: processes that started together drift apart
MOST_BATCHES = 20  # a round and sweep: a backlog must not keep the other sweeps waiting

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """`batch` does some of what is due at a moment (ms), safely beside others who do the same, and
    returns how much it was."""

    name: str
    batch: Callable[[Transaction, int], Awaitable[int]]


def sweeps(retention_hours: int) -> tuple[Sweep, ...]:
    """All there are."""
    return (
        Sweep("requested visits", sessions.expire_due),
        Sweep("sign-ins", staff.expire_due),
        Sweep("kept answers", idempotency.expire_due),
        Sweep("events", partial(retention.expire_due, kept=retention_hours * HOUR)),
    )


class Sweeper:
    """Runs sweeps, each batch in a transaction of its own. One that fails is logged and tried again."""

    def __init__(
        self,
        database: Database,
        sweeps: Iterable[Sweep],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._sweeps = tuple(sweeps)
        self._sleep = sleep

    async def run(self) -> Never:
        """Sweep until cancelled, by the task's owner."""
        while True:
            await self._sleep(EVERY * random.uniform(1 - JITTER, 1 + JITTER))
            await self.sweep()

    async def sweep(self) -> None:
        """One round. Raises nothing."""
        for sweep in self._sweeps:
            try:
                await self._finish(sweep)
            except RestaiError as error:  # the database is busy or away: the next round may have luck
                _log.warning("sweep put off", sweep=sweep.name, because=error.code)
            except Exception:
                _log.exception("sweep failed", sweep=sweep.name)

    async def _finish(self, sweep: Sweep) -> None:
        done = 0
        for _ in range(MOST_BATCHES):
            async with self._database.transaction() as tx:
                count = await sweep.batch(tx, tx.now)
            done += count
            if not count:
                break
        if done:
            _log.info("swept", sweep=sweep.name, count=done)
