"""Readings of the checkpoints' instruments, each with its verdict and the hash of its file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "readings",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("wall", sa.Float, nullable=False, index=True),
        sa.Column("case", sa.String, index=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("readings")
