"""Cameras: Johnson's published probabilities, the two-point contrast curve, light, crossover, fog, search."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import Weather
from limes.sector.catalogue import load_catalogue
from limes.sensing import camera
from limes.sensing.targets import targets_of

CATALOGUE = load_catalogue()
TARGETS = targets_of(CATALOGUE)
PERSON = TARGETS["person"]
DAY, THERMAL = (camera.camera_model(CATALOGUE.kinds[key]) for key in ("camera-day", "camera-thermal-long"))
MILD = Weather(0.0, 2.0, 0.0, 3.0, 5.0, 20_000.0, 0.2, 0.0, 5.0, 0.6)
NIGHT, NOON = 1768941600.0, 1768898400.0
HERE = (37.5, 36.7)


def cued(model, distance, weather=MILD, time=NOON, target=PERSON, level="detect"):
    return camera.p_resolve(model, target, np.asarray(distance, float), weather, *HERE, time, level=level)


@pytest.mark.parametrize(
    ("ratio", "p"), [(3.0, 1.0), (2.0, 0.95), (1.5, 0.80), (1.0, 0.50), (0.75, 0.30), (0.5, 0.10), (0.25, 0.02)]
)
def test_johnson_against_the_published_table(ratio, p):
    # target transfer probability function as tabled by the Night Vision Laboratory (Ratches et al., 1975)
    assert camera.johnson(4.0 * ratio, 4.0) == pytest.approx(p, abs=0.025)


def test_fifty_per_cent_points_of_the_three_tasks():
    # Johnson 1958: 1.0, 4.0 and 6.4 line pairs over the critical dimension
    for level, n50 in (("detect", 1.0), ("recognise", 4.0), ("identify", 6.4)):
        assert THERMAL.n50[level] == n50
        assert camera.johnson(n50, THERMAL.n50[level]) == pytest.approx(0.5)


def test_two_pixels_make_a_line_pair():
    # 640 pixels over 48 mrad are 75 microradian each; 0.75 m at 1 km spans 10 of them: 5 line pairs
    assert camera.line_pairs(0.75, np.array(1000.0), 0.048, 640.0, np.array(1.0)) == pytest.approx(5.0)


def test_curve_of_contrast_goes_through_its_two_points():
    assert camera.resolved_share(np.array([0.02, 1.0]), 0.02, 1.0) == pytest.approx([0.0, 1.0])
    assert camera.resolved_share(np.array(0.0), 0.02, 1.0) == 0.0


def test_tasks_grow_harder():
    detect, recognise, identify = (cued(THERMAL, 3000.0, level=level) for level in ("detect", "recognise", "identify"))
    assert detect > recognise > identify > 0.0


def test_large_things_are_seen_farther():
    assert cued(THERMAL, 9000.0, target=TARGETS["vehicle"]) > cued(THERMAL, 9000.0)


def test_menu_titles_hold():
    # the titles promise a walker at about 3 km (uncooled) and 10 km (cooled) on a winter night
    short = camera.camera_model(CATALOGUE.kinds["camera-thermal-short"])
    assert 0.3 < cued(short, 3000.0, time=NIGHT) < 0.8
    assert 0.3 < cued(THERMAL, 10_000.0, time=NIGHT) < 0.8


def test_day_camera_is_blind_at_night():
    assert cued(DAY, 2000.0, time=NOON) > 0.95
    assert cued(DAY, 2000.0, time=NIGHT) < 0.01


def test_fog_blinds_every_camera_beyond_some_hundred_metres():
    fog = dataclasses.replace(MILD, visibility=200.0, humidity=1.0)
    for model in (DAY, THERMAL):
        assert cued(model, 1000.0, fog) < 0.02
    assert cued(THERMAL, 100.0, fog) > 0.5


def test_haze_harms_light_more_than_heat():
    haze = dataclasses.replace(MILD, visibility=4000.0)
    assert camera.extinction(DAY, haze) > 2.0 * camera.extinction(THERMAL, haze)


def test_rain_that_visibility_tells_is_not_counted_twice():
    wet = dataclasses.replace(MILD, visibility=2000.0, rain=1.0)
    assert camera.extinction(DAY, wet) == pytest.approx(camera.extinction(DAY, dataclasses.replace(wet, rain=0.0)))


def test_humid_air_dims_heat():
    muggy = dataclasses.replace(MILD, temperature=30.0, humidity=0.9)
    assert camera.extinction(THERMAL, muggy) > 3.0 * camera.extinction(THERMAL, MILD)


def test_contrast_crosses_over_twice_a_day():
    sun = np.radians(np.linspace(-10.0, 70.0, 200))
    contrast = np.array([camera.thermal_contrast(PERSON, s, 0.0, 15.0) for s in sun])
    least = contrast.argmin()
    assert 0 < least < len(sun) - 1
    assert contrast[least] == pytest.approx(0.2 * PERSON.contrast_k, rel=0.02)
    assert contrast[0] > 2.0 * contrast[least]
    assert contrast[-1] > 2.0 * contrast[least]


def test_night_contrast_ends_at_skin_temperature():
    contrast = [camera.thermal_contrast(PERSON, -0.5, 0.0, t) for t in (6.0, 20.0, 33.0)]
    assert contrast[0] == pytest.approx(np.hypot(1.0, 0.2) * PERSON.contrast_k)
    assert contrast[0] > contrast[1] > contrast[2]
    warm, cool = (camera.thermal_contrast(TARGETS["vehicle"], -0.5, 0.0, t) for t in (33.0, 6.0))
    assert warm == cool


def test_search_time_of_the_night_vision_laboratory():
    # an observer finds 63 % of what the picture surely resolves in 3.4 s
    assert camera.found_in_dwell(np.array(1.0), 3.4) == pytest.approx(1 - np.exp(-1))
    assert camera.found_in_dwell(np.array(0.3), 1e9) == pytest.approx(0.3)


def test_camera_that_cannot_sweep_its_sector_sees_a_share_of_it():
    assert camera.swept_share(DAY, DAY.wide) == 1.0
    slow = dataclasses.replace(DAY, period=10.0)
    assert camera.swept_share(slow, 2 * np.pi) == pytest.approx(10.0 / (12.0 * (4.0 + 0.75)))


@given(st.floats(100, 11e3), st.floats(1.01, 1.5), st.floats(500, 40e3))
def test_nearer_and_clearer_is_never_worse(distance, factor, visibility):
    hazy = dataclasses.replace(MILD, visibility=visibility)
    for model in (DAY, THERMAL):
        p = cued(model, distance, hazy)
        assert 0.0 <= p <= 1.0
        assert cued(model, distance / factor, hazy) >= p - 1e-12 or distance / factor < model.min_range
        assert cued(model, distance, dataclasses.replace(hazy, visibility=visibility * factor)) >= p - 1e-12


def test_every_camera_on_the_menu_is_read():
    for kind in CATALOGUE.family("camera"):
        model = camera.camera_model(kind)
        assert model.narrow < model.wide
        assert model.thermal == (model.band in ("mwir", "lwir"))
        assert model.threshold > 0.0
