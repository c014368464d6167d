"""Ours: the real-time core as it stands, on a log in memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jwt

from bench import event
from bench.peers.serving import serve
from bench.people import verify
from restai import rooms
from restai.realtime.codes import Close
from restai.realtime.frames import Auth
from restai.realtime.ports import Change, Event, Grant, Head, Identity, Lens, Opening, Refused
from restai.realtime.server import Server
from restai.realtime.transport import Socket

NAME = "RestAI"

EPOCH = "bench"
NOBODYS = rooms.table("nobodys")
HEARTBEAT = 5_000  # ms, as staff has it


def command(_folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.peers.restai"]


@dataclass(frozen=True, slots=True)
class Key:
    """The person of a token."""

    user_id: str
    organization_id: str
    sign_in_id: str


class Staff:
    """An `Access`: whoever has a token is on the staff of the one branch, with as many streams, labels
    and rooms as there. No rows are read, and nothing ever changes."""

    def identify(self, auth: Auth) -> Identity:
        try:
            claims = verify(auth.token)
        except jwt.InvalidTokenError:
            raise Refused from None
        return Identity(
            key=Key(claims["sub"], claims["org"], claims["sid"]),
            labels=(f"user:{claims['sub']}", f"sid:{claims['sid']}"),
            streams=(claims["org"],),
            expires_at=claims["exp"] * 1000,
        )

    async def grants(self, asked: Sequence[tuple[Identity, Auth]]) -> Sequence[Grant | Close]:
        return [_grant(cast(Key, identity.key)) for identity, _ in asked]

    def view(self, event: Event, lens: Lens) -> int | None:
        return 0

    def widens(self, event: Event, identity: Identity) -> bool:
        return False

    def is_turning(self, event: Event) -> bool:
        return False

    def labels(self, event: Event) -> Sequence[str]:
        return ()

    def change(self, event: Event, identity: Identity) -> Change | None:
        return None


def _grant(key: Key) -> Grant:
    mine = frozenset({rooms.branch(event.BRANCH), rooms.menu(event.BRANCH)})
    return Grant(key.user_id, "staff", {event.BRANCH: mine}, HEARTBEAT)


class Scroll:
    """A `Log` that only grows; what it hands over is never asked for again."""

    def __init__(self) -> None:
        self._head = event.FIRST_SEQ

    def write(self, room: str) -> Event:
        self._head += 1
        return Event(self._head, event.TYPE, (room,), None, (event.BODY,))

    async def open(self, stream: str, count: int, size: int) -> Opening:
        return Opening(self._end(stream), ())

    async def heads(self, streams: Collection[str]) -> Mapping[str, Head]:
        return {stream: self._end(stream) for stream in streams}

    async def read(self, stream: str, after: int, limit: int) -> Sequence[Event]:
        return ()

    def _end(self, stream: str) -> Head:
        return Head(EPOCH, self._head if stream == event.BRANCH else 0)


class Core:
    """An ASGI application that is nothing but the core."""

    def __init__(self) -> None:
        self.log = Scroll()
        self.server = Server(self.log, Staff(), address_limit=sys.maxsize)

    async def publish(self, events: int, burst: int) -> None:
        """To everybody, `burst` events a tick."""
        await self._publish(rooms.branch(event.BRANCH), events, burst)

    async def unheard(self, events: int) -> None:
        """To a room that nobody is in, an event a tick."""
        await self._publish(NOBODYS, events, 1)

    async def _publish(self, room: str, events: int, burst: int) -> None:
        for _ in range(0, events, burst):
            for _ in range(burst):
                self.server.tail.accept(event.BRANCH, EPOCH, [self.log.write(room)])
            while not self.server.hub.is_idle:  # noqa: ASYNC110  the hub works in turns, not in tasks
                await asyncio.sleep(0)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        scope["state"]["sockets"] = self.server
        working = asyncio.create_task(self.server.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})


def main() -> None:
    core = Core()
    serve(core, Socket, {"publish": core.publish, "unheard": core.unheard})


if __name__ == "__main__":
    main()
