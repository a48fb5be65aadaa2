"""Retention: what is older than its time is deleted, and the audit says what and when.

Track histories and the journal's oldest segments go; cases with their evidence and the audit itself stay. No segment goes that
a restart from either of the kept snapshots would read.
"""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from limes.watch import audit, snapshots, store
from limes.watch.journal import Journal
from limes.watch.store import Store

_AT_ONCE = 20_000  # points of one transaction: nobody who writes waits long


def purge(folder: Path, database: Store, journal: Journal, before: float) -> tuple[int, list[str]]:
    """Delete what a watch in a data folder knows from before a time (UTC epoch s): the points, and the journal's segments."""
    segments = journal.drop(snapshots.oldest(folder), before)
    points = 0
    while gone := _drop_points(database, before):
        points += gone
    if points or segments:
        detail = {"before": before, "track_points": points, "journal": segments}
        with database.begin() as connection:
            audit.record(connection, time.time(), "retention", "deleted", "", detail)
    return points, segments


def _drop_points(database: Store, before: float) -> int:
    """Delete some of the oldest points; how many."""
    table = store.track_points
    some = sa.select(table.c.track, table.c.time).where(table.c.time < before).limit(_AT_ONCE)
    with database.begin() as connection:
        return connection.execute(sa.delete(table).where(sa.tuple_(table.c.track, table.c.time).in_(some))).rowcount
