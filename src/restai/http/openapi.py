"""The OpenAPI document: what FastAPI knows of the routes, and what it cannot know.

A route's summary is the first sentence of its docstring; its errors are those that `raises` says of it
and of what it depends on, and those that follow from its having parameters or a body.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cache
from http import HTTPStatus
from typing import Any, get_type_hints

from fastapi.params import Depends
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from restai.errors import BadRequest, ContentTooLarge, Invalid, MalformedJson, NotFound, RestaiError
from restai.http import problems

Json = dict[str, Any]
Errors = Set[type[RestaiError]]

SCHEMAS = "#/components/schemas/"
RESPONSES = "#/components/responses/"
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
    _name_pages(document)
    components = document.setdefault("components", {})
    schemas: Json = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # ours are problems
        schemas.pop(name, None)
    responses: Json = components.setdefault("responses", {})
    contexts = {context.unique_id: context for context in _described(routes)}
    for operation in operations(document):
        context = contexts[operation["operationId"]]
        _describe(operation, context.endpoint)
        _tidy_parameters(operation)
        _answer(operation, _errors_of(context) | _implied(operation), responses)
    for error in _met(responses):
        schemas |= _problem_schema(error)
    for name, schema in schemas.items():
        schemas[name] = plain(schema)
    _open_answers(document)
    for part in (schemas, responses):
        _sort(part)
    return document


def operations(document: Json) -> Iterator[Json]:
    """Every operation of an OpenAPI document."""
    for path in document["paths"].values():
        yield from path.values()


def _described(routes: Iterable[BaseRoute]) -> Iterator[RouteContext]:
    for context in iter_route_contexts(list(routes)):
        if isinstance(context.original_route, APIRoute) and context.include_in_schema:
            yield context


# ---- text


def _describe(operation: Json, endpoint: Callable[..., Any] | None) -> None:
    text = " ".join((inspect.getdoc(endpoint) or "").split())
    summary, _, rest = text.partition(". ")
    operation["summary"] = summary.removesuffix(".") or operation["summary"]
    operation.pop("description", None)
    if rest:
        operation["description"] = rest


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


def _sort(part: Json) -> None:
    """In the order of the names, so that what is new stands in its place."""
    for name in sorted(part):
        part[name] = part.pop(name)


def _name_pages(document: Json) -> None:
    """Call a page of orders OrderPage, where pydantic says Page_OrderView_."""
    schemas: Json = document.get("components", {}).get("schemas", {})
    names = {name: f"{of[1]}Page" for name in schemas if (of := _PAGE.fullmatch(name))}
    for name, better in names.items():
        schemas[better] = schemas.pop(name)

    def rename(part: Any) -> None:
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            rename(each)
        if isinstance(part, dict) and isinstance(ref := part.get("$ref"), str):
            name = ref.removeprefix(SCHEMAS)
            part["$ref"] = SCHEMAS + names.get(name, name)

    rename(document["paths"])


# ---- answers


def _errors_of(context: RouteContext) -> Errors:
    """What `raises` says of a route and of all that it depends on."""
    assert context.endpoint is not None
    calls = [context.endpoint, *(each.dependency for each in context.dependencies)]
    return frozenset().union(*map(_raised, calls))


@cache
def _raised(call: Callable[..., Any]) -> frozenset[type[RestaiError]]:
    found = frozenset(problems.raised_by(call))
    if inspect.isfunction(call):
        for hint in get_type_hints(call, include_extras=True).values():
            for each in getattr(hint, "__metadata__", ()):
                if isinstance(each, Depends) and each.dependency is not None:
                    found |= _raised(each.dependency)
    return found


def _implied(operation: Json) -> Errors:
    """What follows from an operation's having parameters and a body."""
    parameters = operation.get("parameters", ())
    found: set[type[RestaiError]] = {Invalid} if parameters else set()
    if any(each["in"] == "path" or each["name"] == "branchId" for each in parameters):
        found.add(NotFound)
    if "requestBody" in operation:
        found |= {BadRequest, ContentTooLarge, Invalid}
        if "application/json" in operation["requestBody"]["content"]:
            found.add(MalformedJson)
    return found


def _answer(operation: Json, errors: Errors, responses: Json) -> None:
    """Give an operation its answers: those of success come from FastAPI, the others are `errors`."""
    answers: Json = operation["responses"]
    answers.pop("422", None)  # FastAPI's own of what is not valid
    if "201" in answers:
        answers["201"].setdefault("headers", {})["Location"] = {
            "description": "Where what was made can be read.",
            "schema": {"type": "string"},
        }
    by_status = defaultdict(set)
    for error in errors:
        by_status[error.status].add(error)
    for number, answer in answers.items():
        answer["description"] = HTTPStatus(int(number)).phrase
    for status, group in by_status.items():
        answers[str(status)] = {"$ref": RESPONSES + _response_of(group, responses)}
    _sort(answers)


def _response_of(errors: Errors, responses: Json) -> str:
    """The name of the response that tells of any of `errors`, which have one status."""
    group = sorted(errors, key=lambda error: error.__name__)
    name = "Or".join(error.__name__ for error in group)
    if name not in responses:
        told = [f"`{code}`: {error.title}" for error in group for code in error.codes()]
        responses[name] = {
            "description": " · ".join(told),
            "content": {problems.MEDIA_TYPE: {"schema": _either(group)}},
        }
        if any(error.retry_after is not None for error in group):
            responses[name]["headers"] = {
                "Retry-After": {
                    "description": "Seconds until trying again can help.",
                    "schema": {"type": "integer"},
                }
            }
    return name


def _either(errors: list[type[RestaiError]]) -> Json:
    refs = {error: SCHEMAS + _schema_name(error) for error in errors}
    if len(refs) == 1:
        return {"$ref": refs[errors[0]]}
    mapping = {code: ref for error, ref in refs.items() for code in error.codes()}
    return {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "code", "mapping": mapping},
    }


# ---- problems


def _schema_name(error: type[RestaiError]) -> str:
    return f"{error.__name__}Problem"


def _met(responses: Json) -> Iterator[type[RestaiError]]:
    """The errors that any response tells of."""
    text = str(responses)
    return (error for error in RestaiError.__subclasses__() if f"{SCHEMAS}{_schema_name(error)}'" in text)


def _problem_schema(error: type[RestaiError]) -> Json:
    """The schema of a problem by its name, with those that it uses."""
    codes = list(error.codes())
    more, used = _members(error)
    properties: Json = {
        "type": {"const": "about:blank", "type": "string"},
        "status": {"const": error.status, "type": "integer"},
        "code": {"const": codes[0], "type": "string"} if len(codes) == 1 else {"enum": codes},
        "title": {"type": "string", "examples": [error.title]},
        "detail": {"type": "string", "description": "what happened, for people"},
        **more,
    }
    schema: Json = {"type": "object", "properties": properties, "required": list(properties)}
    text = inspect.cleandoc(error.__doc__ or "")
    if not text.startswith(f"{error.__name__}("):  # what a dataclass says of itself
        schema["description"] = text
    return {_schema_name(error): schema, **used}


def _members(error: type[RestaiError]) -> tuple[Json, Json]:
    """The schemas of the fields that an error shows, and those that these use."""
    hints = get_type_hints(error)
    members: Json = {}
    used: Json = {}
    for name in error.shown:
        hint = hints[name] if name in hints else get_type_hints(getattr(error, name).fget)["return"]
        schema = TypeAdapter(hint).json_schema(ref_template=SCHEMAS + "{model}")
        used |= schema.pop("$defs", {})
        members[name] = schema
    return members, used


# ---- growth


def _open_answers(document: Json) -> None:
    """Answers may come to have further fields; only what is sent to us is held to its fields."""
    schemas = document["components"]["schemas"]
    sent: set[str] = set()
    for operation in operations(document):
        for part in ("parameters", "requestBody"):
            sent |= _reached(operation.get(part), schemas)
    for name in schemas.keys() - sent:
        let_grow(schemas[name])


def _reached(part: Any, schemas: Json, seen: set[str] | None = None) -> set[str]:
    """The names of all schemas that a part of the document refers to, directly or not."""
    seen = set() if seen is None else seen
    if isinstance(part, list):
        for each in part:
            _reached(each, schemas, seen)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
        if name in schemas and name not in seen:
            seen.add(name)
            _reached(schemas[name], schemas, seen)
        for each in part.values():
            _reached(each, schemas, seen)
    return seen


def let_grow(schema: Any) -> None:
    """Have a schema let pass fields that it does not name."""
    if isinstance(schema, list):
        for each in schema:
            let_grow(each)
    elif isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for each in schema.values():
            let_grow(each)
