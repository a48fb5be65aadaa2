from __future__ import annotations

import pytest

from limes.watch import snapshots
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind


@pytest.fixture
def make(mesa, mesa_deployment):
    return lambda: Pipeline(mesa, mesa_deployment)


def at(pipeline, time):
    pipeline.apply(Record(0, RecordKind.CLOCK, body={"time": time}))
    return pipeline.snapshot()


def test_the_newest_that_fits_is_restored(tmp_path, make):
    for seq, time in ((3, 1000.0), (7, 2000.0), (9, 3000.0)):
        snapshots.save(tmp_path, seq, at(make(), time))
    pipeline, seq = snapshots.restore(tmp_path, 9, make(), make)
    assert (pipeline.time, seq) == (3000.0, 9)
    pipeline, seq = snapshots.restore(tmp_path, 8, make(), make)
    assert (pipeline.time, seq) == (2000.0, 7)
    pipeline, seq = snapshots.restore(tmp_path, 2, make(), make)
    assert (pipeline.time, seq) == (None, 0)


def test_only_two_stay_and_no_draft(tmp_path):
    for seq in range(5):
        snapshots.save(tmp_path, seq, b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{seq:020d}.snapshot" for seq in (3, 4)]


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:], lambda b: b"", lambda b: b[:4]]
)
def test_a_damaged_one_gives_way_to_the_one_before(tmp_path, make, damage):
    snapshots.save(tmp_path, 3, at(make(), 1000.0))
    newest = snapshots.save(tmp_path, 7, at(make(), 2000.0))
    newest.write_bytes(damage(newest.read_bytes()))
    pipeline, seq = snapshots.restore(tmp_path, 9, make(), make)
    assert (pipeline.time, seq) == (1000.0, 3)


def test_one_that_does_not_fit_leaves_nothing_behind(tmp_path, make, monkeypatch):
    """Also when it is whole but of another form, and restoring stops half-way."""
    snapshots.save(tmp_path, 7, at(make(), 2000.0))
    restore = Pipeline.restore

    def half(self, content):
        restore(self, content)
        return False

    monkeypatch.setattr(Pipeline, "restore", half)
    pipeline, seq = snapshots.restore(tmp_path, 9, make(), make)
    assert (pipeline.time, seq) == (None, 0)


def test_a_pipeline_of_other_sensors_starts_anew(tmp_path, make, mesa, mesa_deployment):
    from dataclasses import replace

    snapshots.save(tmp_path, 7, at(make(), 2000.0))
    fewer = replace(mesa_deployment, assets=tuple(a for a in mesa_deployment.assets if a.id != "tower-2"))
    pipeline, seq = snapshots.restore(tmp_path, 9, Pipeline(mesa, fewer), lambda: Pipeline(mesa, fewer))
    assert (pipeline.time, seq) == (None, 0)
