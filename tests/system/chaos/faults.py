"""What goes wrong: one thing of each kind at a time, and things of different kinds at once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from random import Random
from typing import NamedTuple

from tests.support.proxy import Link, subscribers
from tests.system.chaos.stage import Stage

READY = 60.0  # seconds for a worker to be replaced


class Fault(NamedTuple):
    """`run` brings it about, and takes it back when it is left."""

    name: str
    run: Callable[[Stage, Random], AbstractAsyncContextManager[None]]


def _fault(name: str, begin: Callable[[Stage, Random], object], end: Callable[[Stage], object]) -> Fault:
    """Both are called in a thread: they wait for what they do."""

    @asynccontextmanager
    async def fault(stage: Stage, chance: Random) -> AsyncIterator[None]:
        try:
            await asyncio.to_thread(begin, stage, chance)
            yield
        finally:
            await asyncio.shield(asyncio.to_thread(end, stage))

    return Fault(name, fault)


def _some(chance: Random) -> Callable[[Link], bool]:
    """About half of the connections, the same ones each time they are asked for."""
    salt = chance.random()
    return lambda link: Random(f"{salt} {id(link)}").random() < 0.5


# ---- Redis


def _heal_redis(stage: Stage) -> None:
    stage.valkey.thaw()
    if not stage.valkey.is_running:
        stage.valkey.start()
    stage.to_redis.accept()
    stage.to_redis.release()


def _part_from_redis(stage: Stage, chance: Random) -> None:
    """Some connections only: of the one worker and not of the other, to speak and not to listen."""
    stage.to_redis.cut(_some(chance))
    stage.to_redis.hold(_some(chance))


REDIS = (
    _fault("Redis killed", lambda stage, _: stage.valkey.kill(), _heal_redis),
    _fault("Redis frozen", lambda stage, _: stage.valkey.freeze(), _heal_redis),
    _fault("Redis in a black hole", lambda stage, _: stage.to_redis.hold(), _heal_redis),
    _fault(
        "Redis takes all and delivers nothing",
        lambda stage, _: stage.to_redis.hold(subscribers, to_server=False),
        _heal_redis,
    ),
    _fault("Redis lost in part", _part_from_redis, _heal_redis),
)


# ---- workers


@asynccontextmanager
async def _worker_killed(stage: Stage, chance: Random) -> AsyncIterator[None]:
    os.kill(chance.choice(sorted(stage.server.workers)), signal.SIGKILL)
    yield
    async with asyncio.timeout(READY):
        while len(stage.server.workers) < stage.workers:  # noqa: ASYNC110 - another process replaces it
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _worker_frozen(stage: Stage, chance: Random) -> AsyncIterator[None]:
    pid = chance.choice(sorted(stage.server.workers))
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def _workers_renewed(stage: Stage, _chance: Random) -> AsyncIterator[None]:
    """A rolling restart begins, and whatever comes next may meet it."""
    stage.server.tell(signal.SIGHUP)
    yield


WORKERS = (
    Fault("a worker killed", _worker_killed),
    Fault("a worker frozen", _worker_frozen),
    Fault("all workers renewed", _workers_renewed),
)


# ---- the database


def _lose_database(stage: Stage, _chance: Random) -> None:
    stage.to_database.refuse()
    stage.to_database.cut()


DATABASE = (
    _fault(
        "connections to the database cut",
        lambda stage, chance: stage.to_database.cut(_some(chance)),
        lambda _stage: None,
    ),
    _fault("the database away", _lose_database, lambda stage: stage.to_database.accept()),
    _fault(
        "the database slow",
        lambda stage, _: stage.to_database.delay(0.01, jitter=0.03),
        lambda stage: stage.to_database.delay(0),
    ),
)


# ---- those who are connected

CLIENTS = (
    _fault(
        "clients cut off",
        lambda stage, chance: stage.to_server.cut(_some(chance)),
        lambda _stage: None,
    ),
    _fault(
        "clients stuck",
        lambda stage, chance: stage.to_server.hold(_some(chance)),
        lambda stage: stage.to_server.release(),
    ),
    _fault(
        "clients slow",
        lambda stage, _: stage.to_server.delay(0.05, jitter=0.2),
        lambda stage: stage.to_server.delay(0),
    ),
)


async def go_wrong(
    stage: Stage,
    faults: Sequence[Fault],
    chance: Random,
    *,
    rest: tuple[float, float],
    last: tuple[float, float],
) -> None:
    """Until cancelled: one of `faults` after another, as long as `last` (seconds, least and most), with
    a `rest` between. Each comes up as often as the others."""
    while True:
        for fault in chance.sample(faults, len(faults)):
            await asyncio.sleep(chance.uniform(*rest))
            trouble = stage.began(fault.name)
            try:
                async with fault.run(stage, chance):
                    await asyncio.sleep(chance.uniform(*last))
            finally:
                trouble.ended = time.monotonic()
