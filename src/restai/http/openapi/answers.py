"""How an operation can end: collected from its route, told as responses with the schemas of problems."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Set
from functools import cache
from http import HTTPStatus
from typing import Any, get_type_hints

from fastapi.params import Depends
from fastapi.routing import RouteContext
from pydantic import TypeAdapter

from restai.errors import BadRequest, ContentTooLarge, Invalid, MalformedJson, NotFound, RestaiError
from restai.http import problems
from restai.http.openapi.shapes import RESPONSES, SCHEMAS, objects, sort

Json = dict[str, Any]
Errors = Set[type[RestaiError]]


def errors_of(context: RouteContext) -> Errors:
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


def implied(operation: Json) -> Errors:
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


def answer(operation: Json, errors: Errors, responses: Json) -> None:
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
    sort(answers)


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


def problem_schemas(responses: Json) -> Json:
    """The schemas of all problems that any response tells of, and those that they use."""
    told = {each.get("$ref") for each in objects(responses)}
    schemas: Json = {}
    for error in RestaiError.__subclasses__():
        if SCHEMAS + _schema_name(error) in told:
            schemas |= _problem_schema(error)
    return schemas


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
