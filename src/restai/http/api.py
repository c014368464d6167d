"""The REST application, put together from the features' routers."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from starlette.types import Lifespan

from restai.http import problems
from restai.http.deps import Context

PREFIX = "/api"
LARGEST_BODY = 1024 * 1024  # bytes: the longest order that the rules allow has a tenth of it


def create_api(
    context: Context, routers: Iterable[APIRouter], *, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """The features' routes under `/api`, with every error a problem."""
    # the framework's own pages load their scripts from another host
    app = FastAPI(
        title="RestAI",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
    )
    app.state.context = context
    problems.install(app)
    for router in routers:
        app.include_router(router, prefix=PREFIX)
    app.add_api_route("/t/{code}", _table_link, include_in_schema=False)
    return app


async def _table_link(code: str) -> RedirectResponse:
    """The address printed on a table leads to what a guest may read there."""
    return RedirectResponse(f"{PREFIX}/guest/tables/{quote(code, safe='')}")
