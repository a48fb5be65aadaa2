"""The chain of the audit and its check, with nothing but the standard library.

Copy this one file to check an exported audit anywhere: `python chain.py limes-audit.jsonl [HEAD]`.

Each entry's hash is SHA-256 over the previous entry's hash and the entry's canonical JSON. Changing, dropping, swapping or
adding an entry breaks the chain from there on; cutting the tail shows against a head that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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


def main(arguments: list[str]) -> int:
    """Check a file; 0 when it holds, 1 when it does not, 2 when the call is wrong."""
    if len(arguments) not in (1, 2):
        print("usage: python chain.py AUDIT.jsonl [HEAD]", file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123 - stands alone
        wrong = verify(file, arguments[1] if len(arguments) == 2 else None)
    print("\n".join(wrong) if wrong else "whole and unchanged")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
