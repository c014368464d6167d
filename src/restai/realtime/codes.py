"""Why a socket is closed, and why a client must read its snapshot again.

4000-4499: come back by yourself. 4500-4999: not until a person acts. The others are RFC 6455's.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Close(IntEnum):
    PROTOCOL_ERROR = 1002
    BINARY = 1003
    BAD_TEXT = 1007
    TOO_LARGE = 1009
    TOKEN_EXPIRED = 4001
    AUTH_TIMEOUT = 4002
    DRAINING = 4003
    UNDECIDED = 4005
    ACCESS_CHANGED = 4006
    TOO_SLOW = 4008
    NO_PONG = 4010
    TOO_MANY_MESSAGES = 4013
    TOO_MANY_CONNECTIONS = 4014
    REFUSED = 4500
    ENDED = 4503

    @property
    def reason(self) -> str:
        """At most 123 bytes, for people who read a browser's console."""
        return _REASONS[self]


_REASONS = {
    Close.PROTOCOL_ERROR: "protocol error",
    Close.BINARY: "text frames only",
    Close.BAD_TEXT: "text is not UTF-8",
    Close.TOO_LARGE: "message over 64 KiB",
    Close.TOKEN_EXPIRED: "token expired",
    Close.AUTH_TIMEOUT: "no auth arrived in time",
    Close.DRAINING: "server draining",
    Close.UNDECIDED: "cannot decide now, try later",
    Close.ACCESS_CHANGED: "your access changed, refresh and come back",
    Close.TOO_SLOW: "too slow",
    Close.NO_PONG: "no answer to pings",
    Close.TOO_MANY_MESSAGES: "too many messages",
    Close.TOO_MANY_CONNECTIONS: "too many connections from one address",
    Close.REFUSED: "token refused",
    Close.ENDED: "signed out, deactivated or visit over",
}


class Resync(StrEnum):
    """Why the missed events cannot be replayed, or no longer suffice."""

    EPOCH = "epoch"
    RETENTION = "retention"
    TOO_FAR = "too_far"
    ACCESS = "access"
