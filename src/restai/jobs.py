"""The sweeps: what time alone brings about, done by every process a little at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Never

import structlog
from sqlalchemy import SelectBase, select

from restai.clock import HOUR
from restai.db import retention
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import RestaiError
from restai.features.menu import service as menu
from restai.features.orders import service as orders
from restai.features.screens import service as screens
from restai.features.sessions import service as sessions
from restai.features.staff import service as staff
from restai.http import idempotency

RETENTION_HOURS = 48  # how long events can be resumed from: over a day off, and a night
EVERY = 5.0  # seconds between two rounds: most deadlines swept for are told in minutes
ALERT_EVERY = 1.0  # seconds: so late may be what staff wait for, and looking costs a millisecond
JITTER = 0.25  # of the pause, either way: processes that started together drift apart
MOST_BATCHES = 20  # a round and sweep: a backlog must not keep the other sweeps waiting

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """`due` selects what is due at a moment (ms). `batch` does some of it, safely beside others who do the
    same, and returns how much it was. `every`: seconds between two rounds."""

    name: str
    due: Callable[[int], SelectBase]
    batch: Callable[[Transaction, int], Awaitable[int]]
    every: float = EVERY


def sweeps(retention_hours: int) -> tuple[Sweep, ...]:
    """All there are."""
    kept = retention_hours * HOUR
    return (
        Sweep("kitchen alarms", orders.unseen, orders.alarm_due, every=ALERT_EVERY),
        Sweep("missed screens", screens.missed, screens.note_due, every=ALERT_EVERY),
        Sweep("gone screens", screens.gone, screens.expire_due, every=ALERT_EVERY),
        Sweep("forgotten screens", screens.thrown_away, screens.forget_due),
        Sweep("requested visits", sessions.expired, sessions.expire_due),
        Sweep("images", menu.aged, menu.expire_due),
        Sweep("sign-ins", staff.expired, staff.expire_due),
        Sweep("kept answers", idempotency.outdated, idempotency.expire_due),
        Sweep("events", partial(retention.outdated, kept=kept), partial(retention.expire_due, kept=kept)),
    )


class Sweeper:
    """Runs sweeps, each batch in a transaction of its own. One that fails is logged and tried again.

    It looks before it writes: on SQLite whoever writes keeps all others waiting, in every process.
    """

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

    async def run(self) -> None:
        """Sweep until cancelled, by the task's owner. No sweep waits for those of another pace."""
        async with asyncio.TaskGroup() as paces:
            for every in {sweep.every for sweep in self._sweeps}:
                paces.create_task(self._keep_on(every))

    async def _keep_on(self, every: float) -> Never:
        sweeps = [sweep for sweep in self._sweeps if sweep.every == every]
        while True:
            await self._sleep(every * random.uniform(1 - JITTER, 1 + JITTER))
            await self._round(sweeps)

    async def sweep(self) -> None:
        """One round of all. Raises nothing."""
        await self._round(self._sweeps)

    async def _round(self, sweeps: Iterable[Sweep]) -> None:
        for sweep in sweeps:
            try:
                await self._finish(sweep)
            except RestaiError as error:  # the database is busy or away: the next round may have luck
                _log.warning("sweep put off", sweep=sweep.name, because=error.code)
            except Exception:
                _log.exception("sweep failed", sweep=sweep.name)

    async def _finish(self, sweep: Sweep) -> None:
        done = 0
        for _ in range(MOST_BATCHES):
            if not await self._is_due(sweep):
                break
            async with self._database.transaction() as tx:
                count = await sweep.batch(tx, tx.now)
            done += count
            if not count:
                break
        if done:
            _log.info("swept", sweep=sweep.name, count=done)

    async def _is_due(self, sweep: Sweep) -> bool:
        async with self._database.reading() as tx:
            return bool(await tx.session.scalar(select(sweep.due(tx.now).exists())))
