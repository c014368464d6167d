"""The messages of `/ws` beside events, as shapes: for whoever describes them, or writes a client.

The core makes and reads them in `restai.realtime.frames`; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from restai.events import Shape
from restai.ids import Id
from restai.realtime.frames import MOST_BRANCHES

Json = dict[str, Any]
Millis = Annotated[int, Field(description="ms since the epoch, by the server process's clock")]

_BRANCH = "0192f1c8-7a00-7000-8000-00000000b001"
_USER = "0192f1c8-7a00-7000-8000-00000000a001"
_EPOCH = "0192f1c8-7a00-7000-8000-00000000e001"
_NOW = 1_790_000_000_000


class LogPosition(Shape):
    """Where somebody's data stands in a branch's log. Two of different epochs cannot be compared."""

    epoch: str
    seq: int


class StreamStart(LogPosition):
    """Where this connection goes on in a branch's log; events in (`seq`, `head`] are replay."""

    head: int


class ScreenName(Shape):
    """How a staff screen calls itself. `kind`: kitchen, waiter, pos or monitor; `name`: 1 to 80 characters.
    With anything else it is let in, and not shown."""

    id: Id
    kind: str
    name: str


class Message(Shape):
    """Base of all. `example` is one as it stands on the wire."""

    example: ClassVar[Json]


# ---- from a client


class Auth(Message):
    """Sign in, or renew the token on the same socket, for the same person.

    With `resume` the missed events follow `auth:success`, or `resync` does. Rooms are never asked for:
    they follow from who one is.
    """

    example: ClassVar[Json] = {
        "type": "auth",
        "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjNmMWEifQ.e30.c2ln",
        "resume": {_BRANCH: {"epoch": _EPOCH, "seq": 1840}},
    }

    type: Literal["auth"]
    token: Annotated[str, Field(min_length=1, description="of a member of staff, or of a guest")]
    resume: Annotated[
        dict[str, LogPosition] | None, Field(description="by branch: where one's own data stands")
    ] = None
    branches: Annotated[
        list[str] | None,
        Field(
            description=f"those of one's own to hear of, at most {MOST_BRANCHES}: without it all, or the "
            f"first {MOST_BRANCHES} by id; a renewal without it keeps the choice"
        ),
    ] = None
    screen: Annotated[
        ScreenName | None,
        Field(description="shown to the branch's staff as present; a renewal without it keeps it"),
    ] = None


class Ping(Message):
    """Ask for a `pong`. Browsers cannot send the protocol's own pings."""

    example: ClassVar[Json] = {"type": "ping"}

    type: Literal["ping"]


FROM_CLIENT: tuple[type[Message], ...] = (Auth, Ping)


# ---- from the server


class AuthSuccess(Message):
    """The token is good, and the socket is in these rooms. A screen says Live only from `head` on."""

    example: ClassVar[Json] = {
        "type": "auth:success",
        "userId": _USER,
        "timestamp": _NOW,
        "rooms": [f"branch:{_BRANCH}", f"menu:{_BRANCH}"],
        "streams": {_BRANCH: {"epoch": _EPOCH, "seq": 1840, "head": 1842}},
        "heartbeatMs": 5_000,
        "expiresAt": _NOW + 900_000,
    }

    type: Literal["auth:success"]
    user_id: Annotated[str, Field(description="the account; for a guest, the visit")]
    timestamp: Millis
    rooms: list[str]
    streams: Annotated[dict[str, StreamStart], Field(description="by branch")]
    heartbeat_ms: Annotated[int, Field(description="between two heartbeats")]
    expires_at: Annotated[int, Field(description="when the token ends, in ms")]
    more_branches: Annotated[
        Literal[True] | None,
        Field(description="there are further branches: choose", exclude_if=lambda value: value is None),
    ] = None


class AuthError(Message):
    """The token is wrong. Another may be tried until the deadline, three in all."""

    example: ClassVar[Json] = {"type": "auth:error", "message": "Invalid token", "timestamp": _NOW}

    type: Literal["auth:error"]
    message: Literal["Invalid token"]
    timestamp: Millis


class AuthExpiring(Message):
    """The token ends in a minute: answer with a new `auth`."""

    example: ClassVar[Json] = {"type": "auth:expiring", "expiresAt": _NOW + 60_000}

    type: Literal["auth:expiring"]
    expires_at: Annotated[int, Field(description="ms")]


class Resync(Message):
    """Read the branch's snapshot again, one that is not below `seq`; on 403 or 404 drop its data.

    `epoch`: the log began anew · `retention`: the missed events are no longer kept · `too_far`: they
    are too many · `access`: what you may see has changed. Until the snapshot is there, hold the
    branch's events; then drop those up to its `seq` and apply the rest.
    """

    example: ClassVar[Json] = {
        "type": "resync",
        "branchId": _BRANCH,
        "epoch": _EPOCH,
        "seq": 1842,
        "reason": "too_far",
    }

    type: Literal["resync"]
    branch_id: str
    epoch: str
    seq: int
    reason: Literal["epoch", "retention", "too_far", "access"]


class Heartbeat(Message):
    """All is well, and this fresh. The first comes as soon as all streams are live.

    `confirmedAt` is when the log was last asked for its end whose answer this socket has been handed
    in full, the oldest over its streams: what is shown is live while that is less than 10 s ago.
    """

    example: ClassVar[Json] = {
        "type": "heartbeat",
        "timestamp": _NOW,
        "confirmedAt": _NOW - 212,
        "streams": {_BRANCH: 1843},
    }

    type: Literal["heartbeat"]
    timestamp: Millis
    confirmed_at: Millis
    streams: Annotated[
        dict[str, int], Field(description="by branch, its `seq`, where it moved since the last one")
    ]


class Goodbye(Message):
    """The server is about to close with 4003: come back after this long."""

    example: ClassVar[Json] = {"type": "goodbye", "retryAfterMs": 2_350}

    type: Literal["goodbye"]
    retry_after_ms: int


class Pong(Message):
    """The answer to `ping`."""

    example: ClassVar[Json] = {"type": "pong", "timestamp": _NOW}

    type: Literal["pong"]
    timestamp: Millis


class Error(Message):
    """A message that was not understood; the socket stays open.

    `Invalid JSON`, `Token required`, `Unknown type: X`, or `Invalid auth: …`.
    """

    example: ClassVar[Json] = {"type": "error", "message": "Unknown type: subscribe"}

    type: Literal["error"]
    message: str


class Signal(Message):
    """Said in a room by another program, with whatever fields it likes. Not in the log; may be lost."""

    model_config = ConfigDict(extra="allow")
    example: ClassVar[Json] = {"type": "doorbell", "door": "back", "signal": True}

    signal: Literal[True]


FROM_SERVER: tuple[type[Message], ...] = (
    AuthSuccess,
    AuthError,
    AuthExpiring,
    Resync,
    Heartbeat,
    Goodbye,
    Pong,
    Error,
)
