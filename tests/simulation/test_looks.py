"""Looks: what radars and cameras report is drawn from the one sensor model, with its errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from limes.columns import CLASSES, LABELS, Kind
from limes.sensing import Sensor, p_cued, p_detect
from limes.simulation import Stage
from limes.simulation.cameras import follow, sweep
from limes.simulation.looks import Hits, counted, echo_db, look_times, radar_look
from limes.simulation.stage import minute_of
from limes.simulation.world import Moving

Staged = Callable[..., Stage]


def sensor_of(stage: Stage, name: str) -> Sensor:
    """A sensor that sees everything in its reach, all round."""
    return replace(next(sensor for sensor in stage.sensors if sensor.id == name), sight=None, width=2.0 * np.pi)


def standing(
    sensor: Sensor, distance: float, speed: float = 0.0, count: int = 1, members: int = 1, kind: str = "person"
) -> Moving:
    """Some who walk straight away from a sensor, north of it, for a minute."""
    y = sensor.y + distance + speed * np.arange(61.0)
    return Moving(
        0.0,
        np.arange(count),
        np.full(count, CLASSES.index(kind)),
        np.full(count, members),
        np.full(count, 1.7),
        np.full((count, 61), sensor.x),
        np.tile(y, (count, 1)),
    )


def test_look_times_tile_time() -> None:
    times, number = look_times(100.0, 160.0, 4.0, 1.5)
    assert len(times) == 15
    cut = np.concatenate([look_times(float(start), start + 20.0, 4.0, 1.5)[0] for start in (100, 120, 140)])
    assert times.tolist() == cut.tolist()
    assert (np.diff(number) == 1).all()
    assert look_times(100.0, 101.5, 4.0, 1.5)[1].tolist() == [25]  # the end belongs to it


def test_radar_finds_as_often_as_the_model_says(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-1/radar"), stage.weather.at(stage.scenario.begin)
    span = standing(sensor, 9000.0, 1.3)
    times, scans = look_times(0.0, 60.0, sensor.period, 0.5)
    x, y, vx, vy = span.at(times, np.array([0]))
    speed, heading = np.hypot(vx, vy), np.arctan2(vx, vy)
    p = p_detect(sensor, "person", x, y, 1.7, speed, heading, weather.time, weather)
    assert 0.1 < p.mean() < 0.99
    rng = np.random.default_rng(3)
    hits = [len(radar_look(sensor, span, times, scans, weather, rng)[1].actor) for _ in range(400)]
    expected = p.sum()
    assert np.mean(hits) == pytest.approx(expected, abs=4.0 * np.sqrt((p * (1 - p)).sum() / 400))


def test_radar_measures_with_its_errors(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-1/radar"), stage.weather.at(stage.scenario.begin)
    span = standing(sensor, 3000.0, 1.3)
    times, scans = look_times(0.0, 60.0, sensor.period, 0.5)
    rng = np.random.default_rng(4)
    looks = [radar_look(sensor, span, times, scans, weather, rng)[0] for _ in range(200)]
    rows = np.concatenate([rows[rows["kind"] == Kind.RANGE_BEARING] for rows in looks])
    truth = 3000.0 + 1.3 * rows["time"]
    model = sensor.model
    assert np.std(rows["range"] - truth) == pytest.approx(model.sigma_range, rel=0.08)
    assert np.mean(rows["range"] - truth) == pytest.approx(0.0, abs=4 * model.sigma_range / np.sqrt(len(rows)))
    turn = np.angle(np.exp(1j * rows["bearing"]))
    assert np.std(turn) == pytest.approx(model.sigma_bearing, rel=0.08)
    assert np.mean(rows["range_rate"]) == pytest.approx(1.3, abs=0.03)
    assert (rows["members"] == 0).all()


def test_a_look_that_sees_nobody_is_reported(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-1/radar"), stage.weather.at(stage.scenario.begin)
    times, scans = look_times(0.0, 60.0, sensor.period, 0.5)
    nobody = standing(sensor, 3000.0, count=0)
    rows, hits = radar_look(sensor, nobody, times, scans, weather, np.random.default_rng(1))
    assert (rows["kind"] == Kind.EMPTY).all()
    assert rows["scan"].tolist() == scans.tolist()
    assert len(hits.actor) == 0
    still, _ = radar_look(sensor, standing(sensor, 3000.0), times, scans, weather, np.random.default_rng(1))
    assert (still["kind"] == Kind.EMPTY).all()  # who stands still has no Doppler


def test_those_who_share_a_cell_give_one_echo(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-1/radar"), stage.weather.at(stage.scenario.begin)
    times, scans = look_times(0.0, 60.0, sensor.period, 0.5)
    rows, hits = radar_look(sensor, standing(sensor, 2001.0, 1.3, count=6), times, scans, weather, np.random.default_rng(1))
    found = rows[rows["kind"] > 0]
    assert len(np.unique(found["scan"])) == len(found)
    assert len(hits.actor) > 4 * len(found)
    assert found["members"].max() >= 4


def test_echo_strength_is_that_of_what_was_detected() -> None:
    weak, strong = (echo_db(np.full(4000, p), 1e-6, np.random.default_rng(1)) for p in (0.1, 0.99))
    threshold = 10.0 * np.log10(-np.log(1e-6))
    assert weak.min() >= threshold
    assert np.median(strong) > np.median(weak) + 10.0


def test_counts_are_about_right() -> None:
    said = counted(np.full(4000, 8), 0.35, np.random.default_rng(1))
    assert 7.0 < np.mean(said) < 9.5
    assert said.min() >= 1


def test_a_cued_camera_says_what_it_is(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-2/thermal"), stage.weather.at(stage.scenario.begin + 5 * 3600.0)
    span = standing(sensor, 400.0, 1.0, members=5, kind="group")
    p = float(p_cued(sensor, "group", sensor.x, sensor.y + 400.0, 1.7, weather.time, weather))
    assert p > 0.8
    hits = Hits(np.array([5.0]), np.array([0]))
    rng = np.random.default_rng(2)
    rows = np.concatenate([follow(sensor, span, hits, 0.0, 60.0, weather, rng) for _ in range(60)])
    assert (rows["time"] > 5.0).all()
    assert np.mean(rows["label"] == LABELS.index("group")) > 0.7
    assert np.median(rows["members"][rows["label"] > 0]) == pytest.approx(5, abs=1)
    assert np.std(np.angle(np.exp(1j * rows["bearing"]))) == pytest.approx(sensor.model.sigma_bearing, rel=0.15)
    assert rows["sigma"][0] == pytest.approx(sensor.model.sigma_range_fraction * 400.0, rel=0.2)


def test_a_cued_camera_takes_turns_and_waits_for_reports(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-2/thermal"), stage.weather.at(stage.scenario.begin + 5 * 3600.0)
    span = standing(sensor, 300.0, 0.5, count=3)
    late = Hits(np.array([30.0, 30.0, 50.0]), np.array([0, 1, 2]))
    rows = follow(sensor, span, late, 0.0, 60.0, weather, np.random.default_rng(2))
    assert len(rows)
    assert rows["time"].min() > 30.0
    assert len(follow(sensor, span, Hits(np.array([60.0]), np.array([0])), 0.0, 60.0, weather, np.random.default_rng(2))) == 0


def test_fog_blinds_cameras_and_not_radars(staged: Staged) -> None:
    stage = staged('[[weather]]\nat = "17:00"\nvisibility_m = 100\nhumidity = 0.99\n')
    weather = stage.weather.at(stage.scenario.begin)
    camera, radar = sensor_of(stage, "tower-2/thermal"), sensor_of(stage, "tower-2/radar")
    span = standing(camera, 1500.0, 1.2)
    times, scans = look_times(0.0, 60.0, radar.period, 0.5)
    assert (sweep(camera, span, times, scans, weather, np.random.default_rng(1))["kind"] == Kind.EMPTY).all()
    assert (radar_look(radar, span, times, scans, weather, np.random.default_rng(1))[0]["kind"] > 0).any()


def test_a_sweep_finds_by_the_model_and_marks_empty_looks(staged: Staged) -> None:
    stage = staged("")
    sensor, weather = sensor_of(stage, "tower-2/thermal"), stage.weather.at(stage.scenario.begin + 5 * 3600.0)
    span = standing(sensor, 150.0)
    times, scans = np.array([30.0]), np.array([7])
    p = float(p_detect(sensor, "person", sensor.x, sensor.y + 150.0, 1.7, 0.0, 0.0, weather.time, weather))
    rng = np.random.default_rng(8)
    rows = [sweep(sensor, span, times, scans, weather, rng) for _ in range(400)]
    assert all(len(one) == 1 and one["scan"][0] == 7 for one in rows)
    share = np.mean([one["kind"][0] != Kind.EMPTY for one in rows])
    assert share == pytest.approx(p, abs=4.0 * np.sqrt(p * (1 - p) / 400) + 1e-9)


def test_pairs_and_table_agree(staged: Staged) -> None:
    stage = staged("movers = 7\n")
    span = minute_of(stage, stage.scenario.begin).span
    times = stage.scenario.begin + np.array([0.0, 0.25, 31.7, 60.0])
    table = span.at(times, np.arange(7))
    for column, values in enumerate(span.pairs(times, np.array([3, 3, 3, 3]))):
        assert values == pytest.approx(table[column][3])
