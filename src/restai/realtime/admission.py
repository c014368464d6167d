"""Sign-ins: who is this, what may he see, and from where does he go on.

The order matters (each step closes the door to a change that would pass by unseen): the peer is
entered in the index; the streams that tell of changes to him are followed; his rows are read; the
streams that he may see are followed; if his access turned meanwhile, his rows are read again; then
he joins, in one tick.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from restai.realtime import frames
from restai.realtime.codes import Close
from restai.realtime.followed import Followed
from restai.realtime.frames import Auth, Position
from restai.realtime.patience import within
from restai.realtime.peer import Peer
from restai.realtime.ports import Grant, Refused
from restai.realtime.resume import Start, anew, start

if TYPE_CHECKING:
    from restai.realtime.server import Server

DEADLINE = 8.0  # seconds to read who somebody is; then 4005
BATCH = 250  # sign-ins decided together, so that a herd does not hold the loop
HERD = 4  # sign-ins at once after which the next wait for each other
GATHER = 0.05  # seconds that they wait: a herd costs few queries, and nobody who comes alone waits

_log = logging.getLogger(__name__)


class _Asked(NamedTuple):
    auth: Auth
    at: float  # monotonic seconds


class Admissions:
    """The queue of sign-ins. Those of one tick are decided together, with the same few queries."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._asked: dict[Peer, _Asked] = {}
        self._asking = asyncio.Event()

    def ask(self, peer: Peer, auth: Auth) -> None:
        """A peer sent a token: verify it, and queue it to be decided."""
        server = self._server
        try:
            identity = server.access.identify(auth)
        except Refused:
            server.metrics.auth_refused += 1
            peer.act(peer.connection.refused(server.wall()))
            return
        if peer.identity is not None and peer.identity.key != identity.key:
            peer.act(peer.connection.stranger(server.wall()))
            return
        if auth.branches is None:
            auth = msgspec.structs.replace(auth, branches=peer.choice)
        server.label(peer, identity)
        self._put(peer, auth)

    def _put(self, peer: Peer, auth: Auth) -> None:
        self._asked[peer] = _Asked(auth, self._server.now())
        self._asking.set()

    def forget(self, peer: Peer) -> None:
        self._asked.pop(peer, None)

    async def run(self) -> None:
        """Decide what is asked, batch by batch, until cancelled."""
        while True:
            await self._asking.wait()
            self._asking.clear()
            while self._asked:
                self._give_up()
                batch = [(peer, self._asked.pop(peer).auth) for peer in list(self._asked)[:BATCH]]
                if batch:
                    await self._admit(batch)
                if HERD <= len(batch) < BATCH:
                    await asyncio.sleep(GATHER)

    def _give_up(self) -> None:
        """Send away who has waited too long, because those before him could not be decided."""
        late = self._server.now() - DEADLINE
        for peer in [peer for peer, asked in self._asked.items() if asked.at <= late]:
            peer.close(Close.UNDECIDED)

    async def _admit(self, batch: list[tuple[Peer, Auth]]) -> None:
        try:
            await within(DEADLINE, self._decide(batch))
        except Exception as error:
            _log.warning("cannot decide about %d sockets: %s %s", len(batch), type(error).__name__, error)
            for peer, _auth in batch:
                if peer.connection.deciding and peer not in self._asked:
                    peer.close(Close.UNDECIDED)

    async def _decide(self, batch: list[tuple[Peer, Auth]]) -> None:
        turns = {peer: peer.turns for peer, _auth in batch}
        for peer, _auth in batch:
            if peer.identity is not None:
                await self._hold(peer, peer.identity.streams)
        asking = [(peer, auth, peer.identity) for peer, auth in batch if peer.identity is not None]
        answers = await self._server.access.grants([(identity, auth) for _, auth, identity in asking])
        for (peer, auth, _), answer in zip(asking, answers, strict=True):
            if isinstance(answer, Close):
                peer.close(answer)
                continue
            await self._hold(peer, answer.rooms)
            await self._hear_up_to(auth.resume or {})
            joining = partial(self._join, peer, auth, answer, turns[peer])
            self._server.hub.between_rounds(joining)

    async def _hold(self, peer: Peer, streams: Iterable[str]) -> None:
        """Follow these streams for `peer`; returns when their cursors are known."""
        for stream in streams:
            if stream in peer.held:
                continue
            try:
                await self._server.tail.hold(stream)
            except LookupError:  # a token of ours that has outlived its branch
                peer.close(Close.ENDED)
                return
            if peer.is_open and stream not in peer.held:
                peer.held |= {stream}
            else:
                self._server.tail.release(stream)

    async def _hear_up_to(self, resume: dict[str, Position]) -> None:
        """Who was ahead of this process, on another one, makes it look at the log's end."""
        tail = self._server.tail
        for stream, position in resume.items():
            followed = tail.find(stream)
            if followed is not None and position.epoch == followed.epoch and position.seq > followed.known:
                await tail.reaches(stream)

    # ---- joining

    def _join(self, peer: Peer, auth: Auth, grant: Grant, turns: int) -> None:
        """Let a peer in: say so, then go on from where it was, stream by stream, all in one tick.
        If its access has turned since `turns`, its rows are read again instead."""
        server, identity = self._server, peer.identity
        if identity is None or not peer.is_open:
            return
        if peer.turns != turns:
            if peer not in self._asked:
                self._put(peer, auth)
            return
        old = frozenset() if peer.grant is None else peer.grant.rooms.keys()
        peer.grant, peer.choice = grant, auth.branches
        if auth.screen is not None:  # a renewal without it keeps the name
            server.name(peer, auth.screen)
        tails = {stream: server.tail.get(stream) for stream in grant.rooms}
        starts = _starts(auth, grant, [tail for stream, tail in tails.items() if stream not in old])
        self._welcome(peer, grant, tails, starts)
        for stream in old - grant.rooms.keys():
            server.forget(peer, stream)
        for stream, begin in starts.items():
            if begin.reason is not None:
                server.resync(peer, tails[stream], begin.seq, begin.reason)
            server.replays.begin(peer, stream, begin.seq)
            peer.reported[stream] = begin.seq
        server.hold_only(peer, frozenset(identity.streams) | grant.rooms.keys())
        server.place(peer)
        if peer.heartbeat_due is None:
            server.expect_beat(peer)
        for stream in starts:
            server.replays.pump(peer, stream)
        if not peer.catching and peer.confirmed_at is None:
            server.beat(peer)
        peer.act(peer.connection.admitted(identity.expires_at, server.now(), server.wall()))
        peer.reschedule()

    def _welcome(
        self, peer: Peer, grant: Grant, tails: dict[str, Followed], starts: dict[str, Start]
    ) -> None:
        assert peer.identity is not None
        streams = {}
        for stream, tail in tails.items():
            seq = starts[stream].seq if stream in starts else tail.handed
            streams[stream] = {"epoch": tail.epoch, "seq": seq, "head": max(tail.cursor, seq)}
        peer.write(
            frames.auth_success(
                user_id=grant.user_id,
                timestamp=self._server.wall(),
                rooms=sorted(grant.all_rooms),
                streams=streams,
                heartbeat_ms=grant.heartbeat_ms,
                expires_at=peer.identity.expires_at,
                more_branches=grant.more_branches,
            )
        )


def _starts(auth: Auth, grant: Grant, tails: Iterable[Followed]) -> dict[str, Start]:
    """Where somebody goes on in each stream that he is not in yet."""
    resume = auth.resume or {}
    if not grant.resumable:
        return {tail.stream: anew(resume.get(tail.stream), tail.handed) for tail in tails}
    return {
        tail.stream: start(resume.get(tail.stream), tail.head._replace(seq=tail.known), tail.handed)
        for tail in tails
    }
