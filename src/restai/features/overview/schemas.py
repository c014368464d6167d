"""What is read across features, on the wire.

The two snapshots are what a screen starts from, before events keep it right.
"""

from __future__ import annotations

from restai.events import Shape
from restai.features.branches.schemas import BranchView, GuestBranchView
from restai.features.cart.schemas import CartView
from restai.features.orders.schemas import GuestOrderView, OrderView
from restai.features.payments.schemas import PaymentView, TillView
from restai.features.requests.schemas import GuestRequestView, RequestView
from restai.features.sessions.schemas import GuestSessionView, SessionView
from restai.features.tables.schemas import GuestTableView, TableView
from restai.ids import Id

Nothing = tuple[()]
"""A collection of which there is nothing yet."""


class LogPosition(Shape):
    """Where the data stands in the branch's log: events up to `seq` are in it, later ones are not."""

    epoch: Id
    seq: int


class Snapshot(Shape):
    """A branch as its staff's screens hold it.

    Tables that are not archived; visits pending or active; orders that are neither completed nor
    cancelled, or whose balance is not 0; requests pending or acknowledged; the till that is open.
    """

    stream: LogPosition
    branch: BranchView
    tables: list[TableView]
    sessions: list[SessionView]
    orders: list[OrderView]
    requests: list[RequestView]
    screens: Nothing = ()
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
