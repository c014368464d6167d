"""Measuring: slices of work, rotated among the servers, so that all see the same moments of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType

from bench.clients import Clients, Crowd
from bench.peers import Peer, limit, restai, starlette
from bench.people import token

AHEAD = 50  # events on their way to a socket: whole bursts, and less than the kernel's buffers hold


@dataclass(frozen=True)
class Form:
    """How large a run is: its rooms, its slices, and how often it goes round."""

    members: int = 1_000
    others: tuple[int, ...] = (100, 5_000)  # further sizes of room
    idle: int = 5_000
    warm: int = 100  # sockets that a server knows before its memory is measured
    rounds: int = 15
    deliveries: int = 50_000  # in a slice
    unheard: int = 20_000  # events in a slice that nobody hears
    settling: float = 1.0  # seconds for what follows a sign-in

    @property
    def sockets(self) -> int:
        """The most that are open at once."""
        contest = self.members * len(PEERS)
        growth = (self.members + sum(self.others)) * len(GROWING)
        return max(contest, growth, (self.idle + self.warm) * len(IDLING))


@dataclass(frozen=True)
class Load:
    name: str
    burst: int  # events in a tick


SINGLE = Load("single events", 1)
BURST = Load("bursts of 10", 10)
PEERS: tuple[ModuleType, ...] = (restai, starlette, limit)
GROWING: tuple[ModuleType, ...] = (restai, limit)  # the limit shows what of the growth is the machine's
IDLING: tuple[ModuleType, ...] = (restai, starlette)


@dataclass(frozen=True)
class Slice:
    """What one server spent on one stretch of work, all of which arrived."""

    round: int
    peer: str
    load: str
    members: int
    deliveries: int
    cpu: float  # seconds, user and system

    @property
    def cost(self) -> float:
        """Microseconds a delivery."""
        return self.cpu / self.deliveries * 1e6


@dataclass(frozen=True)
class Idle:
    """What one server grew by when `sockets` had signed in."""

    peer: str
    sockets: int
    growth: int  # bytes of resident memory

    @property
    def each(self) -> float:
        return self.growth / self.sockets


@dataclass(frozen=True)
class Results:
    """`growth` are slices of rooms of several sizes; `unheard` the microseconds that a publish to an
    empty room takes, round by round."""

    contest: list[Slice]
    growth: list[Slice]
    unheard: list[float]
    idle: list[Idle]


@dataclass(frozen=True)
class Entry:
    """A server and who is connected to it."""

    peer: Peer
    crowd: Crowd

    def slice(self, number: int, load: Load, deliveries: int) -> Slice:
        """Have about so many deliveries made. Raises Broken if one is missing."""
        members = len(self.crowd.members)
        events = max(1, deliveries // members // load.burst) * load.burst
        before, delivered = self.peer.cpu(), 0
        for begin in range(0, events, AHEAD):
            portion = min(AHEAD, events - begin)
            self.peer.tell("publish", portion, load.burst)
            delivered += self.crowd.receive(portion)
        cpu = self.peer.cpu() - before
        return Slice(number, self.peer.name, load.name, members, delivered, cpu)

    def unheard(self, events: int) -> float:
        """Microseconds to publish an event that nobody hears."""
        before = self.peer.cpu()
        self.peer.tell("unheard", events)
        return (self.peer.cpu() - before) / events * 1e6


class Arena:
    """Where servers run and crowds meet them. As a context it leaves nothing behind."""

    def __init__(self, core: int | None) -> None:
        """`core` is the one the servers may run on; None is any."""
        self._core = core
        self._stack = ExitStack()
        self._clients = Clients()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._stack.callback(self._clients.close)

    def open(self, parties: Sequence[tuple[ModuleType, int]]) -> list[Entry]:
        """Servers, each with so many members signed in; those that can't be started are left out."""
        started = [
            (peer, members) for module, members in parties if (peer := self._start(module)) is not None
        ]
        entries = [Entry(peer, self._crowd(peer)) for peer, _ in started]
        for entry, (_, members) in zip(entries, started, strict=True):
            entry.crowd.join([token() for _ in range(members)])
        return entries

    def rest(self, seconds: float) -> None:
        """Let the clients read for a while."""
        self._clients.run_for(seconds)

    def _start(self, module: ModuleType) -> Peer | None:
        command = module.command(self._folder)
        return None if command is None else self._stack.enter_context(Peer(module.NAME, command, self._core))

    def _crowd(self, peer: Peer) -> Crowd:
        crowd = self._clients.crowd(peer.port())
        self._stack.callback(crowd.leave)
        return crowd

    def __enter__(self) -> Arena:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def measure(form: Form, core: int | None = None) -> Results:
    """All of it. Raises Broken if a server did not deliver everything."""
    with Arena(core) as arena:
        contest = rounds(arena.open([(peer, form.members) for peer in PEERS]), (SINGLE, BURST), form)
    with Arena(core) as arena:
        sizes = sorted({form.members, *form.others})
        entries = arena.open([(peer, members) for members in sizes for peer in GROWING])
        growth = rounds(entries, (SINGLE,), form)
        unheard = [entries[0].unheard(form.unheard) for _ in range(form.rounds)]
    with Arena(core) as arena:
        idle = idling(arena, form)
    return Results(contest, growth, unheard, idle)


def rounds(entries: Sequence[Entry], loads: Sequence[Load], form: Form) -> list[Slice]:
    """In each round every server has a slice of every load, and another one begins. The first, in
    which all is new, does not count."""
    slices: list[Slice] = []
    for number in range(form.rounds + 1):
        first = number % len(entries)
        for load in loads:
            for entry in (*entries[first:], *entries[:first]):
                slices.append(entry.slice(number, load, form.deliveries))
    return [one for one in slices if one.round > 0]


def idling(arena: Arena, form: Form) -> list[Idle]:
    """How much each server's memory grows by sockets that sign in and say nothing."""
    grown = []
    for entry in arena.open([(peer, form.warm) for peer in IDLING]):
        arena.rest(form.settling)
        before = entry.peer.memory()
        entry.crowd.join([token() for _ in range(form.idle)])
        arena.rest(form.settling)
        grown.append(Idle(entry.peer.name, form.idle, entry.peer.memory() - before))
        entry.crowd.leave()
    return grown
