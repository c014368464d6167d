"""The core without a restaurant: a log in memory, people with tickets, sockets that only record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from restai.realtime.brokers.memory import MemoryBroker
from restai.realtime.codes import Close
from restai.realtime.frames import Auth
from restai.realtime.peer import Peer
from restai.realtime.ports import Catalogue, Change, Event, Grant, Head, Identity, Lens, Opening, Refused
from restai.realtime.server import Server

STAGE = "stage"  # the stream most tests use
CATALOGUE = Catalogue(
    frozenset({"said", "banned", "promoted"}), about=str | None, body=lambda room: int(room == "lobby")
)
"""Programs beside the core get whispers in lobbies, and everything elsewhere."""


class Away(Exception):
    """The log cannot be read now."""


@dataclass
class MemoryStream:
    epoch: str = "first"
    events: list[Event] = field(default_factory=list)
    head: int = 0


class MemoryLog:
    """A `Log` in memory. `away` makes every method fail; `queries` counts them."""

    def __init__(self, *streams: str) -> None:
        self.streams = {stream: MemoryStream() for stream in streams or (STAGE,)}
        self.away = False
        self.queries = 0
        self.gate: asyncio.Event | None = None
        self.change = asyncio.Event()
        self.keeps_epochs = False

    def commit(
        self,
        text: str = "",
        *,
        stream: str = STAGE,
        rooms: Sequence[str] | None = None,
        type_: str = "said",
        about: object = None,
        whisper: str | None = None,
    ) -> Event:
        """Write an event. `whisper` is what the second lens sees."""
        target = self.streams[stream]
        target.head += 1
        bodies = (_body(type_, text), None if whisper is None else _body(type_, whisper))
        event = Event(target.head, type_, tuple(rooms or (f"room:{stream}",)), about, bodies)
        target.events.append(event)
        return event

    def forget(self, stream: str, until: int) -> None:
        target = self.streams[stream]
        target.events = [event for event in target.events if event.seq > until]

    def restore(self, stream: str, epoch: str, head: int) -> None:
        """A backup of the log was restored."""
        target = self.streams[stream]
        target.epoch, target.head = epoch, head
        target.events = [event for event in target.events if event.seq <= head]

    async def open(self, stream: str, count: int, size: int) -> Opening:
        target = self.streams[stream]
        answer = Opening(Head(target.epoch, target.head), target.events[-count:])
        await self._asked()
        return answer

    async def heads(self, streams: Collection[str]) -> Mapping[str, Head]:
        answer = {s: Head(t.epoch, t.head) for s, t in self.streams.items() if s in streams}
        await self._asked()
        return answer

    async def read(self, stream: str, after: int, limit: int) -> Sequence[Event]:
        await self._asked()
        return [event for event in self.streams[stream].events if event.seq > after][:limit]

    async def went_back(self, stream: str, seen: Head) -> None:
        await self._asked()
        if self.keeps_epochs:
            raise Away
        target = self.streams[stream]
        if target.epoch == seen.epoch and target.head < seen.seq:
            for number, each in enumerate(self.streams.values()):
                each.epoch = f"{each.epoch}, {number} renewed"

    async def changed(self) -> None:
        await self.change.wait()
        self.change.clear()

    async def _asked(self) -> None:
        self.queries += 1
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.away:
            raise Away


def _body(type_: str, text: str) -> bytes:
    return b'{"v":1,' + msgspec.json.encode({"type": type_, "text": text})[1:]


@dataclass
class Ticket:
    """What a person may see: rooms by stream, through a lens (0 hears all, 1 only whispers), and whether
    it is what he saw before."""

    rooms: dict[str, set[str]]
    lens: int = 0
    resumable: bool = True


class Door:
    """An `Access`: a token is a person's name, and what he may see stands in `tickets`.

    Events of type `banned` end the access of the person they are about; `promoted` gives him the
    ticket that then stands in the list.
    """

    def __init__(self, wall: Any, life: int = 3_600_000) -> None:
        self._wall = wall
        self.life = life
        self.tickets: dict[str, Ticket | Close] = {}
        self.away = False
        self.queries = 0
        self.gate: asyncio.Event | None = None  # holds back the next answer, read before

    def let(self, name: str, *streams: str, lens: int = 0, also: Collection[str] = ()) -> None:
        rooms = {stream: {f"room:{stream}", *also} for stream in streams or (STAGE,)}
        self.tickets[name] = Ticket(rooms, lens)

    def identify(self, auth: Auth) -> Identity:
        if auth.token not in self.tickets:
            raise Refused
        return Identity(auth.token, (auth.token,), (STAGE,), self._wall() + self.life)

    async def grants(self, asked: Sequence[tuple[Identity, Auth]]) -> Sequence[Grant | Close]:
        self.queries += 1
        answers = [self._grant(identity.labels[0], auth) for identity, auth in asked]
        gate, self.gate = self.gate, None
        if gate is not None:
            await gate.wait()
        await asyncio.sleep(0)
        if self.away:
            raise Away
        return answers

    def _grant(self, name: str, auth: Auth) -> Grant | Close:
        ticket = self.tickets[name]
        if isinstance(ticket, Close):
            return ticket
        chosen = [s for s in ticket.rooms if auth.branches is None or s in auth.branches]
        rooms = {stream: frozenset(ticket.rooms[stream]) for stream in chosen}
        return Grant(name, ticket.lens, rooms, heartbeat_ms=5_000, resumable=ticket.resumable)

    def view(self, event: Event, lens: Lens) -> int | None:
        return lens if isinstance(lens, int) else None

    def widens(self, event: Event, identity: Identity) -> bool:
        return event.type == "promoted" and event.about in identity.labels

    def is_turning(self, event: Event) -> bool:
        return event.type in ("banned", "promoted")

    def labels(self, event: Event) -> Sequence[str]:
        return (str(event.about),)

    def change(self, event: Event, identity: Identity) -> Change | None:
        if event.type == "banned":
            return Change(close=Close.ENDED)
        answer = self._grant(str(event.about), Auth(""))
        return Change(grant=answer) if isinstance(answer, Grant) else Change(close=answer)


async def eventually(holds: Callable[[], object], patience: float = 20.0) -> None:
    """Wait, with the loop running, until something holds; fail after `patience` seconds."""
    async with asyncio.timeout(patience):
        while not holds():  # noqa: ASYNC110  any condition, so there is nothing to wait for
            await asyncio.sleep(0.005)


class Time:
    """Both clocks of a server, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> float:
        return self.seconds

    def wall(self) -> int:
        return 1_790_000_000_000 + int(self.seconds * 1000)


class Recorder:
    """A socket that takes what it is sent. `buffered` pretends that the other side does not."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.writes = 0
        self.code: int | None = None
        self.pings = 0
        self.buffered = 0
        self.stalls = False

    def write(self, data: bytes) -> None:
        if self.code is not None:
            return
        self.writes += 1
        if self.stalls:
            self.buffered += len(data)
        self.messages += [msgspec.json.decode(payload) for payload in unframe(data)]

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str = "") -> None:
        self.code = code


def unframe(data: bytes) -> list[bytes]:
    """The payloads of joined, unmasked frames."""
    payloads = []
    while data:
        size, begin = data[1], 2
        if size == 126:
            size, begin = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, begin = int.from_bytes(data[2:10], "big"), 10
        payloads.append(data[begin : begin + size])
        data = data[begin + size :]
    return payloads


class Visitor:
    """Somebody with a socket."""

    def __init__(self, stage: Stage, address: str = "10.0.0.1") -> None:
        self.stage = stage
        self.socket = Recorder()
        self.peer = Peer(stage.server, address, stage.time.now())
        self.peer.opened(self.socket)  # type: ignore[arg-type]

    def say(self, **message: Any) -> None:
        self.peer.heard()
        self.peer.text(msgspec.json.encode(message).decode())

    async def sign_in(self, name: str, **more: Any) -> Visitor:
        self.say(type="auth", token=name, **more)
        await self.stage.settle()
        return self

    def leave(self) -> None:
        self.peer.lost()

    def told(self, type_: str | None = None) -> list[dict[str, Any]]:
        return [m for m in self.socket.messages if type_ is None or m["type"] == type_]

    @property
    def heard(self) -> list[tuple[int, str]]:
        """Position and text of every event received."""
        return [(m["seq"], m["text"]) for m in self.socket.messages if "seq" in m and "text" in m]

    @property
    def seqs(self) -> list[int]:
        return [seq for seq, _ in self.heard]

    def position(self, seq: int, epoch: str = "first", stream: str = STAGE) -> dict[str, Any]:
        return {stream: {"epoch": epoch, "seq": seq}}


class Stage:
    """A server of the core on a log in memory. Nothing runs by itself but what `settle` lets run.

    One made `beside` another is a second process: it has the same log and door, and a broker that is
    connected to the other's.
    """

    def __init__(
        self,
        *streams: str,
        beside: Stage | None = None,
        catalogue: Catalogue = CATALOGUE,
        address_limit: int = 50,
        network: Callable[[str], str] = str,
    ) -> None:
        self.time = Time() if beside is None else beside.time
        self.log = MemoryLog(*(streams or (STAGE,))) if beside is None else beside.log
        self.door = Door(self.time.wall) if beside is None else beside.door
        self.broker = MemoryBroker(None if beside is None else beside.broker)
        self.server = Server(
            self.log,
            self.door,
            broker=self.broker,
            catalogue=catalogue,
            wall=self.time.wall,
            now=self.time.now,
            address_limit=address_limit,
            network=network,
        )
        self._admitting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Stage:
        self._admitting = asyncio.create_task(self.server.admissions.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._admitting is not None
        self._admitting.cancel()
        await asyncio.gather(self._admitting, return_exceptions=True)

    async def settle(self, turns: int = 60) -> None:
        """Let the loop do all that is ready."""
        for _ in range(turns):
            await asyncio.sleep(0)

    async def enter(self, name: str, *streams: str, lens: int = 0, **auth: Any) -> Visitor:
        """Somebody comes in with a ticket for these streams."""
        if name not in self.door.tickets:
            self.door.let(name, *streams, lens=lens)
        return await Visitor(self).sign_in(name, **auth)

    def say(self, text: str = "", **more: Any) -> Event:
        """Commit an event in this process."""
        event = self.log.commit(text, **more)
        stream = more.get("stream", STAGE)
        self.server.committed(stream, self.log.streams[stream].epoch, [event])
        return event

    def elsewhere(self, text: str = "", **more: Any) -> Event:
        """Commit an event in another process, of which no hint comes."""
        return self.log.commit(text, **more)

    async def poll(self) -> None:
        await self.server.tail.poll()
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Let time pass, with the wheel and the poll turning in it."""
        end = self.time.seconds + seconds
        while self.time.seconds < end:
            self.time.seconds = min(end, self.time.seconds + 0.25)
            if not self.log.away:
                await self.server.tail.poll()
            self.server.turn_wheel()
            await self.settle(5)
        await self.settle()
