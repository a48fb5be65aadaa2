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

_AT_ONCE = 20_000  # rows of one transaction: nobody who writes waits long


def purge(folder: Path, database: Store, journal: Journal, before: float) -> tuple[int, list[str]]:
    """Delete what is from before a time (UTC epoch s) in a data folder: track points and events, segments of the journal.

    Returns how many rows, and the names of the segments.
    """
    segments = journal.drop(snapshots.oldest(folder), before)
    points = sum(_drop_rows(database, table, before) for table in (store.track_points, store.track_events))
    if points or segments:
        detail = {"before": before, "track_rows": points, "journal": segments}
        with database.begin() as connection:
            audit.record(connection, time.time(), "retention", "deleted", "", detail)
    return points, segments


def _drop_rows(database: Store, table: sa.Table, before: float) -> int:
    """Delete a table's rows from before a time, some at once; how many."""
    some = sa.select(*table.primary_key).where(table.c.time < before).limit(_AT_ONCE)
    old, count, gone = sa.delete(table).where(sa.tuple_(*table.primary_key).in_(some)), 0, 1
    while gone:
        with database.begin() as connection:
            gone = connection.execute(old).rowcount
        count += gone
    return count
