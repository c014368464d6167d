"""How a visit and its guests move. Pure."""

from __future__ import annotations

from enum import StrEnum

from restai.clock import MINUTE

PENDING_LIFE = 10 * MINUTE  # a party that nobody let in by then has left, or asks a waiter


class SessionStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    COMPLETED = "completed"


class GuestStatus(StrEnum):
    WAITING = "waiting"
    IN = "in"
    OUT = "out"


S = SessionStatus
G = GuestStatus

SESSION_MOVES: dict[SessionStatus, frozenset[SessionStatus]] = {
    S.PENDING: frozenset({S.ACTIVE, S.REJECTED}),
    S.ACTIVE: frozenset({S.COMPLETED}),
    S.REJECTED: frozenset(),
    S.COMPLETED: frozenset(),
}
GUEST_MOVES: dict[GuestStatus, frozenset[GuestStatus]] = {
    G.WAITING: frozenset({G.IN, G.OUT}),
    G.IN: frozenset({G.OUT}),
    G.OUT: frozenset(),
}
OPEN = frozenset({S.PENDING, S.ACTIVE})


def may_become(session: SessionStatus, to: SessionStatus) -> bool:
    return to in SESSION_MOVES[session]


def guest_may_become(session: SessionStatus, guest: GuestStatus, to: GuestStatus) -> bool:
    """Whether a guest may go to `to`: in only while the visit is active, since a pending one is
    approved or rejected as a whole; out whenever the visit is open."""
    allowed = {S.ACTIVE} if to is G.IN else OPEN
    return session in allowed and to in GUEST_MOVES[guest]
