"""What is read across features, on the wire.

The two snapshots are what a screen starts from, before events keep it right.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from restai.auth.audit import AuditEntry, Deed
from restai.events import Shape
from restai.features.branches.schemas import BranchView, GuestBranchView
from restai.features.cart.schemas import CartView
from restai.features.orders.schemas import GuestOrderView, OrderView
from restai.features.payments.schemas import PaymentView, TillView
from restai.features.requests.schemas import GuestRequestView, RequestView
from restai.features.screens.schemas import ScreenView
from restai.features.sessions.schemas import GuestSessionView, SessionView
from restai.features.tables.schemas import GuestTableView, TableView
from restai.ids import Id


class LogPosition(Shape):
    """Where the data stands in the branch's log: events up to `seq` are in it, later ones are not."""

    epoch: Id
    seq: int


class Snapshot(Shape):
    """A branch as its staff's screens hold it.

    Tables that are not archived; visits pending or active; orders that are neither completed nor
    cancelled, or whose balance is not 0; requests pending or acknowledged; named screens that are
    there; the till that is open.
    """

    stream: LogPosition
    branch: BranchView
    tables: list[TableView]
    sessions: list[SessionView]
    orders: list[OrderView]
    requests: list[RequestView]
    screens: list[ScreenView]
    till: TillView | None
    menu_version: int


class GuestSnapshot(Shape):
    """A visit as one of its guests may see it; who waits sees himself, no orders or requests, and
    an empty cart."""

    stream: LogPosition
    branch: GuestBranchView
    table: GuestTableView
    session: GuestSessionView
    orders: list[GuestOrderView]
    cart: CartView
    requests: list[GuestRequestView]
    menu_version: int


class BilledLineView(Shape):
    """What a line comes to, tax and all. `paymentId` is the payment that was for it."""

    id: Id
    order_id: Id
    amount: int
    payment_id: Id | None


class Bill(Shape):
    """What a visit comes to and what of it is paid: its orders, and its payments, voided ones too.

    The sums are those of the orders, which are never taxed again: `total - paid == balance`, and the
    `lines` are the total. `tips` are those of payments that count. Money in minor units of `currency`.
    """

    session: SessionView
    currency: str
    orders: list[OrderView]
    lines: list[BilledLineView]
    payments: list[PaymentView]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    tips: int


class ProcessView(Shape):
    """How the process that answers serves the branch: its open sockets there, `phones` of guests among them,
    and its rooms with somebody in them. `logLagMs` is the delivery lag: how long ago its log was confirmed
    (null: nobody hears it here). `redis` is null where there is none; without it all is a little later."""

    connections: int
    phones: int
    rooms: int
    log_lag_ms: int | None
    redis: Literal["ok", "away"] | None
    redis_ms: float | None


class Monitor(Shape):
    """How a branch fares. `eventsPerSecond` are those of the last minute, `screens` the named ones that are
    there, `databaseMs` what reading this took; all of them whichever process answers. `process` is null
    where that serves no sockets."""

    at: int
    events_per_second: float
    screens: list[ScreenView]
    unseen_orders: list[OrderView]
    database_ms: float
    process: ProcessView | None


class PastKind(StrEnum):
    VISIT = "visit"
    ORDER = "order"


class PastAccount(Shape):
    """What is over: a visit, or an order that was on no visit's bill. Its `id` is what to ask more of.

    `tips` are those of payments that count; all money is in minor units of the branch's currency.
    """

    id: Id
    kind: PastKind
    table_number: str | None
    customer_name: str | None
    order_numbers: list[str]
    began_at: int
    ended_at: int
    total: int
    paid: int
    balance: int
    tips: int


class Doer(Shape):
    """Somebody of the staff, under the name he had then."""

    id: Id
    name: str


class AuditView(Shape):
    """Somebody did something that has to be answered for. `about` is the account, the visit, the order,
    the payment, the till or the branch; `details` depend on the deed, and may come to say more."""

    id: Id
    at: int
    by: Doer
    deed: Deed
    branch_id: Id | None
    about: Id
    details: dict[str, Any]


def audit_view(entry: AuditEntry) -> AuditView:
    return AuditView(
        id=entry.id,
        at=entry.at,
        by=Doer(id=entry.by, name=entry.by_name),
        deed=entry.deed,
        branch_id=entry.branch_id,
        about=entry.about,
        details=entry.details,
    )
