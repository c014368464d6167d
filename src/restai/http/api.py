"""The REST application, put together from the features' routers."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.types import Lifespan

from restai.http import problems
from restai.http.deps import Context

PREFIX = "/api"


def create_api(
    context: Context, routers: Iterable[APIRouter], *, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """The features' routes under `/api`, with every error a problem."""
    app = FastAPI(title="RestAI", version="0.1.0", lifespan=lifespan, redoc_url=None)
    app.state.context = context
    problems.install(app)
    for router in routers:
        app.include_router(router, prefix=PREFIX)
    return app
