"""What a `Session` asks of whoever owns the socket, and what it says about how fresh its data is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from restai_sdk.messages import Json


class State(StrEnum):
    LIVE = "live"
    CATCHING_UP = "catching_up"  # connected, but what is shown is not confirmed to be fresh
    RECONNECTING = "reconnecting"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far one may trust what is shown. Both ages are ms; None: never confirmed, not lost."""

    state: State
    confirmed_ago: int | None
    lost_ago: int | None


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a socket `after` ms, with a token asked for then: a new one if `fresh`."""

    after: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class NeedToken:
    """Ask for a new token `after` ms, then call `renewed`, or `unrenewed` if none was to be had."""

    after: int


@dataclass(frozen=True, slots=True)
class Send:
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """Drop the socket without waiting for its answer, then call `closed`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Over until a person acts. `code` is the close code, None if it was not the server's doing."""

    code: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class FetchSnapshot:
    """Read the branch's snapshot `after` ms, then call `snapshot` with this `ask`.

    A newer one for the same branch takes its place: the older answer is of no use any more.
    """

    branch: str
    ask: int
    after: int


@dataclass(frozen=True, slots=True)
class Replace:
    branch: str
    snapshot: Json


@dataclass(frozen=True, slots=True)
class Apply:
    """`replay`: it happened before this connection: show it, but don't ring for it."""

    branch: str
    event: Json
    replay: bool


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget the branch's data: it is not ours to see any more."""

    branch: str


@dataclass(frozen=True, slots=True)
class Hear:
    """A signal: said by another program, not in the log."""

    signal: Json


@dataclass(frozen=True, slots=True)
class FreshnessChanged:
    branch: str
    freshness: Freshness


Action = (
    Connect
    | NeedToken
    | Send
    | Close
    | Stop
    | FetchSnapshot
    | Replace
    | Apply
    | Drop
    | Hear
    | FreshnessChanged
)
Actions = list[Action]
