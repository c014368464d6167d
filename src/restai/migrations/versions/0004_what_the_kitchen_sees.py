"""What the kitchen has seen of orders, when it was done with them, and who brings them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    with op.batch_alter_table("order_lines") as lines:
        lines.add_column(sa.Column("sent_at", sa.BigInteger(), nullable=True))
        lines.add_column(sa.Column("seen_at", sa.BigInteger(), nullable=True))
        lines.add_column(sa.Column("ready_at", sa.BigInteger(), nullable=True))
        lines.create_index(op.f("ix_order_lines_branch_id_ready_at"), ["branch_id", "ready_at"], unique=False)
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("seen_at", sa.BigInteger(), nullable=True))
        orders.add_column(sa.Column("unseen_at", sa.BigInteger(), nullable=True))
        orders.add_column(sa.Column("alarm_at", sa.BigInteger(), nullable=True))
        orders.add_column(sa.Column("taken_by", sa.Uuid(as_uuid=False), nullable=True))
        orders.add_column(sa.Column("taken_by_name", sa.String(length=80), nullable=True))
        orders.create_index(
            op.f("ix_orders_alarm_at"),
            ["alarm_at"],
            unique=False,
            sqlite_where=sa.text("alarm_at IS NOT NULL"),
            postgresql_where=sa.text("alarm_at IS NOT NULL"),
        )
