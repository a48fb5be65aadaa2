"""Works journal records off: into the pipeline, from there into the store, now and then into a snapshot."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from limes.watch import snapshots
from limes.watch.changes import Changes
from limes.watch.pipeline import Pipeline
from limes.watch.projection import Projection
from limes.watch.records import Record, RecordKind

_LOG = logging.getLogger(__name__)
_REMEMBER_S = 60.0


class Worker:
    """What one thread does with records; `lock` guards `pipeline` against those who read it in others.

    A record that the pipeline cannot work off is passed over, now and at every restart: it stays in the journal. What the
    store does not take waits and is offered again; `settle` hears of each act (by id) once it is in the audit, with the
    reason where it was refused. `applied` is the sequence number of the next record.
    """

    def __init__(
        self, folder: Path, pipeline: Pipeline, projection: Projection, applied: int, settle: Callable[[str, str | None], None]
    ) -> None:
        self.folder = folder
        self.pipeline = pipeline
        self.projection = projection
        self.applied = applied
        self.settle = settle
        self.lock = threading.RLock()
        self.saved = time.monotonic()
        self._fault: tuple[float, str] | None = None
        self._unkept: str | None = None
        self._files = ThreadPoolExecutor(1, "limes-snapshot")
        self._file: Future[None] | None = None

    @property
    def failure(self) -> str | None:
        """What went wrong, if it still does or did within the last minute."""
        if self._unkept is not None:
            return f"the store cannot be written: {self._unkept}"
        fault = self._fault
        return fault[1] if fault is not None and time.monotonic() - fault[0] < _REMEMBER_S else None

    def work(self, records: Sequence[Record]) -> Changes:
        """Apply records in their order and keep what people must find again; returns what changed."""
        changes = Changes()
        with self.lock:
            for record in records:
                before = self.pipeline.time
                done = self._apply(record)
                self.projection.follow(record, done, before, self.pipeline)
                changes.merge(done)
                self.applied = record.seq + 1
        self._keep()
        return changes

    def snapshot(self) -> None:
        """Keep the pipeline as it stands, unless the store has not got everything that went into it.

        The file is written in a thread of its own, one at a time; `close` waits for it.
        """
        self.saved = time.monotonic()
        if not self._keep(always=True):
            return
        if self._file is not None:
            self._file.result()
        try:
            content = self.pipeline.freeze()
        except Exception:
            _LOG.exception("no snapshot could be made; the journal holds everything")
            return
        self._file = self._files.submit(self._write, self.applied, content)

    def later(self, errand: Callable[[], object]) -> None:
        """Have something done where snapshots are written, after the one that is being written; a failure is logged."""
        self._files.submit(_tried, errand)

    def close(self) -> None:
        """Wait until the last snapshot is on the disk."""
        self._files.shutdown()

    def _write(self, seq: int, content: Callable[[], bytes]) -> None:
        try:
            snapshots.save(self.folder, seq, content())
        except Exception:
            _LOG.exception("no snapshot could be kept; the journal holds everything")

    def _apply(self, record: Record) -> Changes:
        try:
            return self.pipeline.apply(record)
        except Exception as fault:
            self._remember(record.seq, fault)
            acts = [record.body["id"]] if record.kind in (RecordKind.ACT, RecordKind.READING) else []
            return Changes(refused=dict.fromkeys(acts, "the watch could not carry it out; its log says why"))

    def _remember(self, seq: int, fault: Exception) -> None:
        """Keep in mind that a record could not be worked off; the log hears of it once a minute at most."""
        if self._fault is None or time.monotonic() - self._fault[0] >= _REMEMBER_S:
            _LOG.error("record %d of the journal cannot be worked off", seq, exc_info=fault)
        self._fault = time.monotonic(), f"record {seq} of the journal cannot be worked off: {type(fault).__name__}: {fault}"

    def _keep(self, always: bool = False) -> bool:
        """Write to the store what waits for it and settle the acts that are in it now; False when the store refuses."""
        try:
            done = self.projection.flush(always)
        except (sa.exc.SQLAlchemyError, OSError) as fault:
            if self._unkept is None:
                _LOG.exception("the store cannot be written")
            self._unkept = str(fault).splitlines()[0]
            return False
        self._unkept = None
        for act, refusal in done:
            self.settle(act, refusal)
        return True


def _tried(errand: Callable[[], object]) -> None:
    try:
        errand()
    except Exception:
        _LOG.exception("something that was due could not be done")
