"""Finding orders, and taking hold of one with its lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, or_, select

from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotFound
from restai.features.orders.models import Line, Order
from restai.features.orders.rules import OrderStatus
from restai.features.tables.models import Table


@dataclass(frozen=True, slots=True)
class Sought:
    """Which orders are asked for: in these states (all if none), placed `since` (ms) then, and found
    by a number, a table's number or part of a customer's name."""

    states: Collection[OrderStatus] = ()
    since: int | None = None
    words: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.states:
            found.append(Order.status.in_(self.states))
        if self.since is not None:
            found.append(Order.created_at >= self.since)
        if self.words is not None:
            found.append(_matches(self.words))
        return found


async def orders(
    tx: Transaction, who: Staff, branch_id: str | None, sought: Sought, *, before: str | None, most: int
) -> Sequence[Order]:
    """A branch's orders, newest first, at most `most` before the one named. Raises NotFound."""
    query = select(Order).where(Order.branch_id == who.branch(branch_id), *sought.conditions())
    if before is not None:
        query = query.where(Order.id < before)
    return (await tx.session.scalars(query.order_by(Order.id.desc()).limit(most))).all()


async def order(tx: Transaction, who: Staff, order_id: str) -> Order:
    """An order of one's own branches, not locked. Raises NotFound."""
    found = await tx.session.scalar(select(Order).where(*_own(who, order_id)))
    if found is None:
        raise NotFound("order", order_id)
    return found


async def locked(tx: Transaction, who: Staff, order_id: str) -> Order:
    """An order of one's own branches, locked. Raises NotFound."""
    found = await tx.lock(Order, *_own(who, order_id))
    if found is None:
        raise NotFound("order", order_id)
    return found


async def lines_of(tx: Transaction, order: Order) -> list[Line]:
    """The lines of a locked order, as they stand under its lock."""
    return (await lines_by_order(tx, [order])).get(order.id, [])


async def lines_by_order(tx: Transaction, orders: Sequence[Order]) -> dict[str, list[Line]]:
    """Likewise the lines of several locked orders, by the orders' ids."""
    found = await tx.session.scalars(
        select(Line)
        .where(Line.order_id.in_([order.id for order in orders]))
        .order_by(Line.order_id, Line.position)
        .execution_options(populate_existing=True)
    )
    return {order_id: list(lines) for order_id, lines in groupby(found, key=attrgetter("order_id"))}


def _own(who: Staff, order_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Order.id == order_id,
        Order.organization_id == who.organization_id,
        Order.branch_id.in_(who.branches),
    )


def _matches(words: str) -> ColumnElement[bool]:
    at_table = select(Table.id).where(Table.number == words)
    found = [Order.customer_name.icontains(words, autoescape=True), Order.table_id.in_(at_table)]
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        found.append(Order.number == int(number))
    return or_(*found)
