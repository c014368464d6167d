"""What a new version of the documents breaks for who built on the old one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from restai.cli.spec.shapes import Comparison, Way, resolved

Json = dict[str, Any]


def breaks(old: dict[str, Json], new: dict[str, Json]) -> list[str]:
    """Each thing that does not work any more, a line each. Both by the names of their files."""
    return sorted(
        {
            *_openapi(old["openapi.json"], new["openapi.json"]),
            *_asyncapi(old["asyncapi.json"], new["asyncapi.json"]),
        }
    )


def may_break(old: str, new: str) -> bool:
    """Whether the step from one version to the next says that something breaks: 1.4 to 2.0, 0.4 to 0.5."""
    (major, minor, *_), (new_major, new_minor, *_) = (map(int, v.split(".")) for v in (old, new))
    return new_major > major or (new_major == major == 0 and new_minor > minor)


# ---- OpenAPI


def _openapi(old: Json, new: Json) -> Iterator[str]:
    operations = {_place(path, method): one for path, method, one in _operations(new)}
    for path, method, operation in _operations(old):
        where = f"{method.upper()} {path}"
        found = operations.get(_place(path, method))
        if found is None:
            yield f"{where}: is gone"
            continue
        if found["operationId"] != operation["operationId"]:
            yield f"{where}: was called {operation['operationId']}, and is {found['operationId']}"
        yield from _Operation(old, new, where).breaks(operation, found)


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _place(path: str, method: str) -> tuple[str, str]:
    """Where an operation is; what the parameters of the path are called does not matter."""
    return re.sub(r"\{\w+\}", "{}", path), method


class _Operation:
    def __init__(self, old: Json, new: Json, where: str) -> None:
        self._sent = Comparison(old, new, Way.SENT)
        self._given = Comparison(old, new, Way.GIVEN)
        self._documents = old, new
        self._where = where

    def breaks(self, old: Json, new: Json) -> Iterator[str]:
        yield from self._security(old.get("security", [{}]), new.get("security", [{}]))
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            if status.startswith("2"):
                yield from self._answer(status, answer, new["responses"].get(status))

    def _security(self, old: list[Json], new: list[Json]) -> Iterator[str]:
        for way in old:
            if not any(other.items() <= way.items() for other in new):
                yield f"{self._where}: {' and '.join(way) or 'no token'} will not do any more"

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before, after = _parameters_of(old), _parameters_of(new)
        for place in before.keys() - after.keys():
            yield f"{self._where} {place[1]}: is gone"
        for place, parameter in after.items():
            where = f"{self._where} {place[1]}"
            if parameter["required"] and not before.get(place, {}).get("required"):
                yield f"{where}: is needed now"
            if place in before:
                yield from self._sent.breaks(before[place]["schema"], parameter["schema"], where)

    def _body(self, old: Json | None, new: Json | None) -> Iterator[str]:
        where = f"{self._where} body"
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield f"{where}: is needed now"
        yield from self._contents(
            self._sent, (old or {}).get("content", {}), (new or {}).get("content", {}), where
        )

    def _answer(self, status: str, old: Json, new: Json | None) -> Iterator[str]:
        where = f"{self._where} {status}"
        if new is None:
            yield f"{where}: is gone"
            return
        old, new = resolved(old, self._documents[0]), resolved(new, self._documents[1])
        for header in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{where} {header}: is gone"
        yield from self._contents(self._given, old.get("content", {}), new.get("content", {}), where)

    def _contents(self, comparison: Comparison, old: Json, new: Json, where: str) -> Iterator[str]:
        for media_type, content in old.items():
            if media_type not in new:
                yield f"{where}: is not {media_type} any more"
            else:
                before, after = content.get("schema", {}), new[media_type].get("schema", {})
                yield from comparison.breaks(before, after, where)


def _parameters_of(operation: Json) -> dict[tuple[str, str], Json]:
    """By where they are and how they are called; those of the path by their order, for they have no name."""
    parameters = operation.get("parameters", ())
    in_path = [each for each in parameters if each["in"] == "path"]
    others = [each for each in parameters if each["in"] != "path"]
    return {("path", f"part {number}"): each for number, each in enumerate(in_path, 1)} | {
        (each["in"], each["name"]): each for each in others
    }


# ---- AsyncAPI


def _asyncapi(old: Json, new: Json) -> Iterator[str]:
    for name, channel in old["channels"].items():
        found = new["channels"].get(name)
        if found is None or found["address"] != channel["address"]:
            yield f"{channel['address']}: is gone"
            continue
        yield from _messages(old, new, channel, found)
        yield from _close_codes(channel, found)


def _messages(old: Json, new: Json, channel: Json, found: Json) -> Iterator[str]:
    heard = _heard(old)
    for key, reference in channel["messages"].items():
        where = f"{channel['address']} {key}"
        if key not in found["messages"]:
            yield f"{where}: is gone"
            continue
        before, after = resolved(reference, old), resolved(found["messages"][key], new)
        way = Way.SENT if key in heard else Way.GIVEN
        yield from Comparison(old, new, way).breaks(before["payload"], after["payload"], where)
        for part in ("x-rooms", "x-readers"):
            for gone in sorted(set(before.get(part, ())) - set(after.get(part, ()))):
                yield f"{where}: is not for {gone} any more"


def _heard(document: Json) -> set[str]:
    """The messages that clients send."""
    return {
        ref["$ref"].rpartition("/")[2]
        for operation in document["operations"].values()
        if operation["action"] == "receive"
        for ref in operation["messages"]
    }


def _close_codes(channel: Json, found: Json) -> Iterator[str]:
    codes = {code["code"]: code for code in found.get("x-close-codes", ())}
    for code in channel.get("x-close-codes", ()):
        where = f"{channel['address']} close code {code['code']}"
        if code["code"] not in codes:
            yield f"{where}: is gone"
        elif codes[code["code"]]["comeBack"] != code["comeBack"]:
            yield f"{where}: means something else"
