"""Small scenarios on the small sector, and the reference sector where a test is about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from limes.sector import Sector, bundled, load
from limes.sector.deployment import Deployment, load_deployment
from limes.sensing import Sensor, sensors_of, with_sight
from limes.simulation import Scenario, Stage, load_scenario, set_stage

HEAD = 'title = "Test"\ndate = 2026-01-20\nstart = "17:00"\nhours = 2\n'


@pytest.fixture(scope="session")
def mesa() -> Sector:
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="session")
def mesa_deployment(mesa: Sector) -> Deployment:
    return load_deployment(mesa.deployments["demo"], mesa)


@pytest.fixture(scope="session")
def mesa_sensors(mesa: Sector, mesa_deployment: Deployment) -> tuple[Sensor, ...]:
    return with_sight(sensors_of(mesa_deployment, mesa), mesa.terrain)


@pytest.fixture(scope="session")
def reference() -> Sector:
    return load(bundled("kilis-jarabulus"))


@pytest.fixture
def written(mesa: Sector, tmp_path: Path) -> Callable[[str], Scenario]:
    """Write the body of a scenario on the small sector and load it."""

    def write(body: str, head: str = HEAD) -> Scenario:
        path = tmp_path / "test.toml"
        path.write_text(head + body, "utf-8")
        return load_scenario(path, mesa)

    return write


@pytest.fixture
def staged(
    mesa: Sector, mesa_deployment: Deployment, mesa_sensors: tuple[Sensor, ...], written: Callable[[str], Scenario]
) -> Callable[..., Stage]:
    """Set the stage for the body of a scenario."""

    def stage(body: str, seed: int = 1) -> Stage:
        return set_stage(mesa, mesa_deployment, written(body), seed, mesa_sensors)

    return stage
