"""Pictures of dishes."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_images")),
    )
    op.create_index(op.f("ix_images_due_at"), "images", ["due_at"], unique=False)
    op.create_table(
        "image_variants",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["images.hash"], name=op.f("fk_image_variants_hash")),
        sa.PrimaryKeyConstraint("hash", "size", name=op.f("pk_image_variants")),
    )
