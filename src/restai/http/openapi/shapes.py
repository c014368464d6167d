"""Schemas as the documents have them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/"
RESPONSES = "#/components/responses/"


def objects(part: Any) -> Iterator[Json]:
    """Every object in a part of a document, the outer ones first."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(each)


def plain(schema: Any) -> Any:
    """A schema without the titles that pydantic makes of names, and with whole numbers as such."""
    match schema:
        case list():
            return [plain(each) for each in schema]
        case float() if schema.is_integer():
            return int(schema)
        case dict():
            return {
                key: {name: plain(each) for name, each in value.items()}
                if key == "properties"
                else plain(value)
                for key, value in schema.items()
                if key != "title" or not isinstance(value, str)
            }
    return schema


def let_grow(schema: Any) -> None:
    """Have a schema let pass fields that it does not name."""
    for each in objects(schema):
        if each.get("additionalProperties") is False:
            del each["additionalProperties"]


def referred(part: Any, schemas: Json) -> set[str]:
    """The names of all schemas that a part of a document refers to, directly or not."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        for each in objects(waiting.pop()):
            name = str(each.get("$ref", "")).removeprefix(SCHEMAS)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def rename(document: Json, names: dict[str, str]) -> None:
    """Call schemas otherwise, wherever they are referred to."""
    schemas: Json = document["components"]["schemas"]
    for name, better in names.items():
        schemas[better] = schemas.pop(name)
    for each in objects(document):
        if isinstance(each.get("$ref"), str):
            name = each["$ref"].removeprefix(SCHEMAS)
            if name in names:
                each["$ref"] = SCHEMAS + names[name]


def sort(part: Json) -> None:
    """In the order of the names, so that what is new stands in its place."""
    for name in sorted(part):
        part[name] = part.pop(name)
