"""Who plays an evening: they know what there is in the house, and pick from it by chance.

What a new command needs of them: `Command` in `commands/`, registered by `@command()`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

import httpx

from restai.clock import SECOND
from restai.features.screens import service as screens
from restai.features.screens.rules import ScreenKind
from restai.features.screens.schemas import ScreenName
from restai.features.screens.service import Lease
from restai.jobs import RETENTION_HOURS, Sweeper, sweeps
from tests.support.clock import ManualClock
from tests.support.evening import Evening, Phone, ok

Json = dict[str, Any]
T = TypeVar("T")

WORDS = ("Ana", "Brisa", "Causa", "Dorada", "Esquina", "Farol", "Grau", "Huerta")
DEVICES = tuple(f"0192f1c8-7a00-7000-8000-00000000d00{number}" for number in range(3))
HEARD_OF_EVERY = 5  # acts: seldom enough to be missed in between
PLENTY = 12  # orders, tables, dishes: with more of them nothing ever meets


class Players:
    """`branch` is the branch's snapshot as it was before the command that is being played."""

    def __init__(self, evening: Evening, clock: ManualClock) -> None:
        self.evening = evening
        self.clock = clock
        self.branch: Json = {}
        self.phones: list[Phone] = []
        self.past_orders: list[Json] = []  # all that there ever were, as they were placed
        self.hired: list[Json] = []
        self._sweeper = Sweeper(evening.house.database, sweeps(RETENTION_HOURS))
        self._numbers = 0
        self._heard_of = 0

    async def furnish(self) -> None:
        """A house in which anything may happen soon: rooms, and dishes that leave something to choose."""
        manager = self.evening.manager
        for name in ("Terrace", "Bar"):
            ok(await manager.post("/api/spaces", json={"name": name}), 201)
        modifiers = [{"name": "Rice"}, {"name": "Yuca", "price": 300}, {"name": "Salad", "price": 500}]
        group = {"name": "Side", "min": 1, "max": 2, "modifiers": modifiers}
        side = ok(await manager.post("/api/menu/modifier-groups", json=group), 201)
        for dish in ("Lomo", "Papas"):
            offered = {"modifierGroupIds": [side["id"]]}
            ok(await manager.patch(f"/api/menu/items/{self.evening.dishes[dish]}", json=offered))

    # ---- what there is

    def tables(self, *states: str) -> list[Json]:
        return _in(self.branch["tables"], states)

    def visits(self, *states: str) -> list[Json]:
        return _in(self.branch["sessions"], states)

    def orders(self, *states: str) -> list[Json]:
        return _in(self.branch["orders"], states)

    def requests(self, *states: str) -> list[Json]:
        return _in(self.branch["requests"], states)

    def guests(self) -> list[tuple[Phone, Json]]:
        """Who takes part in a visit, with it: those that came first, so that much happens to a few."""
        return self.phones_of("in")[:3]

    def strangers(self) -> list[tuple[Phone, Json]]:
        """Any phones, also those that may do nothing any more."""
        return [(phone, {}) for phone in self.phones]

    def phones_of(self, *states: str) -> list[tuple[Phone, Json]]:
        """The phones that are so in an open visit, with the visit."""
        known = {phone.id: phone for phone in self.phones}
        return [
            (known[guest["id"]], visit)
            for visit in self.visits()
            for guest in visit["guests"]
            if guest["id"] in known and guest["status"] in states
        ]

    def kept(self, answer: httpx.Response) -> httpx.Response:
        """The answer, whose order is remembered if it is a new one."""
        if answer.status_code == httpx.codes.CREATED:
            self.past_orders.append(answer.json())
        return answer

    async def menu(self) -> list[Json]:
        """The menu's categories."""
        return ok(await self.evening.waiter.get("/api/menu"))["categories"]

    async def dishes(self) -> list[Json]:
        return [item for category in await self.menu() for item in category["items"]]

    async def groups(self) -> list[Json]:
        return ok(await self.evening.waiter.get("/api/menu/modifier-groups"))["items"]

    # ---- chance

    def name(self, chance: Random) -> str:
        """A new one each time."""
        self._numbers += 1
        return f"{chance.choice(WORDS)} {self._numbers}"

    async def items(self, chance: Random, most: int = 3) -> list[Json]:
        """Lines for an order, most of them as they should be."""
        dishes = await self.dishes()
        return [_line(chance, chance.choice(dishes)) for _ in range(chance.randint(1, most))]

    async def screens_are_heard_of(self) -> None:
        """Beside all commands and left to no chance: now and then one of the screens that are connected."""
        self._heard_of += 1
        if self._heard_of % HEARD_OF_EVERY:
            return
        house, number = self.evening.house, self._heard_of // HEARD_OF_EVERY
        kind = list(ScreenKind)[number % len(ScreenKind)]
        screen = ScreenName(id=DEVICES[number % len(DEVICES)], kind=kind, name=f"Screen {number}")
        lease = Lease(house.organization_id, house.branch_id, screen, left=15 * SECOND)
        async with house.database.transaction() as tx:
            await screens.come_online(tx, await screens.renew(tx, [lease]))

    async def time_passes(self, milliseconds: int) -> None:
        """With whatever it brings about."""
        self.clock.advance(milliseconds)
        await self._sweeper.sweep()


def pick(chance: Random, *choices: Sequence[T]) -> T | None:
    """One of the first of `choices` that has any, seldom of another; None if all are empty."""
    some = [each for each in choices if each]
    if not some:
        return None
    return chance.choice(some[0] if chance.random() < 0.85 else chance.choice(some))


def maybe(chance: Random, **fields: Any) -> Json:
    """Some of `fields`."""
    return {name: value for name, value in fields.items() if chance.random() < 0.5}


def any_of(chance: Random, **fields: Any) -> Json:
    """Some of `fields`, at least one."""
    sure = chance.choice(list(fields))
    return {name: value for name, value in fields.items() if name == sure or chance.random() < 0.5}


def _in(things: Sequence[Json], states: Collection[str]) -> list[Json]:
    return [each for each in things if not states or each["status"] in states]


def _line(chance: Random, dish: Json) -> Json:
    chosen = [
        modifier["id"]
        for group in dish["modifierGroups"]
        for modifier in chance.sample(group["modifiers"], chance.randint(group["min"], group["max"]))
    ]
    return {
        "menuItemId": dish["id"],
        "quantity": chance.randint(1, 4),
        "modifierIds": chosen,
        **maybe(chance, notes=chance.choice(["no salt", "rare", ""])),
    }


Play = Callable[[Players, Random], Awaitable[httpx.Response | None]]


class Command(NamedTuple):
    """`play` picks by chance what the command is about and carries it out: the API's answer, or None if
    there was nothing to do it with. `weight`: how often, beside the others. `after`: the names of
    commands that bring about what it needs."""

    name: str
    play: Play
    weight: int
    after: tuple[str, ...]


COMMANDS: dict[str, Command] = {}


def command(weight: int = 1, *, after: tuple[str, ...] = ()) -> Callable[[Play], Play]:
    """Have a command played in the evenings of the property tests."""

    def register(play: Play) -> Play:
        name = play.__name__  # type: ignore[attr-defined]
        assert name not in COMMANDS, f"two commands are called {name}"
        COMMANDS[name] = Command(name, play, weight, after)
        return play

    return register
