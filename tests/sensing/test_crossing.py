"""Crossings: what sensors give in sum is what their looks give one by one, and recombining is exact."""

import dataclasses

import numpy as np
import pytest

from limes.sensing import crossing_detection, crossing_table, p_detect, ways
from limes.sensing.crossing import crossing_log_miss
from limes.sensing.looks import log_miss, looks_in

NIGHT = 1768941600.0


@pytest.fixture(scope="module")
def table(mesa, mesa_sensors):
    return crossing_table(mesa_sensors, mesa, "person", NIGHT, mesa.weather.at(NIGHT))


def test_ways_are_square_to_the_line_and_lead_home(mesa):
    over = ways(mesa)
    assert len(over.km) == round(mesa.border.length / 250.0)
    assert over.km[-1] == int(mesa.border.length / 1000.0)
    x, y = over.points(np.array([-1500.0, 800.0]))
    offset = mesa.border.locate(x, y)[1]
    assert np.mean(offset[:, 0] < 0) > 0.95
    assert np.mean(offset[:, 1] > 0) > 0.95


def test_one_sensor_against_its_looks_one_by_one(mesa, mesa_sensors, table):
    index = next(i for i, s in enumerate(mesa_sensors) if s.id == "tower-1/radar")
    sensor, over, person = mesa_sensors[index], table.ways, mesa_sensors[index].targets["person"]
    along = np.arange(-over.approach + 20.0, over.beyond, 40.0)
    x, y = over.points(along)
    p = p_detect(sensor, "person", x, y, person.height, person.speed, over.heading[:, None], NIGHT, table.weather)
    miss = log_miss(p, looks_in(sensor, 40.0 / person.speed))
    np.testing.assert_allclose(table.log_miss[1, index], np.maximum(miss.sum(axis=1), -30), atol=1e-4)
    np.testing.assert_allclose(table.log_miss[0, index], np.maximum(miss[:, along < 0].sum(axis=1), -30), atol=1e-4)


@pytest.mark.parametrize(("name", "family"), [("person", "fence_sensor"), ("vehicle", "fence_sensor"), ("person", "fibre")])
def test_crossing_a_line_gives_what_the_catalogue_states(mesa, mesa_sensors, name, family):
    sensor = next(s for s in mesa_sensors if s.family == family)
    calm = dataclasses.replace(mesa.weather.at(NIGHT), wind=2.0, gust=3.0, rain=0.0)
    table = crossing_table((sensor,), mesa, name, NIGHT, calm)
    crossed = table.each()[table.each() > 0.3]
    model = sensor.model
    stated = model.p_detect if family == "fibre" else {"person": model.p_climb, "vehicle": model.p_cut}[name]
    assert len(crossed) > 5
    assert np.median(crossed) == pytest.approx(stated, abs=0.04)


def test_sensors_combine_as_independent(table):
    both = table.each(np.ones(len(table.ids), bool))
    single = [table.each(np.arange(len(table.ids)) == i) for i in range(len(table.ids))]
    np.testing.assert_allclose(1 - both, np.prod(1 - np.array(single), axis=0), atol=1e-9)


def test_certain_and_impossible_sensors_are_the_ends_of_probable_ones(table):
    n = len(table.ids)
    up = np.arange(n) % 2 == 0
    np.testing.assert_allclose(table.each(up.astype(float)), table.each(up), atol=1e-12)
    between = table.each(np.full(n, 0.9))
    assert np.all(between <= table.each() + 1e-12)
    assert np.all(between >= table.each(np.zeros(n, bool)))


def test_fewer_sensors_never_detect_more(table):
    rng = np.random.default_rng(1)
    up = np.ones(len(table.ids), bool)
    before = table.detection(up)
    for index in rng.permutation(len(up)):
        up[index] = False
        after = table.detection(up)
        assert np.all(after <= before + 1e-12)
        before = after
    assert np.all(before == 0.0)


def test_before_the_line_is_part_of_the_whole(table):
    assert np.all(table.each(before_line=True) <= table.each() + 1e-9)
    assert np.all(table.worst() <= table.detection() + 1e-12)


def test_one_changed_sensor_is_as_a_new_table(mesa, mesa_sensors, table):
    index = next(i for i, s in enumerate(mesa_sensors) if s.id == "tower-2/radar")
    moved = dataclasses.replace(mesa_sensors[index], width=1.0, azimuth=2.0)
    fresh = crossing_table((*mesa_sensors[:index], moved, *mesa_sensors[index + 1 :]), mesa, "person", NIGHT, table.weather)
    np.testing.assert_array_equal(table.replaced(index, moved).log_miss, fresh.log_miss)


def test_the_short_way_to_ask(mesa, mesa_sensors, table):
    up = np.array([not key.startswith("aerostat") for key in table.ids])
    np.testing.assert_array_equal(
        crossing_detection(mesa_sensors, mesa, "person", NIGHT, table.weather, up), table.detection(up)
    )


def test_wider_bins_hold_the_same_crossings(mesa, mesa_sensors, table):
    wide = crossing_detection(mesa_sensors, mesa, "person", NIGHT, table.weather, step_km=5.0)
    narrow = table.detection()
    count = np.bincount(table.ways.km)
    np.testing.assert_allclose(wide[0], np.average(narrow[:5], weights=count[:5]))


def test_same_bytes_every_time(mesa, mesa_sensors, table):
    again = crossing_table(mesa_sensors, mesa, "person", NIGHT, table.weather)
    assert again.log_miss.tobytes() == table.log_miss.tobytes()


def test_no_sensors_detect_nothing(mesa):
    table = crossing_table((), mesa, "person", NIGHT, mesa.weather.at(NIGHT))
    assert np.all(table.detection() == 0.0)


def test_storm_silences_what_it_grounds(mesa, mesa_sensors):
    storm = dataclasses.replace(mesa.weather.at(NIGHT), wind_aloft=45.0)
    sensor = next(s for s in mesa_sensors if s.platform is not None)
    assert np.all(crossing_log_miss(sensor, "person", ways(mesa), NIGHT, storm) == 0.0)


def test_nothing_seen_is_a_plain_zero(table):
    nobody = table.each(np.zeros(len(table.ids), bool))
    assert (nobody == 0.0).all()
    assert not np.signbit(nobody).any()
    assert not np.signbit(table.each()).any()
