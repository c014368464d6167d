"""The AsyncAPI document: valid, whole, and what really travels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, Draft202012Validator

from restai.live.asyncapi import document
from restai.live.catalog import EVENTS, INTERNAL
from tests.support.contract import closed

Json = dict[str, Any]

DOCUMENT = document("0.1.0")
MESSAGES: Json = DOCUMENT["components"]["messages"]
OFFICIAL = Path(__file__).with_name("asyncapi-3.0.0.json")

# type: rooms it is said in, and who hears it there beside staff. By hand: it is the contract.
EVERY_EVENT: dict[str, tuple[list[str], list[str]]] = {
    "branch:updated": (["branch", "menu"], ["guests", "waiting guests"]),
    "cart:updated": (["session"], ["guests"]),
    "guest:admitted": (["branch", "session"], ["guests", "waiting guests"]),
    "guest:left": (["branch", "session"], ["guests"]),
    "guest:waiting": (["branch", "session"], ["guests"]),
    "menu:availability": (["menu"], ["guests", "waiting guests"]),
    "menu:updated": (["menu"], ["guests", "waiting guests"]),
    "order:created": (["branch", "table", "session"], ["guests"]),
    "order:unseen": (["branch"], []),
    "order:updated": (["branch", "table", "session"], ["guests"]),
    "payment:recorded": (["branch", "session"], ["guests"]),
    "payment:voided": (["branch", "session"], ["guests"]),
    "request:acknowledged": (["branch", "session"], ["guests"]),
    "request:cancelled": (["branch", "session"], ["guests"]),
    "request:created": (["branch", "session"], ["guests"]),
    "request:moved": (["branch", "session"], ["guests"]),
    "request:resolved": (["branch", "session"], ["guests"]),
    "screen:offline": (["branch"], []),
    "screen:online": (["branch"], []),
    "session:approved": (["branch", "table", "session"], ["guests", "waiting guests"]),
    "session:ended": (["branch", "table", "session"], ["guests", "waiting guests"]),
    "session:merged": (["branch", "table", "session"], ["guests", "waiting guests"]),
    "session:moved": (["branch", "table", "session"], ["guests"]),
    "session:rejected": (["branch", "session"], ["guests", "waiting guests"]),
    "session:requested": (["branch", "session"], ["guests"]),
    "session:updated": (["branch", "session"], ["guests"]),
    "table:available": (["branch", "table"], []),
    "table:occupied": (["branch", "table"], ["guests"]),
    "table:updated": (["branch", "table"], ["guests"]),
    "till:closed": (["branch"], []),
    "till:opened": (["branch"], []),
}
NOT_FOR_STAFF = {"cart:updated"}

FROM_CLIENT = {"auth", "ping"}
FROM_SERVER = {
    "auth:success",
    "auth:error",
    "auth:expiring",
    "resync",
    "heartbeat",
    "goodbye",
    "pong",
    "error",
}
CLOSE_CODES = [1002, 1003, 1007, 1009, 4001, 4002, 4003, 4005, 4006, 4008, 4010, 4013, 4014, 4500, 4503]


def resolve(reference: str) -> Json:
    """The part of the document that `#/a/b/c` points at."""
    part: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part["$ref"] and resolve(part["$ref"]) if set(part) == {"$ref"} else part


def test_it_is_asyncapi_by_its_official_schema() -> None:
    errors = Draft7Validator(json.loads(OFFICIAL.read_text())).iter_errors(DOCUMENT)
    assert [f"{error.instance_path}: {error.message}" for error in errors] == []


def test_the_official_schema_would_tell() -> None:
    broken = DOCUMENT | {"channels": {"socket": {"adress": "/ws"}}}
    assert not Draft7Validator(json.loads(OFFICIAL.read_text())).is_valid(broken)


def test_every_reference_leads_somewhere() -> None:
    found = [part["$ref"] for part in walk(DOCUMENT) if "$ref" in part]
    assert len(found) > 100
    for reference in found:
        assert resolve(reference), reference


def walk(part: Any) -> list[Json]:
    """Every object in a document."""
    if isinstance(part, list):
        return [found for each in part for found in walk(each)]
    if isinstance(part, dict):
        return [part, *(found for each in part.values() for found in walk(each))]
    return []


def test_every_event_of_the_catalogue_is_told_with_its_rooms_and_readers() -> None:
    told: dict[str, tuple[list[str], list[str]]] = {}
    for message in MESSAGES.values():
        if "x-rooms" in message:
            _, readers = told.setdefault(message["name"], (message["x-rooms"], []))
            readers += message["x-readers"]
    assert told == {
        type_: (rooms, guests if type_ in NOT_FOR_STAFF else ["staff", *guests])
        for type_, (rooms, guests) in EVERY_EVENT.items()
    }
    assert {event.type for event in EVENTS} == set(EVERY_EVENT)


def test_the_socket_carries_what_has_a_reader_there() -> None:
    events = {f"{type_.replace(':', '.')}.staff" for type_ in EVERY_EVENT.keys() - NOT_FOR_STAFF}
    events |= {f"{type_.replace(':', '.')}.guest" for type_, (_, guests) in EVERY_EVENT.items() if guests}
    others = {type_.replace(":", ".") for type_ in FROM_CLIENT | FROM_SERVER} | {"signal"}
    assert set(DOCUMENT["channels"]["socket"]["messages"]) == events | others


# Of each room, what is published there beside signals: staff's form in the branch's own room only.
PUBLISHED: dict[str, set[str]] = {
    "branch": {f"{type_}.staff" for type_, (rooms, _) in EVERY_EVENT.items() if "branch" in rooms},
    "table": {
        "order:created.guest",
        "order:updated.guest",
        "session:approved.guest",
        "session:ended.guest",
        "session:merged.guest",
        "session:moved.guest",
        "table:available.guest",
        "table:occupied.guest",
        "table:updated.guest",
    },
    "session": {
        "cart:updated.guest",
        "guest:admitted.guest",
        "guest:left.guest",
        "guest:waiting.guest",
        "order:created.guest",
        "order:updated.guest",
        "payment:recorded.guest",
        "payment:voided.guest",
        "request:acknowledged.guest",
        "request:cancelled.guest",
        "request:created.guest",
        "request:moved.guest",
        "request:resolved.guest",
        "session:approved.guest",
        "session:ended.guest",
        "session:merged.guest",
        "session:moved.guest",
        "session:rejected.guest",
        "session:requested.guest",
        "session:updated.guest",
    },
    "menu": {"branch:updated.guest", "menu:availability.guest", "menu:updated.guest"},
}


@pytest.mark.parametrize("room", PUBLISHED)
def test_a_rooms_channel_carries_what_is_said_there(room: str) -> None:
    channel = DOCUMENT["channels"][room]
    assert channel["address"] == f"{room}:{{id}}"
    assert set(channel["messages"]) == {key.replace(":", ".") for key in PUBLISHED[room]} | {"signal"}


def test_what_is_internal_is_not_told() -> None:
    assert not {event.type for event in INTERNAL} & {message["name"] for message in MESSAGES.values()}


def test_every_other_message_is_told() -> None:
    others = {message["name"] for message in MESSAGES.values() if "x-rooms" not in message}
    assert others == FROM_CLIENT | FROM_SERVER | {"signal"}


def test_each_message_of_a_channel_belongs_to_an_operation_there() -> None:
    for name, channel in DOCUMENT["channels"].items():
        said = [
            ref["$ref"].rpartition("/")[2]
            for operation in DOCUMENT["operations"].values()
            if operation["channel"] == {"$ref": f"#/channels/{name}"}
            for ref in operation["messages"] + operation.get("reply", {}).get("messages", [])
        ]
        assert sorted(said) == sorted(channel["messages"])
    heard = {name for name, each in DOCUMENT["operations"].items() if each["action"] == "receive"}
    assert heard == {"signIn", "ping", "listenInBranch", "listenInTable", "listenInSession", "listenInMenu"}


def test_every_close_code_is_told_with_what_to_do() -> None:
    codes = {code["code"]: code for code in DOCUMENT["channels"]["socket"]["x-close-codes"]}
    assert list(codes) == CLOSE_CODES
    assert [code for code, told in codes.items() if not told["comeBack"]] == [4500, 4503]


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_each_example_is_what_its_schema_says(key: str) -> None:
    """And says all of it: what an example shows is what there is."""
    message = MESSAGES[key]
    components = closed(DOCUMENT["components"])
    validator = Draft202012Validator({**message["payload"], "components": components})
    for example in message["examples"]:
        assert example["payload"]["type"] == message["name"] or key == "signal"
        errors = validator.iter_errors(example["payload"])
        assert [f"{error.instance_path}: {error.message}" for error in errors] == []


def test_guests_are_told_less() -> None:
    """By the guest schema: no priority, no runner, nothing of where it is cooked."""
    staff, guest = (MESSAGES[f"order.created.{who}"]["examples"][0]["payload"] for who in ("staff", "guest"))
    assert set(staff["order"]) - set(guest["order"]) == {"priority", "takenBy", "unseenAt"}
    assert set(staff["order"]["items"][0]) - set(guest["order"]["items"][0]) == {"station"}
