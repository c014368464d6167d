"""A branch may let guests in at once."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.add_column(
        "branches", sa.Column("auto_approve", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
