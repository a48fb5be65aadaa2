"""Snapshots of the pipeline with the journal position they include, so that a restart need not read the whole journal."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

from limes.watch.pipeline import Pipeline

_KEEP = 2


def save(folder: Path, seq: int, content: bytes) -> Path:
    """Keep a snapshot that includes every record before `seq`; whole or not at all; only the newest two stay."""
    path = folder / f"{seq:020d}.snapshot"
    draft = folder / "snapshot.draft"
    with draft.open("wb") as file:
        file.write(zlib.crc32(content).to_bytes(4, "big") + content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    for old in _newest_first(folder)[_KEEP:]:
        old.unlink()
    return path


def restore(folder: Path, following: int, pipeline: Pipeline, make: Callable[[], Pipeline]) -> tuple[Pipeline, int]:
    """Restore the newest snapshot that holds together and fits; returns the pipeline and the record to read on from, 0: all.

    `following` is the first record that may still be read: a snapshot beyond it belongs to another journal or store and is
    passed over. `pipeline` is a fresh one, `make` gives another in case a snapshot turns out not to fit.
    """
    for path in _newest_first(folder):
        seq, content = int(path.stem), path.read_bytes()
        if seq > following or zlib.crc32(content[4:]).to_bytes(4, "big") != content[:4]:
            continue
        if pipeline.restore(content[4:]):
            return pipeline, seq
        pipeline = make()
    return pipeline, 0


def oldest(folder: Path) -> int:
    """The record from which a restart may have to read on, whichever of the kept snapshots it takes; 0 without one."""
    return min((int(path.stem) for path in _newest_first(folder)), default=0)


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.snapshot"), reverse=True)
