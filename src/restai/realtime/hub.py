"""Rooms, and who is in them: an event in, bytes to sockets out.

Members that are in the same rooms and see them through the same lens are one *cohort*: what one of
them is sent, all are. So an event finds its cohorts by its rooms, its frame is appended once to each,
and at the end of the tick each member gets one write with all of it. A member is in exactly one
cohort, so nothing comes twice or out of order, whatever rooms an event names.

Work goes in *rounds*: what was published until now, up to an event that turns somebody's access. A
round of many sockets is cut into slices; only when all of it is written has it been "handed".
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from restai.realtime.frames import event_frame
from restai.realtime.ports import Event, Lens

SLICE = 1_000  # sockets written before others get a turn: about 5 ms

_log = logging.getLogger(__name__)

Write = Callable[[bytes], None]


class Delivery(Protocol):
    """Who decides about events in the loop, and is told of its progress. None of it may wait."""

    def view(self, event: Event, lens: Lens) -> int | None:
        """Which of the event's bodies is seen through `lens`."""

    def is_turning(self, event: Event) -> bool:
        """Whether the event must be handed in full before anything that follows it is routed."""

    def turned(self, stream: str, event: Event) -> None:
        """A turning event has been handed: change the memberships now."""

    def handed(self, positions: dict[str, int]) -> None:
        """Every socket has been given all that it may see up to these positions."""

    def occupied(self, room: str) -> None:
        """Somebody is in the room now, where nobody was."""

    def emptied(self, room: str) -> None:
        """Nobody is in the room any more."""


class Member:
    """A socket in the hub. `write` takes framed bytes, must not wait and should not raise."""

    __slots__ = ("cohort", "write")

    def __init__(self, write: Write) -> None:
        self.write = write
        self.cohort: Cohort | None = None


class Cohort:
    """Members with the same rooms and the same lens."""

    __slots__ = ("_writes", "lens", "members", "pending", "rooms")

    def __init__(self, rooms: frozenset[str], lens: Lens) -> None:
        self.rooms = rooms
        self.lens = lens
        self.members: dict[Member, None] = {}
        self.pending: list[bytes] = []
        self._writes: list[Write] | None = None

    def add(self, member: Member) -> None:
        self.members[member] = None
        self._writes = None

    def discard(self, member: Member) -> None:
        self.members.pop(member, None)
        self._writes = None

    @property
    def writes(self) -> list[Write]:
        """The members' write methods, as a list that later joins and leaves do not change."""
        if self._writes is None:
            self._writes = [member.write for member in self.members]
        return self._writes


class Published(NamedTuple):
    stream: str
    event: Event


class Signal(NamedTuple):
    """A frame for a room that is in no log."""

    room: str
    frame: bytes


class Hub:
    """Delivers what is published to the rooms' members.

    `soon` runs a callback at the end of the current tick, in order (an event loop's `call_soon`).
    """

    def __init__(self, delivery: Delivery, soon: Callable[[Callable[[], None]], object]) -> None:
        self._delivery = delivery
        self._soon = soon
        self._cohorts: dict[tuple[frozenset[str], Lens], Cohort] = {}
        self._rooms: dict[str, dict[Cohort, None]] = {}
        self._queue: deque[Published | Signal] = deque()
        self._scheduled = False
        self._slices: Iterator[None] | None = None
        self._between: list[Callable[[], None]] = []
        self.deliveries = 0  # frames given to sockets

    # ---- membership

    def place(self, member: Member, rooms: frozenset[str], lens: Lens) -> None:
        """Put `member` into exactly these rooms, out of all others. Only `between_rounds`: inside one
        it would get a part of what the round routed, or twice."""
        old, new = member.cohort, self._cohort(rooms, lens)
        if old is new:
            return
        member.cohort = new
        if new is not None:
            new.add(member)
        if old is not None:
            self._leave(old, member)

    def remove(self, member: Member) -> None:
        """Take `member` out of all rooms."""
        old, member.cohort = member.cohort, None
        if old is not None:
            self._leave(old, member)

    def _cohort(self, rooms: frozenset[str], lens: Lens) -> Cohort | None:
        """The cohort of these rooms, a new one if there is none; None for no rooms."""
        cohort = self._cohorts.get((rooms, lens))
        if cohort is None and rooms:
            cohort = self._cohorts[rooms, lens] = Cohort(rooms, lens)
            for room in rooms:
                if room not in self._rooms:
                    self._rooms[room] = {}
                    self._delivery.occupied(room)
                self._rooms[room][cohort] = None
        return cohort

    def _leave(self, cohort: Cohort, member: Member) -> None:
        cohort.discard(member)
        if cohort.members:
            return
        del self._cohorts[cohort.rooms, cohort.lens]
        for room in cohort.rooms:
            cohorts = self._rooms[room]
            del cohorts[cohort]
            if not cohorts:
                del self._rooms[room]
                self._delivery.emptied(room)

    @property
    def rooms(self) -> int:
        """How many rooms have somebody in them."""
        return len(self._rooms)

    # ---- delivery

    def publish(self, stream: str, event: Event) -> None:
        """Deliver the next event of `stream`, with what else this tick brings."""
        self._queue.append(Published(stream, event))
        self._schedule()

    def signal(self, room: str, frame: bytes) -> None:
        """Send `frame` to everybody in `room`, once."""
        if room in self._rooms:
            self._queue.append(Signal(room, frame))
            self._schedule()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was published has been handed."""
        return not self._queue and self._slices is None

    def between_rounds(self, call: Callable[[], None]) -> None:
        """Call when no round is half written: at once, or at this one's end."""
        if self._slices is None:
            call()
        else:
            self._between.append(call)

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._soon(self._turn)

    def _turn(self) -> None:
        """Work for one tick: at most about `SLICE` sockets."""
        self._scheduled = False
        if self._slices is None:
            self._slices = self._work()
        try:
            next(self._slices)
        except StopIteration:
            self._slices = None
        if not self.is_idle:
            self._schedule()

    def _work(self) -> Iterator[None]:
        """Rounds until the queue is empty; yields where others should get a turn."""
        room_left = SLICE
        while self._queue:
            positions, turning, dirty = self._route()
            for cohort in dirty:
                data = cohort.pending[0] if len(cohort.pending) == 1 else b"".join(cohort.pending)
                self.deliveries += len(cohort.pending) * len(cohort.members)
                cohort.pending = []
                writes = cohort.writes
                for begin in range(0, len(writes), SLICE):
                    part = writes[begin : begin + SLICE] if len(writes) > SLICE else writes
                    _write_all(part, data)
                    room_left -= len(part)
                    if room_left <= 0:
                        yield
                        room_left = SLICE
            if positions:
                self._delivery.handed(positions)
            if turning is not None:
                self._delivery.turned(*turning)
            callbacks, self._between = self._between, []
            for call in callbacks:
                call()

    def _route(self) -> tuple[dict[str, int], Published | None, Iterable[Cohort]]:
        """Give a round's frames to their cohorts: all that is queued, up to a turning event."""
        positions: dict[str, int] = {}
        dirty: dict[Cohort, None] = {}
        queue = self._queue
        while queue:
            item = queue.popleft()
            if isinstance(item, Signal):
                for cohort in self._rooms.get(item.room, ()):
                    cohort.pending.append(item.frame)
                    dirty[cohort] = None
                continue
            stream, event = item
            positions[stream] = event.seq
            self._route_event(event, dirty)
            if self._delivery.is_turning(event):
                return positions, item, dirty
        return positions, None, dirty

    def _route_event(self, event: Event, dirty: dict[Cohort, None]) -> None:
        frames: dict[int, bytes] = {}
        seen: set[Cohort] | None = None if len(event.rooms) == 1 else set()
        for room in event.rooms:
            for cohort in self._rooms.get(room, ()):
                if seen is not None:
                    if cohort in seen:
                        continue
                    seen.add(cohort)
                which = self._delivery.view(event, cohort.lens)
                if which is None:
                    continue
                frame = frames.get(which)
                if frame is None:
                    body = event.bodies[which]
                    if body is None:
                        continue
                    frame = frames[which] = event_frame(body, event.seq)
                cohort.pending.append(frame)
                dirty[cohort] = None


def _write_all(writes: list[Write], data: bytes) -> None:
    """The hot loop. One socket's failure is its own."""
    for write in writes:
        try:
            write(data)
        except Exception:
            _log.warning("a socket could not be written", exc_info=True)
