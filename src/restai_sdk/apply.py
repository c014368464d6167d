"""What an event does to a snapshot: `apply(snapshot, event)`. Pure; nothing is changed in place.

Each event carries the resources it changed, whole and with their `rev`. A resource is replaced only
by a higher `rev`, and is dropped when it no longer belongs to its collection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

# What the events of a kind carry: the kind is the type's part before the colon.
_CARRIED = {
    "order": "order",
    "table": "table",
    "session": "session",
    "guest": "session",
    "cart": "cart",
    "request": "request",
    "payment": "orders",
    "till": "till",
    "menu": "menuVersion",
    "branch": "branch",
    "screen": "screen",
}

_COLLECTION = {
    "order": "orders",
    "table": "tables",
    "session": "sessions",
    "request": "requests",
    "screen": "screens",
}


def _is_open(order: Json) -> bool:
    return order.get("status") not in ("completed", "cancelled") or order.get("balance", 0) != 0


def _status(*those: str) -> Callable[[Json], bool]:
    return lambda resource: resource.get("status") in those


# Who belongs to a staff snapshot. A guest's holds everything of his visit.
_BELONGS: dict[str, Callable[[Json], bool]] = {
    "orders": _is_open,
    "tables": lambda table: not table.get("archived"),
    "sessions": _status("pending", "active"),
    "requests": _status("pending", "acknowledged"),
    "screens": _status("online"),
    "till": _status("open"),
}


def apply(snapshot: Json, event: Json) -> Json:
    """The snapshot after the event.

    One that it has seen already changes nothing; one of an unknown type only the position.
    """
    stream = snapshot["stream"]
    if event["seq"] <= stream["seq"]:
        return snapshot
    after = snapshot | {"stream": stream | {"seq": event["seq"]}}
    field = _CARRIED.get(event["type"].partition(":")[0], "")
    value = event.get(field)
    if value is None:
        return after
    if field == "menuVersion":
        return after | {field: value}
    for resource in value if isinstance(value, list) else [value]:
        _put(after, _place(after, field), resource)
    return after


def update(snapshot: Json, field: str, resource: Json) -> Json:
    """The snapshot with what a REST call answered: `field` is `order`, `table`, `session` or the like.

    Such an answer may be late. So it updates what is there, and neither adds nor drops: the event,
    which has its place in the log, does that.
    """
    name = _place(snapshot, field)
    held = snapshot.get(name)
    if isinstance(held, list):
        return snapshot | {name: [_newer(old, resource) for old in held]}
    return snapshot if held is None else snapshot | {name: _newer(held, resource)}


def _place(snapshot: Json, field: str) -> str:
    """Where a snapshot keeps such a resource: `tables` for staff, the one `table` for guests."""
    collection = _COLLECTION.get(field, field)
    return collection if collection in snapshot else field


def _put(after: Json, name: str, resource: Json) -> None:
    """Put a resource in its place in `after`, whose top level is ours to change."""
    if name not in after:
        return
    belongs = _everything if _is_guests(after) else _BELONGS.get(name, _everything)
    held = after[name]
    if isinstance(held, list):
        after[name] = _upsert(held, resource, belongs)
        return
    another = held is None or held.get("id") != resource.get("id")
    kept = resource if another else _newer(held, resource)
    after[name] = kept if belongs(kept) else None


def _upsert(held: list[Json], resource: Json, belongs: Callable[[Json], bool]) -> list[Json]:
    known = any(old["id"] == resource["id"] for old in held)
    merged = [_newer(old, resource) for old in held] if known else [*held, resource]
    return [each for each in merged if each["id"] != resource["id"] or belongs(each)]


def _newer(old: Json, new: Json) -> Json:
    """`new` if it is the same resource at a higher `rev`, else `old`."""
    return new if old.get("id") == new.get("id") and new.get("rev", 0) > old.get("rev", 0) else old


def _is_guests(snapshot: Json) -> bool:
    return "tables" not in snapshot


def _everything(_resource: Json) -> bool:
    return True
