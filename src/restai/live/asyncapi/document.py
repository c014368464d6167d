"""Put together: messages, the channels on which they travel, and who sends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from restai.events import Event
from restai.http.openapi import SCHEMAS, let_grow, plain
from restai.live import policy
from restai.live.asyncapi import messages
from restai.live.asyncapi.events import AUDIENCES, Told, shapes_of, told_of
from restai.live.asyncapi.words import in_two, key_of
from restai.live.catalog import EVENTS
from restai.live.eventlog import STAFF
from restai.live.policy import MOST_BRANCHES
from restai.realtime.codes import Close

Json = dict[str, Any]

MESSAGES = "#/components/messages/"
SOCKET = "socket"
SIGNAL = "signal"

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

**Rooms.** What is said in a room reaches who is in it. With Redis or Valkey, rooms are also its channels, for
programs beside the house: events are published there as a courtesy, which may lose some.

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

OUTSIDE = """\
Published as a courtesy, after the commit: what is lost here is not told again, and a screen belongs on the
WebSocket. Events begin with `{"v":1,`. Any other JSON object that a program publishes here reaches the
room as a signal, unless it has one of the fields `v`, `id`, `seq`, `epoch`, or the type of a message of
ours."""

SERVERS: Json = {
    "house": {"host": "127.0.0.1:3001", "protocol": "ws", "title": "A house of one's own"},
    "redis": {"host": "127.0.0.1:6379", "protocol": "redis", "title": "The Redis of RESTAI_REDIS_URL"},
}

REPLIES = {"signIn": ("auth", ("auth.success", "auth.error")), "ping": ("ping", ("pong",))}
"""What a client asks by which message, and how it is answered."""


def document(version: str, events: Sequence[type[Event]] = EVENTS) -> Json:
    """All that is said on the WebSocket and in the rooms, as AsyncAPI 3.0 tells it."""
    shapes = shapes_of(events)
    schemas = _schemas(messages.FROM_CLIENT, [*shapes.values(), *messages.FROM_SERVER, messages.Signal])
    told = {key: each for event in events for key, each in told_of(event, shapes, schemas).items()}
    return {
        "asyncapi": "3.0.0",
        "info": _info(version),
        "defaultContentType": "application/json",
        "servers": SERVERS,
        "channels": {SOCKET: _socket(told)} | {name: _room(name, told) for name in ROOMS},
        "operations": _on_the_socket(told) | _in_the_rooms(told),
        "components": {
            "messages": _others() | {key: each.message for key, each in told.items()},
            "schemas": schemas,
        },
    }


def _info(version: str) -> Json:
    return {
        "title": "RestAI",
        "version": version,
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _schemas(heard: Iterable[type[BaseModel]], said: Iterable[type[BaseModel]]) -> Json:
    _, whole = models_json_schema(
        [*((shape, "validation") for shape in heard), *((shape, "serialization") for shape in said)],
        ref_template=SCHEMAS + "{model}",
    )
    schemas: Json = {name: plain(schema) for name, schema in sorted(whole["$defs"].items())}
    let_grow(schemas)
    return schemas


def _others() -> Json:
    """The messages that are no events, by their keys."""
    shapes = {_key(shape): shape for shape in (*messages.FROM_CLIENT, *messages.FROM_SERVER)}
    return {key: _message(shape, shape.example["type"]) for key, shape in shapes.items()} | {
        SIGNAL: _message(messages.Signal, "signal")
    }


def _message(shape: type[messages.Message], name: str) -> Json:
    return {
        "name": name,
        "title": name,
        **in_two(shape),
        "payload": {"$ref": SCHEMAS + shape.__name__},
        "examples": [{"payload": shape.example}],
    }


def _key(shape: type[messages.Message]) -> str:
    return key_of(shape.example["type"])


# ---- channels


def _socket(told: dict[str, Told]) -> Json:
    return {
        "address": "/ws",
        "title": "The WebSocket",
        "summary": "What happens, to whom it concerns, as it is committed.",
        "servers": [{"$ref": "#/servers/house"}],
        "messages": _references([*_others(), *(key for key, each in told.items() if each.readers)]),
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-close-codes": [
            {"code": int(code), "reason": code.reason, "comeBack": int(code) < 4500, "description": text}
            for code, text in CLOSE_CODES.items()
        ],
    }


def _room(name: str, told: dict[str, Told]) -> Json:
    return {
        "address": f"{name}:{{id}}",
        "title": f"Room {name}:ID",
        "summary": ROOMS[name],
        "description": OUTSIDE,
        "servers": [{"$ref": "#/servers/redis"}],
        "parameters": {"id": {"description": f"the {'branch' if name == 'menu' else name}'s id"}},
        "messages": _references([SIGNAL, *_said_in(name, told)]),
    }


def _said_in(room: str, told: dict[str, Told]) -> list[str]:
    """The messages that are published on a room's channel: staff's form in the branch's own only."""
    audience = "staff" if policy.outside(f"{room}:") == STAFF else "guest"
    return [key for key, each in told.items() if room in each.rooms and each.audience == audience]


def _references(keys: Iterable[str]) -> Json:
    return {key: {"$ref": MESSAGES + key} for key in keys}


# ---- operations: `receive` and `send` are the house's, not the client's


def _on_the_socket(told: dict[str, Told]) -> Json:
    answers = {reply for _, replies in REPLIES.values() for reply in replies}
    others = [key for shape in messages.FROM_SERVER if (key := _key(shape)) not in answers]
    heard = {
        name: _operation("receive", SOCKET, _others()[key]["summary"], [key])
        | {"reply": {"channel": _channel(SOCKET), "messages": _on(SOCKET, replies)}}
        for name, (key, replies) in REPLIES.items()
    }
    events = {
        f"tell{audience.capitalize()}": _operation(
            "send",
            SOCKET,
            f"Events, to {' and '.join(who)}.",
            [key for key, each in told.items() if each.audience == audience and each.readers],
        )
        for audience, who in AUDIENCES.items()
    }
    return heard | {
        "inform": _operation("send", SOCKET, "About the connection itself.", others),
        **events,
        "passOn": _operation("send", SOCKET, "What other programs say in one's rooms.", [SIGNAL]),
    }


def _in_the_rooms(told: dict[str, Told]) -> Json:
    published = {
        f"publishIn{room.capitalize()}": _operation(
            "send", room, "Events, for programs that listen.", _said_in(room, told)
        )
        for room in ROOMS
    }
    listened = {
        f"listenIn{room.capitalize()}": _operation(
            "receive", room, "Anything else that a program publishes here reaches the room.", [SIGNAL]
        )
        for room in ROOMS
    }
    return published | listened


def _operation(action: str, channel: str, summary: str, keys: Iterable[str]) -> Json:
    return {
        "action": action,
        "channel": _channel(channel),
        "summary": summary,
        "messages": _on(channel, keys),
    }


def _channel(name: str) -> Json:
    return {"$ref": f"#/channels/{name}"}


def _on(channel: str, keys: Iterable[str]) -> list[Json]:
    return [{"$ref": f"#/channels/{channel}/messages/{key}"} for key in keys]
