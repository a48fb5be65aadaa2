"""The small example on real terrain, ready to be asked, and made grounds."""

from __future__ import annotations

import numpy as np
import pytest

from limes.closure.dijkstra import Terrainlike
from limes.closure.movement import foot_pace
from limes.closure.scene import Setup, scene
from limes.sector import bundled, load, load_deployment
from limes.sensing.conditions import conditions

NIGHT = 1768956000.0  # 21 January 2026, 00:40 UTC


@pytest.fixture(scope="session")
def sector():
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="session")
def deployment(sector):
    return load_deployment(sector.deployments["demo"], sector)


@pytest.fixture(scope="session")
def weather(sector):
    return conditions(sector.weather.at(NIGHT), "clear")


@pytest.fixture(scope="session")
def demo(sector, deployment, weather):
    """The example at 120 m."""
    return scene(sector, deployment, NIGHT, weather, Setup(cell=120.0))


@pytest.fixture(scope="session")
def plain():
    """Return a maker of Terrainlikes from heights (rows, columns); any field may be given."""

    def make(height, cell=10.0, **fields):
        height = np.asarray(height, np.float32)
        none = np.zeros(height.size, bool)
        base = Terrainlike(
            height.shape[1], cell, height.ravel(), np.ones(height.size, np.uint8), np.zeros(height.size, np.float32), none,
            none, foot_pace(1.25), np.inf, 0.0,
        )  # fmt: skip
        return base._replace(**fields)

    return make
