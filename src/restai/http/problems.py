"""Errors on the wire: RFC 9457 problem details with a stable `code`.

What a route may answer beside its success is said by `raises`, on the route and on what it depends on;
`restai.http.openapi` collects it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from restai.errors import BadRequest, ContentTooLarge, Flaw, Invalid, MalformedJson, RestaiError

F = TypeVar("F", bound=Callable[..., Any])

_log = structlog.get_logger(__name__)
# Of the router's own errors. Not made from their phrases: those differ between versions of Python.
_CODES = {404: "not_found", 405: "method_not_allowed"}
MEDIA_TYPE = "application/problem+json"


def raises(*errors: type[RestaiError]) -> Callable[[F], F]:
    """Say of a route, or of a dependency of routes, which errors a caller may be answered with."""

    def mark(call: F) -> F:
        call.__dict__["raises"] = errors
        return call

    return mark


def raised_by(call: Callable[..., Any]) -> tuple[type[RestaiError], ...]:
    """What `raises` says of `call` itself."""
    said: tuple[type[RestaiError], ...] = getattr(call, "raises", ())
    return said


def problem(
    status: int, code: str, title: str, detail: str, *, retry_after: int | None = None, **members: Any
) -> Response:
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "detail": detail}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(to_json(body | members, by_alias=True), status, headers, MEDIA_TYPE)


def problem_of(error: RestaiError) -> Response:
    return problem(
        error.status,
        error.code,
        error.title,
        error.text,
        retry_after=error.retry_after,
        **error.members,
    )


def install(app: FastAPI) -> None:
    """Every error that leaves `app` is a problem."""

    @app.exception_handler(RestaiError)
    async def ours(_request: Request, error: RestaiError) -> Response:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        if any(e["type"] == "json_invalid" for e in error.errors()):
            return problem_of(MalformedJson(str(error.errors()[0]["ctx"]["error"])))
        flaws = [Flaw(".".join(str(part) for part in e["loc"][1:]), e["msg"]) for e in error.errors()]
        detail = "; ".join(f"{each.field}: {each.reason}" if each.field else each.reason for each in flaws)
        return problem(Invalid.status, Invalid.code, Invalid.title, detail, errors=flaws)

    @app.exception_handler(HTTPException)
    async def routing(_request: Request, error: HTTPException) -> Response:
        answer = _framework_problem(error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(ClientDisconnect)
    async def hung_up(_request: Request, _error: ClientDisconnect) -> Response:
        return problem_of(BadRequest("The request ended before its body did"))  # which nobody hears

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        _log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
        return problem(500, RestaiError.code, RestaiError.title, "The error was logged")


def _framework_problem(status: int, detail: str) -> Response:
    match status:
        case BadRequest.status:
            return problem_of(BadRequest(detail))
        case ContentTooLarge.status:
            return problem_of(ContentTooLarge())
    return problem(status, _CODES.get(status, f"http_{status}"), HTTPStatus(status).phrase, detail)
