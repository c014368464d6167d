"""What the core needs of the world, and what it may rely on.

The core moves events from logs to sockets and knows nothing of what they are about. Streams, rooms
and labels are opaque text; a lens is an opaque, hashable value that says what its holder may see.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from restai.realtime.codes import Close
from restai.realtime.frames import Auth, Screen
from restai.realtime.metrics import BrokerTotals

Lens = Hashable


class Event(NamedTuple):
    """A committed event at its position in a stream.

    `rooms` it was sent to; `about` opaque to the core, for `Access.view`; `bodies` encoded once at
    the commit, of which a viewer gets the one whose index `Access.view` names.
    """

    seq: int
    type: str
    rooms: tuple[str, ...]
    about: Hashable
    bodies: tuple[bytes | None, ...]

    @property
    def size(self) -> int:
        return sum(len(body) for body in self.bodies if body is not None)


class Head(NamedTuple):
    """Where a stream ends: `seq` is its last event's, 0 before the first."""

    epoch: str
    seq: int


class Opening(NamedTuple):
    """A stream read at one moment: its head, and its newest events up to that head, oldest first."""

    head: Head
    newest: Sequence[Event]


class Log(Protocol):
    """The committed events. Every method raises an exception, within seconds, when it cannot be read now.

    A stream's `seq` has no hole and its order is commit order: an event becomes readable only after
    all with a lower `seq` are. Old events may be deleted from the beginning, at any time. Within an
    epoch a position is given out once; where events were lost, `open` and `heads` tell of another one.
    """

    async def open(self, stream: str, count: int, size: int) -> Opening:
        """The head and the newest events, at most `count` and `size` bytes, in one snapshot."""

    async def heads(self, streams: Collection[str]) -> Mapping[str, Head]:
        """Where these streams end, in one query. A stream that does not exist is left out."""

    async def read(self, stream: str, after: int, limit: int) -> Sequence[Event]:
        """At most `limit` events with `seq > after`, oldest first."""

    async def went_back(self, stream: str, seen: Head) -> None:
        """The stream was known to reach `seen`, and no longer does: committed events were lost. After
        this its epoch is another one, whoever else has found it out."""

    async def changed(self) -> None:
        """Return soon after anybody has committed something, if not to each commit. Where nothing
        tells of that, never."""


class Broker(Protocol):
    """The fast word between processes, and from and to programs beside them.

    It may lose, double, delay and reorder anything, for any time; nothing relies on it. All but `run`
    are called in the event loop, return at once and never raise, however the broker fares.
    """

    totals: BrokerTotals

    async def run(self) -> None:
        """Work until cancelled, and raise nothing else: nothing is sent or comes in before."""

    def publish(self, channel: str, message: bytes) -> None:
        """Send to every process that subscribed to `channel`, this one too."""

    def subscribe(self, channel: str, receive: Callable[[bytes], None]) -> None:
        """Call `receive` with what comes in on `channel`, until `unsubscribe`. One receiver each.

        What is published before the subscription has reached the broker may be missed."""

    def unsubscribe(self, channel: str) -> None:
        """No call of `receive` follows."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the core must know of events to tell of them outside the process, and let signals in.

    `types` are the events', which no signal may have; `about` is the type of `Event.about`, one that
    msgspec can carry; `body` says which of an event's bodies is published on a room's own channel.
    """

    types: frozenset[str] = frozenset()
    about: Any = Any
    body: Callable[[str], int] = lambda _room: 0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a verified token speaks for, before any row was read.

    `key` is equal for two tokens of the same person; `labels` are what access changes name him by;
    `streams` must be followed before his rows are read, so that no change falls in between.
    """

    key: Hashable
    labels: tuple[str, ...]
    streams: tuple[str, ...]
    expires_at: int  # ms


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may see: per stream the rooms he is in, all through one lens.

    `resumable`: what he sees now is what he has seen before, so that he may go on from there.
    """

    user_id: str
    lens: Lens
    rooms: Mapping[str, frozenset[str]]
    heartbeat_ms: int
    more_branches: bool = False
    resumable: bool = True

    @property
    def all_rooms(self) -> frozenset[str]:
        return frozenset().union(*self.rooms.values())


class Present(NamedTuple):
    """A client that is in: whose it is, the streams that it hears with its rooms in each, how it calls
    itself, and for how many seconds more the last sign of life of it is good; below zero, it is being
    asked for one."""

    identity: Identity
    streams: Mapping[str, frozenset[str]]
    screen: Screen | None
    left: float


class Refused(Exception):
    """The token is not good: it is malformed, forged or expired."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changes for one holder of a label: a new grant, or an end."""

    grant: Grant | None = None
    close: Close | None = None


class Access(Protocol):
    """Who may see what. The pure methods are called in the delivery loop and must not wait."""

    def identify(self, auth: Auth) -> Identity:
        """Verify a token. Pure. Raises Refused."""

    async def grants(self, asked: Sequence[tuple[Identity, Auth]]) -> Sequence[Grant | Close]:
        """Read what each may see now, all in a constant number of queries; or why he is sent away.

        Raises an exception when it cannot be decided now.
        """

    def view(self, event: Event, lens: Lens) -> int | None:
        """Which of the event's bodies a member of one of its rooms sees through `lens`. Pure."""

    def widens(self, event: Event, identity: Identity) -> bool:
        """Whether with `event` somebody sees more than he was sent before it. Pure."""

    def is_turning(self, event: Event) -> bool:
        """Whether `event` may change somebody's grant. Pure."""

    def labels(self, event: Event) -> Sequence[str]:
        """Whose grants a turning event may change. Pure."""

    def change(self, event: Event, identity: Identity) -> Change | None:
        """What a turning event changes for a holder of one of its labels. Pure."""
