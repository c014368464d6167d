"""Orders come in, and grow by rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError

from restai.auth import principal
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.upsert import insert_new
from restai.errors import Invalid, NotFound, OrderOver, Taken
from restai.features.branches.models import Branch
from restai.features.branches.rules import NO_STATION
from restai.features.cart import service as cart
from restai.features.menu.rules import Choice, OrderableItem, check_available, choose
from restai.features.menu.schemas import items_for_order
from restai.features.orders import rules
from restai.features.orders.events import Change, OrderCreated, OrderUpdated
from restai.features.orders.models import Line, Order, OrderCounter
from restai.features.orders.rules import ORDER_OVER, OrderStatus, OrderType
from restai.features.orders.schemas import GuestOrderDraft, LineDraft, OrderDraft, RoundDraft, order_view
from restai.features.orders.service.finding import lines_of, locked
from restai.features.orders.service.settling import settle
from restai.features.sessions import service as sessions
from restai.features.sessions.models import Session
from restai.ids import new_id

LONGEST_ORDER = 500  # lines over all rounds: every event of an order carries them all


async def place(tx: Transaction, who: Staff, draft: OrderDraft) -> Order:
    """Send an order to the kitchen, confirmed as staff's are.

    A dine_in order for a table where nobody sits begins a visit there. Raises NotFound, Invalid,
    SoldOut, Taken, Stale (the visit is over), TableUnavailable.
    """
    visit = await _visit(tx, who, draft)
    if visit is not None and draft.branch_id not in (None, visit.branch_id):
        raise Invalid("branchId", "is not where the table stands")
    branch_id = visit.branch_id if visit is not None else who.branch(draft.branch_id)
    branch = await tx.session.get_one(Branch, branch_id)
    order = _new(branch, draft.id, visit, OrderStatus.CONFIRMED)
    order.type = draft.type
    order.customer_name = draft.customer_name
    order.notes = draft.notes or None
    order.priority = draft.priority
    return await _send(tx, branch, order, await _lines(tx, order, draft.items))


async def place_as_guest(tx: Transaction, who: principal.Guest, draft: GuestOrderDraft) -> Order:
    """Order from one's table. Staff confirm it, unless the branch does so by itself.

    Raises Forbidden to who does not take part in the visit (yet), NotFound, Invalid, SoldOut, Taken,
    CartEmpty; what is in the cart stays there unless it is all ordered.
    """
    visit = await sessions.hold_for(tx, who)
    branch = await tx.session.get_one(Branch, visit.branch_id)
    status = OrderStatus.CONFIRMED if branch.auto_confirm else OrderStatus.PENDING
    order = _new(branch, draft.id, visit, status)
    order.notes = draft.notes or None
    if draft.items is None:
        return await _send(tx, branch, order, await _cart_lines(tx, order, visit))
    lines = await _lines(tx, order, draft.items)
    for line in lines:
        line.guest_id, line.guest_name = who.guest_id, who.name
    return await _send(tx, branch, order, lines)


async def add_lines(tx: Transaction, who: Staff, order_id: str, round_: RoundDraft) -> Order:
    """Add a round to an order. Raises NotFound, OrderOver, Invalid, SoldOut."""
    order = await locked(tx, who, order_id)
    if order.status in ORDER_OVER:
        await tx.keep(order)
        raise OrderOver(str(order.number), order.status, await order_view(tx, order))
    lines = await lines_of(tx, order)
    if len(lines) + len(round_.items) > LONGEST_ORDER:
        raise Invalid("items", f"an order has at most {LONGEST_ORDER} lines")
    added = await _lines(tx, order, round_.items, after=lines)
    tx.session.add_all(added)
    settle(tx, order, [*lines, *added], order.status)
    tx.emit(OrderUpdated, order, change=Change.ITEMS_ADDED)
    return order


async def _visit(tx: Transaction, who: Staff, draft: OrderDraft) -> Session | None:
    if draft.session_id is not None:
        return await sessions.visit_for_order(tx, who, draft.session_id)
    if draft.table_id is None:
        return None
    if draft.type is not OrderType.DINE_IN:
        raise Invalid("tableId", "is for dine_in: name the visit to put another order on its bill")
    return await sessions.visit_at(tx, who, draft.table_id)


def _new(branch: Branch, id_: str | None, visit: Session | None, status: OrderStatus) -> Order:
    return Order(
        id=id_ or new_id(),
        rev=1,
        organization_id=branch.organization_id,
        branch_id=branch.id,
        type=OrderType.DINE_IN,
        table_id=visit.table_id if visit is not None else None,
        session_id=visit.id if visit is not None else None,
        status=status,
        priority=False,
        tax_rate=branch.tax_rate,
        prices_include_tax=branch.prices_include_tax,
        paid=0,
    )


async def _send(tx: Transaction, branch: Branch, order: Order, lines: Sequence[Line]) -> Order:
    """Write a new order with its lines. Its number is taken last: the counter is a lock on the branch."""
    settle(tx, order, lines, order.status)
    order.created_at = order.status_changed_at = tx.now
    await _give_number(tx, branch, order)
    tx.session.add(order)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Taken("order", order.id) from error
    tx.session.add_all(lines)
    tx.emit(OrderCreated, order)
    return order


class _Wanted(NamedTuple):
    """A line that was asked for, with what the menu says of it."""

    item: LineDraft
    dish: OrderableItem
    choice: Choice


async def _lines(
    tx: Transaction,
    order: Order,
    items: Sequence[LineDraft],
    *,
    after: Sequence[Line] = (),
) -> list[Line]:
    """New lines as the menu has them now. Raises NotFound, Invalid, and SoldOut with all that is."""
    dishes = await items_for_order(tx, order.branch_id, {item.menu_item_id for item in items})
    wanted = [_wanted(dishes, item, place) for place, item in enumerate(items)]
    check_available((each.dish, each.choice) for each in wanted)
    lines = [_line(order, each) for each in wanted]
    round_ = 1 + max((line.round for line in after), default=0)
    for position, line in enumerate(lines, start=len(after)):
        line.position, line.round = position, round_
    return lines


async def _cart_lines(tx: Transaction, order: Order, visit: Session) -> list[Line]:
    """All that is in the party's cart, each line its guest's. Raises CartEmpty and as `_lines`, where
    `items.0` is the cart's first line."""
    taken = await cart.take(tx, visit)
    items = [LineDraft.model_validate(each, from_attributes=True) for each in taken]
    lines = await _lines(tx, order, items)
    for line, each in zip(lines, taken, strict=True):
        line.guest_id, line.guest_name = each.guest_id, each.guest_name
    return lines


def _wanted(dishes: Mapping[str, OrderableItem], item: LineDraft, place: int) -> _Wanted:
    dish = dishes.get(item.menu_item_id)
    if dish is None:
        raise NotFound("dish", item.menu_item_id)
    try:
        return _Wanted(item, dish, choose(dish.groups, item.modifier_ids))
    except Invalid as error:
        raise Invalid(f"items.{place}.{error.field}", error.reason) from None


def _line(order: Order, wanted: _Wanted) -> Line:
    item, dish, choice = wanted
    confirmed = order.status is not OrderStatus.PENDING
    return Line(
        id=new_id(),
        organization_id=order.organization_id,
        branch_id=order.branch_id,
        order_id=order.id,
        menu_item_id=dish.id,
        name=dish.name,
        unit_price=dish.price,
        quantity=item.quantity,
        modifiers=[{"name": each.name, "price": each.price} for each in choice.modifiers],
        notes=item.notes or None,
        allergens=list(dish.allergens),
        station=dish.station,
        status=rules.arriving(dish.station != NO_STATION, confirmed=confirmed),
    )


async def _give_number(tx: Transaction, branch: Branch, order: Order) -> None:
    """The next number of the branch's business day. Who asks next waits until this is written."""
    order.business_day = rules.business_day(tx.now, branch.time_zone, branch.day_starts_at)
    today: tuple[ColumnElement[bool], ...] = (
        OrderCounter.branch_id == order.branch_id,
        OrderCounter.business_day == order.business_day,
    )
    raised = (
        update(OrderCounter).where(*today).values(last=OrderCounter.last + 1).returning(OrderCounter.last)
    )
    number = await tx.session.scalar(raised)
    if number is None:
        await insert_new(
            tx.session, OrderCounter, branch_id=order.branch_id, business_day=order.business_day, last=0
        )
        number = await tx.session.scalar(raised)
    assert number is not None
    order.number = number
