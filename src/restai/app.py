"""The composition root: the only place where the parts of the house meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import structlog
from fastapi import FastAPI

from restai import jobs
from restai.auth.tokens import Tokens
from restai.clock import Clock, SystemClock
from restai.db import epochs
from restai.db.engine import Database
from restai.db.installation import identify
from restai.errors import RestaiError
from restai.features.branches import api as branches
from restai.features.cart import api as cart
from restai.features.floor import api as floor
from restai.features.menu import api as menu
from restai.features.orders import api as orders
from restai.features.overview import api as overview
from restai.features.payments import api as payments
from restai.features.requests import api as requests
from restai.features.screens import api as screens
from restai.features.sessions import api as sessions
from restai.features.staff import api as staff
from restai.features.tables import api as tables
from restai.http import operations, pages, web
from restai.http.api import VERSION, create_api
from restai.http.deps import Context, Vitals
from restai.http.limits import network_of
from restai.http.operations import Readiness
from restai.live import asyncapi
from restai.live.catalog import CATALOGUE
from restai.live.endpoint import Endpoint
from restai.live.eventlog import EventLog, hand_over
from restai.live.monitoring import Monitor
from restai.live.presence import Presence
from restai.realtime.brokers.redis import RedisBroker
from restai.realtime.patience import within
from restai.realtime.ports import Broker
from restai.realtime.server import ADDRESS_LIMIT, Server
from restai.settings import Settings, token_secrets

PATIENCE = 3.0  # seconds for the database to say that it is there

_log = structlog.get_logger(__name__)

_FEATURES = (
    branches,
    staff,
    screens,
    menu,
    tables,
    sessions,
    requests,
    cart,
    orders,
    payments,
    floor,
    overview,
)
ROUTERS = [feature.router for feature in _FEATURES]


class App:
    """A process of RestAI: `asgi` for uvicorn (with `ws=restai.realtime.transport.Socket`) and the
    real-time core behind it. What the lifespan starts, it ends."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        *,
        clock: Clock | None = None,
        broker: Broker | None = None,
        origins: Collection[str] = (),
        address_limit: int = ADDRESS_LIMIT,
        retention_hours: int = jobs.RETENTION_HOURS,
        public_url: str | None = None,
        metrics: Path | None = None,
    ) -> None:
        """`clock` is the process's own; a database keeps its own time. `broker` tells other processes.
        `metrics`: the folder in which all processes of this server leave what they count."""
        self.database = database
        self._broker = broker
        clock = clock or SystemClock()
        self.live = Server(
            EventLog(database),
            Endpoint(database, tokens, clock),
            broker=broker,
            catalogue=CATALOGUE,
            origins=origins,
            address_limit=address_limit,
            network=network_of,
            wall=clock.now,
        )
        self.presence = Presence(self.live, database)
        self.monitor = Monitor(self.live, self.presence, metrics)
        self.sweeper = jobs.Sweeper(database, jobs.sweeps(retention_hours))
        database.on_commit(lambda rows: hand_over(rows, self.live.committed))
        self.context = Context(database, tokens, clock, public_url, self.vitals)
        self.asgi = create_api(self.context, ROUTERS, lifespan=self._lifespan, origins=origins)
        self.asgi.include_router(operations.router(self.readiness, self.monitor.render))
        self.asgi.include_router(pages.router(self.asyncapi))
        web.install(self.asgi)

    @asynccontextmanager
    async def _lifespan(self, _asgi: FastAPI) -> AsyncIterator[dict[str, Any]]:
        self.live.relay.installation = (await identify(self.database)).id
        await epochs.settle(self.database)
        work = (self.live.run(), self.presence.run(), self.monitor.run(), self.sweeper.run())
        tasks = [asyncio.create_task(one) for one in work]
        for task in tasks:
            task.add_done_callback(_ended)
        try:
            yield {"sockets": self.live}
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.database.close()

    def asyncapi(self) -> dict[str, Any]:
        """What this process says on its WebSocket, as a document."""
        return asyncapi.document(VERSION)

    async def readiness(self) -> Readiness:
        """Whether this process can serve: the database answers and the logs are followed closely."""
        try:
            await within(PATIENCE, self.database.ping())
            database: Literal["ok", "away"] = "ok"
        except (RestaiError, TimeoutError):
            database = "away"
        lag = self._lag(self.live.snapshot().oldest_confirmed_at)
        return Readiness(database, lag, self._redis(), self.live.is_draining)

    def vitals(self, branch_id: str) -> Vitals:
        """How this process serves a branch, and what it hears: nothing of other branches."""
        attendance = self.presence.of_branch(branch_id)
        redis, round_trip = self._redis(), self.live.relay.round_trip
        return Vitals(
            connections=attendance.connections,
            phones=attendance.phones,
            rooms=attendance.rooms,
            log_lag_ms=self._lag(self.live.confirmed_at(branch_id)),
            redis=redis,
            redis_ms=None if redis is None or round_trip is None else round(round_trip * 1_000, 1),
        )

    def _redis(self) -> Literal["ok", "away"] | None:
        if self._broker is None:
            return None
        return "ok" if self.live.relay.is_well else "away"

    def _lag(self, confirmed_at: int | None) -> int | None:
        return None if confirmed_at is None else max(0, self.live.wall() - confirmed_at)


def _ended(task: asyncio.Task[Any]) -> None:
    """What runs as long as the process does never ends by itself; if it does, somebody must know."""
    if not task.cancelled():
        _log.critical("a part of the process has ended", part=str(task.get_coro()), exc_info=task.exception())


def from_settings(settings: Settings, *, metrics: Path | None = None) -> App:
    """The process that the settings describe; its database has the schema. `metrics`: see App. Raises
    Misconfigured."""
    return App(
        Database(settings.database),
        Tokens(token_secrets(settings)),
        broker=_broker(settings),
        origins=settings.origins,
        address_limit=settings.connections_per_address,
        retention_hours=settings.retention_hours,
        public_url=settings.public_url,
        metrics=metrics,
    )


def _broker(settings: Settings) -> Broker | None:
    if settings.redis_url is None:
        return None
    return RedisBroker(settings.redis_url.get_secret_value(), prefix=settings.redis_prefix)


def documents() -> dict[str, dict[str, Any]]:
    """What others build on, by the names of the files: OpenAPI and AsyncAPI. Nothing is opened for it."""
    app = App(Database("sqlite:///never-opened.db"), Tokens(("a secret with which nothing is ever signed",)))
    return {"openapi.json": app.asgi.openapi(), "asyncapi.json": app.asyncapi()}
