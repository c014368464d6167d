"""The two snapshots on the wire: what a screen starts from, before events keep it right."""

from __future__ import annotations

from restai.events import Shape
from restai.features.branches.schemas import BranchView, GuestBranchView
from restai.features.cart.schemas import CartView
from restai.features.orders.schemas import GuestOrderView, OrderView
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
    cancelled, or whose balance is not 0.
    """

    stream: LogPosition
    branch: BranchView
    tables: list[TableView]
    sessions: list[SessionView]
    orders: list[OrderView]
    requests: Nothing = ()
    screens: Nothing = ()
    till: None = None
    menu_version: int


class GuestSnapshot(Shape):
    """A visit as one of its guests may see it; who waits sees himself, no orders and an empty cart."""

    stream: LogPosition
    branch: GuestBranchView
    table: GuestTableView
    session: GuestSessionView
    orders: list[GuestOrderView]
    cart: CartView
    requests: Nothing = ()
    menu_version: int
