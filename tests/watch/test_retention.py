"""What is deleted when its time is over, what is not, and that the audit says so."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
import sqlalchemy as sa

from limes.watch import audit, retention, service, snapshots, store
from limes.watch.journal import Journal
from limes.watch.records import RecordKind


@pytest.fixture
def database(tmp_path):
    opened = store.open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def journal(tmp_path):
    """A journal of forty seconds in several segments."""
    with closing(Journal(tmp_path / "journal", ("tower-1/radar",), segment_bytes=300)) as opened:
        for second in range(40):
            opened.append(RecordKind.CLOCK, {"time": float(second)})
        opened.sync()
        yield opened


def points(database):
    with database.read() as connection:
        return [row.time for row in connection.execute(sa.select(store.track_points).order_by(store.track_points.c.time))]


def put(database, times):
    rows = [{"track": 1, "time": time, "x": 0.0, "y": 0.0, "existence": 1.0} for time in times]
    with database.begin() as connection:
        store.put(connection, store.track_points, rows)


def entries(database):
    with database.read() as connection:
        return list(audit.entries(connection))


def test_only_what_is_older_goes_and_the_audit_says_so(tmp_path, database, journal, monkeypatch):
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    put(database, [5.0, 9.0, 14.0, 20.0, 30.0])
    snapshots.save(tmp_path, 35, b"x")
    count, segments = retention.purge(tmp_path, database, journal, 20.0)
    assert (count, points(database)) == (3, [20.0, 30.0])
    kept = [record.body["time"] for record in journal.read(35)]
    assert kept == [35.0, 36.0, 37.0, 38.0, 39.0]
    first = next(iter(journal.read())).body["time"]
    assert 10.0 < first <= 20.0
    (entry,) = entries(database)
    assert (entry.user, entry.verb) == ("retention", "deleted")
    assert entry.detail == {"before": 20.0, "track_rows": 3, "journal": segments}
    assert segments


def test_nothing_that_a_restart_would_read_goes(tmp_path, database, journal):
    for seq in (8, 38):
        snapshots.save(tmp_path, seq, b"x")
    retention.purge(tmp_path, database, journal, 1000.0)
    assert [record.seq for record in journal.read(8)] == list(range(8, 40))


def test_without_a_snapshot_or_anything_old_nothing_goes_and_nothing_is_said(tmp_path, database, journal):
    assert retention.purge(tmp_path, database, journal, 1000.0) == (0, [])
    assert [record.seq for record in journal.read()] == list(range(40))
    assert entries(database) == []


def test_the_journal_goes_on_after_its_beginning_has_gone(tmp_path, database, journal):
    snapshots.save(tmp_path, 35, b"x")
    retention.purge(tmp_path, database, journal, 30.0)
    journal.close()
    with closing(Journal(tmp_path / "journal", ("tower-1/radar",), segment_bytes=300)) as again:
        assert again.append(RecordKind.CLOCK, {"time": 40.0}) == 40


def test_a_watch_forgets_by_itself_what_is_over(open_watch, evening_copy, monkeypatch):
    done = threading.Event()
    purge = retention.purge

    def noted(*arguments):
        purge(*arguments)
        done.set()

    monkeypatch.setattr(service.retention, "purge", noted)
    watch = open_watch(evening_copy, keep_s=60.0)
    before = points(watch.store)
    watch.submit([(RecordKind.CLOCK, {"time": watch.pipeline.time + 1.0})]).result(60)
    assert done.wait(60)
    after = points(watch.store)
    assert len(after) < len(before)
    assert min(after) >= watch.pipeline.time - 62.0
