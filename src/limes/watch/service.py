"""The watch as a running service: journal first, then the pipeline, then the store, then whoever looks on.

One thread writes the journal, one drives the pipeline; people's acts go the same way as detections, through the journal, so
that a watch that died knows all of them again.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limes.links import SensorDirectory
from limes.sector import Deployment, Sector
from limes.watch import snapshots
from limes.watch.cases import ActRefused
from limes.watch.journal import Journal
from limes.watch.meter import Meter
from limes.watch.pipeline import Changes, Pipeline, PipelineSettings
from limes.watch.projection import Projection
from limes.watch.quarantine import Quarantine, Refused
from limes.watch.records import Record, RecordKind
from limes.watch.store import open_store
from limes.watch.users import User
from limes.watch.writer import Entry, Writer

MODES = ("live", "simulated", "replay")
"""Live: time is the machine's. Simulated and replay: time is what the stream's clock lines say, and the page says so."""

_WAIT_S = 20.0


@dataclass(frozen=True)
class WatchSettings:
    """How a watch runs: where it keeps its data, whose clock it follows and how often it snapshots."""

    data: Path
    mode: str = "live"
    tick_s: float = 0.2
    snapshot_s: float = 30.0
    pipeline: PipelineSettings = field(default_factory=PipelineSettings)


class Watch:
    """A running watch over one sector and deployment; `start`, `submit` and `act`, `stop`.

    `lock` guards `pipeline`: whoever reads it from another thread holds the lock meanwhile.
    """

    def __init__(self, sector: Sector, deployment: Deployment, settings: WatchSettings) -> None:
        """Open the data folder, restore the last snapshot and read on from the journal."""
        self.sector = sector
        self.deployment = deployment
        self.settings = settings
        self.lock = threading.RLock()
        self.pipeline = Pipeline(sector, deployment, settings.pipeline)
        self.directory: SensorDirectory = self.pipeline.directory
        self.store = open_store(settings.data)
        self.journal = Journal(settings.data / "journal", self.directory.ids)
        self.quarantine = Quarantine(settings.data)
        self.meter = Meter()
        self._projection = Projection(self.store)
        self._listeners: list[Callable[[Changes], None]] = []
        self._waiting: dict[str, Future[None]] = {}
        self._records: queue.Queue[list[Record] | None] = queue.Queue(maxsize=256)
        self._writer = Writer(
            self.journal, self.quarantine, self._records.put, settings.tick_s if settings.mode == "live" else None
        )
        self._thread = threading.Thread(target=self._run, name="limes-pipeline", daemon=True)
        self._applied = self._recover()
        self._clock = self.pipeline.time

    def start(self) -> None:
        """Begin to take in and to work."""
        self._writer.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, keep a snapshot and close everything."""
        self._writer.stop()
        self._records.put(None)
        self._thread.join()
        snapshots.save(self.settings.data, self._applied, self.pipeline.snapshot())
        self.journal.close()
        self.quarantine.close()
        self.store.close()

    def now(self) -> float | None:
        """The watch's clock for what comes in: the machine's when live, else the last clock line taken; None before it."""
        return time.time() if self.settings.mode == "live" else self._clock

    @property
    def failure(self) -> OSError | None:
        """Why the journal cannot be written, if so: then nothing is acknowledged any more."""
        return self._writer.failure

    def submit(self, entries: Sequence[Entry], refusals: Sequence[Refused] = (), detections: int = 0) -> Future[None]:
        """Hand over what came in; the future is done when it is on the disk."""
        for kind, body in entries:
            if kind is RecordKind.CLOCK:
                self._clock = body["time"]
        self.meter.received(detections, len(refusals))
        return self._writer.submit(entries, refusals)

    def act(self, user: User, case: str, verb: str, arguments: dict[str, Any]) -> None:
        """Do what a person decided: checked, journalled, applied and in the audit when this returns; else ActRefused."""
        body = {**arguments, "id": uuid.uuid4().hex, "wall": time.time(), "user": user.name, "role": user.role}
        body |= {"case": case, "verb": verb}
        with self.lock:
            body["time"] = self.pipeline.time or 0.0
            self.pipeline.check_act(body)
        applied: Future[None] = Future()
        self._waiting[body["id"]] = applied
        try:
            self.submit([(RecordKind.ACT, body)]).result(_WAIT_S)
            applied.result(_WAIT_S)
        finally:
            self._waiting.pop(body["id"], None)

    @contextmanager
    def listening(self, listener: Callable[[Changes], None]) -> Iterator[None]:
        """Call a function, in the pipeline's thread, with every change while the block runs."""
        self._listeners = [*self._listeners, listener]
        try:
            yield
        finally:
            self._listeners = [other for other in self._listeners if other is not listener]

    def condition(self) -> dict[str, Any]:
        """What the service itself adds to the picture: mode, speed, and how it is doing."""
        failure = self.failure
        health = self.meter.report() | {"quarantined": self.quarantine.total, "failure": failure and str(failure)}
        return {"mode": self.settings.mode, "speed": round(self.meter.speed(), 1), "health": health}

    def task(self, unit: str, case: str) -> dict[str, Any]:
        """What a unit's people are told: where to go and why."""
        with self.lock:
            found = self.pipeline.cases.get(case)
            where = {} if found is None else {"x": found.x, "y": found.y, "km": found.km, "title": found.title}
        return {"unit": unit, "case": case, **where}

    def _recover(self) -> int:
        """Restore the newest snapshot that can be read, then apply what the journal holds after it."""
        applied = snapshots.restore(self.settings.data, self.pipeline, self.journal.next)
        acts: list[Record] = []
        for record in self.journal.read(min(applied, self._projection.known)):
            if record.kind is RecordKind.ACT:
                acts.append(record)
            if record.seq >= applied:
                self.pipeline.apply(record)
                applied = record.seq + 1
        self._projection.write(self.pipeline, set(self.pipeline.cases), acts, applied)
        return applied

    def _run(self) -> None:
        saved = time.monotonic()
        while (records := self._records.get()) is not None:
            self._work(records)
            if time.monotonic() - saved > self.settings.snapshot_s:
                saved = time.monotonic()
                snapshots.save(self.settings.data, self._applied, self.pipeline.snapshot())

    def _work(self, records: list[Record]) -> None:
        """Apply records, keep what people must find again, then tell whoever waits or looks on."""
        acts = [record for record in records if record.kind is RecordKind.ACT]
        with self.lock:
            changes = Changes()
            for record in records:
                changes.merge(self.pipeline.apply(record))
            self._applied = records[-1].seq + 1
            self._projection.write(self.pipeline, changes.cases, acts, self._applied, changes.refused)
        self.meter.applied(self.pipeline.time)
        for record in acts:
            waiting = self._waiting.get(record.body["id"])
            reason = changes.refused.get(record.body["id"])
            if waiting is not None and reason is None:
                waiting.set_result(None)
            elif waiting is not None:
                waiting.set_exception(ActRefused(str(reason)))
        for listener in self._listeners:
            listener(changes)
