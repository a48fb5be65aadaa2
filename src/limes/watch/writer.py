"""The one thread that writes the journal: it gathers what came in, appends it, syncs once, acknowledges, delivers."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from limes.watch.journal import Journal
from limes.watch.quarantine import Quarantine, Refused
from limes.watch.records import Record, RecordKind, decode, encode

Entry = tuple[RecordKind, Any]
"""What a record will be about, and its rows or body."""

_MOST = 512


@dataclass(frozen=True)
class _Parcel:
    entries: Sequence[tuple[RecordKind, bytes]]
    refusals: Sequence[Refused]
    done: Future[None] = field(default_factory=Future)


class Writer:
    """Group commit: many parcels, one fsync. `deliver` gets the records, in order, once they are on the disk.

    What is delivered is read back from the bytes that were written, so a restart sees the very same. With `tick_s` the writer
    adds a clock record from the machine's clock that often; without it time comes from the stream. When the disk refuses,
    every waiting and later parcel gets the error, so nothing is acknowledged that is not kept.
    """

    def __init__(
        self, journal: Journal, quarantine: Quarantine, deliver: Callable[[list[Record]], None], tick_s: float | None
    ) -> None:
        self.journal = journal
        self.quarantine = quarantine
        self.deliver = deliver
        self.tick_s = tick_s
        self.failure: OSError | None = None
        self._parcels: queue.SimpleQueue[_Parcel | None] = queue.SimpleQueue()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="limes-journal", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end; what comes later is refused."""
        if self._thread.is_alive():
            self._parcels.put(None)
            self._thread.join()

    def submit(self, entries: Sequence[Entry], refusals: Sequence[Refused] = ()) -> Future[None]:
        """Hand over entries and refused lines; the future is done when all of them are on the disk.

        TypeError when an entry cannot be written as JSON; the future cannot be cancelled.
        """
        parcel = _Parcel([(kind, encode(kind, content)) for kind, content in entries], refusals)
        parcel.done.set_running_or_notify_cancel()
        self._parcels.put(parcel)
        if self._ended:
            self._refuse_rest()
        return parcel.done

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended:
            parcels, ended = self._gather(due)
            entries = [entry for parcel in parcels for entry in parcel.entries]
            if self.tick_s is not None and time.monotonic() >= due:
                due = max(due + self.tick_s, time.monotonic())
                entries.append((RecordKind.CLOCK, encode(RecordKind.CLOCK, {"time": time.time()})))
            self._commit(parcels, entries)
            if ended:
                self.failure, self._ended = self.failure or OSError("the watch has stopped"), True
        self._refuse_rest()

    def _gather(self, due: float) -> tuple[list[_Parcel], bool]:
        """Wait for a first parcel, at most until the next tick is due, and take all that wait behind it."""
        parcels: list[_Parcel] = []
        try:
            wait = None if self.tick_s is None else max(0.0, due - time.monotonic())
            parcel = self._parcels.get(timeout=wait)
            while parcel is not None:
                parcels.append(parcel)
                if len(parcels) >= _MOST:
                    return parcels, False
                parcel = self._parcels.get_nowait()
        except queue.Empty:
            return parcels, False
        return parcels, True

    def _commit(self, parcels: list[_Parcel], entries: list[tuple[RecordKind, bytes]]) -> None:
        try:
            records = self._write(parcels, entries)
        except Exception as fault:
            self.failure = fault if isinstance(fault, OSError) else OSError(f"{type(fault).__name__}: {fault}")
            for parcel in parcels:
                parcel.done.set_exception(self.failure)
            return
        for parcel in parcels:
            parcel.done.set_result(None)
        if records:
            self.deliver(records)

    def _write(self, parcels: list[_Parcel], entries: list[tuple[RecordKind, bytes]]) -> list[Record]:
        if self.failure is not None:
            raise self.failure
        refusals = [item for parcel in parcels for item in parcel.refusals]
        if refusals:
            self.quarantine.add(refusals)
        records = [decode(self.journal.append_encoded(kind, payload), kind, payload) for kind, payload in entries]
        if records:
            self.journal.sync()
        return records

    def _refuse_rest(self) -> None:
        """Tell those who came while the last parcels were written, or later."""
        while True:
            try:
                parcel = self._parcels.get_nowait()
            except queue.Empty:
                return
            if parcel is not None:
                parcel.done.set_exception(self.failure)
