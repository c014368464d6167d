"""What the core counts, as plain numbers: nothing here costs more than an addition."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from restai.realtime.codes import Close, Resync


@dataclass
class BrokerTotals:
    """What a broker did since the start of the process."""

    published: int = 0  # messages that it took
    dropped: int = 0  # and those that it did not, or gave up
    received: int = 0
    connected: int = 0  # times that it could be reached anew


@dataclass
class Metrics:
    """Totals since the start of the process."""

    accepted: int = 0
    messages_in: int = 0
    auth_refused: int = 0
    replayed: int = 0  # events sent from memory or the log to who came back
    catch_up_reads: int = 0
    hints_unread: int = 0  # of another version, or not true
    signals: int = 0  # of other programs, given to a room
    signals_refused: int = 0
    closed: Counter[Close] = field(default_factory=Counter)
    resyncs: Counter[Resync] = field(default_factory=Counter)


@dataclass(frozen=True)
class Snapshot:
    """How it stands now: sockets open, rooms with somebody in them, frames given to sockets so far."""

    clients: int
    rooms: int
    streams: int
    catching_up: int
    tasks: int  # beside those that always run
    deliveries: int
    fills: int
    oldest_confirmed_at: int | None  # ms, the least fresh stream's; None if none is followed
    broker_is_well: bool
    broker_round_trip: float | None  # seconds; None before the first
