"""Reading again what everybody may see, when the events that tell of it were skipped or slept through."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from restai.realtime.admission import BATCH, DEADLINE
from restai.realtime.codes import Close
from restai.realtime.followed import Followed
from restai.realtime.frames import Auth
from restai.realtime.patience import within
from restai.realtime.peer import Peer
from restai.realtime.ports import Grant

if TYPE_CHECKING:
    from restai.realtime.server import Server


class Reviews:
    """Compares everybody's grant with his rows, and sees to the difference."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def handed(self, tail: Followed) -> None:
        """The sockets were given more of a stream."""
        if tail.handed == tail.cursor:
            for waiter in self._waiting.pop(tail.stream, ()):
                waiter.set_result(None)

    async def review(self, stream: str | None) -> None:
        """Hand out what is under way of `stream`, then read the access of its sockets; of all, for None.
        Raises when it cannot be read now."""
        if stream is not None:
            await self._all_handed(self._server.tail.get(stream))
        peers = self._server.holders(stream)
        for peer in peers:
            peer.turns += 1  # who is being decided about is read again
        while peers := [peer for peer in peers if peer.grant is not None]:
            turned = [await self._read(peers[at : at + BATCH]) for at in range(0, len(peers), BATCH)]
            peers = list(chain.from_iterable(turned))

    async def _all_handed(self, tail: Followed) -> None:
        if tail.handed < tail.cursor:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(tail.stream, []).append(waiter)
            await waiter

    async def _read(self, peers: list[Peer]) -> list[Peer]:
        """Read what each may see now, in one query. Returns those whose access turned meanwhile."""
        server = self._server
        asked = [(peer, peer.identity, peer.turns) for peer in peers if peer.identity is not None]
        questions = [(identity, Auth("", branches=peer.choice)) for peer, identity, _ in asked]
        answers = await within(DEADLINE, server.access.grants(questions))
        turned = []
        for (peer, identity, turns), answer in zip(asked, answers, strict=True):
            if peer.grant is None:
                continue  # gone
            if peer.turns != turns or peer.identity is not identity:
                turned.append(peer)  # who is renewing has his old grant until that is decided
            elif isinstance(answer, Close):
                peer.close(answer)
            elif answer.rooms.keys() != peer.grant.rooms.keys():
                peer.close(Close.ACCESS_CHANGED)
            else:
                server.hub.between_rounds(partial(self._regrant, peer, answer, turns))
        return turned

    def _regrant(self, peer: Peer, grant: Grant, turns: int) -> None:
        if peer.grant is not None and peer.turns == turns:
            peer.grant = grant
            self._server.place(peer)
