"""Lines of sight of sensors: refraction, beam edges, sharing, and the cache on disk."""

import dataclasses
import os

import numpy as np
import pytest

from limes.errors import InputError
from limes.grid import Grid
from limes.sector import Terrain
from limes.sensing import can_see, sight_line, with_sight
from limes.sensing.placed import cache_folder

FLAT = Terrain(Grid(-15_000.0, 15_000.0, 50.0, 600, 600), np.full((600, 600), 500.0, np.float32), "EPSG:32637", True, "flat")


def hilly():
    x, y = FLAT.grid.centres()
    return dataclasses.replace(FLAT, height=(500 + 40 * np.sin(x / 700)[None, :] * np.cos(y / 900)[:, None]).astype(np.float32))


def test_radio_horizon_of_an_aerostat_at_600_m(make_sensor, tmp_path):
    # d = 4.12 sqrt(h) km at 4/3 earth: 101 km from 600 m to the ground
    cell = 500.0
    grid = Grid(-120e3, 5 * cell, cell, 480, 10)
    terrain = Terrain(grid, np.zeros(grid.shape, np.float32), "EPSG:32637", True, "flat")
    sensor = make_sensor("radar-gmti-heavy", height=600.0)
    (seen,) = with_sight((sensor,), terrain, tmp_path)
    x = np.arange(50e3, 119e3, cell) + cell / 2
    farthest = x[can_see(seen, x, 0.0, 0.0)].max()
    assert farthest == pytest.approx(101e3, abs=1.2e3)


def test_light_bends_less_than_radar(make_sensor, tmp_path):
    grid = Grid(-30e3, 500.0, 100.0, 600, 10)
    terrain = Terrain(grid, np.zeros(grid.shape, np.float32), "EPSG:32637", True, "flat")
    far = dataclasses.replace(make_sensor("camera-day").model, max_range=40e3)
    camera = make_sensor("camera-day", height=10.0, model=far)
    wide = dataclasses.replace(make_sensor("radar-long").model, max_range=40e3, min_range=0.0)
    radar = make_sensor("radar-long", height=10.0, model=wide)
    camera, radar = with_sight((camera, radar), terrain, tmp_path)
    at = 20e3  # the earth drops by 20 km^2 / 2R (1 - k) less what 10 m see over
    assert float(camera.sight.at(at, 0.0)) > float(radar.sight.at(at, 0.0)) > 1.0


def test_beam_edge_hides_the_foot_of_the_mast(make_sensor, tmp_path):
    sensor = make_sensor("radar-medium", height=100.0)
    (seen,) = with_sight((sensor,), FLAT, tmp_path)
    edge = 100.0 / np.tan(np.radians(12.0))
    assert not can_see(seen, 0.0, edge - 80.0, 1.0)
    assert can_see(seen, 0.0, edge + 80.0, 1.0)


def test_ground_sensors_need_no_sight(make_sensor, tmp_path):
    seismic = make_sensor("seismic")
    assert with_sight((seismic,), FLAT, tmp_path) == (seismic,)


def test_cameras_of_one_mast_share_their_sight(make_sensor, tmp_path):
    day = make_sensor("camera-day", id="t/day", asset="t")
    thermal = make_sensor("camera-thermal-short", id="t/thermal", asset="t")
    day, thermal = with_sight((day, thermal), hilly(), tmp_path)
    assert day.sight is thermal.sight
    assert len(list(tmp_path.iterdir())) == 1
    beyond = thermal.model.max_range + 200.0
    assert not can_see(thermal, 0.0, beyond, 50.0)


def test_kept_result_is_the_computed_one(make_sensor, tmp_path):
    sensors = (make_sensor("radar-medium"), make_sensor("camera-day", azimuth=1.0, width=1.0))
    first = with_sight(sensors, hilly(), tmp_path)
    again = with_sight(sensors, hilly(), tmp_path)
    for a, b in zip(first, again, strict=True):
        assert a.sight is not b.sight
        assert a.sight.grid == b.sight.grid
        np.testing.assert_array_equal(a.sight.mvh, b.sight.mvh)


def test_other_terrain_is_another_result(make_sensor, tmp_path):
    sensor = make_sensor("radar-medium")
    with_sight((sensor,), FLAT, tmp_path)
    with_sight((sensor,), hilly(), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_damaged_file_is_computed_anew(make_sensor, tmp_path):
    sensor = make_sensor("camera-day")
    (first,) = with_sight((sensor,), hilly(), tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:50])
    (second,) = with_sight((sensor,), hilly(), tmp_path)
    np.testing.assert_array_equal(first.sight.mvh, second.sight.mvh)


def test_folder_that_cannot_be_written_costs_time_only(make_sensor, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    (seen,) = with_sight((make_sensor("camera-day"),), FLAT, blocked / "sight")
    assert seen.sight is not None


def test_sensor_off_the_terrain_is_the_inputs_fault(make_sensor, tmp_path):
    with pytest.raises(InputError, match="outside"):
        with_sight((make_sensor("camera-day", x=1e6),), FLAT, tmp_path)


def test_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "limes" / "sight"


def test_least_recently_used_results_are_dropped(make_sensor, tmp_path, monkeypatch):
    old, new = make_sensor("camera-day", id="a", asset="a"), make_sensor("camera-day", id="b", asset="b", x=500.0)
    with_sight((old,), FLAT, tmp_path)
    (path,) = tmp_path.iterdir()
    os.utime(path, (1.0, 1.0))
    monkeypatch.setattr("limes.sensing.placed._KEEP_BYTES", path.stat().st_size)
    with_sight((new,), FLAT, tmp_path)
    (left,) = tmp_path.iterdir()
    assert left != path


def test_the_line_to_a_place_agrees_with_what_is_seen_there(make_sensor, tmp_path):
    terrain = hilly()
    camera, radar = with_sight((make_sensor("camera-day"), make_sensor("radar-medium")), terrain, tmp_path)
    hidden = 0
    for angle in np.linspace(0.0, 2.0 * np.pi, 40):
        x, y = 4000.0 * np.sin(angle), 4000.0 * np.cos(angle)
        line = sight_line(camera, terrain, x, y, 1.7)
        assert line.mvh == pytest.approx(float(camera.sight.at(x, y)), rel=1e-3, abs=1e-2)
        assert (line.blocked is None) == line.seen
        assert sight_line(radar, terrain, x, y, 1.7).mvh <= line.mvh
        hidden += not line.seen
    assert 0 < hidden < 40


def test_no_line_where_none_is_needed_or_none_can_be(make_sensor):
    assert sight_line(make_sensor("seismic"), FLAT, 100.0, 0.0, 1.7) is None
    assert sight_line(make_sensor("camera-day"), FLAT, 1e6, 0.0, 1.7) is None
