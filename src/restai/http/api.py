"""The REST application, put together from the features' routers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

from restai.http import openapi, problems
from restai.http.bodies import BodyLimit
from restai.http.deps import Context

PREFIX = "/api"
VERSION = version("restai")


class Api(FastAPI):
    """FastAPI with a document that is whole."""

    _plain: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()  # the same object until a route is added
        if document is not self._plain:
            self._plain = openapi.complete(document, self.routes)
        return document


def create_api(
    context: Context,
    routers: Iterable[APIRouter],
    *,
    lifespan: Lifespan[FastAPI] | None = None,
    origins: Collection[str] = (),
) -> FastAPI:
    """The features' routes under `/api`, with every error a problem. Pages of `origins` may ask, too."""
    # the framework's own pages load their scripts from another host
    app = Api(
        title="RestAI",
        version=VERSION,
        description=openapi.ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=openapi.operation_id,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit)
    if origins:
        _let_in(app, origins)
    app.state.context = context
    problems.install(app)
    for router in routers:
        app.include_router(router, prefix=PREFIX)
    return app


def _let_in(app: FastAPI, origins: Collection[str]) -> None:
    """Pages of these origins may do what programs may. No cookie goes with it: they bring a token."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
        expose_headers=["ETag", "Location", "Retry-After"],
    )
