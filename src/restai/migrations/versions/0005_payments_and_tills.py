"""Payments and tills."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.create_table(
        "tills",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("opening_float", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("opened_by_name", sa.String(length=80), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("closed_by_name", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_tills_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tills")),
    )
    op.create_index(
        "uq_tills_branch_id_open",
        "tills",
        ["branch_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tip", sa.BigInteger(), nullable=False),
        sa.Column("tendered", sa.BigInteger(), nullable=True),
        sa.Column("share_number", sa.SmallInteger(), nullable=True),
        sa.Column("share_of", sa.SmallInteger(), nullable=True),
        sa.Column("till_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("taken_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("taken_by_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("voided_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("voided_by_name", sa.String(length=80), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("void_till_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_payments_branch_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_payments_session_id")),
        sa.ForeignKeyConstraint(["till_id"], ["tills.id"], name=op.f("fk_payments_till_id")),
        sa.ForeignKeyConstraint(["void_till_id"], ["tills.id"], name=op.f("fk_payments_void_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_branch_id_id"), "payments", ["branch_id", "id"], unique=False)
    op.create_index(op.f("ix_payments_session_id"), "payments", ["session_id"], unique=False)
    op.create_index(op.f("ix_payments_till_id"), "payments", ["till_id"], unique=False)
    op.create_index(op.f("ix_payments_void_till_id"), "payments", ["void_till_id"], unique=False)
    op.create_table(
        "payment_allocations",
        sa.Column("payment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_allocations_order_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_allocations_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "order_id", name=op.f("pk_payment_allocations")),
    )
    op.create_index(
        op.f("ix_payment_allocations_order_id"), "payment_allocations", ["order_id"], unique=False
    )
    op.create_table(
        "payment_lines",
        sa.Column("payment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("line_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_payment_lines_line_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_lines_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", "line_id", name=op.f("pk_payment_lines")),
    )
    op.create_index(op.f("ix_payment_lines_line_id"), "payment_lines", ["line_id"], unique=False)
