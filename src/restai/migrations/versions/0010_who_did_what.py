"""Who did what, of that which has to be answered for."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deed", sa.String(length=32), nullable=False),
        sa.Column("by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("about", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_branch_id_id"), "audit_entries", ["branch_id", "id"], unique=False)
    op.create_index(
        op.f("ix_audit_entries_organization_id_about_id"),
        "audit_entries",
        ["organization_id", "about", "id"],
        unique=False,
    )
