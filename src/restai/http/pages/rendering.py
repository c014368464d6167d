"""A document as a page. Pure: the same document gives the same page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from restai.http.examples import example_of
from restai.http.openapi import RESPONSES, SCHEMAS

Json = dict[str, Any]

_EXCLUSIVE = {"exclusiveMaximum": "<", "exclusiveMinimum": ">"}
_KEY = re.compile(r"(?m)^(\s*)(&#34;[\w:.-]+&#34;):")
_METHODS = ("get", "post", "put", "patch", "delete")

_markdown = MarkdownIt("js-default")  # without HTML
_templates = Environment(
    loader=PackageLoader("restai.http.pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def openapi_page(document: Json) -> str:
    """What can be asked, feature by feature."""
    operations = [
        {**operation, "method": method.upper(), "path": path}
        for path, methods in document["paths"].items()
        for method, operation in sorted(methods.items(), key=lambda each: _METHODS.index(each[0]))
    ]
    return _rendered("openapi.html", document, here="/docs", groups=_grouped(operations))


def asyncapi_page(document: Json) -> str:
    """What is said, message by message."""
    socket, *rooms = document["channels"].values()
    groups = _by_speaker(document)
    return _rendered("asyncapi.html", document, here="/asyncapi", groups=groups, socket=socket, rooms=rooms)


def _by_speaker(document: Json) -> dict[str, Json]:
    heard = {
        ref["$ref"].rpartition("/")[2]
        for operation in document["operations"].values()
        if "reply" in operation
        for ref in operation["messages"]
    }
    groups: dict[str, Json] = {"From a client": {}, "From the server": {}, "Events": {}}
    for key, message in document["components"]["messages"].items():
        is_event = "x-rooms" in message
        speaker = "Events" if is_event else "From a client" if key in heard else "From the server"
        groups[speaker][key] = message
    return groups


def _rendered(template: str, document: Json, **more: Any) -> str:
    schemas = document["components"]["schemas"]
    return _templates.get_template(template).render(
        document=document,
        schemas=schemas,
        kind=kind,
        inline=inline,
        block=block,
        pretty=pretty,
        fields=lambda schema: fields(schema, schemas),
        example=lambda schema: pretty(example_of(schema, schemas)),
        resolved=lambda answer: _resolved(answer, document),
        **more,
    )


def _grouped(operations: Iterable[Json]) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = {}
    for operation in operations:
        groups.setdefault(operation["tags"][0], []).append(operation)
    return groups


def _resolved(answer: Json, document: Json) -> Json:
    name = answer.get("$ref", "").removeprefix(RESPONSES)
    found: Json = document["components"]["responses"][name] if name else answer
    return found


# ---- schemas


def fields(schema: Json, schemas: Json) -> list[Json]:
    """The fields of an object: name, schema, whether it is always there."""
    if "$ref" in schema:
        return fields(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    required = schema.get("required", ())
    return [
        {"name": name, "schema": each, "required": name in required}
        for name, each in schema.get("properties", {}).items()
    ]


def kind(schema: Json) -> Markup:
    """What a value is, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    if "const" in schema:
        return Markup("<code>{}</code>").format(json.dumps(schema["const"]))
    if "enum" in schema:
        return Markup(" · ").join(Markup("<code>{}</code>").format(each) for each in schema["enum"])
    for choices in ("anyOf", "oneOf"):
        if choices in schema:
            return Markup(" or ").join(kind(each) for each in schema[choices])
    match schema.get("type"):
        case "array":
            return (
                Markup("list of {}").format(kind(schema["items"]))
                if "items" in schema
                else Markup("empty list")
            )
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return Markup("map to {}").format(kind(schema["additionalProperties"]))
        case None:
            return Markup("anything")
        case type_:
            return escape(" ".join([str(schema.get("format", type_)), *_limits(schema)]))


def _limits(schema: Json) -> list[str]:
    unit = "characters" if schema["type"] == "string" else "items"
    bounds = [f"{sign} {schema[name]:,}" for name, sign in _EXCLUSIVE.items() if name in schema]
    bounds += _range(schema.get("minimum"), schema.get("maximum"), "")
    bounds += _range(schema.get("minLength"), schema.get("maxLength"), f" {unit}")
    return bounds


def _range(least: int | None, most: int | None, unit: str) -> list[str]:
    if least is not None and most is not None:
        return [f"{least:,} to {most:,}{unit}"]
    if least is not None:
        return [f"from {least:,}{unit}"]
    return [] if most is None else [f"up to {most:,}{unit}"]


# ---- text


def inline(text: str) -> Markup:
    """Markdown within a line."""
    return Markup(_markdown.renderInline(text))


def block(text: str) -> Markup:
    """Markdown with paragraphs."""
    return Markup(_markdown.render(text))


def pretty(value: Any) -> Markup:
    """JSON for reading, its keys marked."""
    text = str(escape(json.dumps(value, indent=2, ensure_ascii=False)))
    return Markup(_KEY.sub(r"\1<b>\2</b>:", text))
