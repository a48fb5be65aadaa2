"""Sensors made by hand from the built-in menu, and weather to look through."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from limes.sector import Weather, bundled, load, load_deployment
from limes.sector.catalogue import load_catalogue
from limes.sensing import sensors_of, with_sight
from limes.sensing.sensor import Sensor, model_of
from limes.sensing.targets import targets_of

NIGHT, NOON = 1768941600.0, 1768898400.0  # 20 January 2026, 23:40 and 11:40 local at 37.5 E

CLEAR = Weather(
    time=NIGHT,
    wind=2.0,
    wind_from=0.0,
    gust=3.0,
    wind_aloft=5.0,
    visibility=20_000.0,
    cloud=0.2,
    rain=0.0,
    temperature=5.0,
    humidity=0.6,
)


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="session")
def targets(catalogue):
    return targets_of(catalogue)


@pytest.fixture(scope="session")
def make_sensor(catalogue, targets):
    """Return a maker of sensors at the origin, 20 m up, by kind; any field may be given."""

    def make(key: str, **fields: object) -> Sensor:
        kind = catalogue.kinds[key]
        model = model_of(kind)
        sensor = Sensor(
            id=key, asset=key, kind=key, family=kind.family, x=0.0, y=0.0, lon=37.5, lat=36.7, ground=500.0, height=20.0,
            azimuth=0.0, width=2.0 * np.pi, line=None, length=0.0, model=model, targets=targets, period=model.period, hold=0.0,
            wind_limit=np.inf, availability=1.0, platform=None,
        )  # fmt: skip
        return dataclasses.replace(sensor, **fields)

    return make


@pytest.fixture
def clear():
    return CLEAR


@pytest.fixture(scope="session")
def mesa():
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="session")
def mesa_sensors(mesa, tmp_path_factory):
    """The bundled example deployment of Mesa Verde with its lines of sight."""
    deployment = load_deployment(mesa.deployments["demo"], mesa)
    return with_sight(sensors_of(deployment, mesa), mesa.terrain, cache=tmp_path_factory.mktemp("sight"))
