"""Events in the words of the house: one line each."""

from __future__ import annotations

from typing import Any

from restai.cli.board import place

Json = dict[str, Any]

_STATUS = {
    "pending": "waits to be confirmed again",
    "confirmed": "is confirmed",
    "preparing": "is being prepared",
    "ready": "is ready",
    "served": "is served",
    "completed": "is completed",
    "cancelled": "is cancelled",
}

_ABOUT_A_TABLE = {
    "table:occupied": "is occupied",
    "table:available": "is free",
    "table:updated": "was changed",
    "session:requested": "asks to be let in",
    "session:approved": "is let in",
    "session:rejected": "was not let in",
    "session:updated": "has changes to its visit",
    "session:ended": "has left",
    "session:merged": "has joined another party",
    "session:moved": "is where a party sits now",
    "guest:waiting": "has a guest waiting at it",
    "guest:admitted": "has one more guest",
    "guest:left": "has one guest less",
}

_ABOUT_THE_HOUSE = {
    "branch:updated": "The settings were changed",
    "cart:updated": "A party changed its cart",
    "menu:updated": "The menu was changed",
    "till:opened": "The till was opened",
    "till:closed": "The till was counted",
    "request:acknowledged": "Somebody goes to a table that called",
    "request:cancelled": "A call from a table was taken back",
    "request:moved": "A call comes from another table now",
    "request:resolved": "A table has what it called for",
}
_CALLS = {"waiter": "A table calls the waiter", "bill": "A table asks for the bill"}

_ABOUT_MONEY = {"payment:recorded": "was taken", "payment:voided": "was given back"}


def tell(event: Json) -> str:
    """What happened, as one would call it across the room; the type itself where there is no better word."""
    kind: str = event["type"]
    if kind == "order:unseen":
        return f"{_named(event['order'])} was not seen by the kitchen"
    if kind.startswith("order:"):
        return _order(event)
    if kind.startswith("screen:"):
        return f"{event['screen']['name']} is {'there' if kind == 'screen:online' else 'gone'}"
    if kind == "menu:availability":
        return f"{event['item']['name']} {'is back' if event['isAvailable'] else 'is sold out'}"
    if kind in _ABOUT_MONEY:
        return f"A payment{_whose(event['orders'][0])} {_ABOUT_MONEY[kind]}"
    if kind == "request:created":
        return _CALLS.get(event["kind"], kind)
    if kind in _ABOUT_A_TABLE:
        return f"{place(event.get('table') or event['session'])} {_ABOUT_A_TABLE[kind]}"
    return _ABOUT_THE_HOUSE.get(kind, kind)


def _order(event: Json) -> str:
    order = event["order"]
    name = _named(order)
    match event.get("change"):
        case None:
            return f"New o{name[1:]}"
        case "status":
            return f"{name} {_STATUS.get(order['status'], order['status'])}"
        case "items_added":
            return f"{name} has more lines"
        case "item_status":
            return f"{name}: {_progress(order)}"
        case "item_cancelled":
            return f"{name}: a line was cancelled"
        case "seen":
            return f"{name} was seen by the kitchen"
        case "taken" if order["takenBy"]:
            return f"{name} is with {order['takenBy']['name']}"
        case "taken":
            return f"{name} waits for a runner again"
        case "priority":
            return f"{name} is {'in a rush' if order['priority'] else 'in no rush any more'}"
        case "moved":
            return f"{name} is brought there now"
        case "paid":
            return f"{name} {_money(order)}"
        case change:
            return f"{name}: {change}"


def _named(order: Json) -> str:
    return f"Order {order['orderNumber']}{_whose(order)}"


def _whose(order: Json) -> str:
    if order.get("tableNumber"):
        return f" for {place(order)}"
    return f" for {order['customerName']}" if order.get("customerName") else ""


def _money(order: Json) -> str:
    if order["balance"] < 0:
        return "has got too much money"
    if order["balance"] == 0:
        return "is paid"
    return "is paid in part" if order["paid"] else "is not paid"


def _progress(order: Json) -> str:
    live = [item for item in order["items"] if item["status"] != "cancelled"]
    done = sum(item["status"] in ("ready", "served") for item in live)
    return f"{done} of {len(live)} lines ready"
