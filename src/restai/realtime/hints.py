"""What processes tell each other of a log, as bytes: the newest events, or how far it reaches. Pure.

A hint is a byte that says how to read it, then a MessagePack array: epoch, first and last position, and
the events, or nil where they would be too much for a channel that may lose them anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from restai.realtime.ports import Event

VERSION = b"\x01"  # a process that does not know a hint's version leaves it to the heads poll
LARGEST = 32 * 1024  # bytes of events in one hint: above it, each process reads the log itself

_NOTHING = msgspec.msgpack.encode(None)


class Hint(NamedTuple):
    """`packed` are the events of (`first`, …, `last`); empty when they were too much."""

    epoch: str
    first: int
    last: int
    packed: bytes


class _Frame(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    epoch: str
    first: int
    last: int
    events: msgspec.Raw


class Hints:
    """Writes hints and reads them. `about` is the type of the events' `about`."""

    def __init__(self, about: Any) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._frame = msgspec.msgpack.Decoder(_Frame).decode
        row = tuple[int, str, tuple[str, ...], about, tuple[bytes | None, ...]]
        self._rows = msgspec.msgpack.Decoder(list[row]).decode

    def encode(self, epoch: str, events: Sequence[Event]) -> bytes:
        """A hint of `events`, at least one, which follow each other in a log of `epoch`."""
        is_small = sum(event.size for event in events) <= LARGEST
        packed = msgspec.Raw(self._encode(events) if is_small else _NOTHING)
        return VERSION + self._encode(_Frame(epoch, events[0].seq, events[-1].seq, packed))

    def decode(self, message: bytes) -> Hint | None:
        """The hint, its events still packed; None if it is none, or of another version."""
        if message[:1] != VERSION:
            return None
        try:
            frame = self._frame(message[1:])
        except msgspec.DecodeError:
            return None
        packed = bytes(frame.events)
        return Hint(frame.epoch, frame.first, frame.last, b"" if packed == _NOTHING else packed)

    def events(self, hint: Hint) -> Sequence[Event] | None:
        """The events of a hint that has them; None if they are not what it says."""
        try:
            events = [Event(*row) for row in self._rows(hint.packed)]
        except msgspec.DecodeError:
            return None
        is_true = [event.seq for event in events] == list(range(hint.first, hint.last + 1))
        return events if events and is_true else None
