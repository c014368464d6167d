"""Reading across features, in one moment: run these in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from restai.auth.principal import Guest, Staff
from restai.db.outbox import Stream
from restai.db.transaction import Transaction
from restai.features.branches.models import Branch
from restai.features.branches.schemas import branch_view
from restai.features.cart.schemas import cart_of_visit, empty_cart
from restai.features.menu.schemas import menu_version
from restai.features.orders.models import UNSETTLED, Order
from restai.features.orders.schemas import order_views
from restai.features.overview.schemas import GuestSnapshot, LogPosition, Snapshot
from restai.features.sessions.models import Session
from restai.features.sessions.rules import OPEN
from restai.features.sessions.schemas import own_session_view, session_views
from restai.features.tables.models import Table
from restai.features.tables.schemas import table_view, table_views


async def snapshot(tx: Transaction, who: Staff, branch_id: str) -> Snapshot:
    """A branch of one's own, in a number of queries that does not depend on how busy it is.

    Raises NotFound.
    """
    branch = await tx.session.get_one(Branch, who.branch(branch_id))
    return Snapshot(
        stream=await _position(tx, branch.id),
        branch=await branch_view(tx, branch),
        tables=await table_views(tx, await _tables(tx, branch.id)),
        sessions=await session_views(tx, await _open_visits(tx, branch.id)),
        orders=await order_views(tx, await _unsettled_orders(tx, branch.id)),
        menu_version=await menu_version(tx, branch.id),
    )


async def guest_snapshot(tx: Transaction, who: Guest) -> GuestSnapshot:
    """A guest's own visit, all of it that he may see."""
    branch = await tx.session.get_one(Branch, who.branch_id)
    table = await tx.session.get_one(Table, who.table_id)
    orders = await _orders_of_visit(tx, who.session_id) if who.admitted else []
    return GuestSnapshot(
        stream=await _position(tx, branch.id),
        branch=(await branch_view(tx, branch)).for_guests(),
        table=(await table_view(tx, table)).for_guests(),
        session=await own_session_view(tx, who),
        orders=[view.for_guests() for view in await order_views(tx, orders)],
        cart=await cart_of_visit(tx, who.session_id) if who.admitted else empty_cart(who.session_id),
        menu_version=await menu_version(tx, branch.id),
    )


async def _position(tx: Transaction, stream_id: str) -> LogPosition:
    stream = (await tx.session.execute(select(Stream.epoch, Stream.head).where(Stream.id == stream_id))).one()
    return LogPosition(epoch=stream.epoch, seq=stream.head)


async def _tables(tx: Transaction, branch_id: str) -> Sequence[Table]:
    found = await tx.session.scalars(
        select(Table).where(Table.branch_id == branch_id, Table.archived.is_(False)).order_by(Table.id)
    )
    return found.all()


async def _open_visits(tx: Transaction, branch_id: str) -> Sequence[Session]:
    found = await tx.session.scalars(
        select(Session).where(Session.branch_id == branch_id, Session.status.in_(OPEN)).order_by(Session.id)
    )
    return found.all()


async def _unsettled_orders(tx: Transaction, branch_id: str) -> Sequence[Order]:
    found = await tx.session.scalars(
        select(Order).where(Order.branch_id == branch_id, UNSETTLED).order_by(Order.created_at, Order.id)
    )
    return found.all()


async def _orders_of_visit(tx: Transaction, session_id: str) -> Sequence[Order]:
    found = await tx.session.scalars(
        select(Order).where(Order.session_id == session_id).order_by(Order.created_at, Order.id)
    )
    return found.all()
