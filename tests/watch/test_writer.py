from __future__ import annotations

import errno
import threading
from contextlib import contextmanager

import pytest

from limes.watch.journal import Journal
from limes.watch.quarantine import Quarantine, refused
from limes.watch.records import RecordKind
from limes.watch.writer import Writer


@contextmanager
def writing(folder, tick_s=None):
    journal, quarantine, delivered = Journal(folder, ("s",)), Quarantine(folder), []
    writer = Writer(journal, quarantine, delivered.append, tick_s)
    writer.start()
    try:
        yield writer, journal, delivered
    finally:
        writer.stop()
        journal.close()
        quarantine.close()


def note(text):
    return RecordKind.EVENTS, [{"type": "status", "text": text}]


def test_done_means_on_the_disk(tmp_path):
    with writing(tmp_path) as (writer, _, _):
        writer.submit([note("a"), note("b")]).result(5)
        other = Journal(tmp_path / "copy", ("s",))
        for segment in tmp_path.glob("*.journal"):
            (other.folder / segment.name).write_bytes(segment.read_bytes())
        other.close()
        again = Journal(tmp_path / "copy", ("s",))
        assert [record.body[0]["text"] for record in again.read()] == ["a", "b"]
        again.close()


def send_twenty(writer, k):
    for n in range(20):
        writer.submit([note(f"{k}-{n}")]).result(5)


def test_records_are_delivered_once_and_in_order(tmp_path):
    with writing(tmp_path) as (writer, _, delivered):
        threads = [threading.Thread(target=send_twenty, args=(writer, k)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    records = [record for batch in delivered for record in batch]
    assert [record.seq for record in records] == list(range(80))
    for k in range(4):
        own = [record.body[0]["text"] for record in records if record.body[0]["text"].startswith(f"{k}-")]
        assert own == [f"{k}-{n}" for n in range(20)]


def test_stopping_writes_what_waits(tmp_path):
    with writing(tmp_path) as (writer, _, _):
        futures = [writer.submit([note(str(k))]) for k in range(50)]
    assert all(future.done() and future.exception() is None for future in futures)


def test_refused_lines_go_to_the_quarantine(tmp_path):
    with writing(tmp_path) as (writer, _, delivered):
        writer.submit([], [refused(0.0, "tcp", 1, "time", "is missing", b"{}")]).result(5)
        assert writer.quarantine.total == 1
        assert delivered == []


def test_the_machine_s_clock_ticks_without_any_input(tmp_path):
    ticked = threading.Event()
    journal, quarantine, times = Journal(tmp_path, ("s",)), Quarantine(tmp_path), []

    def deliver(records):
        times.extend(record.body["time"] for record in records if record.kind is RecordKind.CLOCK)
        if len(times) >= 4:
            ticked.set()

    writer = Writer(journal, quarantine, deliver, tick_s=0.01)
    writer.start()
    assert ticked.wait(10)
    writer.stop()
    journal.close()
    quarantine.close()
    assert times == sorted(times)


def test_a_full_disk_acknowledges_nothing_more(tmp_path, monkeypatch):
    with writing(tmp_path) as (writer, journal, delivered):
        writer.submit([note("kept")]).result(5)
        full = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(journal, "sync", lambda: (_ for _ in ()).throw(full))
        with pytest.raises(OSError, match="No space left"):
            writer.submit([note("lost")]).result(5)
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            writer.submit([note("after")]).result(5)
        assert writer.failure is full
    assert [record.body[0]["text"] for batch in delivered for record in batch] == ["kept"]
