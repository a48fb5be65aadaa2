from __future__ import annotations

import json

import numpy as np
import pytest

from limes.columns import DETECTION, LABELS, Kind, empty
from limes.watch.ground import GroundSettings, ground


@pytest.fixture
def quiet(sector, sensors):
    return ground(sector.border, sensors, GroundSettings())


def row_of(one, name):
    return next(row for row, sensor in enumerate(one.sensors) if sensor.id == name)


def report(one, name, time, along=None, label="unknown", label_p=np.nan):
    row = empty(DETECTION, 1)
    row["sensor"], row["time"], row["label"], row["label_p"] = row_of(one, name), time, LABELS.index(label), label_p
    row["kind"] = Kind.PING if along is None else Kind.ALONG
    row["along"] = np.nan if along is None else along
    return row


def hear(one, *reports, tracks=None):
    rows = np.concatenate(reports)
    one.hear(rows, np.full(len(rows), -1) if tracks is None else np.array(tracks))


def test_one_nuisance_report_is_below_the_bar(quiet):
    hear(quiet, report(quiet, "fence-sensor-1", 5.0, 1000.0))
    (stir,) = quiet.going_on(6.0)
    assert quiet.strength(stir) == pytest.approx(0.2)
    assert quiet.strength(stir) < quiet.bar(stir, 3.0)


def test_somebody_who_climbs_and_is_heard_by_another_family_is_above_it(quiet):
    fence = quiet.sensors[row_of(quiet, "fence-sensor-1")]
    hear(quiet, report(quiet, "fence-sensor-1", 5.0, 3000.0, "climb", 0.9))
    x = np.interp(3000.0, np.concatenate([[0.0], np.hypot(*np.diff(fence.line, axis=0).T).cumsum()]), fence.line[:, 0])
    (stir,) = quiet.stirs
    assert stir.x == pytest.approx(x)
    assert quiet.strength(stir) < quiet.bar(stir, 3.0)
    fibre = next(s for s in quiet.sensors if s.family == "fibre" and _covers(quiet, s, stir.chainage))
    along = _along(fibre, stir.x, stir.y)
    hear(quiet, report(quiet, fibre.id, 15.0, along, "person", 0.8))
    assert len(quiet.stirs) == 1
    assert quiet.families(stir) == ["fence_sensor", "fibre"]
    assert quiet.strength(stir) == pytest.approx(0.9 + 0.48 + 0.5)
    assert quiet.strength(stir) > quiet.bar(stir, 20.0)


def _covers(one, sensor, chainage):
    ends = one.border.locate(sensor.line[[0, -1], 0], sensor.line[[0, -1], 1])[0]
    return ends.min() < chainage < ends.max()


def _along(sensor, x, y):
    lengths = np.concatenate([[0.0], np.hypot(*np.diff(sensor.line, axis=0).T).cumsum()])
    at = np.linspace(0.0, lengths[-1], 20_000)
    away = np.hypot(np.interp(at, lengths, sensor.line[:, 0]) - x, np.interp(at, lengths, sensor.line[:, 1]) - y)
    return float(at[away.argmin()])


def test_a_gust_along_four_km_of_fence_is_one_stir_below_its_bar(quiet):
    rng = np.random.default_rng(3)
    longest = max((s for s in quiet.sensors if s.family == "fence_sensor"), key=lambda s: s.length)
    assert longest.length >= 4000.0
    for time in range(600):
        if rng.random() < 0.1:
            hear(quiet, report(quiet, longest.id, float(time), rng.uniform(0.0, 4000.0)))
        quiet.going_on(float(time))
    wide = [stir for stir in quiet.stirs if stir.high - stir.low > 1000.0]
    assert len(wide) == 1
    assert quiet.strength(wide[0]) <= 1.3 < quiet.bar(wide[0], 16.0)


def test_animals_take_weight_away(quiet):
    for time in range(8):
        hear(quiet, report(quiet, "seismic-29-1", float(time), None, "animal", 0.8))
    hear(quiet, report(quiet, "seismic-29-1", 9.0))
    assert quiet.strength(quiet.stirs[0]) == 0.0
    assert quiet.stirs[0].labels == {"animal": 8, "unknown": 1}


def test_reports_far_apart_in_place_or_time_are_apart(quiet):
    hear(quiet, report(quiet, "fence-sensor-1", 0.0, 1000.0), report(quiet, "fence-sensor-1", 1.0, 4000.0))
    assert len(quiet.going_on(2.0)) == 2
    hear(quiet, report(quiet, "fence-sensor-1", 200.0, 1000.0))
    assert len(quiet.going_on(200.0)) == 1
    assert quiet.stirs[0].first == 200.0


def test_digging_is_a_lead_and_weighs_nothing(quiet):
    for minute in range(20):
        hear(quiet, report(quiet, "fibre-1", 60.0 * minute, 2000.0, "digging", 0.8))
        quiet.going_on(60.0 * minute)
    assert all(quiet.strength(stir) == 0.0 for stir in quiet.stirs)
    assert sum(quiet.digs(1200.0).values()) == 20
    assert quiet.digs(20_000.0) == {}


def test_detections_of_other_sensors_are_passed_over_and_tracks_are_kept(quiet):
    radar = empty(DETECTION, 1)
    radar["kind"] = Kind.RANGE_BEARING
    hear(quiet, radar)
    assert quiet.stirs == []
    hear(quiet, report(quiet, "seismic-29-1", 1.0), report(quiet, "seismic-29-1", 2.0), tracks=[7, -1])
    assert quiet.stirs[0].tracks == [7]


def test_one_batch_or_second_by_second_find_the_same_stirs(quiet, sector, sensors):
    rng = np.random.default_rng(8)
    reports = [report(quiet, "fence-sensor-1", float(t), rng.uniform(0.0, 9000.0)) for t in range(60)]
    for one in reports:
        hear(quiet, one)
    again = ground(sector.border, sensors, GroundSettings())
    for one in reports:
        hear(again, one)
    assert again.state() == quiet.state()


def test_state_goes_round_through_json(quiet, sector, sensors):
    hear(quiet, report(quiet, "fence-sensor-1", 5.0, 3000.0, "climb", 0.9), report(quiet, "fibre-1", 6.0, 10.0, "digging", 0.7))
    other = ground(sector.border, sensors, GroundSettings())
    other.restore(json.loads(json.dumps(quiet.state())))
    assert other.stirs == quiet.stirs
    assert other.digs(7.0) == quiet.digs(7.0)
