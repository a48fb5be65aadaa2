import numpy as np
import pytest

from limes.geo import to_plane
from limes.sector.border import border

CRS = "EPSG:32637"


@pytest.fixture(scope="module")
def westward():
    return border(np.array([37.6, 37.5, 37.4]), np.array([36.7, 36.7, 36.75]), CRS, "right", "made", "CC0-1.0")


def test_length_is_the_geodesic(reference):
    assert reference.border.length == pytest.approx(98_000.0, abs=1.0)
    assert reference.border.x.size == 2276


def test_reference_line_runs_west_with_home_in_the_north(reference):
    line = reference.border
    assert line.x[0] > line.x[-1]
    kilis = next(p for p in reference.places if p.name == "Kilis")
    manbij = next(p for p in reference.places if p.name == "Manbij")
    _, offset = line.locate([kilis.x, manbij.x], [kilis.y, manbij.y])
    assert offset[0] == pytest.approx(4918, abs=60)  # GeoNames point to the nearest vertex of the same line: 4.92 km
    assert offset[1] < -28_000


def test_every_place_lies_on_its_country_s_side(reference):
    for place in reference.places:
        chainage, offset = reference.border.locate(place.x, place.y)
        if 1000 < chainage < reference.border.length - 1000:
            assert (offset > 0) == (place.country == "TR"), place.name


def test_locate_finds_points_of_the_line_again(reference):
    chainage = np.linspace(0, reference.border.length, 5001)
    found, offset = reference.border.locate(*reference.border.point(chainage))
    np.testing.assert_allclose(found, chainage, atol=1e-3)
    np.testing.assert_allclose(offset, 0, atol=1e-6)


def test_home_normal_leads_home(reference):
    chainage = np.linspace(500, reference.border.length - 500, 300)
    x, y = reference.border.point(chainage)
    nx, ny = reference.border.normal_home(chainage)
    np.testing.assert_allclose(np.hypot(nx, ny), 1)
    assert (reference.border.locate(x + 0.5 * nx, y + 0.5 * ny)[1] > 0).all()
    assert (reference.border.locate(x - 0.5 * nx, y - 0.5 * ny)[1] < 0).all()


def test_sides_swap_with_home_side(westward):
    other = border(westward.lon, westward.lat, CRS, "left")
    x, y = to_plane(37.5, 36.8, CRS)
    assert westward.locate(x, y)[1] > 0
    assert other.locate(x, y)[1] == -westward.locate(x, y)[1]
    assert np.allclose(np.add(westward.normal_home(3000.0), other.normal_home(3000.0)), 0)


def test_direction_is_the_grid_bearing(westward):
    x, y = westward.x, westward.y
    expected = np.arctan2(x[1] - x[0], y[1] - y[0]) % (2 * np.pi)
    assert westward.direction(1000.0) == pytest.approx(expected)
    assert np.degrees(westward.direction(1000.0)) == pytest.approx(270, abs=1.5)
    bend = westward.chainage[1]
    before, after = westward.direction(bend - 10), westward.direction(bend + 10)
    assert before < westward.direction(bend) < after
    assert westward.direction(bend - 10, span=2000.0) > before


def test_shapes_broadcast(westward):
    chainage, offset = westward.locate(np.full((3, 1), westward.x[0]), np.full(4, westward.y[0]))
    assert chainage.shape == offset.shape == (3, 4)
    assert westward.locate(float(westward.x[0]), float(westward.y[0]))[0].shape == ()


def test_points_beyond_the_ends_are_the_ends(westward):
    assert westward.point(-5.0)[0] == westward.x[0]
    assert westward.point(1e9)[1] == westward.y[-1]


def test_between_holds_both_ends_and_the_vertices_inside(westward):
    part = westward.between(1000.0, westward.length - 1000.0)
    assert part.shape == (3, 2)
    assert tuple(part[1]) == (westward.x[1], westward.y[1])
    assert westward.locate(*part[0])[0] == pytest.approx(1000, abs=0.01)
