"""The tables of a branch. The spaces they stand in belong to the branch: `features/branches`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Ref, choice
from restai.features.tables.rules import CODE_LENGTH, TableStatus

_STANDING = text("NOT archived")


class Table(Base):
    """A table. `number` is what staff call it, unique in its branch while it is not archived.

    `code` is what its QR code says: it cannot be guessed and is unique in the installation.
    `session_id` is the visit that sits there; `position` is a `schemas.Position`.
    """

    __tablename__ = "tables"
    __table_args__ = (
        Index(
            "uq_tables_branch_id_number",
            "branch_id",
            "number",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    space_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("spaces.id"), index=True)
    number: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    capacity: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[TableStatus] = mapped_column(choice(TableStatus), default=TableStatus.AVAILABLE)
    session_id: Mapped[Ref | None]
    position: Mapped[dict[str, Any]]
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
