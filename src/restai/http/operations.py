"""What whoever runs the server asks of it: is it alive, is it ready, what does it count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Response
from pydantic_core import to_json

from restai.http.deps import json_response


@dataclass(frozen=True)
class Readiness:
    """Whether to send this process requests, and why not. `log_lag_ms`: how long ago the least fresh
    followed log was confirmed; None if none is followed."""

    database: str  # "ok" or "away"
    log_lag_ms: int | None
    draining: bool = False

    LARGEST_LAG = 10_000  # ms: from here on screens show that they are not live

    @property
    def is_ready(self) -> bool:
        lags = self.log_lag_ms is not None and self.log_lag_ms > self.LARGEST_LAG
        return self.database == "ok" and not lags and not self.draining


def router(readiness: Callable[[], Awaitable[Readiness]], metrics: Callable[[], bytes]) -> APIRouter:
    """`metrics` renders Prometheus' text format."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/health")
    async def health() -> dict[str, str]:
        """The process is alive and answers."""
        return {"status": "ok"}

    @routes.get("/ready")
    async def ready() -> Response:
        """200 if this process can serve now, else 503; either way with what it found."""
        found = await readiness()
        body = {"status": "ok" if found.is_ready else "degraded", **asdict(found)}
        return json_response(to_json(body), 200 if found.is_ready else 503)

    @routes.get("/metrics")
    async def count() -> Response:
        """What this process counts, in Prometheus' text format."""
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes
