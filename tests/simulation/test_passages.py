"""Event sensors: steps over a fibre, hands on a fence, a spade near the cable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from limes.columns import CLASSES, LABELS, Kind
from limes.sensing import Sensor, nuisance_rate
from limes.simulation import Stage
from limes.simulation.nuisance import disturbance_rows, nuisance_rows
from limes.simulation.passages import along_line, digging_rows, line_length, passages
from limes.simulation.scenario import Digging, Disturbance
from limes.simulation.world import Moving

Staged = Callable[..., Stage]


def sensor_of(stage: Stage, name: str) -> Sensor:
    return next(sensor for sensor in stage.sensors if sensor.id == name)


def crossing(stage: Stage, km: float, count: int = 1, kind: str = "person") -> Moving:
    """Some who walk straight over the line at a km, in the middle of a minute."""
    x, y = stage.sector.border.point(km * 1000.0)
    nx, ny = stage.sector.border.normal_home(km * 1000.0, span=100.0)
    way = 1.3 * (np.arange(61.0) - 30.0)
    shape = (count, 1)
    return Moving(
        0.0,
        np.arange(count),
        np.full(count, CLASSES.index(kind)),
        np.ones(count, int),
        np.full(count, 1.7),
        np.tile(float(x) + float(nx) * way, shape),
        np.tile(float(y) + float(ny) * way, shape),
    )


def test_along_line_measures_from_the_first_point(staged: Staged) -> None:
    stage = staged("")
    fibre = sensor_of(stage, "fibre-1")
    x, y = stage.sector.border.point(np.array([0.0, 10_000.0, 19_000.0]))
    off, along = along_line(fibre, x, y)
    assert off == pytest.approx(20.0, abs=1.0)  # buried a little behind the line
    assert along == pytest.approx([0.0, 10_000.0, 19_000.0], rel=2e-3, abs=1.0)
    assert line_length(fibre) == pytest.approx(19_000.0, rel=2e-3)


def test_a_passage_over_the_fibre_is_reported_as_often_as_the_catalogue_says(staged: Staged) -> None:
    stage = staged("")
    fibre, weather = sensor_of(stage, "fibre-1"), stage.weather.at(stage.scenario.begin)
    rng, span, found = np.random.default_rng(5), crossing(stage, 12.0), []
    for _ in range(300):
        rows, hits = passages(fibre, span, 0.0, 60.0, 0.3, weather, rng)
        assert len(rows) == len(hits.actor)
        found.append(len(rows) > 0)
        assert rows["along"] == pytest.approx(np.full(len(rows), along_line(fibre, span.x[:, 30], span.y[:, 30])[1][0]), abs=90)
        assert (rows["kind"] == Kind.ALONG).all()
    assert np.mean(found) == pytest.approx(fibre.model.p_detect, abs=0.09)


def test_the_fence_reports_a_climb_once_a_hold(staged: Staged) -> None:
    stage = staged("")
    fence, weather = sensor_of(stage, "fence-sensor-1"), stage.weather.at(stage.scenario.begin)
    rng, found, labels = np.random.default_rng(6), [], []
    for _ in range(200):
        rows, _ = passages(fence, crossing(stage, 6.5, count=3), 0.0, 60.0, 0.3, weather, rng)
        found.append(len(rows) > 0)
        labels += rows["label"].tolist()
        zones = np.floor(rows["along"] / fence.model.zone), np.floor(rows["time"] / fence.hold)
        assert len(set(zip(*zones, strict=True))) == len(rows)
    assert np.mean(found) > 0.95
    assert set(labels) <= {0, LABELS.index("climb")}
    assert np.mean(np.array(labels) > 0) == pytest.approx(fence.model.p_climb, abs=0.08)


def test_nobody_on_the_fence_away_from_it(staged: Staged) -> None:
    stage = staged("")
    fence, weather = sensor_of(stage, "fence-sensor-1"), stage.weather.at(stage.scenario.begin)
    rows, hits = passages(fence, crossing(stage, 12.0), 0.0, 60.0, 0.3, weather, np.random.default_rng(1))
    assert len(rows) == len(hits.actor) == 0


def test_a_ground_sensor_pings_and_rests(staged: Staged) -> None:
    stage = staged("")
    seismic, weather = sensor_of(stage, "seismic-10-3"), stage.weather.at(stage.scenario.begin)
    span = crossing(stage, 10.0)
    y = seismic.y + 1.3 * (np.arange(61.0)[None, :] - 30.0)
    beside = replace(span, x=np.full((1, 61), seismic.x + 5.0), y=y)
    counts = []
    for seed in range(60):
        rows, _ = passages(seismic, beside, 0.0, 60.0, 0.3, weather, np.random.default_rng(seed))
        assert (rows["kind"] == Kind.PING).all()
        assert len(np.unique(np.floor(rows["time"] / seismic.hold))) == len(rows)
        counts.append(len(rows))
    assert np.mean(np.array(counts) > 0) > 0.85


def test_digging_is_heard_faintly_where_and_when_it_happens(staged: Staged) -> None:
    stage = staged("")
    fibre, weather = sensor_of(stage, "fibre-1"), stage.weather.at(stage.scenario.begin)
    digging = Digging(km=9.0, start=600.0, end=3000.0, offset_m=27.0, depth_m=7.0)
    begin, rng = stage.scenario.begin, np.random.default_rng(7)
    border = stage.sector.border
    minutes = np.arange(begin, begin + 3600.0, 60.0)
    heard = [digging_rows(fibre, border, digging, begin, float(minute), weather, rng) for minute in minutes]
    count = np.array([len(rows) for rows in heard])
    assert count[:10].sum() == count[50:].sum() == 0
    assert 8 <= count[10:50].sum() <= 34
    rows = np.concatenate(heard)
    assert set(rows["label"].tolist()) <= {0, LABELS.index("digging")}
    assert rows["along"] == pytest.approx(np.full(len(rows), 9000.0), abs=60.0)


def test_nuisance_comes_at_the_rate_of_the_model(staged: Staged) -> None:
    stage = staged("")
    weather = stage.weather.at(stage.scenario.begin)
    for name in ("tower-1/radar", "fibre-1", "fence-sensor-1", "seismic-10-1", "tower-1/day"):
        sensor = sensor_of(stage, name)
        rng, times = np.random.default_rng(9), np.array([1.0, 2.0])
        rows = nuisance_rows(sensor, times, np.array([1, 2]), 0.0, 36_000.0 * 20, weather, rng)
        expected = nuisance_rate(sensor, weather, weather.time) * 200.0
        assert len(rows) == pytest.approx(expected, abs=5.0 * np.sqrt(expected) + 1.0), name
        if rows["kind"][:1] == Kind.RANGE_BEARING:
            assert set(rows["time"].tolist()) <= {1.0, 2.0}
            assert rows["range"].max() <= sensor.model.max_range


def test_no_false_plots_without_looks(staged: Staged) -> None:
    stage = staged("")
    none = np.zeros(0), np.zeros(0, np.int64)
    rows = nuisance_rows(sensor_of(stage, "tower-1/radar"), *none, 0.0, 1e6, stage.weather.at(0.0), np.random.default_rng(1))
    assert len(rows) == 0


def test_a_disturbance_stays_on_its_part_of_the_fence(staged: Staged) -> None:
    stage = staged("")
    fence = sensor_of(stage, "fence-sensor-1")
    gust = Disturbance("fence_sensor", from_km=6.0, to_km=7.5, start=0.0, end=60.0, per_km_h=600.0)
    rows = disturbance_rows(fence, stage.sector.border, gust, 0.0, 3600.0, np.random.default_rng(1))
    assert len(rows) == pytest.approx(900, abs=150)
    assert rows["along"].min() > 900.0
    assert rows["along"].max() < 2600.0
    elsewhere = Disturbance("fence_sensor", from_km=15.0, to_km=16.0, start=0.0, end=60.0, per_km_h=600.0)
    assert len(disturbance_rows(fence, stage.sector.border, elsewhere, 0.0, 3600.0, np.random.default_rng(1))) == 0
