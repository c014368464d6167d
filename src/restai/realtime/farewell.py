"""The end of a process: its sockets are told when to come back, and closed, some at a time."""

from __future__ import annotations

import asyncio
import random
from itertools import islice
from typing import TYPE_CHECKING

from restai.realtime import frames
from restai.realtime.codes import Close
from restai.realtime.peer import Peer

if TYPE_CHECKING:
    from restai.realtime.server import Server

AT_ONCE = 100  # sockets closed in one go: some milliseconds, in which nobody else is served
PAUSE = 0.02  # seconds between two goes: ten thousand sockets take two seconds
SPREAD = 5_000  # ms over which those come back who have left: the others take them up one by one


class Farewell:
    """Who has to leave. Until it is his turn, he hears what he always did."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._leaving: dict[Peer, None] = {}

    def begin(self) -> None:
        """From now on who comes is sent on at once, and the process says that it is not ready."""
        self._server.is_draining = True

    def bid(self, peer: Peer) -> None:
        """The process ends: it is this peer's turn soon."""
        self.begin()
        if not self._leaving:
            self._server.spawn(self._say())
        self._leaving[peer] = None

    async def _say(self) -> None:
        while self._leaving:
            for peer in list(islice(self._leaving, AT_ONCE)):
                del self._leaving[peer]
                self.say(peer)
            if self._leaving:
                await asyncio.sleep(PAUSE)

    def say(self, peer: Peer) -> None:
        """Say goodbye to a peer, and close it."""
        if peer.is_open:
            peer.write(frames.goodbye(random.randint(0, SPREAD)))
            peer.close(Close.DRAINING)
