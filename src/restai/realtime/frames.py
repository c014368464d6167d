"""Messages as JSON and as WebSocket frames. Pure: bytes in, values out, and back.

An event's stored body lacks its `seq` and always begins `{"v":1,`; `event_frame` splices the number
in behind that, so a body is encoded once, when it is committed, and never again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from restai.realtime.codes import Resync

LARGEST_MESSAGE = 64 * 1024  # bytes a client may send in one message
MOST_BRANCHES = 20  # of one's own, in one `auth`
BODY_START = b'{"v":1,'

_TEXT, _BINARY = 0x81, 0x82  # FIN and opcode

_encode = msgspec.json.Encoder().encode


# ---- frames


def frame(payload: bytes, *, binary: bool = False) -> bytes:
    """One unmasked, unfragmented data frame (RFC 6455, 5.2)."""
    size = len(payload)
    first = _BINARY if binary else _TEXT
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


def event_text(body: bytes, seq: int) -> bytes:
    """A stored body at its position."""
    return b'%s"seq":%d,%s' % (BODY_START, seq, body[len(BODY_START) :])


def event_frame(body: bytes, seq: int) -> bytes:
    """The frame of a stored body at its position."""
    return frame(event_text(body, seq))


# ---- what a client says


class Position(msgspec.Struct, frozen=True):
    """Where a client's data stands in a branch's log."""

    epoch: str
    seq: int


class Screen(msgspec.Struct, frozen=True):
    """How a client calls itself; what that means is for whoever asks who is present."""

    id: str
    kind: str
    name: str


class Auth(msgspec.Struct, frozen=True):
    token: str
    resume: dict[str, Position] | None = None
    branches: list[str] | None = None
    screen: Screen | None = None


class Ping(msgspec.Struct, frozen=True):
    pass


class Fault(msgspec.Struct, frozen=True):
    """A message that cannot be acted on; `message` is the answer."""

    message: str


def decode(text: str | bytes) -> Auth | Ping | Fault:
    """What a client's message says. Never raises: what is not understood is a Fault."""
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Fault("Invalid JSON")
    if not isinstance(message, dict):
        return Fault("Invalid JSON")
    match message.get("type"):
        case "auth":
            return _auth(message)
        case "ping":
            return Ping()
        case other:
            return Fault(f"Unknown type: {_shown(other)}")


def _auth(message: dict[str, Any]) -> Auth | Fault:
    if not message.get("token"):
        return Fault("Token required")
    try:
        return msgspec.convert(message, Auth)
    except msgspec.ValidationError as error:
        return Fault(f"Invalid auth: {error}")


def _shown(type_: object) -> str:
    """An unknown type as text, as a JavaScript template would show it, and not endlessly long."""
    if type_ is None:
        return "undefined"
    return type_[:64] if isinstance(type_, str) else _encode(type_).decode()[:64]


# ---- what the server says


def fault(message: str) -> bytes:
    return _message("error", message=message)


def pong(timestamp: int) -> bytes:
    return _message("pong", timestamp=timestamp)


def auth_success(
    *,
    user_id: str,
    timestamp: int,
    rooms: Sequence[str],
    streams: Mapping[str, Mapping[str, Any]],
    heartbeat_ms: int,
    expires_at: int,
    more_branches: bool,
) -> bytes:
    """`streams`: branch -> {epoch, seq, head}; the times are ms."""
    fields = {
        "userId": user_id,
        "timestamp": timestamp,
        "rooms": rooms,
        "streams": streams,
        "heartbeatMs": heartbeat_ms,
        "expiresAt": expires_at,
    }
    return _message("auth:success", **fields, **({"moreBranches": True} if more_branches else {}))


def auth_error(timestamp: int) -> bytes:
    return _message("auth:error", message="Invalid token", timestamp=timestamp)


def auth_expiring(expires_at: int) -> bytes:
    return _message("auth:expiring", expiresAt=expires_at)


def resync(branch_id: str, epoch: str, seq: int, reason: Resync) -> bytes:
    return _message("resync", branchId=branch_id, epoch=epoch, seq=seq, reason=reason.value)


def heartbeat(timestamp: int, confirmed_at: int, streams: Mapping[str, int]) -> bytes:
    return _message("heartbeat", timestamp=timestamp, confirmedAt=confirmed_at, streams=streams)


def goodbye(retry_after_ms: int) -> bytes:
    return _message("goodbye", retryAfterMs=retry_after_ms)


CONTROL_TYPES = frozenset(
    {"auth", "ping", "pong", "error", "auth:success", "auth:error", "auth:expiring"}
    | {"resync", "heartbeat", "goodbye"}
)
"""Types that no event and no signal may have."""

_STAMP = frozenset({"v", "id", "seq", "epoch"})  # fields of what has a place in a log


def signal(message: bytes, event_types: Collection[str]) -> bytes | None:
    """The frame of what another program says in a room, marked as its; None if it may not say that.

    It must be a JSON object, and nothing that a client could take for an event or a word of ours.
    """
    if len(message) > LARGEST_MESSAGE:
        return None
    try:
        said = msgspec.json.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(said, dict) or not _STAMP.isdisjoint(said):
        return None
    type_ = said.get("type")
    if isinstance(type_, str) and (type_ in CONTROL_TYPES or type_ in event_types):
        return None
    return frame(_encode(said | {"signal": True}))


def _message(type_: str, **fields: Any) -> bytes:
    return frame(_encode({"type": type_, **fields}))
