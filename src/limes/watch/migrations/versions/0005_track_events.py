"""What became of tracks: confirmed, dropped, joined and left, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "track_events",
        sa.Column("track", sa.Integer, primary_key=True),
        sa.Column("time", sa.Float, primary_key=True),
        sa.Column("status", sa.Integer, primary_key=True),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("existence", sa.Float, nullable=False),
        sa.Column("missed", sa.Float, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_track_events_time", "track_events", ["time"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("track_events")
