"""Who works in a branch."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from restai.cli.simulate.people.cashier import Cashier
from restai.cli.simulate.people.cook import Cook
from restai.cli.simulate.people.person import Person
from restai.cli.simulate.people.waiter import Waiter


@dataclass(frozen=True)
class Crew:
    manager: Person
    waiters: list[Waiter]
    cashiers: list[Cashier]
    cooks: list[Cook]

    def waiter(self, chance: Random) -> Waiter:
        return chance.choice(self.waiters)

    def cashier(self, chance: Random) -> Cashier:
        return chance.choice(self.cashiers)

    def who_takes_money(self, chance: Random) -> Person:
        return chance.choice([*self.waiters, *self.cashiers])
