"""The quarantine: what was refused, with the reason, counted and kept where it can be looked at."""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

_KEEP_BYTES = 2048
_KEEP_CAUSES = 200


@dataclass(frozen=True)
class Refused:
    """One refused line: when and from whom it came, why it was refused, and its first 2 KiB."""

    wall: float
    source: str
    line: int
    field: str
    reason: str
    size: int
    raw: str


def refused(wall: float, source: str, line: int, field: str, reason: str, raw: bytes, size: int | None = None) -> Refused:
    """Describe one refused line; undecodable bytes are kept as backslash escapes, long lines by their beginning.

    >>> refused(0.0, "tcp", 3, "time", "is missing", b"{}").size
    2
    """
    text = raw[:_KEEP_BYTES].decode("utf-8", "backslashreplace")
    return Refused(wall, source, line, field, reason, len(raw) if size is None else size, text)


class Quarantine:
    """Refused lines as JSON lines in two files that take turns, so that a flood of rubbish cannot fill the disk.

    One thread adds; any thread may look.
    """

    def __init__(self, folder: Path, limit_bytes: int = 64 << 20) -> None:
        """Open the quarantine in `folder`; `limit_bytes` bounds each of its two files."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "quarantine.jsonl"
        self.limit_bytes = limit_bytes
        self.total = 0
        self._counts: Counter[str] = Counter()
        self._latest: deque[Refused] = deque(maxlen=500)
        self._lock = threading.Lock()
        self._note(_read(self.path))
        self._file = self.path.open("ab")

    def add(self, items: Sequence[Refused]) -> None:
        """Keep refused lines; returns when they are on the disk."""
        self._file.writelines(orjson.dumps(asdict(item)) + b"\n" for item in items)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._note(items)
        if self._file.tell() > self.limit_bytes:
            self._file.close()
            self.path.replace(self.path.with_suffix(".old.jsonl"))
            self._file = self.path.open("ab")

    def latest(self, limit: int = 100) -> list[Refused]:
        """The newest refused lines, newest first."""
        with self._lock:
            return list(self._latest)[::-1][:limit]

    def counts(self) -> list[tuple[str, int]]:
        """Causes and how often each was at work, most frequent first; rare ones are counted together as "other"."""
        with self._lock:
            return self._counts.most_common()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _note(self, items: Iterable[Refused]) -> None:
        with self._lock:
            for item in items:
                cause = item.reason if item.reason.startswith(item.field) else f"{item.field}: {item.reason}"
                self.total += 1
                self._counts[cause if cause in self._counts or len(self._counts) < _KEEP_CAUSES else "other"] += 1
                self._latest.append(item)


def _read(path: Path) -> Iterable[Refused]:
    """Read what an earlier process kept; a line that it could not finish is passed over."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                yield Refused(**orjson.loads(line))
            except (orjson.JSONDecodeError, TypeError):
                continue
