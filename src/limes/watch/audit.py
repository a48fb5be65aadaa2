"""The audit: who did what, when and why, kept as a chain of hashes (`limes.watch.chain`) in the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from limes.watch import store
from limes.watch.chain import START, Entry, entry_hash


def record(
    connection: sa.Connection, time: float, user: str, verb: str, subject: str = "", detail: dict[str, Any] | None = None
) -> Entry:
    """Add one entry at the end of the chain, within the caller's transaction."""
    seq = last_seq(connection) + 1
    previous = connection.execute(sa.select(store.audit.c.hash).where(store.audit.c.seq == seq - 1)).scalar() or START
    content = detail or {}
    entry = Entry(
        seq, time, user, verb, subject, content, previous, entry_hash(seq, time, user, verb, subject, content, previous)
    )
    connection.execute(sa.insert(store.audit), [asdict(entry)])
    return entry


def entries(connection: sa.Connection, after: int = -1, limit: int | None = None) -> Iterator[Entry]:
    """Yield entries in order, those after a sequence number only."""
    query = sa.select(store.audit).where(store.audit.c.seq > after).order_by(store.audit.c.seq).limit(limit)
    for row in connection.execute(query).mappings():
        yield Entry(**row)


def last_seq(connection: sa.Connection) -> int:
    """Sequence number of the newest entry, -1 when there is none."""
    newest = connection.execute(sa.select(sa.func.max(store.audit.c.seq))).scalar()
    return -1 if newest is None else int(newest)


def export(connection: sa.Connection) -> Iterator[str]:
    """Yield the audit as JSON lines, the form that `verify` reads."""
    for entry in entries(connection):
        yield json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False)
