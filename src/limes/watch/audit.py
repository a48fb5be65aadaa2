"""The audit: who did what, when and why, in a chain of hashes that a third party can check with this file's rules alone.

Each entry's hash is SHA-256 over the previous entry's hash and the entry's canonical JSON. Changing, dropping, swapping or
adding an entry breaks the chain from there on; cutting the tail shows against a head that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from limes.watch import store

START = "0" * 64
"""What the first entry has for a previous hash."""


@dataclass(frozen=True)
class Entry:
    """One line of the audit."""

    seq: int
    time: float
    user: str
    verb: str
    object: str
    detail: dict[str, Any]
    previous: str
    hash: str


def entry_hash(seq: int, time: float, user: str, verb: str, subject: str, detail: dict[str, Any], previous: str) -> str:
    """Return the hash of one entry: SHA-256 over its canonical JSON, which holds the previous hash.

    >>> entry_hash(0, 0.0, "ada", "login", "", {}, START)[:8]
    'e75997b2'
    """
    content = [seq, time, user, verb, subject, detail, previous]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    connection: sa.Connection, time: float, user: str, verb: str, subject: str = "", detail: dict[str, Any] | None = None
) -> Entry:
    """Add one entry at the end of the chain, within the caller's transaction."""
    last = connection.execute(sa.select(store.audit).order_by(store.audit.c.seq.desc()).limit(1)).mappings().first()
    seq, previous = (last["seq"] + 1, last["hash"]) if last else (0, START)
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


def export(connection: sa.Connection) -> Iterator[str]:
    """Yield the audit as JSON lines, the form that `verify` reads."""
    for entry in entries(connection):
        yield json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False)


def verify(lines: Iterable[str], head: str | None = None) -> list[str]:
    """Check exported lines; returns what is wrong, one sentence each, nothing when the chain holds.

    `head` is the hash of the last entry as noted elsewhere; with it a cut tail is found too.
    """
    wrong: list[str] = []
    previous, expected = START, 0
    for number, line in enumerate(lines, 1):
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError):
            wrong.append(f"line {number}: is not an audit entry")
            continue
        if entry.seq != expected:
            wrong.append(f"line {number}: entry {entry.seq} stands where entry {expected} belongs")
        if entry.previous != previous:
            wrong.append(f"line {number}: entry {entry.seq} does not follow from the entry before it")
        if entry.hash != _recomputed(entry):
            wrong.append(f"line {number}: entry {entry.seq} was changed after it was written")
        previous, expected = entry.hash, entry.seq + 1
    if head is not None and previous != head:
        wrong.append("the last entry is not the one that was noted as the head; the end was cut or written anew")
    return wrong


def _recomputed(entry: Entry) -> str | None:
    try:
        return entry_hash(entry.seq, entry.time, entry.user, entry.verb, entry.object, entry.detail, entry.previous)
    except (ValueError, TypeError):
        return None
