"""Screens that say who they are."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    op.create_table(
        "screens",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("lease_ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_screens_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
        sa.UniqueConstraint("branch_id", "device_id", name=op.f("uq_screens_branch_id_device_id")),
    )
    is_online = sa.text("status = 'online'")
    op.create_index(
        "ix_screens_branch_id_online",
        "screens",
        ["branch_id"],
        unique=False,
        sqlite_where=is_online,
        postgresql_where=is_online,
    )
