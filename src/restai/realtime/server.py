"""The core, put together: sockets come in, are admitted, catch up, go live and are kept informed.

One `Server` a process. Everything runs in one event loop; what must wait runs in tasks of `run`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any

from restai.realtime import frames
from restai.realtime.admission import Admissions
from restai.realtime.brokers.memory import MemoryBroker
from restai.realtime.codes import Close, Resync
from restai.realtime.farewell import Farewell
from restai.realtime.followed import Followed
from restai.realtime.frames import Screen
from restai.realtime.hub import Hub
from restai.realtime.log_tail import LogTail
from restai.realtime.metrics import Metrics, Snapshot
from restai.realtime.peer import Peer
from restai.realtime.ports import Access, Broker, Catalogue, Event, Identity, Lens, Log, Present
from restai.realtime.relay import Relay
from restai.realtime.replay import Replays
from restai.realtime.review import Reviews
from restai.realtime.transport import Handler, Handshake, Rejection, refusal
from restai.realtime.wheel import GRAIN, Wheel

SLOW = 1024 * 1024  # bytes a live socket may leave untaken
ADDRESS_LIMIT = 2_000  # sockets of one network: a full house behind one router has about 300

_log = logging.getLogger(__name__)


class Server:
    """A process's sockets and what they are told: `Sockets`, `Delivery` and `Receiver` in one.

    Without a `broker` it is alone, or hears of others by its log. `network`: which addresses count as one
    towards `address_limit`; else each by itself. `wall` is the clock in ms, `now` monotonic seconds.
    """

    largest_message = frames.LARGEST_MESSAGE

    def __init__(
        self,
        log: Log,
        access: Access,
        *,
        broker: Broker | None = None,
        catalogue: Catalogue | None = None,
        path: str = "/ws",
        origins: Collection[str] = (),
        address_limit: int = ADDRESS_LIMIT,
        network: Callable[[str], str] = str,
        wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wall = wall
        self.now = now
        self.access = access
        self.metrics = Metrics()
        self.wheel: Wheel[Peer] = Wheel(now())
        self.is_draining = False
        self.named = asyncio.Event()  # set when somebody who has a name has come, or was silent
        self._path = path
        self._origins = frozenset(origins)
        self._address_limit = address_limit
        self._network = network
        self._networks: Counter[str] = Counter()
        self._peers: dict[Peer, None] = {}
        self._labelled: dict[str, dict[Peer, None]] = {}
        self._congested: dict[Peer, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.broker = broker or MemoryBroker()
        self.relay = Relay(self, self.broker, catalogue or Catalogue())
        self.hub = Hub(self, lambda call: asyncio.get_running_loop().call_soon(call))
        self.tail = LogTail(log, self, wall=wall, now=now, spawn=self.spawn)
        self.admissions = Admissions(self)
        self.replays = Replays(self, log)
        self.reviews = Reviews(self)
        self.farewell = Farewell(self)

    # ---- running

    async def run(self) -> None:
        """Work until cancelled; ends every task it began."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.broker.run())
                group.create_task(self.relay.run())
                group.create_task(self.tail.run())
                group.create_task(self.tail.watch())
                group.create_task(self.admissions.run())
                group.create_task(self._turn_wheel())
        finally:
            for task in list(self._tasks):
                task.cancel()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in a task that ends with the server."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a task of the real-time core failed", exc_info=task.exception())

    async def _turn_wheel(self) -> None:
        while True:
            self.tail.pulse()
            await asyncio.sleep(GRAIN)
            self.turn_wheel()

    def turn_wheel(self) -> None:
        """Do what is due now, for every socket; one's failure is its own."""

        def tick(peer: Peer) -> None:
            try:
                peer.tick()
            except Exception:
                _log.exception("a socket's tick failed")

        self.wheel.turn(self.now(), tick)

    def snapshot(self) -> Snapshot:
        """How it stands now."""
        followed = [self.tail.get(stream) for stream in self.tail.streams]
        confirmed = [f.confirmed_at for f in followed if f.holders and f.confirmed_at is not None]
        return Snapshot(
            clients=len(self._peers),
            rooms=self.hub.rooms,
            streams=len(followed),
            catching_up=len(self.replays),
            tasks=len(self._tasks),
            deliveries=self.hub.deliveries,
            fills=self.tail.fills,
            oldest_confirmed_at=min(confirmed, default=None),
            broker_is_well=self.relay.is_well,
            broker_round_trip=self.relay.round_trip,
        )

    # ---- Sockets

    def accept(self, handshake: Handshake) -> Handler | Rejection:
        rejection = refusal(handshake, self._path, self._origins)
        if rejection is not None:
            return rejection
        return Peer(self, handshake.address, self.now())

    def opened(self, peer: Peer) -> None:
        """A socket's handshake is done."""
        self.metrics.accepted += 1
        self._peers[peer] = None
        network = self._network(peer.address)
        self._networks[network] += 1
        if self.is_draining:
            self.farewell.say(peer)
        elif self._networks[network] > self._address_limit:
            peer.close(Close.TOO_MANY_CONNECTIONS)

    def hung(self, peer: Peer, code: Close) -> None:
        """We close a socket: from now on it is told nothing more."""
        self.metrics.closed[code] += 1
        self._leave(peer)

    def lost(self, peer: Peer) -> None:
        """A socket is gone."""
        self._leave(peer)
        if peer in self._peers:
            del self._peers[peer]
            network = self._network(peer.address)
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]

    def _leave(self, peer: Peer) -> None:
        """Take a peer out of everything by which it is told anything. Twice does nothing more."""
        self.admissions.forget(peer)
        self._congested.pop(peer, None)
        if peer.member is not None:
            self.hub.remove(peer.member)
        for stream in list(peer.catching):
            self.replays.end(peer, stream)
        self.label(peer, None)
        peer.grant = None
        self.hold_only(peer, frozenset())

    # ---- what a peer is in

    def label(self, peer: Peer, identity: Identity | None) -> None:
        """Enter a peer under its identity's labels, and under no others."""
        for label in () if peer.identity is None else peer.identity.labels:
            peers = self._labelled[label]
            del peers[peer]
            if not peers:
                del self._labelled[label]
        peer.identity = identity
        for label in () if identity is None else identity.labels:
            self._labelled.setdefault(label, {})[peer] = None

    def hold_only(self, peer: Peer, streams: frozenset[str]) -> None:
        """Follow no other than these streams for a peer."""
        for stream in peer.held - streams:
            self.tail.release(stream)
        peer.held &= streams

    def name(self, peer: Peer, screen: Screen) -> None:
        """A peer says how it calls itself."""
        peer.screen = screen
        self.named.set()

    def present(self) -> Iterator[Present]:
        """Everybody who is in."""
        now = self.now()
        for peer in self._peers:
            if peer.grant is not None and peer.identity is not None:
                left = peer.connection.alive_until - now
                yield Present(peer.identity, peer.grant.rooms, peer.screen, left)

    def confirmed_at(self, stream: str) -> int | None:
        """How fresh (ms) a stream is that somebody here hears; None if nobody does."""
        followed = self.tail.find(stream)
        return followed.confirmed_at if followed is not None and followed.holders else None

    def holders(self, stream: str | None) -> list[Peer]:
        """Who has a stream followed for him; for None, everybody."""
        return [peer for peer in self._peers if stream is None or stream in peer.held]

    def place(self, peer: Peer) -> None:
        """Put a peer into the rooms of its streams that are live. Only between rounds."""
        if peer.grant is None or peer.member is None:
            return
        rooms = peer.grant.rooms
        live = [rooms[stream] for stream in rooms if stream not in peer.catching]
        self.hub.place(peer.member, frozenset().union(*live), peer.grant.lens)

    def go_live(self, peer: Peer, stream: str) -> None:
        """A peer has all of `stream` that everybody else was handed."""
        self.replays.end(peer, stream)
        self.place(peer)
        if not peer.catching and peer.confirmed_at is None:
            self.beat(peer)
            peer.reschedule()

    def forget(self, peer: Peer, stream: str) -> None:
        """A branch was lost: the client reads again and finds that it may not."""
        tail = self.tail.get(stream)
        self.replays.end(peer, stream)
        peer.reported.pop(stream, None)
        self.resync(peer, tail, tail.handed, Resync.ACCESS)

    def resync(self, peer: Peer, tail: Followed, seq: int, reason: Resync) -> None:
        """Tell a peer to read its snapshot again, not older than `seq`."""
        self.metrics.resyncs[reason] += 1
        peer.write(frames.resync(tail.stream, tail.epoch, seq, reason))

    # ---- what happens

    def committed(self, stream: str, epoch: str, events: Sequence[Event]) -> None:
        """Events that this process has just committed, which follow each other: to its own sockets
        at once, and by the broker to the others."""
        self.tail.accept(stream, epoch, events)
        self.relay.publish(stream, epoch, events)

    # ---- Delivery

    def view(self, event: Event, lens: Lens) -> int | None:
        return self.access.view(event, lens)

    def is_turning(self, event: Event) -> bool:
        return self.access.is_turning(event)

    def handed(self, positions: dict[str, int]) -> None:
        for stream, seq in positions.items():
            tail = self.tail.find(stream)
            if tail is None:
                continue
            tail.confirm(seq)
            self.reviews.handed(tail)
            self.replays.handed(stream)
        self._cut_off_slow()

    def occupied(self, room: str) -> None:
        self.relay.enter(room)

    def emptied(self, room: str) -> None:
        self.relay.leave(room)

    def turned(self, stream: str, event: Event) -> None:
        for label in self.access.labels(event):
            for peer in list(self._labelled.get(label, ())):
                self._turn(peer, stream, event)

    def _turn(self, peer: Peer, stream: str, event: Event) -> None:
        """Apply what a turning event changes for one peer."""
        if peer.identity is None:
            return
        change = self.access.change(event, peer.identity)
        if change is None:
            return
        peer.turns += 1
        if change.close is not None:
            peer.close(change.close)
        elif change.grant is not None and peer.grant is not None:
            peer.grant = change.grant
            self.place(peer)
            if self.access.widens(event, peer.identity):
                if stream in peer.catching:
                    self.replays.widened(peer, stream, event)
                else:
                    self.resync(peer, self.tail.get(stream), event.seq, Resync.ACCESS)

    # ---- Receiver

    def follows(self, stream: str) -> None:
        self.relay.follow(stream)

    def forgets(self, stream: str) -> None:
        self.relay.forget(stream)

    def deliver(self, stream: str, event: Event) -> None:
        self.hub.publish(stream, event)

    async def review(self, stream: str | None) -> None:
        await self.reviews.review(stream)

    def awoke(self) -> None:
        for stream in self.tail.streams:
            self.hub.between_rounds(partial(self.replays.handed, stream))

    def land(self, stream: str, reason: Resync, begin: Callable[[], None]) -> None:
        self.hub.between_rounds(lambda: self._land(stream, reason, begin))

    def _land(self, stream: str, reason: Resync, begin: Callable[[], None]) -> None:
        begin()
        tail = self.tail.get(stream)
        for peer in list(self._peers):
            if peer.grant is None or stream not in peer.grant.rooms:
                continue
            self.resync(peer, tail, tail.handed, reason)
            self.go_live(peer, stream)

    # ---- keeping informed

    def expect_beat(self, peer: Peer) -> None:
        """Have the next heartbeat sent when it is due."""
        if peer.grant is not None:
            peer.heartbeat_due = self.now() + peer.grant.heartbeat_ms / 1000

    def beat(self, peer: Peer) -> None:
        """Send a heartbeat: how far the log was confirmed, and where the peer's streams stand."""
        if peer.grant is None:
            return
        self.expect_beat(peer)
        streams = peer.grant.rooms
        if not peer.catching:
            confirmed = [self.tail.get(stream).confirmed_at for stream in streams]
            peer.confirmed_at = min((c for c in confirmed if c is not None), default=self.wall())
        elif peer.confirmed_at is None:
            return  # the first one waits until all is live
        handed = {s: self.tail.get(s).handed for s in streams if s not in peer.catching}
        moved = {stream: seq for stream, seq in handed.items() if peer.reported.get(stream) != seq}
        peer.reported.update(moved)
        peer.write(frames.heartbeat(self.wall(), peer.confirmed_at, moved))

    def watch(self, peer: Peer) -> None:
        """A peer's socket does not take what it is sent."""
        self._congested[peer] = None

    def unwatch(self, peer: Peer) -> None:
        """A peer's socket has taken all."""
        self._congested.pop(peer, None)
        self.replays.resume(peer)

    def _cut_off_slow(self) -> None:
        for peer in list(self._congested):
            if peer.buffered > SLOW:
                _log.info("a socket from %s is too slow", peer.address)
                peer.close(Close.TOO_SLOW)
