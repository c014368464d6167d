"""Visits and the phones that take part in them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Ref, choice
from restai.features.sessions.rules import GuestStatus, SessionStatus

_OPEN = text("status IN ('pending', 'active')")


class Session(Base):
    """One visit at a table. A table has at most one that is open: the index sees to it.

    `opened_by` is the guest whose scan asked for it; None where staff seated the party. `created_at`
    is when it was asked for, `started_at` when the party was seated (until then the same).
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index(
            "uq_sessions_table_id_open", "table_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(None, "branch_id", "status"),
        Index(None, "status", "created_at"),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    table_id: Mapped[str] = mapped_column(IdType, ForeignKey("tables.id"))
    status: Mapped[SessionStatus] = mapped_column(choice(SessionStatus))
    opened_by: Mapped[Ref | None]
    merged_into: Mapped[Ref | None]
    created_at: Mapped[Millis]
    started_at: Mapped[Millis]
    ended_at: Mapped[Millis | None]


class Guest(Base):
    """One phone in a visit. Changes under the lock of its session, whose body lists it."""

    __tablename__ = "guests"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref]
    session_id: Mapped[str] = mapped_column(IdType, ForeignKey("sessions.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[GuestStatus] = mapped_column(choice(GuestStatus))
    created_at: Mapped[Millis]
