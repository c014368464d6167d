"""Every event type there is, in one place."""

from __future__ import annotations

from restai.events import Event
from restai.features.branches.events import BranchUpdated
from restai.features.cart.events import CartUpdated
from restai.features.menu.events import MenuAvailability, MenuUpdated
from restai.features.orders.events import OrderCreated, OrderUnseen, OrderUpdated
from restai.features.payments.events import PaymentRecorded, PaymentVoided, TillClosed, TillOpened
from restai.features.requests.events import (
    RequestAcknowledged,
    RequestCancelled,
    RequestCreated,
    RequestMoved,
    RequestResolved,
)
from restai.features.screens.events import ScreenOffline, ScreenOnline
from restai.features.sessions.events import (
    GuestAdmitted,
    GuestLeft,
    GuestWaiting,
    SessionApproved,
    SessionEnded,
    SessionMerged,
    SessionMoved,
    SessionRejected,
    SessionRequested,
    SessionUpdated,
    VisitAccessChanged,
)
from restai.features.staff.events import AccessChanged
from restai.features.tables.events import TableAvailable, TableOccupied, TableUpdated
from restai.live import policy
from restai.live.eventlog import About
from restai.realtime.ports import Catalogue

EVENTS: tuple[type[Event], ...] = (
    BranchUpdated,
    CartUpdated,
    GuestAdmitted,
    GuestLeft,
    GuestWaiting,
    MenuAvailability,
    MenuUpdated,
    OrderCreated,
    OrderUnseen,
    OrderUpdated,
    PaymentRecorded,
    PaymentVoided,
    RequestAcknowledged,
    RequestCancelled,
    RequestCreated,
    RequestMoved,
    RequestResolved,
    ScreenOffline,
    ScreenOnline,
    SessionApproved,
    SessionEnded,
    SessionMerged,
    SessionMoved,
    SessionRejected,
    SessionRequested,
    SessionUpdated,
    TableAvailable,
    TableOccupied,
    TableUpdated,
    TillClosed,
    TillOpened,
)
"""What clients may be sent."""

INTERNAL: tuple[type[Event], ...] = (AccessChanged, VisitAccessChanged)
"""What only the processes read."""

CATALOGUE = Catalogue(
    types=frozenset(event.type for event in (*EVENTS, *INTERNAL)), about=About, body=policy.outside
)
"""What the real-time core must know of them."""
