"""What the screens of a branch were told, held against one another.

Screens with the same rights must be told the same, so what one of them was told the others owe. A loss
that all share shows in the revisions: a resource begins with the first, and a change raises it by one, so
where one is skipped an event is missing. And what a command was answered with must come to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from restai.cli.simulate.checks.books import Books
from restai.cli.simulate.checks.carrying import Json, Key, carried
from restai.cli.simulate.report import Promise

RIPE = 10.0  # seconds after which an event is called to account: a screen may have been away
PATIENCE = 30.0  # seconds in which an event must have come to a screen that is live, on any machine
LONGEST_COMMAND = 10_000  # ms between a command's time and its commit, at the most: locks are given up before


class Place(NamedTuple):
    """Where in a branch's log: the number of the epoch, as we met them, and the `seq`."""

    epoch: int
    seq: int


class Witness(Protocol):
    """A screen, as the record sees it."""

    name: str
    is_guests: bool

    def owes(self, place: Place, event: Json) -> bool:
        """Whether the event is for this screen and has not come there."""

    def had_time(self, place: Place, since: float, now: float) -> bool:
        """Whether it would have come, if others were told it at `since` (seconds): then it is lost."""

    def is_done_with(self, place: Place) -> bool:
        """Nobody asks after this event any more: whether the screen had ended by then."""


@dataclass(slots=True)
class Told:
    """An event, first told at `at`: as staff are told it (`for_staff`), else as guests are. `frames`: its
    bytes to staff (False) and to guests (True), as numbers."""

    event: Json
    at: float
    for_staff: bool = False
    frames: dict[bool, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A resource that a command was answered with."""

    key: Key
    rev: int
    at: float


class Record:
    """Of one branch, from a `snapshot` on that nobody was told anything before. `is_ours`: it shows all
    that there was then. Times are seconds on one clock that never goes back."""

    def __init__(
        self, snapshot: Json, problem: Callable[[Promise, str], None], *, is_ours: bool = False
    ) -> None:
        self.books = Books()
        self.screens: set[Witness] = set()
        self.events = 0  # that are settled
        self._problem = problem
        self._epochs: dict[str, int] = {}
        self._told: dict[Place, Told] = {}
        self._answers: list[Answer] = []
        # ms of the server's time: what was made by then may be met at any revision. None: not known yet
        self._old_until: int | None = -1 if is_ours else None
        self.begins(snapshot)

    def begins(self, snapshot: Json) -> None:
        """What comes after `snapshot` is told to somebody, and what was before need not be: the first that a
        screen of the staff read. Before anything is settled."""
        self.branch: Json = snapshot["branch"]
        self._settled = self.place(snapshot["stream"]["epoch"], snapshot["stream"]["seq"])
        self._told = {place: told for place, told in self._told.items() if place > self._settled}
        self._revs: dict[Key, int] = {}
        for kind in ("order", "session", "table", "request"):
            self._revs |= {(kind, each["id"]): each["rev"] for each in snapshot[f"{kind}s"]}
        if (till := snapshot["till"]) is not None:
            self._revs["till", till["id"]] = till["rev"]

    def place(self, epoch: str, seq: int) -> Place:
        return Place(self._epochs.setdefault(epoch, len(self._epochs)), seq)

    def tell(self, screen: Witness, place: Place, event: Json, frame: int, now: float) -> None:
        """A screen was told an event; `frame` is a number that its bytes have alone."""
        if place <= self._settled:
            return
        told = self._told.setdefault(place, Told(event, now))
        if not screen.is_guests and not told.for_staff:
            told.event, told.for_staff = event, True
        if told.frames.setdefault(screen.is_guests, frame) != frame:
            self._problem(Promise.STATE, f"{screen.name} was told {_words(place, event)} unlike others")

    def answered(self, kind: str, resource: Json, now: float) -> None:
        self._answers.append(Answer((kind, resource["id"]), resource["rev"], now))

    def settle(self, now: float, *, finally_: bool = False) -> None:
        """Call to account for what is old enough, in the log's order; `finally_`: for all."""
        for place in sorted(self._told):
            told = self._told[place]
            if not finally_ and (now - told.at < RIPE or self._waits(place, told, now)):
                break
            for screen in self._owing(place, told):
                self._problem(Promise.TOLD, f"{screen.name} was not told {_words(place, told.event)}")
            del self._told[place]
            self._enter(place, told)
        self._settle_answers(now, finally_=finally_)

    def waits(self, now: float) -> bool:
        """Whether anything may still be on its way to a screen."""
        return any(self._waits(place, told, now) for place, told in self._told.items())

    def _owing(self, place: Place, told: Told) -> list[Witness]:
        return [screen for screen in self.screens if screen.owes(place, told.event)]

    def _waits(self, place: Place, told: Told, now: float) -> bool:
        return any(not screen.had_time(place, told.at, now) for screen in self._owing(place, told))

    def _enter(self, place: Place, told: Told) -> None:
        event = told.event
        if place.epoch != self._settled.epoch:  # commits were lost: things stand as they stood before
            self._revs, self._answers, self._old_until = {}, [], None
        if self._old_until is None:
            self._old_until = event["timestamp"] + LONGEST_COMMAND
        self._settled = place
        self.events += 1
        self.screens -= {screen for screen in self.screens if screen.is_done_with(place)}
        if event["type"] == "branch:updated" and told.for_staff:
            self.branch = event["branch"]
        for key, resource in carried(event):
            self._raise(key, resource, self._old_until, _words(place, event))
        for problem in self.books.enter(event, self.branch) if told.for_staff else ():
            self._problem(Promise.MONEY, problem)

    def _raise(self, key: Key, resource: Json, old_until: int, words: str) -> None:
        rev, known, name = resource["rev"], self._revs.get(key), f"{key[0]} {key[1]}"
        if known is None and rev > 1 and _is_new(key, resource, old_until):
            self._problem(Promise.REVS, f"{name} was first told of at rev {rev} with {words}")
        elif known is not None and not known <= rev <= known + 1:
            self._problem(Promise.REVS, f"{name} went from rev {known} to {rev} with {words}")
        self._revs[key] = rev

    def _settle_answers(self, now: float, *, finally_: bool) -> None:
        """Those that are older than all that is not settled, by as much as events may be late."""
        settled_until = min((told.at for told in self._told.values()), default=now)
        waiting = []
        for answer in self._answers:
            if not finally_ and settled_until - answer.at < RIPE:
                waiting.append(answer)
            elif self._revs.get(answer.key, 0) < answer.rev:
                kind, id_ = answer.key
                self._problem(Promise.TOLD, f"nobody was told of {kind} {id_} at rev {answer.rev}")
        self._answers = waiting


def _is_new(key: Key, resource: Json, old_until: int) -> bool:
    """Whether its first event must have been told to somebody. Of a cart phones alone hear, and only once
    they are let in; what does not say when it was made may be old, unless nothing is."""
    return key[0] != "cart" and resource.get("createdAt", 0) > old_until


def _words(place: Place, event: Json) -> str:
    return f"event {place.seq}, {event['type']}"
