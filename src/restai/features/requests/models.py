"""What guests call for."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Ref, choice
from restai.features.requests.rules import RequestKind, RequestStatus

UNRESOLVED = text("status IN ('pending', 'acknowledged')")
"""What a branch's screens hold: a request that somebody still has to see to."""


class Request(Base):
    """A guest's call for the waiter or the bill. A table's visit has at most one open of a kind: the
    index sees to it. `acknowledged_by` is who goes, or went, under the name he had then."""

    __tablename__ = "requests"
    __table_args__ = (
        Index(
            "uq_requests_session_id_kind_open",
            "session_id",
            "kind",
            unique=True,
            sqlite_where=UNRESOLVED,
            postgresql_where=UNRESOLVED,
        ),
        Index(
            "ix_requests_branch_id_open", "branch_id", sqlite_where=UNRESOLVED, postgresql_where=UNRESOLVED
        ),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    table_id: Mapped[str] = mapped_column(IdType, ForeignKey("tables.id"))
    session_id: Mapped[str] = mapped_column(IdType, ForeignKey("sessions.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind))
    status: Mapped[RequestStatus] = mapped_column(choice(RequestStatus))
    acknowledged_by: Mapped[Ref | None]
    acknowledged_by_name: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[Millis]
