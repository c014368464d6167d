"""That a screen's lease has ended is noted before the screen is gone."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    op.add_column("screens", sa.Column("missed_at", sa.BigInteger(), nullable=True))
