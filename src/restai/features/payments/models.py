"""Payments, where their money went, and the tills that collect the cash."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Minor, Ref, choice
from restai.features.payments.rules import Method, TillStatus, change

_OPEN = text("status = 'open'")


class Till(Base):
    """A drawer of cash from its opening to its count. A branch has at most one that is open: the index
    sees to it.

    `expected` and `counted` are known once it is closed.
    """

    __tablename__ = "tills"
    __table_args__ = (
        Index(
            "uq_tills_branch_id_open", "branch_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    status: Mapped[TillStatus] = mapped_column(choice(TillStatus))
    opening_float: Mapped[Minor]
    opened_at: Mapped[Millis]
    opened_by: Mapped[Ref]
    opened_by_name: Mapped[str] = mapped_column(String(80))
    expected: Mapped[Minor | None]
    counted: Mapped[Minor | None]
    closed_at: Mapped[Millis | None]
    closed_by: Mapped[Ref | None]
    closed_by_name: Mapped[str | None] = mapped_column(String(80))

    @property
    def difference(self) -> int | None:
        """What was counted beyond what was expected; below zero, what is missing."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected


class Payment(Base):
    """Money taken for one order, or for those of a visit. Changes under the lock of its orders.

    `amount` is the sum of its allocations, `tip` is apart. `tendered` is what the guest gave in cash.
    A voided one stays, and counts no more. `till_id` is the till that the cash went into, and
    `void_till_id` the one that it was given back from. Staff are kept under the names they had.
    """

    __tablename__ = "payments"
    __table_args__ = (Index(None, "branch_id", "id"),)

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    session_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("sessions.id"), index=True)
    method: Mapped[Method] = mapped_column(choice(Method))
    amount: Mapped[Minor]
    tip: Mapped[Minor]
    tendered: Mapped[Minor | None]
    share_number: Mapped[int | None] = mapped_column(SmallInteger)
    share_of: Mapped[int | None] = mapped_column(SmallInteger)
    till_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("tills.id"), index=True)
    taken_by: Mapped[Ref]
    taken_by_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Millis]
    voided_at: Mapped[Millis | None]
    voided_by: Mapped[Ref | None]
    voided_by_name: Mapped[str | None] = mapped_column(String(80))
    void_reason: Mapped[str | None] = mapped_column(String(200))
    void_till_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("tills.id"), index=True)

    @property
    def change(self) -> int | None:
        """What the guest got back of what he gave."""
        return None if self.tendered is None else change(self.tendered, self.amount, self.tip)


class Allocation(Base):
    """What of a payment went to an order; below zero, what was moved from it to the others."""

    __tablename__ = "payment_allocations"

    payment_id: Mapped[str] = mapped_column(IdType, ForeignKey("payments.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(IdType, ForeignKey("orders.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Minor]


class PaidLine(Base):
    """A line that a payment was for."""

    __tablename__ = "payment_lines"

    payment_id: Mapped[str] = mapped_column(IdType, ForeignKey("payments.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(IdType, ForeignKey("order_lines.id"), primary_key=True, index=True)
