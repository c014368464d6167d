"""What a run of invented requests has learned, to make of them requests that mean something.

Ids are learned from every answer, by the names of its schemas: an `OrderView`'s id is an order's, and goes
into `order_id`, `orderId` and `orderIds`. A new feature needs nothing here, unless its names differ
(`ALIASES`), a field must have a certain value to make sense (`VALUES`, or `of_one` in one operation), or the
fields of a body depend on each other (`BODIES`).
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from pydantic.alias_generators import to_camel

from restai.http.examples import thing
from restai.http.openapi import SCHEMAS
from restai.ids import new_id

Json = dict[str, Any]

FED = 0.9  # of the values that could be fed: the rest stays as it was invented
GIVEN = 0.5  # of the bodies that are known
NEWEST = 0.7  # of the ids: who was made last is still in the state in which things begin

ALIASES = {"menuItem": "item", "user": "staff", "group": "modifierGroup"}

_numbers = itertools.count(1)


def _unique_email() -> str:
    return f"guest{next(_numbers)}@casalola.example"


def _unique_number() -> str:
    return f"N{next(_numbers)}"


# Of fields by their names, wherever they are.
VALUES: dict[str, Callable[[], Any]] = {
    "id": new_id,
    "email": _unique_email,
    "password": lambda: "mise en place",
    "currentPassword": lambda: None,
    "timeZone": lambda: "America/Lima",
    "currency": lambda: "PEN",
    "stations": lambda: ["kitchen", "bar"],
    "modifierIds": list,
    "modifierGroupIds": list,
    "number": _unique_number,
    "imageUrl": lambda: None,
    "min": lambda: 0,
    "max": lambda: 1,
    "from": lambda: None,
    "cursor": lambda: None,
    "search": lambda: None,
    "since": lambda: None,
    "Idempotency-Key": new_id,
    "role": lambda: "waiter",
}


# Of operations, a body that means something once its ids are fed. Half of their requests have it.
BODIES: dict[str, Json] = {
    "orders_place_as_guest": {"items": [{"menuItemId": "", "quantity": 1}]},
    "payments_sell": {
        "order": {"branchId": "", "type": "takeout", "items": [{"menuItemId": "", "quantity": 2}]},
        "payment": {"method": "card"},
    },
    "payments_take": {"orderId": "", "method": "card", "all": True},
}


class Larder:
    """Ids by the kind of thing, newest last, and whatever else answers gave that requests can use."""

    def __init__(self, schemas: Json, *, kept: set[str], seed: int) -> None:
        """`kept` are ids that no request must name: the run itself depends on them."""
        self._schemas = schemas
        self._kept = kept
        self._random = random.Random(seed)
        self._known: dict[str, list[Any]] = defaultdict(list)
        self.of_all = dict(VALUES)
        self.of_one: dict[str, dict[str, Callable[[], Any]]] = {}

    # ---- learning

    def learn(self, value: Any, schema: Json) -> None:
        """Take the ids out of an answer that has this schema."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(SCHEMAS)
            if isinstance(value, dict) and "id" in value:
                self._take(thing(name), value["id"])
            self.learn(value, self._schemas[name])
            return
        for choice in schema.get("anyOf", ()):
            if value is not None:
                self.learn(value, choice)
        if isinstance(value, list):
            for each in value:
                self.learn(each, schema.get("items", {}))
        elif isinstance(value, dict):
            for name, each in value.items():
                if name in ("code", "refreshToken"):
                    self._take(name, each)
                self.learn(each, schema.get("properties", {}).get(name, {}))

    def _take(self, kind: str, value: Any) -> None:
        known = self._known[kind]
        if value in self._kept or not isinstance(value, str):
            return
        if value in known:
            known.remove(value)
        known.append(value)

    # ---- feeding

    def body(self, operation: str, invented: Any) -> Any:
        """A body that means something, made of one that was invented."""
        given = operation in BODIES and self._random.random() < GIVEN
        return self.feed(operation, BODIES[operation] if given else invented)

    def feed(self, operation: str, value: Any) -> Any:
        """A copy of parameters or of a body in which fields mean something."""
        match value:
            case list():
                return [self.feed(operation, each) for each in value]
            case dict():
                return {name: self._fed(operation, name, each) for name, each in value.items()}
            case float() if value.is_integer():
                return int(value)  # as everybody writes it, though JSON knows no difference
        return value

    def _fed(self, operation: str, name: str, value: Any) -> Any:
        certain = self.of_one.get(operation, {}).get(name)
        if certain is not None:
            return certain()
        if self._random.random() < FED:
            if name in self.of_all:
                return self.of_all[name]()
            if known := self._known_by(name):
                one = known[-1] if self._random.random() < NEWEST else self._random.choice(known)
                return [one] if name.endswith("s") else one
        return self.feed(operation, value)

    def _known_by(self, name: str) -> list[Any]:
        """What could stand in a field or parameter of this name."""
        name = to_camel(name)
        if name in self._known:
            return self._known[name]
        kind = name.removesuffix("s").removesuffix("Id")
        is_id = name.removesuffix("s").endswith("Id")
        return self._known[ALIASES.get(kind, kind)] if is_id else []

    def newest(self, kind: str) -> Any:
        """The one of a kind that was learned last."""
        return self._known[kind][-1]
