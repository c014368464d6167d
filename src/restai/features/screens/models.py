"""The screens of a restaurant that say who they are."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Ref, choice
from restai.features.screens.rules import ScreenKind, ScreenStatus

ONLINE = text("status = 'online'")


class Screen(Base):
    """A named screen in one of the branches that it shows. `device_id` is what it calls itself by: two
    branches may know the same one.

    `lease_ends_at` is put off by every process that is connected with it; `missed_at` is when it was noted
    that it had ended, None while it has not. Of what a lease says only `status` is a change that anybody
    is told of, and `since` is when that was.
    """

    __tablename__ = "screens"
    __table_args__ = (
        UniqueConstraint("branch_id", "device_id"),
        Index("ix_screens_branch_id_online", "branch_id", sqlite_where=ONLINE, postgresql_where=ONLINE),
    )

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"))
    device_id: Mapped[Ref]
    kind: Mapped[ScreenKind] = mapped_column(choice(ScreenKind))
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[ScreenStatus] = mapped_column(choice(ScreenStatus))
    since: Mapped[Millis]
    lease_ends_at: Mapped[Millis]
    missed_at: Mapped[Millis | None]
