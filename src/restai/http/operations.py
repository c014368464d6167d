"""What whoever runs the server asks of it: is it alive, is it ready, what does it count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, computed_field
from pydantic.dataclasses import dataclass

from restai.http.deps import json_response

METRICS = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus' text format


@dataclass(frozen=True)
class Health:
    status: Literal["ok"] = "ok"


@dataclass(frozen=True)
class Readiness:
    """Whether to send this process requests, and why not. `log_lag_ms`: how long ago the least fresh
    followed log was confirmed; None if none is followed. `redis`: None where there is none; without it
    all works, a little later."""

    database: Literal["ok", "away"]
    log_lag_ms: int | None
    redis: Literal["ok", "away"] | None = None
    draining: bool = False

    LARGEST_LAG = 10_000  # ms: from here on screens show that they are not live

    @property
    def is_ready(self) -> bool:
        lags = self.log_lag_ms is not None and self.log_lag_ms > self.LARGEST_LAG
        return self.database == "ok" and not lags and not self.draining

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Literal["ok", "degraded"]:
        return "ok" if self.is_ready and self.redis != "away" else "degraded"


_to_json = TypeAdapter(Readiness).dump_json
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": Readiness, "description": "Not ready"}}
_COUNTS: dict[int | str, dict[str, Any]] = {200: {"content": {METRICS: {"schema": {"type": "string"}}}}}


def router(readiness: Callable[[], Awaitable[Readiness]], metrics: Callable[[], bytes]) -> APIRouter:
    """`metrics` renders Prometheus' text format."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/health")
    async def health() -> Health:
        """The process is alive and answers."""
        return Health()

    @routes.get("/ready", response_model=Readiness, responses=_NOT_READY)
    async def ready() -> Response:
        """Whether this process can serve now. Else it is 503; either way with what was found."""
        found = await readiness()
        return json_response(_to_json(found), 200 if found.is_ready else 503)

    @routes.get("/metrics", response_class=Response, responses=_COUNTS)
    async def count() -> Response:
        """What the server counts, in Prometheus' text format; of several processes, each by its `pid`."""
        return Response(metrics(), media_type=METRICS)

    return routes
