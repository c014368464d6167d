"""An evening that is played by chance and followed by every screen in the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

import httpx

import tests.properties.commands  # noqa: F401  registers them
from restai.db.outbox import LogRow
from tests.properties.following import BranchFollower, Follower, GuestFollower
from tests.properties.players import COMMANDS, Players
from tests.properties.reference import UNCHANGING_FOR_GUESTS, UNCHANGING_FOR_STAFF
from tests.support.clock import ManualClock
from tests.support.document import leaves, operation_of
from tests.support.evening import Evening

Act = tuple[str, int]
"""A command by its name, and the number that decides what is picked by chance."""

MOST_ROLLS = 2**32
FORESEEN = {200, 201, 401, 403, 404, 409, 422}  # answers that a caller may be given
LONGEST_WAIT = 40_000  # ms between two commands
SEED = 4  # of an evening that shows all soon
MOST_GUESTS = 3  # whose phones are followed at a time: each takes another look after every command
OFTEN_ENOUGH = 2  # times that a command is carried out in an evening that shall show all of them
MOST_ACTS = 800
ALARM = 10_000  # ms after which the kitchen should have seen an order
LONGEST_REST = 1_200_000  # ms in which nobody does anything, so that what is due by then happens

# Commands as often as they are played; and those of them that parties have a part in.
DECK = [name for name, command in COMMANDS.items() for _ in range(command.weight)]
AT_TABLES = [name for name in DECK if COMMANDS[name].play.__module__.endswith((".orders", ".visits"))]


class Night:
    """Plays acts one by one. After each, every screen must show what the server's snapshot says."""

    def __init__(self, evening: Evening, clock: ManualClock) -> None:
        self.evening = evening
        self.players = Players(evening, clock)
        self.staff = BranchFollower(evening)
        self.guests: dict[str, GuestFollower] = {}
        self.changed_for_guests: set[str] = set()  # the paths of what any guest saw change
        self.carried_out: Counter[str] = Counter()  # commands by name, when the API said yes
        self.answered: Counter[str] = Counter()  # operations, likewise
        self.types: set[str] = set()  # of all events

    async def begin(self) -> None:
        await self.players.furnish()
        await self.staff.begin()
        self.players.branch = self.staff.held

    async def play(self, act: Act) -> None:
        """Raises LawBroken, and AssertionError for an answer that no caller may be given."""
        name, roll = act
        chance = Random(roll)
        self.evening.house.forget()
        for screen in self.screens():
            screen.heard = []
        if chance.random() < 0.1:
            await self.players.time_passes(chance.choice([ALARM, ALARM, chance.randrange(LONGEST_REST)]))
        else:
            self.players.clock.advance(chance.randrange(LONGEST_WAIT))
        await self.players.screens_are_heard_of()
        answer = await COMMANDS[name].play(self.players, chance)
        self._count(name, answer)
        rows = self.evening.house.log()
        if rows or (answer is not None and answer.is_success):  # what was refused was rolled back
            await self._follow(rows)

    def unchanged(self) -> tuple[set[str], set[str]]:
        """What of the snapshots, staff's and guests', has not been seen to change yet, but should be."""
        return (
            leaves("Snapshot") - UNCHANGING_FOR_STAFF - self.staff.changes.paths,
            leaves("GuestSnapshot") - UNCHANGING_FOR_GUESTS - self.changed_for_guests,
        )

    def screens(self) -> Iterator[Follower]:
        yield self.staff
        yield from self.guests.values()

    def _count(self, name: str, answer: httpx.Response | None) -> None:
        if answer is None:
            return
        assert answer.status_code in FORESEEN, answer.text
        if answer.is_success:
            self.carried_out[name] += 1
            operation = operation_of(answer.request.method, answer.request.url.path)
            assert operation is not None
            self.answered[operation] += 1

    async def _follow(self, rows: Sequence[LogRow]) -> None:
        self.types |= {row.draft.type for row in rows}
        await self.staff.follow(rows)
        self.players.branch = self.staff.held
        taking_part = {phone.id: phone for phone, _ in self.players.phones_of("in")}
        self.guests = {id_: guest for id_, guest in self.guests.items() if id_ in taking_part}
        for guest in self.guests.values():
            await guest.follow(rows)
            self.changed_for_guests |= guest.changes.paths
        for phone in taking_part.values():
            if phone.id not in self.guests and len(self.guests) < MOST_GUESTS:
                self.guests[phone.id] = GuestFollower(phone, self.evening.house.branch_id)
                await self.guests[phone.id].begin()


async def play_it_all(night: Night, after: Callable[[Night], None] = lambda _: None) -> None:
    """Play until every command was carried out a few times and every value that can change did, but no
    longer than `MOST_ACTS`.

    It is the same evening each time. `after` is called after every act.
    """
    chance = Random(SEED)
    await night.begin()
    for _ in range(MOST_ACTS):
        wanted = _wanted(night)
        if not wanted:
            return
        await night.play((chance.choice(wanted), chance.randrange(MOST_ROLLS)))
        after(night)


def _wanted(night: Night) -> list[str]:
    """What to play next, the likelier the more often it is there; nothing if the evening has shown all."""
    missing = [command for command in COMMANDS.values() if night.carried_out[command.name] < OFTEN_ENOUGH]
    if missing:
        helpful = [name for command in missing for name in (command.name, *command.after)]
        return [*DECK, *helpful * (len(DECK) // len(helpful))]
    for_staff, for_guests = night.unchanged()
    return [*DECK, *AT_TABLES] if for_staff or for_guests else []
