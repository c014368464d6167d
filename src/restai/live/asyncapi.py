"""The AsyncAPI document: the WebSocket, generated from the catalogue of events and the messages.

An event has two messages where guests may get it: as staff see it, and as guests do.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from restai.events import VERSION, Event, Resource, Shape
from restai.http.examples import example_of, id_of
from restai.http.openapi import SCHEMAS, let_grow, plain
from restai.ids import Id
from restai.live import messages, policy
from restai.live.catalog import EVENTS
from restai.live.eventlog import About
from restai.live.policy import MOST_BRANCHES
from restai.realtime import ports
from restai.realtime.codes import Close

Json = dict[str, Any]

MESSAGES = "#/components/messages/"
SOCKET = "#/channels/socket"

ABOUT = f"""\
One WebSocket, `/ws`, on the API's own port. Text frames, one JSON object a frame, camelCase; times are
integer milliseconds since the epoch, money is integer minor units, ids are UUIDs.

**What a client may rely on:** nothing committed is missed, each branch's events come in commit order, and
applying one twice or late changes nothing.

**Signing in.** The first message is `auth`, within 10 seconds; the token never travels in the URL. Who one
is says which rooms one is in: staff hear up to {MOST_BRANCHES} of their branches, a guest his visit.

**Positions.** A snapshot (`GET /api/branches/ID/snapshot`, `GET /api/guest/snapshot`) says where in the log
it stands. Events carry their `seq`; what is not yours is not sent, so a hole is no loss. `auth` with
`resume` goes on from where one's data stands. A resource is replaced only by one with a higher `rev`.

**Growth.** A later version may add messages, fields and values: let pass what you do not know.
"""

ROOMS = {
    "branch": "Staff of the branch: all that happens there.",
    "table": "Guests of the active visit at that table: the visit's own events.",
    "session": "Guests of that visit; one who waits hears there only his own outcome.",
    "menu": "Staff and every guest, waiting ones too: what is sold out, and what changed.",
}

CLOSE_CODES = {
    Close.PROTOCOL_ERROR: "The frames do not follow RFC 6455.",
    Close.BINARY: "Binary messages are not spoken here.",
    Close.BAD_TEXT: "The text is not UTF-8.",
    Close.TOO_LARGE: "A message was longer than 64 KiB.",
    Close.TOKEN_EXPIRED: "The token has ended: come back with a new one.",
    Close.AUTH_TIMEOUT: "No `auth` arrived within 10 seconds.",
    Close.DRAINING: "The server goes down: come back when `goodbye` said.",
    Close.UNDECIDED: "It cannot be decided now who you are: try later.",
    Close.ACCESS_CHANGED: "Your role or branches have changed: get a new token and come back.",
    Close.TOO_SLOW: "The socket does not take what it is sent.",
    Close.NO_PONG: "Pings (every 15 seconds of silence) were not answered within 10.",
    Close.TOO_MANY_MESSAGES: "More messages than anybody needs.",
    Close.TOO_MANY_CONNECTIONS: "Too many sockets from one address: come back later.",
    Close.REFUSED: "The token was refused three times, or is another person's.",
    Close.ENDED: "Signed out, dismissed, or the visit is over.",
}


class _Stamped(Shape):
    """What every event carries beside the fields of its type."""

    v: Literal[VERSION]  # type: ignore[valid-type]
    id: Id
    type: str
    branch_id: Id
    seq: int = Field(description="its position in the branch's log")
    timestamp: int = Field(description="when it was committed, ms since the epoch")


def document(version: str, events: Sequence[type[Event]] = EVENTS) -> Json:
    """All that is said on the WebSocket, as AsyncAPI 3.0 tells it."""
    shapes = _shapes(events)
    schemas = _schemas(messages.FROM_CLIENT, [*shapes.values(), *messages.FROM_SERVER])
    told = {_key(_type_of(shape)): _told(shape) for shape in (*messages.FROM_CLIENT, *messages.FROM_SERVER)}
    for event in events:
        told |= _event_messages(event, shapes, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": _info(version),
        "defaultContentType": "application/json",
        "servers": {"house": {"host": "127.0.0.1:3001", "protocol": "ws", "title": "A house of one's own"}},
        "channels": {"socket": _socket(told)},
        "operations": _operations(told),
        "components": {"messages": told, "schemas": schemas},
    }


def _info(version: str) -> Json:
    return {
        "title": "RestAI",
        "version": version,
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


# ---- the channel


def _socket(told: Json) -> Json:
    return {
        "address": "/ws",
        "title": "The WebSocket",
        "summary": "What happens, to whom it concerns, as it is committed.",
        "messages": {key: {"$ref": MESSAGES + key} for key in told},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-rooms": [{"room": f"{name}:ID", "description": text} for name, text in ROOMS.items()],
        "x-close-codes": [
            {"code": int(code), "reason": code.reason, "comeBack": int(code) < 4500, "description": text}
            for code, text in CLOSE_CODES.items()
        ],
    }


def _operations(told: Json) -> Json:
    """What the house hears and says. `receive` and `send` are the house's, not the client's."""
    hears = {"signIn": "auth", "ping": "ping"}
    replies = {"signIn": ("auth.success", "auth.error"), "ping": ("pong",)}
    informs = [_key(_type_of(shape)) for shape in messages.FROM_SERVER]
    answers = {key for keys in replies.values() for key in keys}
    says = {
        "inform": ("About the connection itself.", [key for key in informs if key not in answers]),
        "tellStaff": ("Events, to staff.", [key for key in told if key.endswith(".staff")]),
        "tellGuests": ("Events, to guests.", [key for key in told if key.endswith(".guest")]),
    }
    return {
        name: {
            "action": "receive",
            "channel": {"$ref": SOCKET},
            "summary": told[key]["summary"],
            "messages": _refs([key]),
            "reply": {"channel": {"$ref": SOCKET}, "messages": _refs(replies[name])},
        }
        for name, key in hears.items()
    } | {
        name: {
            "action": "send",
            "channel": {"$ref": SOCKET},
            "summary": summary,
            "messages": _refs(keys),
        }
        for name, (summary, keys) in says.items()
    }


def _refs(keys: Iterable[str]) -> list[Json]:
    return [{"$ref": f"{SOCKET}/messages/{key}"} for key in keys]


# ---- events


def _shapes(events: Iterable[type[Event]]) -> dict[str, type[BaseModel]]:
    """Each event as it stands on the wire, by the key of its message."""
    shapes: dict[str, type[BaseModel]] = {}
    for event in events:
        fields = {name: (field.annotation, field) for name, field in event.model_fields.items()}
        shapes[_event_key(event, "staff")] = _stamped(event.__name__, event, fields)
        seen = {name: (_as_guest(kind), field) for name, (kind, field) in fields.items()}
        seen = {name: each for name, each in seen.items() if name in event.guest_fields}
        if seen:
            shapes[_event_key(event, "guest")] = _stamped(f"{event.__name__}ForGuests", event, seen)
    return shapes


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


def _schemas(heard: Iterable[type[BaseModel]], said: Iterable[type[BaseModel]]) -> Json:
    _, whole = models_json_schema(
        [*((shape, "validation") for shape in heard), *((shape, "serialization") for shape in said)],
        ref_template=SCHEMAS + "{model}",
    )
    schemas: Json = {name: plain(schema) for name, schema in sorted(whole["$defs"].items())}
    let_grow(schemas)
    return schemas


# ---- messages


def _told(shape: type[messages.Message]) -> Json:
    """A message that is no event."""
    summary, rest = _text(shape)
    return {
        "name": _type_of(shape),
        "title": _type_of(shape),
        "summary": summary,
        **({"description": rest} if rest else {}),
        "payload": {"$ref": SCHEMAS + shape.__name__},
        "examples": [{"payload": shape.example}],
    }


def _event_messages(event: type[Event], shapes: dict[str, type[BaseModel]], schemas: Json) -> Json:
    """The messages of an event: as staff see it, and as guests do where they get it at all."""
    summary, rest = _text(event)
    example = _example(shapes[_event_key(event, "staff")], schemas)
    readers, rooms = _addressed(event, example)
    told = {}
    for audience, who in (("staff", ["staff"]), ("guest", ["guests", "waiting guests"])):
        key = _event_key(event, audience)
        reached = [each for each in who if each in readers]
        if not reached:
            continue
        told[key] = {
            "name": event.type,
            "title": f"{event.type}, to {' and '.join(reached)}",
            "summary": summary,
            **({"description": rest} if rest else {}),
            "payload": {"$ref": SCHEMAS + shapes[key].__name__},
            "examples": [{"payload": _example(shapes[key], schemas)}],
            "x-rooms": rooms,
            "x-readers": reached,
        }
    return told


def _example(shape: type[BaseModel], schemas: Json) -> Json:
    example: Json = example_of(schemas[shape.__name__], schemas, of="event")
    return example


def _addressed(event: type[Event], example: Json) -> tuple[list[str], list[str]]:
    """Who gets an event like this one, by the policy itself, and in which rooms it is said."""
    stamp = {to_camel(name) for name in _Stamped.model_fields}
    one = event.model_validate({name: value for name, value in example.items() if name not in stamp})
    one._branch_id = id_of("branch")
    address = one.address()
    about = About(address.session_id, address.guest_id)
    said = ports.Event(1, event.type, address.rooms, about, (b"", b""))
    grants = {
        "staff": policy.staff_grant(id_of("user"), [id_of("branch")], more=False),
        "guests": policy.guest_grant(_guest(is_in=True)),
        "waiting guests": policy.guest_grant(_guest(is_in=False)),
    }
    readers = [
        name
        for name, grant in grants.items()
        if grant.all_rooms & set(address.rooms)
        and policy.view(said, cast(policy.Lens, grant.lens)) is not None
    ]
    return readers, [room.partition(":")[0] for room in address.rooms]


def _guest(*, is_in: bool) -> policy.Guest:
    return policy.Guest(id_of("guest"), id_of("session"), id_of("branch"), id_of("table"), is_in)


# ---- names and words


def _type_of(shape: type[messages.Message]) -> str:
    type_: str = shape.example["type"]
    return type_


def _event_key(event: type[Event], audience: str) -> str:
    return f"{_key(event.type)}.{audience}"


def _key(type_: str) -> str:
    """A type as AsyncAPI lets a message be called."""
    return type_.replace(":", ".")


def _text(described: type) -> tuple[str, str]:
    """The first sentence of what a class says of itself, and the rest."""
    text = " ".join(inspect.cleandoc(described.__doc__ or "").split())
    summary, _, rest = text.partition(". ")
    return summary.removesuffix(".") + ".", rest
