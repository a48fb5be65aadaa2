from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from limes.columns import TRACK, empty
from limes.tracking import EVENT
from limes.watch import audit, projection, store
from limes.watch.cases import Case
from limes.watch.changes import Changes
from limes.watch.pipeline import Pipeline
from limes.watch.projection import Projection
from limes.watch.records import Record, RecordKind


@pytest.fixture
def database(tmp_path):
    database = store.open_store(tmp_path)
    yield database
    database.close()


@pytest.fixture
def pipeline(mesa, mesa_deployment):
    return Pipeline(mesa, mesa_deployment)


def clock(pipeline, seq, time, tracks=()):
    """Let the clock move and say where tracks are; returns the record and the time before."""
    before = pipeline.time
    record = Record(seq, RecordKind.CLOCK, body={"time": time})
    pipeline.apply(record)
    pipeline.tracks = empty(TRACK, len(tracks))
    pipeline.tracks["track"] = tracks
    for name in ("time", "x", "y", "existence"):
        pipeline.tracks[name] = time - 0.3
    return record, before


def act(seq, **body):
    given = {"id": f"act-{seq}", "wall": 1.0, "time": 2.0, "user": "ada", "role": "operator", "case": "case-1", "verb": "note"}
    return Record(seq, RecordKind.ACT, body=given | body)


def rows(database, table):
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def test_what_became_of_a_track_is_found_again_and_written_once(database, pipeline):
    told = np.array([(5.0, 7, 1, 3, 0.6, 0.0, 5.0), (9.0, 7, 2, 8, 0.01, 4.5, 7.0), (6.0, 8, 1, 2, 0.7, 0.0, 6.0)], EVENT)
    for _ in range(2):  # a watch that died tells it again
        kept = Projection(database, 0)
        record, before = clock(pipeline, 0, 1000.0)
        kept.follow(record, Changes(fates=[told]), before, pipeline)
        kept.flush(always=True)
        with database.begin() as connection:
            connection.execute(sa.delete(store.positions))
    with database.read() as connection:
        assert [tuple(fate[name] for name in EVENT.names) for fate in projection.fates(connection, 7)] == told[:2].tolist()
        assert projection.fates(connection, 9) == []


def test_a_track_has_a_point_every_five_seconds_however_records_were_bundled(database, pipeline):
    kept = Projection(database, 0)
    for seq in range(60):
        record, before = clock(pipeline, seq, 1000.0 + seq, [7, 8])
        kept.follow(record, Changes(), before, pipeline)
        if seq % 7 == 0:
            kept.flush()
    kept.flush()
    with database.read() as connection:
        times = [point["time"] for point in projection.history(connection, 7)]
        later = projection.history(connection, 8, since=1040.0)
    np.testing.assert_allclose(np.diff(times), 5.0)
    assert len(times) == 12
    assert [point["time"] for point in later] == [1044.7, 1049.7, 1054.7]


def test_trails_of_everybody_are_a_minute_apart_where_they_are_old(database):
    times = np.arange(4.7, 7200.0, 5.0)
    points = [{"track": 7, "time": t, "x": t, "y": 2 * t, "existence": 0.9} for t in times.tolist()]
    points += [point | {"track": 8} for point in points if point["time"] > 6000.0]
    with database.begin() as connection:
        store.put(connection, store.track_points, points)
    with database.read() as connection:
        found = projection.trails(connection, 1800.0, 7200.0)
    assert np.unique(found["track"]).tolist() == [7, 8]
    times = found["time"][found["track"] == 7]
    assert times.min() >= 1800.0
    np.testing.assert_allclose(np.diff(times[times < 3600.0]), 60.0)
    np.testing.assert_allclose(np.diff(times[times > 3605.0]), 5.0)
    assert len(found[found["track"] == 8]) == 240
    np.testing.assert_array_equal(found["y"], 2 * found["time"])


def test_records_that_the_store_has_leave_no_second_trace(database, pipeline):
    for start in (0, 0, 3):
        kept = Projection(database, 100)
        for seq in range(start, 8):
            kept.follow(act(seq), Changes(), None, pipeline)
        kept.flush()
        assert kept.known == 8
    with database.read() as connection:
        assert [entry.detail["journal"] for entry in audit.entries(connection)] == list(range(8))


def test_a_store_that_is_ahead_of_the_journal_is_not_believed(database):
    with database.begin() as connection:
        store.put(connection, store.positions, [{"name": "watch", "seq": 500}])
    assert Projection(database, 20).known == 20


def test_nothing_to_say_writes_nothing_but_the_position_when_asked(database, pipeline):
    kept = Projection(database, 0)
    kept.follow(Record(4, RecordKind.EVENTS, body=[]), Changes(), None, pipeline)
    assert kept.flush() == []
    assert Projection(database, 100).known == 0
    kept.flush(always=True)
    assert Projection(database, 100).known == 5


def test_a_case_is_kept_as_the_record_that_changed_it_left_it(database, pipeline):
    """Whatever happens to it before the store is written: how records are bundled must not show."""
    case = Case("case-1", "gap", "low", "asset:x", 1.0, 1.0, title="then")
    pipeline.desk.cases["case-1"] = case
    kept = Projection(database, 0)
    kept.follow(act(0), Changes(cases={"case-1"}), None, pipeline)
    case.title = "later"
    kept.follow(act(1), Changes(), None, pipeline)
    kept.flush()
    with database.read() as connection:
        assert projection.case(connection, "case-1")["title"] == "then"
        assert [body["id"] for body in projection.cases(connection, "open")] == ["case-1"]
        assert projection.cases(connection, "closed") == []
        assert projection.case(connection, "case-2") is None


def test_a_case_that_changed_and_went_is_kept_as_it_was_last(database, pipeline):
    pipeline.past = [Case("case-1", "gap", "low", "asset:x", 1.0, 1.0, state="closed")]
    kept = Projection(database, 0)
    kept.follow(act(0), Changes(cases_gone={"case-1"}), None, pipeline)
    kept.flush()
    with database.read() as connection:
        assert projection.case(connection, "case-1")["state"] == "closed"


def test_acts_are_settled_once_they_are_in_the_audit(database, pipeline):
    kept = Projection(database, 0)
    kept.follow(act(0), Changes(), None, pipeline)
    kept.follow(act(1, verb="close"), Changes(refused={"act-1": "closing needs an outcome"}), None, pipeline)
    assert kept.flush() == [("act-0", None), ("act-1", "closing needs an outcome")]
    assert kept.flush() == []
    with database.read() as connection:
        first, second = audit.entries(connection)
    assert (first.verb, first.user, first.object) == ("note", "ada", "case-1")
    assert (second.verb, second.detail["why"]) == ("close refused", "closing needs an outcome")


def test_what_could_not_be_written_is_written_the_next_time(database, pipeline, monkeypatch):
    kept = Projection(database, 0)
    record, before = clock(pipeline, 0, 1000.0, [7])
    kept.follow(record, Changes(), before, pipeline)
    kept.follow(act(1), Changes(), 1000.0, pipeline)
    put = store.put

    def half(connection, table, given):
        if table is store.positions:
            raise OSError("full")
        put(connection, table, given)

    with monkeypatch.context() as patched:
        patched.setattr(store, "put", half)
        with pytest.raises(OSError, match="full"):
            kept.flush()
    assert rows(database, store.track_points) == rows(database, store.audit) == 0
    assert kept.flush() == [("act-1", None)]
    assert rows(database, store.track_points) == rows(database, store.audit) == 1
