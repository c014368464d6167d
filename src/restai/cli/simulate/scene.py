"""What all who play in a branch have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import httpx

from restai.cli.simulate.checks.record import Record
from restai.cli.simulate.plan import Pace
from restai.cli.simulate.report import Report
from restai.ids import new_id
from restai_sdk import Api, TokenProvider
from restai_sdk.api.orders import LineDraft

Json = dict[str, Any]

WISHES = 0.1  # of lines


class Account(NamedTuple):
    """Somebody of the staff who is signed in. `user`: his id."""

    role: str
    user: str
    token: TokenProvider
    api: Api


@dataclass
class Scene:
    """`dishes`: what the menu has, as it was when the evening began. `seed` decides what people want.
    `sent`: the ids of all orders and payments that anybody tried to make."""

    url: str
    http: httpx.AsyncClient
    branch: str
    seed: str
    pace: Pace
    record: Record
    report: Report
    dishes: list[Json]
    sent: set[str] = field(default_factory=set)

    def chance(self, whose: str) -> Random:
        """Numbers that are the same in every evening of the seed, whatever others do."""
        return Random(f"{self.seed} {whose}")

    def new_id(self) -> str:
        """For an order, a payment or a line that is going to be sent."""
        id_ = new_id()
        self.sent.add(id_)
        return id_

    def minutes_for(self, dish: str) -> int:
        """What it takes to cook."""
        return next((int(each["prepMinutes"]) for each in self.dishes if each["id"] == dish), 0)

    def lines(self, chance: Random, most: int = 4) -> list[LineDraft]:
        """What somebody feels like ordering, with what must be chosen for each dish."""
        wanted = [chance.choice(self.dishes) for _ in range(chance.randint(1, most))]
        return [line(chance, dish) for dish in wanted]


def line(chance: Random, dish: Json) -> LineDraft:
    """Some of a dish, with a choice in each of its groups."""
    chosen = [
        modifier["id"]
        for group in dish["modifierGroups"]
        for modifier in chance.sample(group["modifiers"], chance.randint(group["min"], group["max"]))
    ]
    wished = "sin sal" if chance.random() < WISHES else None
    quantity = chance.choice([1, 1, 1, 2, 3])
    return {"menuItemId": dish["id"], "quantity": quantity, "modifierIds": chosen, "notes": wished}
