"""Where the pages and the documents are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from restai.http.pages import rendering

Json = dict[str, Any]

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
_STYLE = (files("restai.http.pages") / "style.css").read_text()


def router(asyncapi: Callable[[], Json]) -> APIRouter:
    """`/docs` for the API's own document, `/asyncapi` for the one that `asyncapi` gives."""
    routes = APIRouter(include_in_schema=False)
    document = cache(asyncapi)
    about_asyncapi = cache(lambda: rendering.asyncapi_page(document()))
    about_openapi: dict[int, str] = {}

    @routes.get("/docs")
    async def docs(request: Request) -> Response:
        told = request.app.openapi()
        if id(told) not in about_openapi:
            about_openapi[id(told)] = rendering.openapi_page(told)
        return HTMLResponse(about_openapi[id(told)], headers=_HEADERS)

    @routes.get("/asyncapi")
    async def messages() -> Response:
        return HTMLResponse(about_asyncapi(), headers=_HEADERS)

    @routes.get("/asyncapi.json")
    async def messages_for_programs() -> Response:
        return JSONResponse(document())

    @routes.get("/docs/style.css")
    async def style() -> Response:
        return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return routes
