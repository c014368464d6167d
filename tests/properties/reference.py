"""What the rules say once more, written by hand from them and not from the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Seen(NamedTuple):
    """A line as anybody sees it."""

    status: str
    station: str


ORDER_STATES = ["pending", "confirmed", "preparing", "ready", "served", "completed", "cancelled"]
LINE_STATES = ["pending", "preparing", "ready", "served", "cancelled"]

# What a snapshot holds that no command changes, or none that there is yet.
UNCHANGING_FOR_STAFF = {
    "stream.epoch",
    "branch.id",
    "tables[].archived",
    "sessions[].mergedInto",
    "orders[].branchId",
    "screens[].status",  # when it is not shown any more
    "till.branchId",
    "till.rev",  # it is opened, and closed
    "till.status",  # when it is not shown any more
    "till.counted",
    "till.difference",
    "till.expected",
    "till.closedAt",
    "till.closedBy.id",
    "till.closedBy.name",
    "till.openedBy.id",  # there is one cashier
    "till.openedBy.name",
    "requests[].acknowledgedBy.id",  # and one waiter
    "requests[].acknowledgedBy.name",
    "orders[].takenBy.id",
    "orders[].takenBy.name",
}
UNCHANGING_FOR_GUESTS = {
    "stream.epoch",
    "branch.id",
    "table.status",
    "session.id",
    "session.status",
    "session.startedAt",
    "session.mergedInto",
    "orders[].branchId",
    "orders[].sessionId",
    "cart.id",
    "requests[].sessionId",
    "requests[].acknowledgedBy.name",
}

# one step on; skipping is several of these
LINE_COURSE = ["pending", "preparing", "ready", "served"]


def order_state(before: str, lines: Sequence[Seen]) -> str:
    """What an order is that was `before`, once its lines are these."""
    live = [line for line in lines if line.status != "cancelled"]
    if not live:
        return "cancelled"
    if before == "pending" or before == "completed":
        return before
    if {line.status for line in live} == {"served"}:
        return "served"
    if {line.status for line in live} <= {"ready", "served"}:
        return "ready"
    begun = [line for line in live if line.station != "none" and line.status != "pending"]
    return "preparing" if begun else "confirmed"


def line_may_go(before: str, after: str, *, forward: bool) -> bool:
    """Whether one line may change like this, going on (or being cancelled), or else back."""
    if before == after:
        return True
    if "cancelled" in (before, after):
        return forward and after == "cancelled" and before != "served"
    step = LINE_COURSE.index(after) - LINE_COURSE.index(before)
    return step > 0 if forward else step < 0
