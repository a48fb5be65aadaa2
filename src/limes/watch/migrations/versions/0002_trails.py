"""Track points are found by time too: the page asks where everybody was."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_track_points_time", "track_points", ["time"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_track_points_time", "track_points")
