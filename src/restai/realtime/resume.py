"""What a returning client is owed: a replay from where it was, or a new snapshot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from restai.realtime.codes import Resync
from restai.realtime.frames import Position
from restai.realtime.ports import Event, Head

MOST_EVENTS = 1_000  # a replay longer than this costs more than a snapshot
MOST_BYTES = 1024 * 1024
MOST_SCANNED = 10_000  # events read to find those that one viewer may see


@dataclass(frozen=True, slots=True)
class Start:
    """Where a connection goes on from in a stream; `reason` is set if a snapshot must be read first."""

    seq: int
    reason: Resync | None = None


def start(position: Position | None, head: Head, handed: int) -> Start:
    """Where somebody at `position` goes on. `head` is the log's end as known here, `handed` the last
    event that the sockets of this process were given; who names no position begins there."""
    if position is None:
        return Start(handed)
    if position.epoch != head.epoch or position.seq > head.seq or position.seq < 0:
        return Start(handed, Resync.EPOCH)
    if head.seq - position.seq > MOST_SCANNED:
        return Start(handed, Resync.TOO_FAR)
    return Start(position.seq)


def anew(position: Position | None, handed: int) -> Start:
    """Likewise for who sees something else now than at `position`: nothing leads from there."""
    return Start(handed, None if position is None else Resync.ACCESS)


def is_whole(events: Sequence[Event], after: int) -> bool:
    """Whether an unfiltered read that began behind `after` has no hole, and something in it."""
    return bool(events) and all(event.seq == after + i for i, event in enumerate(events, 1))


class Allowance:
    """What may still be replayed to one viewer before a snapshot is the better answer."""

    __slots__ = ("_bytes", "_events")

    def __init__(self) -> None:
        self._events = MOST_EVENTS
        self._bytes = MOST_BYTES

    def spend(self, size: int) -> bool:
        """Take one event of `size` bytes; False when it is too much."""
        self._events -= 1
        self._bytes -= size
        return self._events >= 0 and self._bytes >= 0
