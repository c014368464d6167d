"""What a party is about to order, in common."""

from __future__ import annotations

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Ref, choice
from restai.features.cart.rules import LineState


class Cart(Base):
    """The cart of a visit, whose id it has. Locked after the visit and before orders; a visit where
    nobody has put anything into it yet has none, which counts as an empty one at `rev` 0."""

    __tablename__ = "carts"

    id: Mapped[str] = mapped_column("session_id", IdType, ForeignKey("sessions.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(default=0)
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref]


class CartLine(Base):
    """A dish as a guest wants it. Changes under its cart's lock, and stays in the table, out of sight,
    when it has left the cart. `guest_id` is who put it there, whoever has changed it since."""

    __tablename__ = "cart_lines"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref]
    cart_id: Mapped[str] = mapped_column(IdType, ForeignKey("carts.session_id"), index=True)
    guest_id: Mapped[Ref]
    guest_name: Mapped[str] = mapped_column(String(80))
    menu_item_id: Mapped[Ref]
    quantity: Mapped[int] = mapped_column(SmallInteger)
    modifier_ids: Mapped[list[str]]
    notes: Mapped[str | None] = mapped_column(String(300))
    state: Mapped[LineState] = mapped_column(choice(LineState), default=LineState.IN_CART)
    created_at: Mapped[Millis]
