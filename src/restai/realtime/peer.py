"""One connected client: its socket, its conversation, and what it was granted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from restai.realtime import frames
from restai.realtime.codes import Close
from restai.realtime.connection import Action, Connection, Decide, Hang, Send, SendPing
from restai.realtime.hub import Member
from restai.realtime.ports import Grant, Identity
from restai.realtime.resume import Allowance
from restai.realtime.transport import Socket

if TYPE_CHECKING:
    from restai.realtime.server import Server

IN_TIME = 1.0  # seconds to answer a ping: a slow answer was missed when leases were renewed
STALLED = 30.0  # seconds a replay may stand still


class CatchUp:
    """A peer's way through one stream until it is live."""

    __slots__ = ("allowance", "cursor", "is_reading", "moved_at")

    def __init__(self, cursor: int, now: float) -> None:
        self.cursor = cursor
        self.allowance = Allowance()
        self.is_reading = False
        self.moved_at = now


class Peer:
    """A `Handler`. `grant` is None until it is admitted; `held` are the streams followed for it;
    `catching` those in which it is not live yet; `turns` counts how often its access may have changed:
    what was read of it before the last is void. `screen` is how it calls itself, if it does."""

    __slots__ = (
        "_server",
        "_slot",
        "address",
        "catching",
        "choice",
        "confirmed_at",
        "connection",
        "grant",
        "heartbeat_due",
        "held",
        "identity",
        "member",
        "reported",
        "screen",
        "socket",
        "turns",
    )

    def __init__(self, server: Server, address: str, now: float) -> None:
        self._server = server
        self._slot: int | None = None
        self.address = address
        self.connection = Connection(now)
        self.socket: Socket | None = None
        self.member: Member | None = None
        self.identity: Identity | None = None
        self.choice: list[str] | None = None
        self.screen: frames.Screen | None = None
        self.grant: Grant | None = None
        self.held: frozenset[str] = frozenset()
        self.catching: dict[str, CatchUp] = {}
        self.reported: dict[str, int] = {}
        self.confirmed_at: int | None = None
        self.heartbeat_due: float | None = None
        self.turns = 0

    # ---- Handler

    def opened(self, socket: Socket) -> None:
        self.socket = socket
        self.member = Member(socket.write)
        self.reschedule()
        self._server.opened(self)

    def heard(self) -> None:
        now = self._server.now()
        if now > self.connection.alive_until + IN_TIME and self.screen is not None:
            self._server.named.set()
        self.connection.heard(now)

    def text(self, message: str) -> None:
        self._server.metrics.messages_in += 1
        self.act(self.connection.received(message, self._server.now(), self._server.wall()))

    def binary(self, message: bytes) -> None:
        self.close(Close.BINARY)

    def congested(self) -> None:
        self._server.watch(self)

    def writable(self) -> None:
        self._server.unwatch(self)

    def lost(self) -> None:
        self.connection.ended = True
        self.unschedule()
        self._server.lost(self)

    def drain(self) -> None:
        self._server.farewell.bid(self)

    # ---- doing

    @property
    def is_open(self) -> bool:
        return not self.connection.ended

    @property
    def buffered(self) -> int:
        """Bytes that the client has not taken yet."""
        return 0 if self.socket is None else self.socket.buffered

    def write(self, frame: bytes) -> None:
        if self.socket is not None:
            self.socket.write(frame)

    def close(self, code: Close) -> None:
        self.act(self.connection.hang(code))

    def act(self, actions: Iterable[Action]) -> None:
        """Do what the conversation asks for."""
        for action in actions:
            match action:
                case Send(frame):
                    self.write(frame)
                case SendPing():
                    if self.socket is not None:
                        self.socket.ping()
                case Decide(auth):
                    self._server.admissions.ask(self, auth)
                case Hang(code):
                    self._hang(code)

    def _hang(self, code: Close) -> None:
        self.unschedule()
        self._server.hung(self, code)
        if self.socket is not None:
            self.socket.close(code, code.reason)

    # ---- time

    def tick(self) -> None:
        """Called by the wheel when something may be due."""
        self._slot = None
        now = self._server.now()
        self.act(self.connection.tick(now))
        if self.is_open and self.heartbeat_due is not None and now >= self.heartbeat_due:
            self._server.beat(self)
        if any(now - track.moved_at >= STALLED for track in self.catching.values()):
            self.close(Close.TOO_SLOW)
        self.reschedule()

    def reschedule(self) -> None:
        """Have `tick` called when the next thing is due."""
        self.unschedule()
        if self.is_open:
            due = self.connection.due()
            due = due if self.heartbeat_due is None else min(due, self.heartbeat_due)
            self._slot = self._server.wheel.put(self, due)

    def unschedule(self) -> None:
        if self._slot is not None:
            self._server.wheel.take(self, self._slot)
            self._slot = None
