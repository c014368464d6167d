"""The OpenAPI document, as tests ask it: which operation a request is, and what a shape is made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from restai.http.api import create_api
from tests.support.house import ROUTERS

Json = dict[str, Any]


@cache
def document() -> Json:
    """What the server says its API is."""
    return create_api(None, ROUTERS).openapi()  # type: ignore[arg-type]  # nothing of it is called


def operations() -> dict[str, Json]:
    """All there are by name, such as `POST /api/orders/{}/items`."""
    return {
        f"{method.upper()} {_plain(path)}": operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def operation_of(method: str, path: str) -> str | None:
    """The name of the operation that a request to `path` is; None if it is none."""
    parts = path.split("/")
    for name in operations():
        its_method, _, its_path = name.partition(" ")
        theirs = its_path.split("/")
        fits = len(parts) == len(theirs) and all(b in (a, "{}") for a, b in zip(parts, theirs, strict=True))
        if its_method == method and fits:
            return name
    return None


def schema_of(name: str) -> Json:
    found: Json = document()["components"]["schemas"][name]
    return found


def leaves(name: str) -> set[str]:
    """The paths of all plain values in a shape, such as `orders[].items[].name`."""
    return set(_leaves(schema_of(name), ""))


def _leaves(schema: Json, path: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = schema_of(schema["$ref"].rpartition("/")[2])
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if options:
        for option in options:
            yield from _leaves(option, path)
    elif "properties" in schema:
        for name, its in schema["properties"].items():
            yield from _leaves(its, f"{path}.{name}".lstrip("."))
    elif "items" in schema:
        yield from _leaves(schema["items"], f"{path}[]")
    else:
        yield path


def _plain(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
