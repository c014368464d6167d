"""Making FastAPI's document whole."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from restai.http.openapi import answers, shapes
from restai.http.openapi.shapes import plain

Json = dict[str, Any]

_FRAMEWORKS = ("HTTPValidationError", "ValidationError")  # its own schemas of errors: ours are problems
_PAGE = re.compile(r"Page_(\w+?)(?:View)?_")

ABOUT = """\
Plain JSON resources in camelCase. Times are integer milliseconds since the epoch, money is integer minor
units of the branch's currency, ids are UUIDs; a create accepts an `id` (version 7) that the client made.

**Branches.** A call that concerns a branch takes `branchId`, in the query of reads and in the body of
writes; who has just one may leave it out. What belongs to somebody else is a 404, never a 403.

**Commands** take an `Idempotency-Key`: sent twice, they apply once and are answered twice. Only answers
of success are kept, for 48 hours; the same key with another body is a 422.

**Lists** are `{items, nextCursor}`; the next page is asked for with `cursor`.

**Errors** are `application/problem+json` (RFC 9457) with a stable `code`. Trying again can help after 429
and 5xx, not before `Retry-After` seconds; after other 4xx it cannot.

**What happens** is told on the WebSocket `/ws`, which AsyncAPI describes.

**Growth.** A later version may add operations, fields of answers, codes, and values of enumerations in
answers: let pass what you do not know.
"""


def operation_id(route: APIRoute) -> str:
    """A name that stays: the room that the route is in and its verb there."""
    room = route.endpoint.__module__.removesuffix(".api").rpartition(".")[2]
    verb = route.endpoint.__name__
    return f"{room}_{'all' if verb == room else verb}"


def complete(document: Json, routes: Iterable[BaseRoute]) -> Json:
    """Make FastAPI's document of `routes` whole and true, in place."""
    components = document.setdefault("components", {})
    schemas: Json = components.setdefault("schemas", {})
    responses: Json = components.setdefault("responses", {})
    for name in _FRAMEWORKS:
        schemas.pop(name, None)
    _name_pages(document)
    contexts = {context.unique_id: context for context in _described(routes)}
    for operation in operations(document):
        context = contexts[operation["operationId"]]
        _describe(operation, context.endpoint)
        _tidy_parameters(operation)
        errors = answers.errors_of(context) | answers.implied(operation)
        answers.answer(operation, errors, responses)
    schemas |= answers.problem_schemas(responses)
    for name, schema in schemas.items():
        schemas[name] = plain(schema)
    _open_answers(document)
    for part in (schemas, responses):
        shapes.sort(part)
    return document


def operations(document: Json) -> Iterator[Json]:
    """Every operation of an OpenAPI document."""
    for path in document["paths"].values():
        yield from path.values()


def _described(routes: Iterable[BaseRoute]) -> Iterator[RouteContext]:
    for context in iter_route_contexts(list(routes)):
        if isinstance(context.original_route, APIRoute) and context.include_in_schema:
            yield context


def _describe(operation: Json, endpoint: Callable[..., Any] | None) -> None:
    text = " ".join((inspect.getdoc(endpoint) or "").split())
    summary, _, rest = text.partition(". ")
    operation["summary"] = summary.removesuffix(".") or operation["summary"]
    operation.pop("description", None)
    if rest:
        operation["description"] = rest


def _tidy_parameters(operation: Json) -> None:
    """What is optional is left out, and never sent as null."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "branchId":
            parameter.setdefault("description", "which branch; who has just one may leave it out")
        schema = plain(parameter["schema"])
        schema.pop("description", None)  # the parameter's own says it
        choices = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
        if len(choices) > 1:
            schema["anyOf"] = choices
        elif choices:
            schema = choices[0] | schema
        parameter["schema"] = schema


def _name_pages(document: Json) -> None:
    """Call a page of orders OrderPage, where pydantic says Page_OrderView_."""
    names = document["components"]["schemas"]
    shapes.rename(document, {name: f"{of[1]}Page" for name in names if (of := _PAGE.fullmatch(name))})


def _open_answers(document: Json) -> None:
    """Answers may come to have further fields; only what is sent to us is held to its fields."""
    schemas = document["components"]["schemas"]
    sent = [
        operation.get(part) for operation in operations(document) for part in ("parameters", "requestBody")
    ]
    for name in schemas.keys() - shapes.referred(sent, schemas):
        shapes.let_grow(schemas[name])
