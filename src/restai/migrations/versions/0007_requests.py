"""What guests call for."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("table_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("acknowledged_by_name", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_requests_branch_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_requests_session_id")),
        sa.ForeignKeyConstraint(["table_id"], ["tables.id"], name=op.f("fk_requests_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(
        "ix_requests_branch_id_open",
        "requests",
        ["branch_id"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'acknowledged')"),
        postgresql_where=sa.text("status IN ('pending', 'acknowledged')"),
    )
    op.create_index(op.f("ix_requests_session_id"), "requests", ["session_id"], unique=False)
    op.create_index(
        "uq_requests_session_id_kind_open",
        "requests",
        ["session_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'acknowledged')"),
        postgresql_where=sa.text("status IN ('pending', 'acknowledged')"),
    )
