"""Catching up: from where somebody was to where all others are, out of memory or the log.

Who catches up in a stream gets none of its live events, so there is nothing to buffer; in the tick in
which its cursor reaches what everybody else was handed, it joins them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from restai.realtime import frames
from restai.realtime.codes import Close, Resync
from restai.realtime.followed import Followed
from restai.realtime.peer import CatchUp, Peer
from restai.realtime.ports import Event, Log
from restai.realtime.resume import is_whole
from restai.realtime.transport import PAUSE_ABOVE

if TYPE_CHECKING:
    from restai.realtime.server import Server

CHUNK = 100  # events written before the socket's buffer is looked at again
PAGE = 200  # events a read
READS = 4  # reads at once, for all who catch up

_log = logging.getLogger(__name__)


class Replays:
    """All (peer, stream) pairs that are not live yet. Works only between the hub's rounds: there,
    what was handed is exactly what every live socket has."""

    def __init__(self, server: Server, log: Log) -> None:
        self._server = server
        self._log = log
        self._peers: dict[str, dict[Peer, None]] = {}
        self._pages: dict[tuple[str, int], asyncio.Future[Sequence[Event]]] = {}
        self._reads = asyncio.Semaphore(READS)

    def __len__(self) -> int:
        return sum(len(peers) for peers in self._peers.values())

    def begin(self, peer: Peer, stream: str, cursor: int) -> None:
        """From now on `peer` catches up in `stream`, from `cursor`."""
        peer.catching[stream] = CatchUp(cursor, self._server.now())
        self._peers.setdefault(stream, {})[peer] = None

    def end(self, peer: Peer, stream: str) -> None:
        """`peer` no longer catches up in `stream`: it is live, or gone."""
        if peer.catching.pop(stream, None) is not None:
            peers = self._peers[stream]
            del peers[peer]
            if not peers:
                del self._peers[stream]

    def handed(self, stream: str) -> None:
        """The live sockets are further now: who waits for them in `stream` goes on."""
        for peer in list(self._peers.get(stream, ())):
            self.pump(peer, stream)

    def resume(self, peer: Peer) -> None:
        """The peer's socket has room again."""
        for stream in list(peer.catching):
            self._server.hub.between_rounds(lambda s=stream: self.pump(peer, s))  # type: ignore[misc]

    def widened(self, peer: Peer, stream: str, event: Event) -> None:
        """Who catches up may see more since `event`. He is told so when he comes by it; if it is not his to
        see any more, he never would, and goes on from here."""
        track, grant = peer.catching[stream], peer.grant
        if grant is None:
            return
        is_his = not grant.rooms.get(stream, frozenset()).isdisjoint(event.rooms)
        if not is_his or self._server.access.view(event, grant.lens) is None:
            self._give_up(peer, self._server.tail.get(stream), track, Resync.ACCESS)

    def pump(self, peer: Peer, stream: str) -> None:
        """Replay as much as the socket takes; where all others are, go live."""
        track = peer.catching.get(stream)
        if track is None or track.is_reading:
            return
        tail = self._server.tail.get(stream)
        if tail.is_jumping or not self._server.tail.is_awake():
            return
        while track.cursor < tail.handed:
            if peer.buffered >= PAUSE_ABOVE:
                return
            events = tail.remembered(track.cursor, min(tail.handed, track.cursor + CHUNK))
            if events is None:
                track.is_reading = True
                self._server.spawn(self._read_on(peer, stream, track))
                return
            if not self._replay(peer, tail, track, events):
                return
        if track.cursor == tail.handed:
            self._server.go_live(peer, stream)

    def _replay(self, peer: Peer, tail: Followed, track: CatchUp, events: Sequence[Event]) -> bool:
        """Send a peer those of `events` that it may see; False if they are too many for it."""
        if peer.grant is None or peer.identity is None:
            return False
        access, lens = self._server.access, peer.grant.lens
        rooms = peer.grant.rooms.get(tail.stream, frozenset())
        out: list[bytes] = []
        for event in events:
            which = None if rooms.isdisjoint(event.rooms) else access.view(event, lens)
            body = None if which is None else event.bodies[which]
            if body is None:
                continue
            if not track.allowance.spend(len(body)):
                self._give_up(peer, tail, track, Resync.TOO_FAR)
                return False
            out.append(frames.event_frame(body, event.seq))
            if access.widens(event, peer.identity):
                out.append(frames.resync(tail.stream, tail.epoch, event.seq, Resync.ACCESS))
        track.cursor = events[-1].seq
        track.moved_at = self._server.now()
        self._server.metrics.replayed += len(out)
        if out:
            peer.write(b"".join(out))
        return True

    def _give_up(self, peer: Peer, tail: Followed, track: CatchUp, reason: Resync) -> None:
        """The gap can't be replayed: the peer reads a snapshot and goes on from here."""
        self._server.resync(peer, tail, tail.handed, reason)
        track.cursor = tail.handed
        self._server.go_live(peer, tail.stream)

    # ---- behind memory

    async def _read_on(self, peer: Peer, stream: str, track: CatchUp) -> None:
        """Read a page of the log for who is further behind than memory reaches."""
        try:
            events = await self._page(stream, track.cursor)
        except Exception as error:
            _log.warning("cannot read %s for a replay: %s", stream, error)
            peer.close(Close.UNDECIDED)
            return
        finally:
            track.is_reading = False
        self._server.hub.between_rounds(lambda: self._replay_page(peer, stream, track, events))

    def _replay_page(self, peer: Peer, stream: str, track: CatchUp, events: Sequence[Event]) -> None:
        if peer.catching.get(stream) is not track:
            return
        tail = self._server.tail.get(stream)
        if tail.is_jumping or not self._server.tail.is_awake():
            return
        if not is_whole(events, track.cursor):
            self._give_up(peer, tail, track, Resync.RETENTION)
            return
        known = [event for event in events if event.seq <= tail.handed]
        if not known or self._replay(peer, tail, track, known):
            self.pump(peer, stream)

    async def _page(self, stream: str, after: int) -> Sequence[Event]:
        """A page of the log; who asks for the same one meanwhile gets the same answer."""
        key = (stream, after)
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = asyncio.get_running_loop().create_future()
            self._server.spawn(self._fetch(stream, after, page))
        return await asyncio.shield(page)

    async def _fetch(self, stream: str, after: int, page: asyncio.Future[Sequence[Event]]) -> None:
        self._server.metrics.catch_up_reads += 1
        try:
            async with self._reads:
                page.set_result(await self._log.read(stream, after, PAGE))
        except Exception as error:
            page.set_exception(error)
        finally:
            page.cancel()  # nothing, unless the task itself was cancelled
            del self._pages[stream, after]
