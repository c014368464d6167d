"""Server transcripts, played against the real core: on recorded sockets, or on real ones.

Time is the transcript's: it passes in `wait` and at no other moment.
"""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from restai.realtime.codes import Close
from restai.realtime.ports import Catalogue, Event
from tests.conformance.transcripts import Transcript, fits
from tests.realtime.support import STAGE, Stage, Ticket, Visitor
from tests.support import wire
from tests.support.wire import Port, Wire

Json = dict[str, Any]

STAFF, GUEST = 0, 1  # which body somebody gets
TICK = 1.0  # seconds that pass at once
SETTLED = 300  # turns of the loop, after which all that was asked for is done
TYPES = frozenset({"order:created", "banned", "promoted"})
CATALOGUE = Catalogue(TYPES, about=str | None, body=lambda room: 0 if room.startswith("branch:") else 1)


class Client(Protocol):
    """One socket, as a transcript speaks of it. `code`: why it was closed, None while it is open."""

    code: int | None

    async def say(self, step: Json) -> None:
        """Send what the step says, once."""

    async def take(self) -> list[Json]:
        """What it was told since it was asked last."""

    async def lives(self) -> None:
        """Answer the server's pings."""

    def stall(self) -> None:
        """Take nothing more of what is sent."""

    def leave(self) -> None: ...


class Recorded:
    """A client without a network."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._visitor = Visitor(stage)
        self._taken = 0
        self._pings = 0

    @property
    def code(self) -> int | None:
        return self._visitor.socket.code

    async def say(self, step: Json) -> None:
        self._visitor.peer.heard()
        if "binary" in step:
            self._visitor.peer.binary(bytes.fromhex(step["binary"]))
        else:
            self._visitor.peer.text(text_of(step))

    async def take(self) -> list[Json]:
        await self._stage.settle(SETTLED)
        told = self._visitor.told()[self._taken :]
        self._taken += len(told)
        return told

    async def lives(self) -> None:
        if self._visitor.socket.pings > self._pings:
            self._pings = self._visitor.socket.pings
            self._visitor.peer.heard()

    def stall(self) -> None:
        self._visitor.socket.stalls = True
        self._visitor.peer.congested()

    def leave(self) -> None:
        self._visitor.leave()


class Wired:
    """A client on a real socket, which blocks in a thread of its own."""

    def __init__(self, stage: Stage, port: Port) -> None:
        self.code: int | None = None
        self._stage = stage
        self._wire: Wire = port.connect()
        self._told: list[Json] = []
        self._barriers = itertools.count()

    async def open(self) -> Wired:
        await asyncio.to_thread(self._wire.open)
        return self

    async def say(self, step: Json) -> None:
        await asyncio.to_thread(self._wire.send, frame_of(step))

    async def take(self) -> list[Json]:
        await self.lives()
        await self._stage.settle(SETTLED)
        await self.lives()
        told, self._told = self._told, []
        return told

    async def lives(self) -> None:
        """Read until the server has answered a ping of ours: before that is all that it said."""
        if self.code is None:
            await asyncio.to_thread(self._read_up_to_barrier)

    def _read_up_to_barrier(self) -> None:
        barrier = struct.pack("!Q", next(self._barriers))
        with suppress(ConnectionError):  # it was closed; why, has still to be read
            self._wire.send(wire.frame(wire.PING, barrier))
        while True:
            received = self._wire.read()
            match received.opcode:
                case wire.TEXT:
                    self._told.append(received.message)
                case wire.PING:
                    self._wire.send(wire.frame(wire.PONG, received.payload))
                case wire.CLOSE:
                    self.code = received.code
                    self._wire.leave()
                    return
                case wire.PONG if received.payload == barrier:
                    return

    def stall(self) -> None:
        raise NotImplementedError("buffers of the machine's own are in between")

    def leave(self) -> None:
        self._wire.leave()


Connect = Callable[["Scene"], Awaitable[Client]]
"""Makes a client of a kind, connected."""


def text_of(step: Json) -> str:
    """The text that a `say` step sends."""
    if "message" in step:
        return msgspec.json.encode(step["message"]).decode()
    text: str = step["text"]
    return text * step.get("repeated", 1)


def frame_of(step: Json) -> bytes:
    """The bytes that a `say` step puts on the wire."""
    if "bytes" in step:
        return bytes.fromhex(step["bytes"])
    if "binary" in step:
        return wire.frame(wire.BINARY, bytes.fromhex(step["binary"]))
    return wire.text(text_of(step))


class Scene:
    """The house of a transcript, its people, and the clients that come to it."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        house = transcript.content["house"]
        self.stage = Stage(
            *house["branches"],
            STAGE,
            catalogue=CATALOGUE,
            address_limit=house.get("connectionsPerAddress", 50),
        )
        self.stage.door.life = house.get("tokenLife", 900_000)
        for branch, epoch in house["branches"].items():
            self.stage.log.streams[branch].epoch = epoch
        for name, person in house["people"].items():
            self._let(name, person["rooms"], lens=GUEST if person.get("guest") else STAFF)
        self._clients: dict[str, Client] = {}
        self._mute: set[str] = set()

    async def play(self, connect: Connect) -> None:
        """Do every step. Raises AssertionError where it is not as the transcript says."""
        for number, step in enumerate(self.transcript.steps, 1):
            try:
                await self._do(step, connect)
            except AssertionError as error:
                raise AssertionError(f"{self.transcript.name}, step {number}: {error}") from None
        for name, client in self._clients.items():
            rest = await self._told(client)
            assert not rest and client.code is None, f"{name} was told more: {rest}, {client.code}"
            client.leave()

    async def _do(self, step: Json, connect: Connect) -> None:
        match step["step"]:
            case "connect":
                self._clients[step["client"]] = await connect(self)
            case "say":
                for _ in range(step.get("times", 1)):
                    await self._client(step).say(step)
            case "hear":
                told = await self._told(self._client(step))
                if step.get("besidesEvents"):
                    told = [each for each in told if "seq" not in each or each["type"] == "resync"]
                expected = step["messages"] * step.get("times", 1)
                assert fits(expected, told, self.stage.time.wall()), f"heard {told}"
            case "closed":
                await self._closed(step)
            case "mute":
                self._mute.add(step["client"])
            case "stall":
                self._client(step).stall()
            case "leave":
                self._clients.pop(step["client"]).leave()
            case "wait":
                await self._wait(step["ms"] / 1_000)
            case other:
                await self._happen(other, step)

    # ---- clients

    def _client(self, step: Json) -> Client:
        return self._clients[step["client"]]

    async def _told(self, client: Client) -> list[Json]:
        """What a client was told; heartbeats only where the transcript is about them."""
        told = await client.take()
        return [each for each in told if self._is_about_heartbeats or each.get("type") != "heartbeat"]

    @property
    def _is_about_heartbeats(self) -> bool:
        return "heartbeat" in self.transcript.covers

    async def _closed(self, step: Json) -> None:
        client = self._clients.pop(step["client"])
        rest = await self._told(client)
        client.leave()
        assert client.code == step["code"], f"closed with {client.code}"
        assert not rest, f"was told more before: {rest}"

    async def _wait(self, seconds: float) -> None:
        """Let time pass. Clients that are not mute answer the server's pings in it."""
        while seconds > 0:
            await self.stage.wait(min(TICK, seconds))
            seconds -= TICK
            for name, client in self._clients.items():
                if name not in self._mute:
                    await client.lives()

    # ---- what happens in the house

    async def _happen(self, what: str, step: Json) -> None:
        match what:
            case "commit":
                self._commit(step)
            case "signal":
                self.stage.broker.publish(step["room"], msgspec.json.encode(step["message"]))
            case "forget":
                self.stage.log.forget(step["branch"], step["upTo"])
            case "restore":
                self.stage.log.restore(step["branch"], step["epoch"], step["head"])
                await self.stage.poll()
            case "signOut":
                self._tell(STAGE, "banned", step["person"])
            case "changeAccess":
                self.stage.door.tickets[step["person"]] = Close.ACCESS_CHANGED
                self._tell(STAGE, "promoted", step["person"])
            case "databaseAway":
                self.stage.door.away = step["away"]
            case "drain":
                self._drain()
            case other:
                raise ValueError(f"no transcript says {other}")
        await self.stage.settle()

    def _let(self, name: str, rooms: Json, *, lens: int, anew: bool = False) -> None:
        named = {branch: set(names) for branch, names in rooms.items()}
        self.stage.door.tickets[name] = Ticket(named, lens, resumable=not anew)

    def _commit(self, step: Json) -> None:
        """Write events into a branch's log. With `admits`, the first lets people into other rooms, with
        `anew` without a way there from what they saw before."""
        bodies = [step["event"], step.get("guestEvent")]
        admitted = step.get("admits", {})
        for name, rooms in admitted.items():
            self._let(name, rooms, lens=GUEST, anew=step.get("anew", False))
        for _ in range(step.get("times", 1)):
            self._write(
                step["branch"],
                Event(
                    seq=self.stage.log.streams[step["branch"]].head + 1,
                    type="promoted" if admitted else step["event"]["type"],
                    rooms=tuple(step.get("rooms", [f"branch:{step['branch']}"])),
                    about=next(iter(admitted), None),
                    bodies=tuple(None if body is None else body_of(body) for body in bodies),
                ),
            )

    def _drain(self) -> None:
        """As the transport does for every socket when the process is told to end."""
        for peer in list(self.stage.server._peers):
            peer.drain()

    def _tell(self, stream: str, type_: str, about: str) -> None:
        """An internal event: nobody is sent it."""
        seq = self.stage.log.streams[stream].head + 1
        self._write(stream, Event(seq, type_, (), about, (body_of({"type": type_}), None)))

    def _write(self, stream: str, event: Event) -> None:
        log = self.stage.log.streams[stream]
        log.head = event.seq
        log.events.append(event)
        self.stage.server.committed(stream, log.epoch, [event])


def body_of(event: Json) -> bytes:
    """An event as it is stored: its version first, and no `seq` yet."""
    return msgspec.json.encode({"v": 1, **event})
