"""One client's side of the protocol, over all its connections. Pure: no socket, no clock, no chance.

Whoever owns the socket tells a `Session` what happened and does what it answers, in order, before
telling it more. All times are milliseconds; `now` is a local clock that never goes back.

A client's cursor is the position of its *data*: a snapshot sets it, an applied event or a heartbeat
moves it forward. While a snapshot is awaited there is no cursor, and the branch's events are held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from restai_sdk import actions as do
from restai_sdk import messages
from restai_sdk.actions import Actions, Freshness, State
from restai_sdk.messages import Event, Failed, Json, Position, Screen, Signal, Stream

AUTH_PATIENCE = 15_000  # ms for the answer to the first auth: the server gives up after 10 s itself
MISSED_HEARTBEATS = 2.5  # of silence, then the connection counts as dead
WAKE_PATIENCE = 5_000  # ms for any sign of life after the device slept
STAFF_LIVE = 10_000  # ms: older than this is not live; for guests it is two heartbeats
OFFLINE_AFTER = 10_000  # ms without a connection: "reconnecting" until then
BACKOFF_BASE, BACKOFF_MOST = 500, 20_000  # ms, full jitter
REFUSALS = 3  # bad tokens, then the server closes with 4500
RENEW_CALMLY = 10_000  # ms: a token that is expiring this soon after its auth is a short one
MOST_HELD = 2_000  # events of a branch kept while its snapshot is awaited

# Close codes after which the old token is of no use. A guest's says who he is and never what he may.
TOKEN_EXPIRED, ACCESS_CHANGED = 4001, 4006
_TERMINAL = {4500: "the token was refused", 4503: "signed out, or the visit is over"}


@dataclass(slots=True)
class _Branch:
    """One of `cursor` and `held` is set; neither, if the branch's data is not ours to see."""

    cursor: Position | None = None
    held: list[Event] | None = None  # since the floor, while a snapshot is awaited
    floor: Position | None = None  # the least that this snapshot must reach; None: any will do
    ask: int = 0
    failures: int = 0
    joined: bool = False  # this connection hands us its events
    epoch: str | int = ""
    head: int = 0  # events up to here are replay
    handed: int = 0  # the connection has handed over everything of ours up to here
    confirmed: int | None = None  # local time at which the data was the server's
    state: State | None = None

    @property
    def current(self) -> bool:
        """Nothing is known to be missing."""
        return self.joined and self.cursor is not None and max(self.handed, self.cursor.seq) >= self.head


@dataclass(slots=True)
class _Connection:
    silent_at: int  # no frame until then: dead
    authenticated_at: int | None = None
    heartbeat_ms: int = AUTH_PATIENCE
    offset: int | None = None  # server time minus local time, at least
    confirmed_at: int | None = None  # server time
    refusals: int = 0


class Session:
    """`random` gives numbers in [0, 1). `choice`: the branches to hear of, None for all of one's own.
    `screen`: how others in them are to see this one."""

    def __init__(
        self,
        random: Callable[[], float],
        *,
        choice: Sequence[str] | None = None,
        guest: bool = False,
        screen: Screen | None = None,
    ) -> None:
        self.connections = 0  # how many were signed in on, so far
        self.stopped = False
        self._random = random
        self._choice = choice
        self._guest = guest
        self._screen = screen
        self._branches: dict[str, _Branch] = {}
        self._connection: _Connection | None = None
        self._offset: int | None = None  # the last known, for ages on the screen without a connection
        self._lost_at: int | None = None
        self._attempts = 0
        self._asks = 0
        self._retry_after: int | None = None  # as the server's goodbye said
        self._token_spent = False  # the next connection needs another one

    # ---- the connection

    def goes_on(self, name: str, position: Position) -> None:
        """The branch's data was kept from before, together with its position. To be said before `start`."""
        self._branches[name] = _Branch(cursor=position)

    def start(self, now: int) -> Actions:
        self._lost_at = now
        return [do.Connect(0, fresh=False)]

    def opened(self, token: str, now: int) -> Actions:
        """A socket is open, and `token` is what to sign in with."""
        self._connection = _Connection(silent_at=now + AUTH_PATIENCE)
        self._retry_after, self._token_spent = None, False
        return self._settled(now, [self._auth(token)])

    def closed(self, code: int | None, now: int) -> Actions:
        """The socket is gone, or (None) none could be had."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.confirmed_at is not None:
            self._lost_at = now
        for branch in self._branches.values():
            branch.joined = False
            branch.held = None if branch.held is None else []  # the next connection tells them again
        if self.stopped:
            return []
        if code is not None and 4500 <= code <= 4999:
            return self.give_up(_TERMINAL.get(code, "closed by the server"), now, code)
        after = self._backoff(self._attempts) if self._retry_after is None else self._retry_after
        self._attempts += 1
        self._retry_after = None
        self._token_spent |= code == TOKEN_EXPIRED or (code == ACCESS_CHANGED and not self._guest)
        return self._settled(now, [do.Connect(after, fresh=self._token_spent)])

    def give_up(self, reason: str, now: int, code: int | None = None) -> Actions:
        """It cannot go on until a person acts: there is no token to be had. Once: then it says no more."""
        if self.stopped:
            return []
        self.stopped = True
        return self._settled(now, [do.Close(), do.Stop(code, reason)])

    def wake(self, now: int) -> Actions:
        """The network is back, or the device awake: find out at once how things are."""
        if self.stopped:
            return []
        if self._connection is None:
            return [do.Connect(0, fresh=self._token_spent)]
        self._connection.silent_at = min(self._connection.silent_at, now + WAKE_PATIENCE)
        return self._settled(now, [do.Send('{"type":"ping"}')])

    def tick(self, now: int) -> Actions:
        """Time has passed: call it about once a second."""
        connection = self._connection
        if connection is None or now < connection.silent_at:
            return self._settled(now, [])
        connection.silent_at = now + AUTH_PATIENCE
        return self._settled(now, [do.Close()])

    def renewed(self, token: str, now: int) -> Actions:
        return [] if self._connection is None else [self._auth(token)]

    def unrenewed(self, now: int) -> Actions:
        """No token was to be had: try again; the server closes when the old one ends."""
        return [] if self._connection is None else [do.NeedToken(BACKOFF_BASE + self._backoff(2))]

    def _auth(self, token: str) -> do.Send:
        message: Json = {"type": "auth", "token": token}
        resume = {
            name: branch.cursor
            for name, branch in self._branches.items()
            if branch.cursor is not None and not branch.joined
        }
        if resume:
            message["resume"] = resume
        if not self._authenticated:  # a renewal keeps both
            if self._choice is not None:
                message["branches"] = list(self._choice)
            if self._screen is not None:
                message["screen"] = self._screen
        return do.Send(msgspec.json.encode(message).decode())

    # ---- frames

    def frame(self, frame: str | bytes | Json, now: int) -> Actions:
        """A text frame came in. What is not understood is let pass."""
        connection = self._connection
        if connection is None or self.stopped:
            return []
        actions = self._received(messages.parse(frame), connection, now)
        connection.silent_at = now + int(MISSED_HEARTBEATS * connection.heartbeat_ms)
        return self._settled(now, actions)

    def _received(
        self, message: messages.Control | Event | Signal | None, connection: _Connection, now: int
    ) -> Actions:
        match message:
            case Event():
                return self._event(message)
            case messages.Heartbeat():
                return self._heartbeat(message, connection, now)
            case messages.AuthSuccess():
                return self._signed_in(message, connection, now)
            case messages.Resync():
                return self._resync(message)
            case messages.AuthExpiring(expires_at):
                return [do.NeedToken(self._renew_in(expires_at, connection, now))]
            case messages.AuthError():
                connection.refusals += 1
                return [do.NeedToken(0)] if connection.refusals < REFUSALS else []
            case messages.Goodbye(retry_after_ms):
                self._retry_after = retry_after_ms
            case messages.Pong(timestamp):
                self._saw_clock(timestamp, connection, now)
            case Signal(body):
                return [do.Hear(body)]
        return []

    def _signed_in(self, message: messages.AuthSuccess, connection: _Connection, now: int) -> Actions:
        self.connections += connection.authenticated_at is None
        connection.authenticated_at = now
        connection.heartbeat_ms = message.heartbeat_ms
        connection.refusals = 0
        self._saw_clock(message.timestamp, connection, now)
        actions: Actions = []
        for name, stream in message.streams.items():
            branch = self._branches.setdefault(name, _Branch())
            if not branch.joined:  # a renewal changes nothing for those that are
                actions += self._join(name, branch, stream)
        for name in sorted(self._branches.keys() - message.streams.keys()):
            actions += self._leave(name, self._branches[name])
        return actions

    def _join(self, name: str, branch: _Branch, stream: Stream) -> Actions:
        branch.joined, branch.epoch = True, stream.epoch
        branch.head, branch.handed = stream.head, stream.seq
        cursor = branch.cursor
        if cursor is not None and cursor.epoch == stream.epoch and stream.seq <= cursor.seq:
            return []  # the connection goes on from where our data is, or earlier: nothing is missing
        return self._await(name, branch, Position(stream.epoch, stream.seq))

    def _leave(self, name: str, branch: _Branch) -> Actions:
        """Not ours any more, or so it seems: whoever serves snapshots knows."""
        if branch.cursor is None and branch.held is None:
            del self._branches[name]
            return []
        branch.joined = False
        return self._await(name, branch, floor=None)

    def _resync(self, message: messages.Resync) -> Actions:
        branch = self._branches.get(message.branch_id)
        if branch is None:
            return []
        same = branch.epoch == message.epoch
        branch.epoch = message.epoch
        branch.head = max(branch.head, message.seq) if same else message.seq
        return self._await(message.branch_id, branch, Position(message.epoch, message.seq))

    def _event(self, event: Event) -> Actions:
        branch = self._branches.get(event.branch_id)
        if branch is None or not branch.joined:
            return []
        branch.handed = max(branch.handed, event.seq)
        if branch.held is not None:
            self._hold(branch, branch.held, event)
            return []
        return self._apply(event, branch)

    def _hold(self, branch: _Branch, held: list[Event], event: Event) -> None:
        held.append(event)
        if len(held) > MOST_HELD:  # let a snapshot tell of them instead
            branch.floor = Position(branch.epoch, event.seq)
            held.clear()

    def _apply(self, event: Event, branch: _Branch) -> Actions:
        if branch.cursor is None or event.seq <= branch.cursor.seq:
            return []
        branch.cursor = Position(branch.cursor.epoch, event.seq)
        return [do.Apply(event.branch_id, event.body, replay=event.seq <= branch.head)]

    def _heartbeat(self, message: messages.Heartbeat, connection: _Connection, now: int) -> Actions:
        self._saw_clock(message.timestamp, connection, now)
        connection.confirmed_at = message.confirmed_at
        self._attempts = 0  # a connection that came this far is a good one
        for name, seq in message.streams.items():
            if (branch := self._branches.get(name)) is not None and branch.joined:
                branch.handed = max(branch.handed, seq)
                if branch.cursor is not None and seq > branch.cursor.seq:
                    branch.cursor = Position(branch.cursor.epoch, seq)
        return []

    def _renew_in(self, expires_at: int, connection: _Connection, now: int) -> int:
        """At once; but half-way through the life of a token too short to be warned of in time."""
        since = 0 if connection.authenticated_at is None else now - connection.authenticated_at
        left = expires_at - (now + (connection.offset or 0))
        return max(0, left // 2) if since < RENEW_CALMLY else 0

    # ---- snapshots

    def snapshot(self, name: str, ask: int, answer: Json | Failed, now: int) -> Actions:
        """What reading the snapshot gave. An answer that something newer has overtaken is let pass."""
        branch = self._branches.get(name)
        if branch is None or branch.ask != ask or branch.held is None or self.stopped:
            return []
        if isinstance(answer, Failed) and answer.status in (403, 404):
            branch.held = None
            return self._settled(now, [do.Drop(name)])
        position = None if isinstance(answer, Failed) else messages.position(answer)
        if isinstance(answer, Failed) or position is None or not _reaches(position, branch.floor):
            wait = answer.retry_after if isinstance(answer, Failed) else 0
            branch.failures += 1
            again = do.FetchSnapshot(name, ask, max(wait, self._backoff(branch.failures)))
            return self._settled(now, [again])
        return self._settled(now, self._take(name, branch, answer, position))

    def _take(self, name: str, branch: _Branch, snapshot: Json, position: Position) -> Actions:
        held, branch.held = branch.held or [], None
        branch.cursor, branch.failures = position, 0
        actions: Actions = [do.Replace(name, snapshot)]
        for event in held:
            actions += self._apply(event, branch)
        return actions

    def _await(self, name: str, branch: _Branch, floor: Position | None) -> Actions:
        self._asks += 1
        branch.cursor, branch.held, branch.floor, branch.ask = None, [], floor, self._asks
        after = self._backoff(branch.failures) if branch.failures else 0
        return [do.FetchSnapshot(name, branch.ask, after)]

    # ---- time and trust

    def server_time(self, now: int) -> int | None:
        """The server's clock, for ages on the screen; None before the first connection."""
        return None if self._offset is None else now + self._offset

    def freshness(self, name: str | None, now: int) -> Freshness:
        """Of a branch; of one not known yet, as far as the connection tells."""
        branch = self._branches.get(name or "", _Branch())
        ago = None if branch.confirmed is None else now - branch.confirmed
        if self._authenticated and not self.stopped:
            return Freshness(State.LIVE if self._live(branch, now) else State.CATCHING_UP, ago, None)
        lost = now - (now if self._lost_at is None else self._lost_at)
        gone = self.stopped or lost >= OFFLINE_AFTER
        return Freshness(State.OFFLINE if gone else State.RECONNECTING, ago, lost)

    @property
    def _authenticated(self) -> bool:
        return self._connection is not None and self._connection.authenticated_at is not None

    def _live(self, branch: _Branch, now: int) -> bool:
        connection = self._connection
        if connection is None or connection.confirmed_at is None or branch.confirmed is None:
            return False
        limit = 2 * connection.heartbeat_ms if self._guest else STAFF_LIVE
        return branch.current and now - branch.confirmed < limit

    def _saw_clock(self, timestamp: int, connection: _Connection, now: int) -> None:
        """The largest difference is the one that was delayed least. Events' times are not the process's."""
        offset = timestamp - now
        connection.offset = offset if connection.offset is None else max(connection.offset, offset)
        self._offset = connection.offset

    def _settled(self, now: int, actions: Actions) -> Actions:
        """`actions`, and what they change about the freshness of each branch."""
        connection = self._connection
        for name, branch in self._branches.items():
            if connection and connection.confirmed_at is not None and branch.current:
                branch.confirmed = connection.confirmed_at - (connection.offset or 0)
            freshness = self.freshness(name, now)
            if freshness.state is not branch.state:
                branch.state = freshness.state
                actions.append(do.FreshnessChanged(name, freshness))
        return actions

    def _backoff(self, failures: int) -> int:
        return int(self._random() * min(BACKOFF_MOST, BACKOFF_BASE * 2 ** min(failures, 16)))


def _reaches(position: Position, floor: Position | None) -> bool:
    return floor is None or (position.epoch == floor.epoch and position.seq >= floor.seq)
