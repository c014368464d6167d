"""Events as they are told: their shapes on the wire for each audience, in which rooms, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model
from pydantic.alias_generators import to_camel

from restai.events import VERSION, Event, Resource, Shape
from restai.http.examples import example_of, id_of
from restai.http.openapi import SCHEMAS
from restai.ids import Id
from restai.live import policy
from restai.live.asyncapi.words import in_two, key_of
from restai.live.eventlog import About
from restai.realtime import ports

Json = dict[str, Any]
Shapes = dict[str, type[BaseModel]]

AUDIENCES = {"staff": ("staff",), "guest": ("guests", "waiting guests")}
"""Who gets which form of an event."""


class _Stamped(Shape):
    """What every event carries beside the fields of its type."""

    v: Literal[VERSION]  # type: ignore[valid-type]
    id: Id
    type: str
    branch_id: Id
    seq: int = Field(description="its position in the branch's log")
    timestamp: int = Field(description="when its transaction began, ms since the epoch; `seq` is the order")


@dataclass(frozen=True)
class Told:
    """An event's message for one audience. `readers`: who gets it on the WebSocket, maybe nobody."""

    message: Json
    audience: str
    rooms: list[str]
    readers: list[str]


# ---- shapes


def shapes_of(events: Iterable[type[Event]]) -> Shapes:
    """Each event as it stands on the wire, by the key of its message."""
    shapes: Shapes = {}
    for event in events:
        fields = {name: (field.annotation, field) for name, field in event.model_fields.items()}
        shapes[_key(event, "staff")] = _stamped(event.__name__, event, fields)
        seen = {name: (_as_guest(kind), field) for name, (kind, field) in fields.items()}
        seen = {name: each for name, each in seen.items() if name in event.guest_fields}
        if seen:
            shapes[_key(event, "guest")] = _stamped(f"{event.__name__}ForGuests", event, seen)
    return shapes


def _key(event: type[Event], audience: str) -> str:
    return f"{key_of(event.type)}.{audience}"


def _stamped(name: str, event: type[Event], fields: dict[str, Any]) -> type[BaseModel]:
    kept: dict[str, Any] = {field: each for field, each in fields.items() if not each[1].exclude}
    return create_model(name, __base__=_Stamped, **{"type": (Literal[event.type], ...)} | kept)


def _as_guest(kind: Any) -> Any:
    """A field's type where guests read it: resources by their guest schema."""
    if isinstance(kind, type) and issubclass(kind, Resource):
        return get_type_hints(kind.for_guests)["return"]
    arguments = tuple(_as_guest(each) for each in get_args(kind))
    if get_origin(kind) is list:
        return list[arguments]  # type: ignore[valid-type]
    if get_origin(kind) in (Union, UnionType):
        return reduce(or_, arguments)
    return kind


# ---- messages


def told_of(event: type[Event], shapes: Shapes, schemas: Json) -> dict[str, Told]:
    """The messages of an event by their keys: as staff see it, and as guests do where they may."""
    readers, rooms = _addressed(event, _example(shapes[_key(event, "staff")], schemas))
    told = {}
    for audience, who in AUDIENCES.items():
        key = _key(event, audience)
        if key in shapes:
            reached = [each for each in who if each in readers]
            message = _message(event, shapes[key], schemas) | {"x-rooms": rooms, "x-readers": reached}
            message["title"] = f"{event.type}, to {' and '.join(reached) or 'programs outside'}"
            told[key] = Told(message, audience, rooms, reached)
    return told


def _message(event: type[Event], shape: type[BaseModel], schemas: Json) -> Json:
    return {
        "name": event.type,
        "title": event.type,
        **in_two(event),
        "payload": {"$ref": SCHEMAS + shape.__name__},
        "examples": [{"payload": _example(shape, schemas)}],
    }


def _example(shape: type[BaseModel], schemas: Json) -> Json:
    example: Json = example_of(schemas[shape.__name__], schemas, of="event")
    return example


def _addressed(event: type[Event], example: Json) -> tuple[set[str], list[str]]:
    """Who gets an event like this one, by the policy itself, and in which rooms it is said."""
    stamp = {to_camel(name) for name in _Stamped.model_fields}
    one = event.model_validate({name: value for name, value in example.items() if name not in stamp})
    one._branch_id = id_of("branch")
    address = one.address()
    about = About(address.session_id, address.guest_id)
    said = ports.Event(1, event.type, address.rooms, about, (b"", b""))
    readers = {
        name
        for name, grant in _GRANTS.items()
        if grant.all_rooms & set(address.rooms)
        and policy.view(said, cast(policy.Lens, grant.lens)) is not None
    }
    return readers, list(dict.fromkeys(room.partition(":")[0] for room in address.rooms))


def _guest(*, is_in: bool) -> policy.Guest:
    return policy.Guest(id_of("guest"), id_of("session"), id_of("branch"), id_of("table"), is_in)


_GRANTS = {
    "staff": policy.staff_grant(id_of("user"), [id_of("branch")], more=False),
    "guests": policy.guest_grant(_guest(is_in=True)),
    "waiting guests": policy.guest_grant(_guest(is_in=False)),
}
