"""The sensor table of the tracker."""

import numpy as np
import pytest

from limes.columns import SENSOR, Kind
from limes.sensing import nuisance_rate, sensor_rows
from limes.sensing.aerostat import platform_of
from limes.sensing.rows import CALM


@pytest.fixture(scope="module")
def rows(make_sensor, catalogue):
    platform = platform_of(catalogue.kinds["aerostat-22m"], 600.0)
    line = np.array([[0.0, 0.0], [2000.0, 0.0]])
    sensors = (
        make_sensor("radar-medium"),
        make_sensor("radar-gmti-light", platform=platform),
        make_sensor("camera-day", width=np.pi / 2),
        make_sensor("seismic"),
        make_sensor("fence-sensor", line=line, length=2000.0),
        make_sensor("fibre", line=line, length=2000.0),
    )
    return sensors, sensor_rows(sensors)


def test_schema_and_order(rows):
    sensors, table = rows
    assert table.dtype == SENSOR
    assert [str(i) for i in table["id"]] == [s.id for s in sensors]


def test_kinds_of_measurement(rows):
    kinds = [Kind(k) for k in rows[1]["kind"]]
    assert kinds == [Kind.RANGE_BEARING, Kind.RANGE_BEARING, Kind.RANGE_BEARING, Kind.PING, Kind.ALONG, Kind.ALONG]


def test_events_have_no_period_and_scans_have(rows):
    assert (rows[1]["period"][:3] > 0).all()
    assert (rows[1]["period"][3:] == 0).all()


def test_only_a_radar_has_a_blind_speed_and_a_range_rate(rows):
    assert rows[1]["mdv"][0] == rows[0][0].model.mdv
    assert (rows[1]["mdv"][2:] == 0).all()
    assert np.isfinite(rows[1]["sigma_range_rate"]).tolist() == [True, True, False, False, False, False]


def test_tethered_sensors_do_not_anchor(rows):
    assert rows[1]["surveyed"].tolist() == [True, False, True, True, True, True]


def test_clutter_of_a_look_is_the_mean_rate(rows):
    sensors, table = rows
    rate = np.mean([nuisance_rate(sensors[3], CALM, 3600.0 * h) for h in range(24)])
    assert table["clutter"][3] == pytest.approx(rate * sensors[3].period / 3600.0)
    assert (table["clutter"] > 0).all()


def test_area_of_a_sector_and_of_a_line(rows):
    sensors, table = rows
    assert table["area"][2] == pytest.approx(np.pi / 4 * sensors[2].model.max_range ** 2)
    assert table["area"][5] == pytest.approx(2 * table["reach"][5] * 2000.0)


def test_no_sensors_no_rows():
    assert len(sensor_rows(())) == 0
