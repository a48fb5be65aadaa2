"""Snapshots of the pipeline with the journal position they include, so that a restart need not read the whole journal."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from limes.watch.pipeline import Pipeline

_KEEP = 2


def save(folder: Path, seq: int, content: bytes) -> Path:
    """Keep a snapshot that includes every record before `seq`; whole or not at all; only the newest two stay."""
    path = folder / f"{seq:020d}.snapshot"
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(zlib.crc32(content).to_bytes(4, "big") + content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    for old in _newest_first(folder)[_KEEP:]:
        old.unlink()
    return path


def restore(folder: Path, pipeline: Pipeline, following: int) -> int:
    """Restore the newest snapshot that holds together and fits; returns the sequence number to read on from, 0 for none.

    `following` is the journal's next sequence number: a snapshot beyond it belongs to another journal and is passed over.
    """
    for path in _newest_first(folder):
        seq = int(path.stem)
        content = path.read_bytes()
        if seq > following or zlib.crc32(content[4:]).to_bytes(4, "big") != content[:4]:
            continue
        if pipeline.restore(content[4:]):
            return seq
    return 0


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.snapshot"), reverse=True)
