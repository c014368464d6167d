"""Orders on the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches.schemas import Name
from restai.features.menu.schemas import DishDraft
from restai.features.orders.models import Line, Order
from restai.features.orders.rules import LineStatus, OrderStatus, OrderType
from restai.features.sessions.schemas import Reason
from restai.features.staff.schemas import StaffRef
from restai.features.tables.schemas import table_numbers
from restai.ids import ClientId, Id

MOST_LINES = 100  # a command may send: a banquet is several
MOST_DRAWN = 1_000  # lines that one report names: a screen that starts on the busiest evening has fewer

OrderNotes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class LineDraft(DishDraft):
    """A dish to be ordered."""


Items = Annotated[list[LineDraft], Field(min_length=1, max_length=MOST_LINES)]


class OrderDraft(Shape):
    """An order that staff take.

    `sessionId` puts it on that visit's bill, at the visit's table. `tableId` is for dine_in: the visit
    at that table, begun by this order if there is none. With neither, it stands for itself.
    """

    id: ClientId | None = None
    branch_id: Id | None = None
    type: OrderType
    table_id: Id | None = None
    session_id: Id | None = None
    customer_name: Name | None = None
    notes: OrderNotes | None = None
    priority: Annotated[bool, Field(strict=True)] = False
    items: Items


class GuestOrderDraft(Shape):
    """An order that a guest sends from his table: `items`, or all that is in the party's cart."""

    id: ClientId | None = None
    notes: OrderNotes | None = None
    items: Items | None = None
    from_cart: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.from_cart == (self.items is not None):
            raise ValueError("an order has items, or fromCart")
        return self


class RoundDraft(Shape):
    """Further lines for an order."""

    items: Items


class StatusChange(Shape):
    """A command to an order. `from` is the state that the caller saw; a step back needs it.

    `force` lets a manager complete an order without a visit that is not paid.
    """

    status: OrderStatus
    from_: OrderStatus | None = Field(default=None, alias="from")
    reason: Reason | None = None
    force: Annotated[bool, Field(strict=True)] = False


class LineStatusChange(Shape):
    """A command to one line. `from` is the state that the caller saw; a step back needs it."""

    status: LineStatus
    from_: LineStatus | None = Field(default=None, alias="from")
    reason: Reason | None = None


class Cancellation(Shape):
    reason: Reason | None = None


class Taking(Shape):
    """Who brings the order to its table: the caller; with `release` nobody yet."""

    release: Annotated[bool, Field(strict=True)] = False


class Rush(Shape):
    priority: Annotated[bool, Field(strict=True)]


class Sighting(Shape):
    """Lines that a kitchen's screen has drawn."""

    line_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_DRAWN)]


class Seen(Shape):
    """Those of the reported lines that count as seen; the others are not, or not now, the kitchen's."""

    line_ids: list[Id]


class LineModifier(Shape):
    name: str
    price: int


class GuestLineView(Shape):
    """A line as the party sees it. `notes` only where a guest wrote them."""

    id: Id
    menu_item_id: Id
    name: str
    unit_price: int
    quantity: int
    modifiers: list[LineModifier]
    notes: str | None
    allergens: list[str]
    status: LineStatus
    round: int
    guest_name: str | None
    seen_at: int | None


class LineView(Resource):
    """A line costs `quantity * (unitPrice + Σ modifiers)`; cancelled ones cost nothing."""

    id: Id
    menu_item_id: Id
    name: str
    unit_price: int
    quantity: int
    modifiers: list[LineModifier]
    notes: str | None
    allergens: list[str]
    station: str
    status: LineStatus
    round: int
    guest_name: str | None
    seen_at: int | None

    def for_guests(self) -> GuestLineView:
        view = GuestLineView.model_validate(self)
        if self.guest_name is None:
            view.notes = None
        return view


class GuestOrderView(Shape):
    """An order as its party sees it. `notes` only where a guest wrote them."""

    id: Id
    rev: int
    order_number: str
    branch_id: Id
    table_id: Id | None
    table_number: str | None
    session_id: Id | None
    type: OrderType
    status: OrderStatus
    customer_name: str | None
    notes: str | None
    items: list[GuestLineView]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    seen_at: int | None
    created_at: int
    status_changed_at: int


class OrderView(Resource):
    """An order. `subtotal + tax == total` and `balance == total - paid`, in minor units.

    `seenAt`: since when the kitchen has seen all that it cooks of it. `unseenAt`: since when it is too
    late for what the kitchen has not seen; None while it is not.
    """

    id: Id
    rev: int
    order_number: str
    branch_id: Id
    table_id: Id | None
    table_number: str | None
    session_id: Id | None
    type: OrderType
    status: OrderStatus
    customer_name: str | None
    notes: str | None
    priority: bool
    items: list[LineView]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    seen_at: int | None
    unseen_at: int | None
    taken_by: StaffRef | None
    created_at: int
    status_changed_at: int

    def for_guests(self) -> GuestOrderView:
        """Without what staff wrote for each other: who placed an order wrote its first round, and the
        notes on it."""
        fields = {name: getattr(self, name) for name in GuestOrderView.model_fields}
        by_guest = all(line.guest_name is not None for line in self.items if line.round == 1)
        fields["notes"] = self.notes if by_guest else None
        fields["items"] = [line.for_guests() for line in self.items]
        return GuestOrderView(**fields)


class Bumped(Shape):
    """An order of which a line left the kitchen; `bumpedAt`: when the last one did."""

    bumped_at: int
    order: OrderView


async def order_views(tx: Transaction, orders: Sequence[Order]) -> list[OrderView]:
    """In two queries, however many orders."""
    lines = await _lines_by_order(tx, [order.id for order in orders])
    numbers = await table_numbers(tx, {order.table_id for order in orders if order.table_id is not None})
    return [
        _order_view(order, lines[order.id], numbers.get(order.table_id) if order.table_id else None)
        for order in orders
    ]


async def order_view(tx: Transaction, order: Order) -> OrderView:
    return (await order_views(tx, [order]))[0]


async def bumped_views(tx: Transaction, bumped: Sequence[tuple[Order, int]]) -> list[Bumped]:
    views = await order_views(tx, [order for order, _ in bumped])
    return [Bumped(bumped_at=at, order=view) for view, (_, at) in zip(views, bumped, strict=True)]


async def seen_view(_tx: Transaction, line_ids: Sequence[str]) -> Seen:
    return Seen(line_ids=list(line_ids))


async def guest_order_view(tx: Transaction, order: Order) -> GuestOrderView:
    return (await order_view(tx, order)).for_guests()


def _order_view(order: Order, lines: list[LineView], table_number: str | None) -> OrderView:
    return OrderView(
        id=order.id,
        rev=order.rev,
        order_number=str(order.number),
        branch_id=order.branch_id,
        table_id=order.table_id,
        table_number=table_number,
        session_id=order.session_id,
        type=order.type,
        status=order.status,
        customer_name=order.customer_name,
        notes=order.notes,
        priority=order.priority,
        items=lines,
        subtotal=order.subtotal,
        tax=order.tax,
        total=order.total,
        paid=order.paid,
        balance=order.balance,
        seen_at=order.seen_at,
        unseen_at=order.unseen_at,
        taken_by=_runner(order),
        created_at=order.created_at,
        status_changed_at=order.status_changed_at,
    )


def _runner(order: Order) -> StaffRef | None:
    if order.taken_by is None or order.taken_by_name is None:
        return None
    return StaffRef(id=order.taken_by, name=order.taken_by_name)


async def _lines_by_order(tx: Transaction, order_ids: Sequence[str]) -> dict[str, list[LineView]]:
    rows = await tx.session.scalars(
        select(Line).where(Line.order_id.in_(order_ids)).order_by(Line.order_id, Line.position)
    )
    held: dict[str, list[LineView]] = defaultdict(list)
    for line in rows:
        held[line.order_id].append(LineView.model_validate(line))
    return held
