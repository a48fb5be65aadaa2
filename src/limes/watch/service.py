"""The watch as a running service: journal first, then the pipeline, then the store, then whoever looks on.

One thread writes the journal, one drives the pipeline; people's acts go the same way as detections, through the journal, so
that a watch that died knows all of them again.
"""

from __future__ import annotations

import fcntl
import itertools
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from limes.errors import InputError, LimesError
from limes.links import SensorDirectory
from limes.sector import Deployment, Sector
from limes.watch import audit, custody, retention, snapshots, tasks
from limes.watch import projection as projection_of
from limes.watch.cases import ActRefused
from limes.watch.journal import Journal
from limes.watch.laboratory import Laboratory, analyse
from limes.watch.meter import Meter
from limes.watch.pipeline import Changes, Pipeline, PipelineSettings
from limes.watch.projection import Projection
from limes.watch.quarantine import Quarantine, Refused, refused
from limes.watch.records import Record, RecordKind
from limes.watch.store import open_store
from limes.watch.users import User
from limes.watch.worker import Worker
from limes.watch.writer import Entry, Writer

MODES = ("live", "simulated", "replay")
"""Live: time is the machine's. Simulated and replay: time is what the stream's clock lines say, and the page says so."""

_LOG = logging.getLogger(__name__)
_WAIT_S = 20.0
_BACKLOG = 8
_CHUNK = 512
_PURGE_S = 3600.0


class Unsettled(LimesError):
    """What a person decided is not known to be carried out: the disk refuses, or the watch is behind."""


@dataclass(frozen=True)
class WatchSettings:
    """How a watch runs: where it keeps its data, whose clock it follows, how often it snapshots.

    `keep_s`: for how long track histories and the journal stay, in seconds; None: for ever.
    """

    data: Path
    mode: str = "live"
    tick_s: float = 0.1
    snapshot_s: float = 30.0
    keep_s: float | None = None
    pipeline: PipelineSettings = field(default_factory=PipelineSettings)


class Watch:
    """A running watch over one sector and deployment; `start`, `submit` and `act`, `stop`.

    `lock` guards `pipeline`: whoever reads it from another thread holds the lock meanwhile.
    """

    def __init__(self, sector: Sector, deployment: Deployment, settings: WatchSettings) -> None:
        """Open the data folder, restore the last snapshot and read on from the journal.

        InputError when another watch works in the folder.
        """
        self.sector = sector
        self.deployment = deployment
        self.settings = settings
        self.meter = Meter()
        self.laboratory = Laboratory(settings.data / "library")
        self._held = _hold(settings.data)
        self._listeners: list[Callable[[Changes], None]] = []
        self._waiting: dict[str, Future[None]] = {}
        self._records: queue.Queue[tuple[float, list[Record]] | None] = queue.Queue(maxsize=_BACKLOG)
        first = self._fresh()
        self.directory: SensorDirectory = first.directory
        self.store = open_store(settings.data)
        self.quarantine = Quarantine(settings.data)
        self.journal = Journal(settings.data / "journal", self.directory.ids)
        projection = Projection(self.store, self.journal.next)
        self.pipeline, applied = snapshots.restore(settings.data, projection.known, first, self._fresh)
        self._worker = Worker(settings.data, self.pipeline, projection, applied, self._settle)
        self.lock = self._worker.lock
        self._recover(applied)
        self._clock = self.pipeline.time
        self._writer = Writer(
            self.journal, self.quarantine, self._deliver, settings.tick_s if settings.mode == "live" else None
        )
        self._thread = threading.Thread(target=self._run, name="limes-pipeline", daemon=True)
        self._purge_due = time.monotonic()

    def start(self) -> None:
        """Begin to take in and to work."""
        self._writer.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, keep a snapshot and close everything; a second time does nothing."""
        if self._held.closed:
            return
        self._writer.stop()
        if self._thread.is_alive():
            self._records.put(None)
            self._thread.join()
        self._worker.snapshot()
        self._worker.close()
        with suppress(OSError):  # a disk that refuses has been told of already
            self.journal.close()
        self.quarantine.close()
        self.store.close()
        self._held.close()

    def now(self) -> float | None:
        """The watch's clock for what comes in: the machine's when live, else the last clock line taken; None before it."""
        return time.time() if self.settings.mode == "live" else self._clock

    @property
    def failure(self) -> str | None:
        """What is wrong with the watch itself, if anything is.

        While the journal cannot be written nothing is acknowledged; while the store cannot, acts wait for it.
        """
        if self._writer.failure is not None:
            return f"the journal cannot be written: {self._writer.failure}"
        return self._worker.failure

    def submit(self, entries: Sequence[Entry], refusals: Sequence[Refused] = (), detections: int = 0) -> Future[None]:
        """Hand over what came in; the future is done when it is on the disk."""
        done = self._writer.submit(entries, refusals)
        for kind, body in entries:
            if kind is RecordKind.CLOCK:
                self._clock = max(self._clock or 0.0, body["time"])
        self.meter.received(detections, len(refusals))
        return done

    def act(self, user: User, case: str, verb: str, arguments: dict[str, Any]) -> None:
        """Do what a person decided: checked, journalled, applied and in the audit when this returns.

        ActRefused says why it is not allowed as the case stands, and the audit that it was tried; `Unsettled` that it is not
        known to be carried out.
        """
        body = {**arguments, "id": uuid.uuid4().hex, "wall": time.time(), "user": user.name, "role": user.role}
        body |= {"case": case, "verb": verb}
        try:
            with self.lock:
                body["time"] = self.pipeline.time or 0.0
                self.pipeline.check_act(body)
        except ActRefused as refusal:
            with self.store.begin() as connection:
                audit.record(connection, body["wall"], user.name, f"{verb} refused", case, {"why": str(refusal)})
            raise
        self._carry_out(body)

    def read(self, user: str, source: str, data: bytes, said: dict[str, Any]) -> dict[str, Any]:
        """Analyse a file of a checkpoint's instrument and take the reading in: on the disk, applied and audited on return.

        `said` holds `file`, `crossing`, `declared`, `technique`, `case` (those that are known). InputError, counted and
        quarantined, for a file that cannot be read; ActRefused where crossing or case do not fit; `Unsettled` as for acts.
        """
        now, name = time.time(), str(said.get("file") or "reading")
        reading = {**said, "file": name, "id": uuid.uuid4().hex, "wall": now, "user": user, "source": source}
        with self.lock:
            reading["time"] = self.pipeline.time or now
            self.pipeline.check_reading(reading)
        try:
            found = analyse(data, name, self.laboratory, said.get("declared", ""), said.get("technique", ""))
        except InputError as fault:
            why = f"{fault.fault.problem}; {fault.fault.cure}"
            self.submit([], [refused(now, source, 0, fault.fault.field or "file", why, data)]).result(_WAIT_S)
            raise
        custody.keep(self.settings.data, data, found["sha256"])
        return self._filed({**found, **reading})

    def open_reading(self, user: str, name: str) -> dict[str, Any]:
        """Open a case for a reading that asked for none, because a person wants one."""
        with self.store.read() as connection:
            held = projection_of.reading(connection, name)
        if held is None:
            raise ActRefused("there is no such reading")
        with self.lock:
            now = self.pipeline.time or time.time()
        return self._filed({**held, "open": True, "user": user, "time": now, "case": None})

    def _filed(self, reading: dict[str, Any]) -> dict[str, Any]:
        self._carry_out(reading, RecordKind.READING)
        with self.store.read() as connection:
            return projection_of.reading(connection, reading["id"]) or reading

    def _carry_out(self, act: dict[str, Any], kind: RecordKind = RecordKind.ACT) -> None:
        applied = self._waiting[act["id"]] = Future()
        try:
            self.submit([(kind, act)]).result(_WAIT_S)
            applied.result(_WAIT_S)
        except TimeoutError:
            raise Unsettled("the watch is behind; look at the case again before you repeat it") from None
        except OSError as fault:
            raise Unsettled(f"it could not be kept: {fault}") from None
        finally:
            self._waiting.pop(act["id"], None)

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
        health = self.meter.report() | {"quarantined": self.quarantine.total, "failure": self.failure}
        return {"mode": self.settings.mode, "speed": round(self.meter.speed(), 1), "health": health}

    def task(self, unit: str, case: str) -> dict[str, Any]:
        """What a unit's people are told: where to go and why."""
        with self.lock:
            return tasks.task(self.pipeline, unit, case)

    def standing_tasks(self) -> list[dict[str, Any]]:
        """The tasks of all units on their way."""
        with self.lock:
            return tasks.standing(self.pipeline)

    def _fresh(self) -> Pipeline:
        return Pipeline(self.sector, self.deployment, self.settings.pipeline)

    def _recover(self, applied: int) -> None:
        """Work off what the journal holds from a record on; snapshots keep that work should the watch die again."""
        for records in _chunks(self.journal.read(applied)):
            self._worker.work(records)
            self._snapshot_when_due()
        if self._worker.applied > applied:
            self._worker.snapshot()

    def _snapshot_when_due(self) -> None:
        if time.monotonic() - self._worker.saved > self.settings.snapshot_s:
            self._worker.snapshot()

    def _purge_when_due(self) -> None:
        keep, now = self.settings.keep_s, self.pipeline.time
        if keep is not None and now is not None and time.monotonic() >= self._purge_due:
            self._purge_due = time.monotonic() + _PURGE_S
            self._worker.later(lambda: retention.purge(self.settings.data, self.store, self.journal, now - keep))

    def _deliver(self, records: list[Record]) -> None:
        self._records.put((time.monotonic(), records))

    def _run(self) -> None:
        while (batch := self._records.get()) is not None:
            since, records = batch
            self.meter.begun(since)
            self._tell(self._worker.work(records))
            self.meter.applied(self.pipeline.time)
            self._snapshot_when_due()
            self._purge_when_due()

    def _tell(self, changes: Changes) -> None:
        for listener in self._listeners:
            try:
                listener(changes)
            except Exception:
                _LOG.exception("somebody who looks on could not be told")

    def _settle(self, act: str, refusal: str | None) -> None:
        """Answer whoever waits for an act."""
        waiting = self._waiting.pop(act, None)
        if waiting is None:
            return
        if refusal is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(ActRefused(refusal))


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while chunk := list(itertools.islice(records, _CHUNK)):
        yield chunk


def _hold(folder: Path) -> BinaryIO:
    """Keep other watches out of a data folder until the file is closed or the process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise InputError(folder, "", "is in use by another watch", "stop that one, or give another folder") from None
    return file
