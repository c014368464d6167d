"""How a guest's call moves. Pure."""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    WAITER = "waiter"
    BILL = "bill"


class RequestStatus(StrEnum):
    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


R = RequestStatus

MOVES: dict[RequestStatus, frozenset[RequestStatus]] = {
    R.PENDING: frozenset({R.ACKNOWLEDGED, R.RESOLVED, R.CANCELLED}),
    R.ACKNOWLEDGED: frozenset({R.RESOLVED, R.CANCELLED}),
    R.RESOLVED: frozenset(),
    R.CANCELLED: frozenset(),
}
OPEN = frozenset({R.PENDING, R.ACKNOWLEDGED})


def may_become(request: RequestStatus, to: RequestStatus) -> bool:
    return to in MOVES[request]


def at_visits_end(request: RequestStatus) -> RequestStatus:
    """What becomes of an open request when its party has left: who was going has been there, and what
    nobody took on has not been dealt with."""
    return R.RESOLVED if request is R.ACKNOWLEDGED else R.CANCELLED
