"""Events in words."""

from __future__ import annotations

from typing import Any

import pytest

from restai.cli.telling import tell
from restai.live.catalog import EVENTS

ITEMS = [{"status": status} for status in ("pending", "ready", "served", "cancelled")]
AT_TABLE = {"orderNumber": "45", "tableNumber": "3", "customerName": None, "status": "ready", "items": ITEMS}
TO_GO = {
    "orderNumber": "46",
    "tableNumber": None,
    "customerName": "Jorge",
    "status": "confirmed",
    "items": [],
}
COUNTER = TO_GO | {"customerName": None}


def money(paid: int, balance: int) -> dict[str, Any]:
    order = AT_TABLE | {"paid": paid, "balance": balance}
    return {"type": "order:updated", "change": "paid", "order": order}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "order:created", "order": AT_TABLE}, "New order 45 for Table 3"),
        ({"type": "order:created", "order": TO_GO}, "New order 46 for Jorge"),
        ({"type": "order:created", "order": COUNTER}, "New order 46"),
        ({"type": "order:updated", "change": "status", "order": AT_TABLE}, "Order 45 for Table 3 is ready"),
        (
            {"type": "order:updated", "change": "items_added", "order": AT_TABLE},
            "Order 45 for Table 3 has more lines",
        ),
        (
            {"type": "order:updated", "change": "item_status", "order": AT_TABLE},
            "Order 45 for Table 3: 2 of 3 lines ready",
        ),
        (
            {"type": "order:updated", "change": "item_cancelled", "order": AT_TABLE},
            "Order 45 for Table 3: a line was cancelled",
        ),
        (
            {"type": "order:updated", "change": "seen", "order": AT_TABLE},
            "Order 45 for Table 3 was seen by the kitchen",
        ),
        (
            {"type": "order:updated", "change": "taken", "order": AT_TABLE | {"takenBy": {"name": "Ana"}}},
            "Order 45 for Table 3 is with Ana",
        ),
        (
            {"type": "order:updated", "change": "taken", "order": AT_TABLE | {"takenBy": None}},
            "Order 45 for Table 3 waits for a runner again",
        ),
        (
            {"type": "order:updated", "change": "priority", "order": TO_GO | {"priority": True}},
            "Order 46 for Jorge is in a rush",
        ),
        (
            {"type": "order:updated", "change": "priority", "order": TO_GO | {"priority": False}},
            "Order 46 for Jorge is in no rush any more",
        ),
        (
            {"type": "order:updated", "change": "polished", "order": COUNTER},
            "Order 46: polished",
        ),
        ({"type": "order:unseen", "order": AT_TABLE}, "Order 45 for Table 3 was not seen by the kitchen"),
        (money(4_200, 0), "Order 45 for Table 3 is paid"),
        (money(1_000, 3_200), "Order 45 for Table 3 is paid in part"),
        (money(0, 4_200), "Order 45 for Table 3 is not paid"),
        (money(4_200, -601), "Order 45 for Table 3 has got too much money"),
        ({"type": "payment:recorded", "orders": [AT_TABLE]}, "A payment for Table 3 was taken"),
        ({"type": "payment:voided", "orders": [TO_GO]}, "A payment for Jorge was given back"),
        ({"type": "till:opened", "till": {}}, "The till was opened"),
        ({"type": "till:closed", "till": {}}, "The till was counted"),
        ({"type": "table:occupied", "table": {"number": "7"}}, "Table 7 is occupied"),
        ({"type": "table:available", "table": {"number": "B4"}}, "B4 is free"),
        ({"type": "session:requested", "session": {"tableNumber": "7"}}, "Table 7 asks to be let in"),
        (
            {"type": "menu:availability", "isAvailable": False, "item": {"name": "Ceviche"}},
            "Ceviche is sold out",
        ),
        ({"type": "menu:availability", "isAvailable": True, "item": {"name": "Ceviche"}}, "Ceviche is back"),
        ({"type": "menu:updated", "menuVersion": 3}, "The menu was changed"),
        ({"type": "session:moved", "session": {"tableNumber": "7"}}, "Table 7 is where a party sits now"),
        ({"type": "request:moved", "kind": "waiter"}, "A call comes from another table now"),
        ({"type": "request:created", "kind": "waiter"}, "A table calls the waiter"),
        ({"type": "request:created", "kind": "bill"}, "A table asks for the bill"),
        ({"type": "request:acknowledged", "kind": "bill"}, "Somebody goes to a table that called"),
        ({"type": "request:cancelled", "kind": "bill"}, "A call from a table was taken back"),
        ({"type": "request:resolved", "kind": "bill"}, "A table has what it called for"),
        ({"type": "screen:online", "screen": {"name": "Grill"}}, "Grill is there"),
        ({"type": "screen:offline", "screen": {"name": "Grill"}}, "Grill is gone"),
        ({"type": "cart:updated"}, "A party changed its cart"),
        ({"type": "weather:changed"}, "weather:changed"),
    ],
)
def test_what_happened_in_words(event: dict[str, Any], words: str) -> None:
    assert tell(event) == words


def test_every_event_of_the_catalogue_has_words() -> None:
    carried = {
        "order": AT_TABLE,
        "orders": [AT_TABLE],
        "session": {"tableNumber": "7"},
        "table": {"number": "7"},
        "screen": {"name": "Grill"},
        "item": {"name": "Ceviche"},
        "isAvailable": True,
        "kind": "bill",
    }
    for event in EVENTS:
        assert tell({"type": event.type, **carried}) != event.type
