from __future__ import annotations

import io
import json

import numpy as np
import pytest

from limes.columns import DETECTION, SENSOR, empty
from limes.errors import InputError
from limes.links import Recording
from limes.sensing import sensor_rows
from limes.watch.freeze import freeze, thaw
from limes.watch.misses import miss_model
from limes.watch.pipeline import Pipeline
from limes.watch.records import RecordKind
from limes.watch.replay import recorded, replay


def walker(second):
    return 14_000.0, -1500.0 + 1.2 * second, 0.0, 1.2


def test_a_replay_ends_where_the_first_run_ended(pipeline, night, small):
    records = night.play(120, [walker], ["person"])
    for record in records:
        pipeline.apply(record)
    again = Pipeline(*small)
    played = list(replay(again, records))
    assert [record.seq for record, _ in played] == [record.seq for record in records]
    assert json.dumps(again.view(), sort_keys=True) == json.dumps(pipeline.view(), sort_keys=True)


def test_a_replay_keeps_time_at_its_speed_and_stops_when_told(pipeline, night):
    wall, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        wall[0] += seconds

    records = night.play(21)
    played = list(replay(pipeline, records, speed=4.0, until=night.begin + 11.0, sleep=sleep, now=lambda: wall[0]))
    assert sum(slept) == pytest.approx(10.0 / 4.0)
    assert played[-1][0].kind is not RecordKind.CLOCK or played[-1][0].body["time"] <= night.begin + 11.0
    assert pipeline.time == night.begin + 11.0


def recording(night, pipeline, seconds=60):
    records = night.play(seconds, [walker], ["person"])
    rows = np.concatenate([record.rows for record in records if record.rows is not None])
    events = [event for record in records if record.kind is RecordKind.EVENTS for event in record.body]
    return Recording(sensor_rows(pipeline.sensors), rows, None, events, {})


def test_a_recording_becomes_the_records_of_a_journal(pipeline, night):
    source = recording(night, pipeline)
    records = list(recorded(source, pipeline))
    assert sum(len(r.rows) for r in records if r.rows is not None) == len(source.detections)
    assert sum(len(r.body) for r in records if r.kind is RecordKind.EVENTS) == len(source.events)
    assert [r.seq for r in records] == list(range(len(records)))
    for record in records:
        pipeline.apply(record)
    assert len(pipeline.tracks) >= 1
    assert pipeline.view()["health"]["late"] == 0


def test_sensors_of_a_recording_are_matched_by_name_and_strangers_refused(pipeline, night):
    source = recording(night, pipeline, 5)
    order = np.arange(len(source.sensors))[::-1]
    turned = source.detections.copy()
    turned["sensor"] = len(order) - 1 - turned["sensor"]
    other = Recording(source.sensors[order], turned, None, source.events, {})
    mine = np.concatenate([r.rows for r in recorded(other, pipeline) if r.rows is not None])
    theirs = np.concatenate([r.rows for r in recorded(source, pipeline) if r.rows is not None])
    assert mine["sensor"].tolist() == theirs["sensor"].tolist()
    strange = empty(SENSOR, 1)
    strange["id"] = "tower-99/radar"
    with pytest.raises(InputError, match="tower-99"):
        list(recorded(Recording(strange, np.zeros(1, DETECTION), None, [], {}), pipeline))


def test_an_empty_recording_is_no_records(pipeline):
    assert list(recorded(Recording(sensor_rows(pipeline.sensors), np.zeros(0, DETECTION), None, [], {}), pipeline)) == []


def test_state_goes_round_as_bytes_without_pickle():
    state = {
        "rows": np.zeros(2, DETECTION),
        "none": None,
        "nested": [{"a": np.arange(3)}, [1.5, "x", True]],
        "inner": b"\x00\xffbytes",
        "inf": float("inf"),
    }
    back = thaw(freeze(state))
    assert back["rows"].tobytes() == state["rows"].tobytes()
    assert back["nested"][0]["a"].tolist() == [0, 1, 2]
    assert (back["nested"][1], back["inner"], back["inf"], back["none"]) == (
        [1.5, "x", True],
        b"\x00\xffbytes",
        float("inf"),
        None,
    )
    assert freeze(state) == freeze(back)
    with pytest.raises(ValueError, match="pickle"):
        thaw(pickled())


def pickled():
    buffer = io.BytesIO()
    np.savez(buffer, json=np.array([{"a": 1}], dtype=object))
    return buffer.getvalue()


def test_a_miss_counts_where_the_sensor_model_sees_and_nowhere_else(pipeline, night):
    sensors, weather = pipeline.sensors, pipeline.sector.weather.at(night.begin)
    radar = sensors[pipeline.directory.index["tower-2/radar"]]
    x = np.array([radar.x + 900.0, radar.x + 90_000.0])
    y = np.array([radar.y, radar.y])
    chance = miss_model(radar, x, y, np.array([0.0, 0.0]), np.array([1.2, 1.2]), night.begin, weather)
    assert chance[1] == pytest.approx(0.005)
    fence = sensors[pipeline.directory.index["fence-sensor-1"]]
    assert set(miss_model(fence, x, y, x * 0, y * 0, night.begin, weather)) == {0.5}
