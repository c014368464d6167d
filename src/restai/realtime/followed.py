"""One log, as a process has it: where it stands, what was heard beyond that, and the newest events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from restai.realtime.ports import Event, Head

RING_EVENTS = 512
RING_BYTES = 1024 * 1024


class Followed:
    """One stream, as this process has it. `cursor` is the last event that was delivered on."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.epoch = ""
        self.cursor = 0
        self.known = 0  # the highest head heard of
        self.ring: deque[Event] = deque()
        self.ring_bytes = 0
        self.ahead: dict[int, Event] = {}
        self.early: list[tuple[str, int, Event | None]] = []  # heard while it is read where it stands
        self.generation = 0  # an answer to what was asked in an older one is void
        self.holders = 0
        self.idle_since = 0.0
        self.is_open = False
        self.is_jumping = False
        self.is_filling = False
        self.handed = 0
        self.confirmed_at: int | None = None
        self._asked: tuple[int, int] | None = None  # a heads query's time, and the head it found
        self.opening: asyncio.Future[None] | None = None

    @property
    def head(self) -> Head:
        return Head(self.epoch, self.cursor)

    def begin(self, head: Head, newest: Sequence[Event], sent: int) -> None:
        """Start, or start anew, at `head`, which a query sent at `sent` found."""
        self.epoch, self.cursor, self.known = head.epoch, head.seq, head.seq
        self.ring = deque(newest)
        self.ring_bytes = sum(event.size for event in newest)
        self.ahead = {}
        self.handed = head.seq
        self.confirmed_at, self._asked = sent, None
        self.generation += 1
        self.is_open, self.is_jumping = True, False
        self.hear_early()

    @property
    def is_standing(self) -> bool:
        """Whether it is known where the stream stands, so that what is next can be delivered."""
        return self.is_open and not self.is_jumping

    @property
    def is_busy(self) -> bool:
        """Whether something is being read for it."""
        return self.opening is not None or self.is_jumping or self.is_filling

    def hear(self, epoch: str, seq: int, event: Event | None = None) -> None:
        """Note that the stream reaches `seq`, and keep the event, if it is known, until it is next."""
        if not self.is_standing:
            self.early.append((epoch, seq, event))
            del self.early[:-RING_EVENTS]
        elif epoch == self.epoch and seq > self.cursor:
            self.known = max(self.known, seq)
            if event is not None and len(self.ahead) < RING_EVENTS:
                self.ahead[seq] = event

    def hear_early(self) -> None:
        """Hear what was held back until it was known where the stream stands."""
        early, self.early = self.early, []
        for heard in early:
            self.hear(*heard)

    def next(self) -> Event | None:
        """The next in order, if it was heard already."""
        return self.ahead.pop(self.cursor + 1, None)

    def take(self, event: Event) -> None:
        """Make `event`, the next in order, the cursor and the ring's last."""
        self.cursor = event.seq
        self.known = max(self.known, event.seq)
        self.ring.append(event)
        self.ring_bytes += event.size
        while len(self.ring) > RING_EVENTS or self.ring_bytes > RING_BYTES:
            self.ring_bytes -= self.ring.popleft().size

    def remembered(self, after: int, until: int) -> list[Event] | None:
        """The events in (`after`, `until`] from memory; None if it does not reach back so far."""
        if after >= until:
            return []
        if not self.ring or self.ring[0].seq > after + 1:
            return None
        first = after + 1 - self.ring[0].seq
        return list(islice(self.ring, first, first + until - after))

    def asked(self, sent: int, head: int) -> None:
        """A heads query sent at `sent` found `head`."""
        if self._asked is None:
            self._asked = (sent, head)
        self.confirm(self.handed)

    def confirm(self, handed: int) -> None:
        """Events up to `handed` have been given to the sockets."""
        self.handed = handed
        if self._asked is not None and handed >= self._asked[1]:
            self.confirmed_at, self._asked = self._asked[0], None
