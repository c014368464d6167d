"""Errors on the wire: RFC 9457 problem details with a stable `code`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from restai.errors import RestaiError

_log = structlog.get_logger(__name__)
# Of the framework's own errors. Not made from their phrases: those differ between versions of Python.
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "content_too_large"}
MEDIA_TYPE = "application/problem+json"


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
            return problem(
                400, "malformed_json", "The body is not JSON", str(error.errors()[0]["ctx"]["error"])
            )
        errors = [
            {"field": ".".join(str(part) for part in e["loc"][1:]), "reason": e["msg"]}
            for e in error.errors()
        ]
        detail = "; ".join(f"{e['field']}: {e['reason']}" if e["field"] else e["reason"] for e in errors)
        return problem(422, "invalid", "The request is not valid", detail, errors=errors)

    @app.exception_handler(HTTPException)
    async def routing(_request: Request, error: HTTPException) -> Response:
        title = HTTPStatus(error.status_code).phrase
        code = _CODES.get(error.status_code, f"http_{error.status_code}")
        answer = problem(error.status_code, code, title, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        _log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
        return problem(500, "internal", "Something went wrong", "The error was logged")
