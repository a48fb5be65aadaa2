"""What of a deployment senses."""

import dataclasses

import numpy as np
import pytest

from limes.errors import InputError
from limes.sector import load_deployment
from limes.sensing import sensors_of
from limes.sensing.sensor import model_of


@pytest.fixture(scope="module")
def demo(mesa):
    return load_deployment(mesa.deployments["demo"], mesa)


def test_payloads_are_named_after_what_carries_them(demo, mesa):
    ids = [sensor.id for sensor in sensors_of(demo, mesa)]
    assert ids == sorted(ids)
    assert len(ids) == len(set(ids))
    for asset in demo.family("tower"):
        slots = {mesa.catalogue.kinds[kind].traits["slot"] for kind in asset.payload}
        assert {key for key in ids if key.startswith(f"{asset.id}/")} == {f"{asset.id}/{slot}" for slot in slots}


def test_units_and_barriers_are_no_sensors(demo, mesa):
    assets = {sensor.asset for sensor in sensors_of(demo, mesa)}
    quiet = {a.id for a in demo.assets if a.family in ("patrol", "post", "wall", "fence", "gate", "drone", "checkpoint")}
    assert not assets & quiet


def test_a_sensor_knows_its_place(demo, mesa):
    for sensor in sensors_of(demo, mesa):
        asset = demo.asset(sensor.asset)
        assert (sensor.x, sensor.y, sensor.height) == (asset.x, asset.y, asset.height)
        assert sensor.ground == pytest.approx(float(mesa.terrain.sample(asset.x, asset.y)))
        assert -180 < sensor.lon < 0 < sensor.lat < 90
        assert sensor.period > 0
        assert (sensor.line is None) == (asset.line_xy is None)


def test_only_aerostats_give_a_platform(demo, mesa):
    for sensor in sensors_of(demo, mesa):
        carrier = demo.asset(sensor.asset).family
        assert (sensor.platform is not None) == (carrier == "aerostat")
        if sensor.platform is not None:
            assert sensor.platform.altitude == sensor.height


def test_availability_is_that_of_sensor_and_carrier(demo, mesa):
    tower = demo.family("tower")[0]
    radar = next(s for s in sensors_of(demo, mesa) if s.id == f"{tower.id}/radar")
    kinds = mesa.catalogue.kinds
    assert radar.availability == pytest.approx(kinds[radar.kind].availability.value * kinds[tower.kind].availability.value)


def test_soil_of_an_asset_sets_its_reach(demo, mesa):
    def first(soil):
        asset = next(a for a in demo.assets if a.family == "seismic")
        there = dataclasses.replace(asset, properties={**asset.properties, "soil": soil})
        return sensors_of(dataclasses.replace(demo, assets=(there,)), mesa)[0].model

    assert first("sand").ranges["walk"] < first("loam").ranges["walk"] < first("clay").ranges["walk"]
    with pytest.raises(InputError, match="ploughed"):
        first("marsh")


def test_what_senses_nothing_has_no_model(catalogue):
    wall = next(kind for kind in catalogue.kinds.values() if kind.family == "wall")
    with pytest.raises(KeyError, match="senses nothing"):
        model_of(wall)


def test_every_sensor_on_the_menu_has_a_model(catalogue):
    for kind in catalogue.kinds.values():
        if kind.family in ("radar", "camera", "seismic", "fence_sensor", "fibre"):
            assert np.isfinite(model_of(kind).period)
