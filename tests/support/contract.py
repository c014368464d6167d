"""The published OpenAPI document as the judge of every answer that a test gets."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from jsonschema_rs import Draft202012Validator

from restai.http.problems import MEDIA_TYPE

Json = dict[str, Any]

_contracts: dict[frozenset[str], Contract] = {}


def contract_of(app: FastAPI) -> Contract:
    """What `app` publishes of the house's own operations; made once for all apps with the same ones."""
    ours = frozenset(
        context.unique_id
        for context in iter_route_contexts(app.routes)
        if context.include_in_schema and getattr(context.endpoint, "__module__", "").startswith("restai.")
    )
    if ours not in _contracts:
        _contracts[ours] = Contract(app.openapi(), ours)
    return _contracts[ours]


class Contract:
    """Judges answers by an OpenAPI document: status, content type, code and body.

    What has no operation (an unknown path, a wrong method) is nobody's to judge.
    """

    def __init__(self, document: Json, names: frozenset[str]) -> None:
        self._components = closed(document["components"])
        self._validators: dict[str, Draft202012Validator] = {}
        self._operations = [
            (_pattern(path), method.upper(), operation)
            for path, methods in sorted(document["paths"].items(), key=lambda each: each[0].count("{"))
            for method, operation in methods.items()
            if operation["operationId"] in names
        ]

    async def judge(self, answer: httpx.Response) -> None:
        """Raises AssertionError for an answer that the document does not tell of."""
        operation = self.operation(answer.request.method, answer.request.url.path)
        if operation is None:
            return
        await answer.aread()
        name = f"{operation['operationId']} answered {answer.status_code}"
        told = self._resolved(operation["responses"].get(str(answer.status_code), {}))
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        if media_type == MEDIA_TYPE:
            _judge_code(name, told, answer.json()["code"])
        assert told, f"{name}, which the document does not tell of: {answer.text}"
        content = {kind.partition(";")[0]: media for kind, media in told.get("content", {}).items()}
        assert media_type in content or not (content or answer.content), (
            f"{name} with {media_type!r}, the document says {sorted(content)}"
        )
        if media_type.endswith("json"):
            self._judge_body(name, content[media_type]["schema"], answer.text)

    def operation(self, method: str, path: str) -> Json | None:
        """The operation that a request means."""
        for pattern, verb, operation in self._operations:
            if verb == method and pattern.fullmatch(path):
                return operation
        return None

    def _judge_body(self, name: str, schema: Json, text: str) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "components": self._components})
        errors = self._validators[key].iter_errors(json.loads(text))
        flaws = [f"{each.instance_path}: {each.message}" for each in errors]
        assert not flaws, f"{name}, but not as documented: {flaws}"

    def _resolved(self, part: Json) -> Json:
        name = part.get("$ref", "").rpartition("/")[2]
        resolved: Json = self._components["responses"][name] if name else part
        return resolved


def _judge_code(name: str, told: Json, code: str) -> None:
    codes = re.findall(r"`(\w+)`:", told.get("description", ""))
    assert code in codes, (
        f"{name} {code}, which the document does not tell of. Name the error in the route's @raises(…), "
        f"then run `make spec`."
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def closed(part: Any) -> Any:
    """A copy of schemas that lets no field pass which they do not name: all that we send is told."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    copy = {name: closed(each) for name, each in part.items()}
    if part.get("type") == "object" and isinstance(part.get("properties"), dict):
        copy.setdefault("additionalProperties", False)
    return copy
