"""Orders, their lines, and the counter of a day's numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Minor, Ref, choice
from restai.features.orders.rules import LineStatus, OrderStatus, OrderType, line_amount

UNSETTLED = text("(status NOT IN ('completed', 'cancelled') OR total <> paid)")
"""What a branch's screens hold: an order that is going on, or whose money is not in order."""

_WATCHED = text("alarm_at IS NOT NULL")


class Order(Base):
    """What is sent to the kitchen under one number.

    The branch's `tax_rate` and `prices_include_tax` are frozen when it is placed, for its later rounds
    too: tax is taken once, on the sum. `subtotal`, `tax` and `total` follow from the live lines (an
    order that is cancelled whole costs nothing); `paid` is what payments have allocated to it.

    `seen_at`, `unseen_at` and `alarm_at` are a `rules.Watch`, which follows from the lines too.
    `taken_by` is who brings it to its table, under the name he had then.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "branch_id", "business_day", "number", unique=True),
        Index(None, "branch_id", "created_at"),
        Index(
            "ix_orders_branch_id_unsettled", "branch_id", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
        ),
        Index(None, "alarm_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    business_day: Mapped[date] = mapped_column(Date)
    number: Mapped[int]
    type: Mapped[OrderType] = mapped_column(choice(OrderType))
    table_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("tables.id"))
    session_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("sessions.id"), index=True)
    status: Mapped[OrderStatus] = mapped_column(choice(OrderStatus))
    customer_name: Mapped[str | None] = mapped_column(String(80))
    notes: Mapped[str | None] = mapped_column(String(500))
    priority: Mapped[bool] = mapped_column(Boolean, default=False)
    tax_rate: Mapped[int]
    prices_include_tax: Mapped[bool] = mapped_column(Boolean)
    subtotal: Mapped[Minor] = mapped_column(default=0)
    tax: Mapped[Minor] = mapped_column(default=0)
    total: Mapped[Minor] = mapped_column(default=0)
    paid: Mapped[Minor] = mapped_column(default=0)
    cancel_reason: Mapped[str | None] = mapped_column(String(200))
    seen_at: Mapped[Millis | None]
    unseen_at: Mapped[Millis | None]
    alarm_at: Mapped[Millis | None]
    taken_by: Mapped[Ref | None]
    taken_by_name: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[Millis]
    status_changed_at: Mapped[Millis]

    @property
    def balance(self) -> int:
        """What is still to be paid; below zero, what is to be given back."""
        return self.total - self.paid


class Line(Base):
    """An order's dish, with what was true of it when it was ordered. Changes under its order's lock.

    `unit_price` is the dish's alone, each of `modifiers` ({name, price}) adds to it. `round` counts
    from 1 how often lines came into the order. `guest_id` is who ordered it on his own phone.
    `sent_at`, `seen_at` and `ready_at` are the `rules.Moments` of a line that the kitchen cooks.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        Index(None, "order_id", "position", unique=True),
        Index(None, "branch_id", "ready_at"),
    )

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref]
    order_id: Mapped[str] = mapped_column(IdType, ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    menu_item_id: Mapped[Ref]
    name: Mapped[str] = mapped_column(String(80))
    unit_price: Mapped[Minor]
    quantity: Mapped[int] = mapped_column(SmallInteger)
    modifiers: Mapped[list[Any]]
    notes: Mapped[str | None] = mapped_column(String(300))
    allergens: Mapped[list[str]]
    station: Mapped[str] = mapped_column(String(40))
    status: Mapped[LineStatus] = mapped_column(choice(LineStatus))
    guest_id: Mapped[Ref | None]
    guest_name: Mapped[str | None] = mapped_column(String(80))
    cancel_reason: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[Millis | None]
    seen_at: Mapped[Millis | None]
    ready_at: Mapped[Millis | None]

    @property
    def amount(self) -> int:
        """What it costs, before or with tax, as its order's prices are meant."""
        return line_amount(self.unit_price, (each["price"] for each in self.modifiers), self.quantity)


class OrderCounter(Base):
    """The number last given at a branch on a business day."""

    __tablename__ = "order_counters"

    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"), primary_key=True)
    business_day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]
