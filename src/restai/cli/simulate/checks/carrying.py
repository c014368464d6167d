"""What events and answers carry, as the protocol's table of events has it, written down by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Key = tuple[str, str]
"""What a resource goes by: its kind and its id."""

KINDS = ("order", "session", "table", "request", "till", "payment", "cart")

PARTY_ALONE = frozenset({"cart:updated"})
"""No staff screen hears of these."""

EVERYBODY = frozenset({"menu:availability", "menu:updated", "branch:updated"})
"""These are about no party, and every phone hears of them."""

PARTY = frozenset(
    {
        "order:created",
        "order:updated",
        "cart:updated",
        "request:created",
        "request:moved",
        "request:acknowledged",
        "request:resolved",
        "request:cancelled",
        "payment:recorded",
        "payment:voided",
        "session:ended",
    }
)
"""Every phone that takes part in a visit hears these of it."""

OWN_OUTCOME = frozenset(
    {"session:approved", "session:rejected", "session:ended", "session:merged", "guest:admitted"}
)
"""All that a waiting phone hears of the visit that it waits for."""

STAFF_ALONE = frozenset(
    {
        *("takenBy", "priority", "unseenAt", "station"),
        *("code", "capacity", "archived"),
        *("voidReason", "voidedBy", "by", "tendered", "share"),
        *("stations", "autoApprove", "autoConfirm", "dayStartsAt"),
    }
)
"""Fields that no phone is told, wherever they are: of orders and lines, tables, payments, the branch."""

STAFF_ALONE_IN = {
    "table": frozenset({"sessionId", "position"}),
    "payment": frozenset({"change", "lines"}),
    "acknowledgedBy": frozenset({"id"}),
}
"""Likewise fields whose names mean something else elsewhere, by what they are fields of."""


def is_event(frame: Json) -> bool:
    """Whether it is an event of the log: the stamp tells."""
    return "v" in frame and "seq" in frame


def carried(event: Json) -> Iterator[tuple[Key, Json]]:
    """The resources whose state an event tells, whole."""
    for kind in KINDS:
        if isinstance(resource := event.get(kind), dict):
            yield (kind, resource["id"]), resource
    for order in event.get("orders", ()):
        yield ("order", order["id"]), order


def visit_of(event: Json) -> str | None:
    """The visit that an event is about; None: none."""
    if (visit := event.get("sessionId")) is not None:
        return str(visit)
    for _, resource in carried(event):
        if (visit := resource.get("sessionId")) is not None:
            return str(visit)
    return None
