"""Tables of observers, and many observers at once."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.geo import convergence, to_plane
from limes.grid import Grid
from limes.sensing.sight import Observer, minimum_visible_height, on_plane, read_observers, sight_of, sights_of

DEFAULT = Observer("observer", math.nan, math.nan, 15.0, 20_000.0)


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "observers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_with_its_own_parameters(tmp_path):
    text = "id,x,y,height_m,radius,k,azimuth_deg,width,min_range,min_elevation,max_elevation\n"
    text += "north,100,200,30,5000,0.25,90,60,100,-10,20\n\n,300,400,,,,,,,,\n"
    (first, second), degrees = read_observers(table(tmp_path, text), DEFAULT)
    assert not degrees
    assert first == Observer(
        "north", 100.0, 200.0, 30.0, 5000.0, 0.25, math.pi / 2, math.pi / 3, 100.0, math.radians(-10), math.radians(20)
    )
    assert second == Observer("observer3", 300.0, 400.0, 15.0, 20_000.0)


def test_degrees_are_noticed(tmp_path):
    (one,), degrees = read_observers(table(tmp_path, "\ufefflat,lon,name\n36.7,37.5,Kilis\n"), DEFAULT)
    assert degrees
    assert (one.x, one.y, one.id) == (37.5, 36.7, "Kilis")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "x, y: has no such column"),
        ("x,height\n1,2\n", "y: has no such column"),
        ("x,y,colour\n1,2,red\n", "colour: is not a column"),
        ("x,y,lon\n1,2,3\n", "is given twice"),
        ("x,lat\n1,2\n", "mixes metres and degrees"),
        ("x,y\n", "holds no observers"),
        ("x,y\n1,2,3\n", "line 2: has 3 cells, the header 2"),
        ("x,y,height\n1,2,tall\n", "line 2, height: 'tall' is not a number"),
        ("x,y\n1,nan\n", "line 2, y: 'nan' is not a number"),
        ("x,y\n1,2\n5,\n", "line 3, y: is empty"),
    ],
)
def test_faults_name_line_and_column(tmp_path, text, what):
    with pytest.raises(InputError, match=r"observers\.csv") as caught:
        read_observers(table(tmp_path, text), DEFAULT)
    assert what in str(caught.value)


def test_what_is_no_table(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_observers(tmp_path / "none.csv", DEFAULT)
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"x,y\n\xff\xfe,2\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_observers(path, DEFAULT)


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("x,y," + text, encoding="utf-8", errors="replace")
    with suppress(InputError):
        read_observers(path, DEFAULT)


def test_moved_to_the_plane_with_grid_azimuth():
    lon, lat = 37.5, 36.7
    given_ = Observer("a", lon, lat, 10.0, azimuth=math.radians(90), width=1.0)
    (moved,) = on_plane([given_], "EPSG:4326", "EPSG:32637")
    x, y = to_plane(lon, lat, "EPSG:32637")
    assert (moved.x, moved.y) == (pytest.approx(float(x)), pytest.approx(float(y)))
    assert moved.azimuth == pytest.approx(math.radians(90) - float(convergence(lon, lat, "EPSG:32637")))
    assert moved.azimuth > math.radians(90.5)
    with pytest.raises(InputError, match="check the order"):
        on_plane([Observer("a", 36.7, 1e9, 10.0)], "EPSG:4326", "EPSG:32637")


def test_all_of_them_in_order_whatever_the_workers(rough):
    grid, terrain = Grid(0.0, 3000.0, 30.0, 120, 100), rough(100, 120, seed=41)
    observers = [
        Observer(f"o{i}", *grid.centre(7 * i + 3, 9 * i + 5), 5.0 + i, 600.0 + 40 * i, azimuth=0.3 * i, width=1.0 + i)
        for i in range(12)
    ]
    alone = list(sights_of(observers, grid, terrain, workers=1))
    together = list(sights_of(observers, grid, terrain, workers=4))
    assert [one.id for one, _ in together] == [one.id for one in observers]
    for (_, a), (_, b) in zip(alone, together, strict=True):
        assert a.grid == b.grid
        assert a.mvh.tobytes() == b.mvh.tobytes()


def test_parameters_reach_the_engine(rough):
    grid, terrain = Grid(0.0, 3000.0, 30.0, 120, 100), rough(100, 120, seed=42)
    observer = Observer("a", *grid.centre(50, 60), 9.0, 900.0, 0.25, 1.0, 2.0, 90.0, -0.5, 0.4)
    expected = minimum_visible_height(
        terrain, 30.0, 50, 60, 9.0, 900.0, k=0.25, azimuth=1.0, width=2.0, inner=90.0, elevation=(-0.5, 0.4), engine="screen"
    )
    np.testing.assert_array_equal(sight_of(observer, grid, terrain, "screen").mvh, expected.mvh)


def test_the_observer_at_fault_is_named(rough):
    grid, terrain = Grid(0.0, 3000.0, 30.0, 120, 100), rough(100, 120, seed=43)
    good = Observer("good", *grid.centre(50, 60), 9.0, 300.0)
    with pytest.raises(InputError, match=r"tower-6: observer: at \(-5, 5\) .*outside"):
        list(sights_of([good, Observer("tower-6", -5.0, 5.0, 9.0, 300.0), good], grid, terrain, workers=2))
