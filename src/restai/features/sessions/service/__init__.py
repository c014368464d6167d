"""Use cases of visits."""

from restai.features.sessions.service.expiry import expire_due
from restai.features.sessions.service.finding import check_may_become, locked, table_of, visit, visits
from restai.features.sessions.service.joining import (
    admit_as_guest,
    guest_of,
    hold_for,
    join,
    known_guest,
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
    "check_may_become",
    "complete",
    "expire_due",
    "guest_of",
    "hold_for",
    "join",
    "known_guest",
    "locked",
    "reject",
    "remove",
    "seat",
    "table_of",
    "visit",
    "visit_at",
    "visit_for_order",
    "visits",
]
