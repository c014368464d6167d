"""Between this process and the others: hints of what was committed, and what rooms hear from outside.

Nothing here is relied upon. What gets lost is found by the heads poll; what comes in is an event only
as a hint on a log's own channel, never on a room's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from restai.realtime import frames
from restai.realtime.hints import Hints
from restai.realtime.ports import Broker, Catalogue, Event

if TYPE_CHECKING:
    from restai.realtime.server import Server

PROBE_EVERY = 1.0  # seconds
PROBE_AGAIN = 0.2  # seconds, while no answer comes
PROBE_LATE = 3.0  # seconds: two lost in a row, and whoever asks hears of it within five

_log = logging.getLogger(__name__)


class Relay:
    """Joins a server to its broker. Rooms are channels of their own names, as other programs know them;
    logs are channels of this installation's."""

    def __init__(self, server: Server, broker: Broker, catalogue: Catalogue) -> None:
        self._server = server
        self._broker = broker
        self._catalogue = catalogue
        self._hints = Hints(catalogue.about)
        self._answered: float | None = None  # when the probe was sent that came back last
        self.round_trip: float | None = None  # seconds, of that one
        self.installation = "local"

    # ---- health

    @property
    def is_well(self) -> bool:
        """Whether the broker delivers what this process publishes."""
        return self._answered is not None and self._server.now() - self._answered < PROBE_LATE

    async def run(self) -> None:
        """Publish on a channel of our own, and expect it back, until cancelled: a broker may take
        everything and deliver nothing, and no error would tell."""
        channel = f"restai:{self.installation}:probe:{token_hex(8)}"
        self._broker.subscribe(channel, self._probed)
        while True:
            self._broker.publish(channel, repr(self._server.now()).encode())
            await asyncio.sleep(PROBE_EVERY if self.is_well else PROBE_AGAIN)

    def _probed(self, message: bytes) -> None:
        now, sent = self._server.now(), float(message)
        if sent <= now and sent > (self._answered or 0):
            self._answered, self.round_trip = sent, now - sent

    # ---- logs

    def follow(self, stream: str) -> None:
        """Hear what other processes say of a log."""
        self._broker.subscribe(self._log_channel(stream), partial(self._hinted, stream))

    def forget(self, stream: str) -> None:
        self._broker.unsubscribe(self._log_channel(stream))

    def publish(self, stream: str, epoch: str, events: Sequence[Event]) -> None:
        """Tell the others of events that follow each other in a log, and who listens in their rooms."""
        self._broker.publish(self._log_channel(stream), self._hints.encode(epoch, events))
        for event in events:
            for room in event.rooms:
                body = event.bodies[self._catalogue.body(room)]
                if body is not None:
                    self._broker.publish(room, frames.event_text(body, event.seq))

    def _log_channel(self, stream: str) -> str:
        return f"restai:{self.installation}:log:{stream}"

    def _hinted(self, stream: str, message: bytes) -> None:
        tail = self._server.tail
        hint = self._hints.decode(message)
        if hint is None:
            self._server.metrics.hints_unread += 1
        elif not tail.is_news(stream, hint.epoch, hint.last):
            return
        elif not hint.packed:
            tail.heard_of(stream, hint.epoch, hint.last)
        elif (events := self._hints.events(hint)) is not None:
            tail.accept(stream, hint.epoch, events)
        else:
            self._server.metrics.hints_unread += 1

    # ---- rooms

    def enter(self, room: str) -> None:
        """Hear what other programs say in a room."""
        self._broker.subscribe(room, partial(self._said, room))

    def leave(self, room: str) -> None:
        self._broker.unsubscribe(room)

    def _said(self, room: str, message: bytes) -> None:
        if message.startswith(frames.BODY_START):
            return  # an event, published for others: ours come by the log
        signal = frames.signal(message, self._catalogue.types)
        if signal is None:
            self._server.metrics.signals_refused += 1
            _log.debug("a message of %d bytes in %s is no signal", len(message), room)
            return
        self._server.metrics.signals += 1
        self._server.hub.signal(room, signal)
