"""Use cases of visits."""

from restai.features.sessions.service.expiry import expire_due, expired
from restai.features.sessions.service.finding import check_may_become, locked, pair, visit, visits
from restai.features.sessions.service.joining import (
    admit_as_guest,
    guest_of,
    hold_for,
    join,
    known_guest,
)
from restai.features.sessions.service.relocating import (
    check_going_on,
    check_open_for,
    label_anew,
    locked_at,
    merge,
    move,
)
from restai.features.sessions.service.seating import (
    admit,
    approve,
    complete,
    reject,
    remove,
    seat,
    visit_at,
    visit_for_order,
)

__all__ = [
    "admit",
    "admit_as_guest",
    "approve",
    "check_going_on",
    "check_may_become",
    "check_open_for",
    "complete",
    "expire_due",
    "expired",
    "guest_of",
    "hold_for",
    "join",
    "known_guest",
    "label_anew",
    "locked",
    "locked_at",
    "merge",
    "move",
    "pair",
    "reject",
    "remove",
    "seat",
    "visit",
    "visit_at",
    "visit_for_order",
    "visits",
]
