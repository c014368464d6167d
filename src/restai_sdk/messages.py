"""What the server says, read into values. Events and signals stay the JSON objects that they are."""

from __future__ import annotations

from typing import Any

import msgspec

Json = dict[str, Any]


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    """Unknown fields are left alone: the server may say more than this client knows."""


class Screen(msgspec.Struct, frozen=True):
    """How a staff screen calls itself. `id`: a UUID that stays; `kind`: kitchen, waiter, pos or monitor."""

    id: str
    kind: str
    name: str


class Position(msgspec.Struct, frozen=True):
    """A place in a branch's log. Two of different epochs cannot be compared."""

    epoch: str | int
    seq: int


class Stream(msgspec.Struct, frozen=True):
    """Where a connection goes on in a branch's log; events in (`seq`, `head`] are replay."""

    epoch: str | int
    seq: int
    head: int


class AuthSuccess(_Message, frozen=True):
    timestamp: int
    streams: dict[str, Stream]
    heartbeat_ms: int


class AuthError(_Message, frozen=True):
    message: str = ""


class AuthExpiring(_Message, frozen=True):
    expires_at: int


class Resync(_Message, frozen=True):
    branch_id: str
    epoch: str | int
    seq: int
    reason: str = ""


class Heartbeat(_Message, frozen=True):
    timestamp: int
    confirmed_at: int
    streams: dict[str, int] = {}


class Goodbye(_Message, frozen=True):
    retry_after_ms: int = 0


class Pong(_Message, frozen=True):
    timestamp: int


class Event(msgspec.Struct, frozen=True):
    """One entry of a branch's log: `body` is the whole object as it came."""

    branch_id: str
    seq: int
    body: Json


class Signal(msgspec.Struct, frozen=True):
    """Said in a room by another program: not in the log, and may be lost."""

    body: Json


class Failed(msgspec.Struct, frozen=True):
    """A snapshot could not be read: its HTTP status, or None if no answer came."""

    status: int | None = None
    retry_after: int = 0  # ms


Control = AuthSuccess | AuthError | AuthExpiring | Resync | Heartbeat | Goodbye | Pong

_CONTROL: dict[str, type[Control]] = {
    "auth:success": AuthSuccess,
    "auth:error": AuthError,
    "auth:expiring": AuthExpiring,
    "resync": Resync,
    "heartbeat": Heartbeat,
    "goodbye": Goodbye,
    "pong": Pong,
}


def parse(frame: str | bytes | Json) -> Control | Event | Signal | None:
    """The message in a frame; None for what this client does not know or cannot read."""
    try:
        body = frame if isinstance(frame, dict) else msgspec.json.decode(frame)
        if not isinstance(body, dict):
            return None
        if (control := _CONTROL.get(body.get("type", ""))) is not None:
            return msgspec.convert(body, control)
    except (msgspec.DecodeError, TypeError):  # TypeError: a `type` that no table can hold
        return None
    return _event(body)


def position(snapshot: Json) -> Position | None:
    """Where in its branch's log a snapshot was taken; None if it does not say."""
    try:
        return msgspec.convert(snapshot.get("stream"), Position)
    except msgspec.ValidationError:
        return None


def _event(body: Json) -> Event | Signal | None:
    if body.get("signal") is True:
        return Signal(body)
    branch_id, seq = body.get("branchId"), body.get("seq")
    if isinstance(branch_id, str) and isinstance(seq, int):
        return Event(branch_id, seq, body)
    return None
