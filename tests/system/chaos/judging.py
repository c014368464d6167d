"""What a screen was told, held against the log. Pure.

Who may see what is written here by hand, from the protocol's table of rooms.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

Json = dict[str, Any]


class Entry(NamedTuple):
    """An event as it stands in the log; the bodies lack `seq`."""

    seq: int
    rooms: frozenset[str]
    session: str | None
    staff: bytes
    guest: bytes | None


class Began(NamedTuple):
    """From here on a screen is told what comes after `seq`: it read a snapshot, or was told to."""

    seq: int


class Told(NamedTuple):
    """An event as a screen was told it."""

    seq: int
    print: int

    @classmethod
    def of(cls, event: Json) -> Told:
        return cls(event["seq"], _print(event))


Note = Began | Told


class Viewer(NamedTuple):
    """Somebody of the staff or, with a `session`, a guest of that visit."""

    name: str
    branch: str
    session: str | None = None


@dataclass
class Findings:
    """Positions in the log, of one screen."""

    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)  # or told after a later one
    leaked: list[int] = field(default_factory=list)
    altered: list[int] = field(default_factory=list)  # not what the log says

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.leaked or self.altered)


def judge(notes: Sequence[Note], permitted: Mapping[int, int], end: int | None) -> Findings:
    """`permitted`: what the viewer may see, fingerprints by position. `end`: the position up to which all
    must have been told; None for who was sent away, of whom nobody knows how far that was."""
    found, at = Findings(), -1
    for note in notes:
        match note:
            case Began(seq):
                at = max(at, seq) if at < 0 else _begin_anew(found, at, seq)
            case Told(seq, print_) if seq not in permitted:
                found.leaked.append(seq)
            case Told(seq, print_) if at < 0 or seq <= at:
                found.doubled.append(seq)
            case Told(seq, print_):
                found.lost += [each for each in range(at + 1, seq) if each in permitted]
                if permitted[seq] != print_:
                    found.altered.append(seq)
                at = seq
    if end is not None:
        found.lost += [each for each in range(at + 1, end + 1) if each in permitted]
    return found


def _begin_anew(found: Findings, at: int, seq: int) -> int:
    """A snapshot that is older than what was applied would take it back."""
    if seq < at:
        found.doubled.append(seq)
    return seq


def permitted(log: Iterable[Entry], viewer: Viewer) -> dict[int, int]:
    """What a viewer may see of a branch's log: fingerprints by position."""
    seen = {}
    for entry in log:
        body = entry.staff if viewer.session is None else entry.guest
        if body is not None and _may_see(entry, viewer):
            seen[entry.seq] = _print(msgspec.json.decode(body) | {"seq": entry.seq})
    return seen


def _may_see(entry: Entry, viewer: Viewer) -> bool:
    menu = f"menu:{viewer.branch}"
    if viewer.session is None:
        return bool(entry.rooms & {menu, f"branch:{viewer.branch}"})
    if entry.session is None:
        return menu in entry.rooms
    own = {room for room in entry.rooms if room.startswith(("session:", "table:"))}
    return entry.session == viewer.session and bool(own)


def _print(event: Json) -> int:
    return zlib.crc32(msgspec.json.encode(event, order="sorted"))
