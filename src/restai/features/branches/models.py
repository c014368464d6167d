"""Organizations and their branches, each with the settings that it goes by."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, SmallInteger, String, false
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Ref


class Organization(Base):
    """Who owns branches and employs staff: the tenant. Its row is locked first by whatever changes
    its branches or its staff, so that a new branch and a new admin never miss each other."""

    __tablename__ = "organizations"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Millis]


class Branch(Base):
    """One restaurant.

    `tax_rate` in basis points. `day_starts_at` in minutes after midnight in `time_zone`: what is
    ordered before it belongs to the day before. `stations` are the names of where lines are cooked.
    `auto_approve`: who scans the code of a free table is let in at once. `auto_confirm`: what guests
    order goes to the kitchen at once.
    """

    __tablename__ = "branches"

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[str] = mapped_column(IdType, ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    tax_rate: Mapped[int]
    prices_include_tax: Mapped[bool] = mapped_column(Boolean)
    auto_approve: Mapped[bool] = mapped_column(Boolean, server_default=false())
    auto_confirm: Mapped[bool] = mapped_column(Boolean)
    time_zone: Mapped[str] = mapped_column(String(64))
    day_starts_at: Mapped[int] = mapped_column(SmallInteger)
    stations: Mapped[list[str]]
    created_at: Mapped[Millis]

    @property
    def branch_id(self) -> str:
        """Whose it is, as every row of a branch tells."""
        return self.id


class Space(Base):
    """A room or a terrace of a branch, in the order in which one walks through them.

    It is part of its branch's body, and changes under the branch's lock.
    """

    __tablename__ = "spaces"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
