"""The cart that a visit's phones share."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_carts_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_carts")),
    )
    op.create_table(
        "cart_lines",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("branch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("cart_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("guest_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("guest_name", sa.String(length=80), nullable=False),
        sa.Column("menu_item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("quantity", sa.SmallInteger(), nullable=False),
        sa.Column("modifier_ids", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.session_id"], name=op.f("fk_cart_lines_cart_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_lines")),
    )
    op.create_index(op.f("ix_cart_lines_cart_id"), "cart_lines", ["cart_id"], unique=False)
