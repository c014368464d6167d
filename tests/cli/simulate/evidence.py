"""Made-up events and screens, for checks that are to find what is wrong with them."""

from __future__ import annotations

from typing import Any

from restai.cli.simulate.checks.record import Place, Record
from restai.cli.simulate.report import Promise

Json = dict[str, Any]

BRANCH: Json = {"id": "b1", "rev": 1, "taxRate": 1_800, "pricesIncludeTax": True}
EMPTY: Json = {
    "stream": {"epoch": "e1", "seq": 10},
    "branch": BRANCH,
    "orders": [],
    "sessions": [],
    "tables": [],
    "requests": [],
    "till": None,
}


def order(rev: int = 1, **more: Any) -> Json:
    """One dish for 1180, of which 180 is tax."""
    line = {"status": "pending", "quantity": 2, "unitPrice": 500, "modifiers": [{"price": 90}]}
    made = {
        "id": "o1",
        "rev": rev,
        "orderNumber": "7",
        "status": "confirmed",
        "items": [line],
        "sessionId": "s1",
    }
    money = {"subtotal": 1_000, "tax": 180, "total": 1_180, "paid": 0, "balance": 1_180}
    return made | money | more


def payment(**more: Any) -> Json:
    made = {
        "id": "p1",
        "rev": 1,
        "method": "cash",
        "amount": 1_180,
        "tip": 20,
        "tendered": 2_000,
        "change": 800,
    }
    return (
        made
        | {"allocations": [{"orderId": "o1", "amount": 1_180}], "voidedAt": None, "sessionId": "s1"}
        | more
    )


def event(seq: int, type_: str = "order:updated", **more: Any) -> Json:
    stamp = {"v": 1, "id": f"event-{seq}", "branchId": "b1", "seq": seq, "timestamp": 0}
    carried = {"order": order(seq)} if type_.startswith("order:") and "order" not in more else {}
    return {"type": type_, **stamp, **carried, **more}


class Problems:
    def __init__(self) -> None:
        self.found: list[tuple[Promise, str]] = []

    def __call__(self, promise: Promise, text: str) -> None:
        self.found.append((promise, text))


class Witness:
    """A screen that has been live all the time."""

    def __init__(self, name: str, record: Record) -> None:
        self.name = name
        self.is_guests = False
        self.told: set[Place] = set()
        self.had_its_time = True
        self._record = record
        record.screens.add(self)

    def hears(self, event: Json, *, frame: int | None = None, now: float = 0, epoch: str = "e1") -> None:
        place = self._record.place(epoch, event["seq"])
        self.told.add(place)
        self._record.tell(self, place, event, event["seq"] if frame is None else frame, now)

    def owes(self, place: Place, event: Json) -> bool:
        return place not in self.told

    def had_time(self, place: Place, since: float, now: float) -> bool:
        return self.had_its_time

    def is_done_with(self, place: Place) -> bool:
        return False
