"""The states of orders and lines once more, written by hand from the rules and not from the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Seen(NamedTuple):
    """A line as anybody sees it."""

    status: str
    station: str


ORDER_STATES = ["pending", "confirmed", "preparing", "ready", "served", "completed", "cancelled"]
LINE_STATES = ["pending", "preparing", "ready", "served", "cancelled"]

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
