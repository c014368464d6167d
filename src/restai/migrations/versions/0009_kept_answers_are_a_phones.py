"""A kept answer is the phone's that asked for it, whichever visit it takes part in by then."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("guest_id", sa.Uuid(as_uuid=False), nullable=True))
    op.drop_column("idempotency_keys", "session_id")
