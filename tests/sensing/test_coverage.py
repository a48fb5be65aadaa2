"""The coverage map: every cell is what the one sensor model says there, for any grid and any sensors that are up."""

import dataclasses

import numpy as np
import pytest

from limes.grid import Grid
from limes.sensing import coverage, coverage_parts, p_detect
from limes.sensing.coverage import headings_home
from limes.sensing.looks import log_miss, looks_in

NIGHT = 1768941600.0


@pytest.fixture(scope="module")
def weather(mesa):
    return dataclasses.replace(mesa.weather.at(NIGHT), wind=2.0, gust=3.0, rain=0.0)


@pytest.fixture(scope="module")
def parts(mesa, mesa_sensors, weather):
    return coverage_parts(mesa_sensors, mesa, "person", NIGHT, weather)


def by_hand(sensors, mesa, weather, grid, cells, target="person"):
    """P of some flat cells straight from `p_detect`, fences left out."""
    row, col = np.divmod(cells, grid.nx)
    x, y = grid.west + (col + 0.5) * grid.cell, grid.north - (row + 0.5) * grid.cell
    heading = headings_home(mesa, grid)[row // 16, col // 16]
    total = np.zeros(len(cells))
    for sensor in sensors:
        t = sensor.targets[target]
        p = p_detect(sensor, target, x, y, t.height, t.speed, heading, NIGHT, weather)
        total += log_miss(p, looks_in(sensor, 60.0))
    return -np.expm1(total)


def test_cells_against_the_sensor_model(mesa, mesa_sensors, weather):
    sensors = tuple(s for s in mesa_sensors if s.family != "fence_sensor")
    made = coverage(sensors, mesa, "person", NIGHT, weather)
    cells = np.random.default_rng(2).integers(0, made.p.size, 4000)
    np.testing.assert_allclose(made.p.ravel()[cells], by_hand(sensors, mesa, weather, made.grid, cells), atol=1e-3)
    assert made.p.dtype == np.float32
    assert not np.signbit(made.p).any()
    assert made.p.shape == made.grid.shape


def test_coarse_grid_asks_at_its_own_centres(mesa, mesa_sensors, weather):
    sensors = tuple(s for s in mesa_sensors if s.family in ("radar", "camera"))
    grid = mesa.terrain.grid.coarser(5)
    made = coverage(sensors, mesa, "vehicle", NIGHT, weather, grid)
    cells = np.arange(0, made.p.size, 7)
    np.testing.assert_allclose(made.p.ravel()[cells], by_hand(sensors, mesa, weather, grid, cells, "vehicle"), atol=1e-3)


def test_windows_beyond_the_grid_are_cut(mesa, mesa_sensors, weather):
    whole = mesa.terrain.grid
    corner = Grid(whole.west + 3000.0, whole.north - 3000.0, whole.cell, 150, 90)
    made = coverage(mesa_sensors, mesa, "person", NIGHT, weather, corner)
    entire = coverage(mesa_sensors, mesa, "person", NIGHT, weather)
    inner = entire.p[100:190, 100:250]
    # headings towards home are taken by blocks, so cells at their edges may differ
    assert np.mean(np.abs(made.p - inner) < 0.02) > 0.97


def test_fence_covers_the_cells_it_runs_through(mesa, mesa_sensors, weather):
    fence = next(s for s in mesa_sensors if s.family == "fence_sensor")
    made = coverage((fence,), mesa, "person", NIGHT, weather)
    row, col = made.grid.index(fence.line[:, 0], fence.line[:, 1])
    assert np.mean(made.p[row, col] > 0.9) > 0.95
    assert (made.p > 0).sum() < 4 * fence.length / made.grid.cell


def test_up_is_asked_without_computing_again(mesa, mesa_sensors, weather, parts):
    up = np.array([s.platform is None for s in mesa_sensors])
    alone = coverage(mesa_sensors, mesa, "person", NIGHT, weather, up=up)
    np.testing.assert_allclose(parts.combined(up).p, alone.p, atol=1e-6)
    assert np.all(parts.combined(up).p <= parts.combined().p + 1e-6)
    assert not parts.combined(np.zeros(len(up), bool)).p.any()


def test_one_changed_sensor_is_as_a_new_map(mesa, mesa_sensors, weather, parts):
    index = next(i for i, s in enumerate(mesa_sensors) if s.id == "tower-1/radar")
    turned = dataclasses.replace(mesa_sensors[index], azimuth=1.0, width=0.8)
    changed = (*mesa_sensors[:index], turned, *mesa_sensors[index + 1 :])
    fresh = coverage(changed, mesa, "person", NIGHT, weather)
    np.testing.assert_allclose(parts.replaced(index, turned).combined().p, fresh.p, atol=1e-6)


def test_fog_takes_cameras_and_leaves_radar(mesa, mesa_sensors, weather):
    fog = dataclasses.replace(weather, visibility=150.0, humidity=1.0)
    for family, lost in (("camera", 0.0), ("radar", 0.95)):
        sensors = tuple(s for s in mesa_sensors if s.family == family)
        clear, hidden = (coverage(sensors, mesa, "vehicle", NIGHT, w).p.mean() for w in (weather, fog))
        assert hidden >= lost * clear
        assert family == "radar" or hidden < 0.2 * clear


def test_headings_lead_home(mesa):
    grid = mesa.terrain.grid
    home = headings_home(mesa, grid)
    assert home.shape == (-(-grid.ny // 16), -(-grid.nx // 16))
    x = grid.west + 240.0 + np.arange(home.shape[1]) * 480.0
    y = grid.north - 240.0 - np.arange(home.shape[0]) * 480.0
    xx, yy = np.meshgrid(x, y)
    before = mesa.border.locate(xx, yy)[1]
    after = mesa.border.locate(xx + 300 * np.sin(home), yy + 300 * np.cos(home))[1]
    chainage = mesa.border.locate(xx, yy)[0]
    abreast = (chainage > 100) & (chainage < mesa.border.length - 100)
    assert np.mean((after > before)[abreast]) > 0.95


def test_same_bytes_every_time(mesa, mesa_sensors, weather, parts):
    again = coverage_parts(mesa_sensors, mesa, "person", NIGHT, weather)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(again.log_miss, parts.log_miss, strict=True))
