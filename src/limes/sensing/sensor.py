"""Sensors: what of a deployment senses, where it stands and what its kind can do, with or without its line of sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limes.errors import InputError
from limes.geo import to_lonlat
from limes.sector.catalogue import CatalogueKind
from limes.sector.families import FAMILIES
from limes.sensing.aerostat import Platform, platform_of
from limes.sensing.camera import CameraModel, camera_model
from limes.sensing.fence import FenceModel, fence_model
from limes.sensing.fibre import FibreModel, fibre_model
from limes.sensing.ground import SOILS, GroundModel, ground_model
from limes.sensing.radar import RadarModel, radar_model
from limes.sensing.sight import Sight
from limes.sensing.targets import Target, targets_of

if TYPE_CHECKING:
    from limes.sector.deployment import Asset, Deployment
    from limes.sector.sector import Sector

Model = RadarModel | CameraModel | GroundModel | FenceModel | FibreModel

FULL_CIRCLE = 2.0 * float(np.pi)


@dataclass(frozen=True)
class Sensor:
    """One sensor of a deployment.

    `id` names it everywhere ("tower-6/radar"), `asset` what carries it. `x`, `y` plane metres, `lon`, `lat` degrees (for
    the sun), `ground` height of the terrain below and `height` of the sensor above it, metres. It looks `width` wide about
    `azimuth` (grid, radians). `line` (n, 2) plane points of a fence or fibre, `length` its metres. `model` holds the
    numbers of its family, `targets` those of the classes of movers. `period` is the time in seconds of the look that
    `p_detect` speaks of, `hold` the quiet after a report. `wind_limit` (m/s, gusts at 10 m) and `platform` (an aerostat's
    own rules) say when it cannot work; `availability` is the share of time it works, weather apart. `sight` is None until
    `with_sight`: then nothing but range and sector limits it.
    """

    id: str
    asset: str
    kind: str
    family: str
    x: float
    y: float
    lon: float
    lat: float
    ground: float
    height: float
    azimuth: float
    width: float
    line: np.ndarray | None
    length: float
    model: Model
    targets: Mapping[str, Target]
    period: float
    hold: float
    wind_limit: float
    availability: float
    platform: Platform | None
    sight: Sight | None = None


def sensors_of(deployment: Deployment, sector: Sector) -> tuple[Sensor, ...]:
    """Every sensor of a deployment, sorted by id: payloads ("tower-6/radar") and what senses by itself.

    Units that move (drones, patrols) are not among them: they are sent, not watched through.

    >>> from limes.sector import bundled, load, load_deployment
    >>> sector = load(bundled("mesa-verde"))
    >>> sensors = sensors_of(load_deployment(sector.deployments["demo"], sector), sector)
    >>> "tower-1/radar" in [sensor.id for sensor in sensors]
    True
    """
    targets = targets_of(sector.catalogue)
    found: list[Sensor] = []
    for asset in deployment.assets:
        family = FAMILIES[asset.family]
        if family.sensor:
            found.append(_sensor(asset.id, asset, sector.catalogue.kinds[asset.kind], sector, targets))
        elif family.carries and family.geometry == "point":
            for kind in (sector.catalogue.kinds[key] for key in asset.payload):
                found.append(_sensor(f"{asset.id}/{kind.traits['slot']}", asset, kind, sector, targets))
    return tuple(sorted(found, key=lambda sensor: sensor.id))


def model_of(kind: CatalogueKind, soil: str = "loam") -> Model:
    """The numbers of a sensor's family from its catalogue kind (and soil); KeyError for a kind that senses nothing."""
    if kind.family == "radar":
        return radar_model(kind)
    if kind.family == "camera":
        return camera_model(kind)
    if kind.family == "seismic":
        return ground_model(kind, soil)
    if kind.family == "fence_sensor":
        return fence_model(kind)
    if kind.family == "fibre":
        return fibre_model(kind, soil)
    raise KeyError(f"{kind.key} is a {kind.family}, which senses nothing")


def _soil(asset: Asset) -> str:
    soil = str(asset.properties.get("soil", "loam"))
    if soil not in SOILS:
        raise InputError("deployment", f"{asset.id}.soil", f"is {soil!r}", f"use one of {', '.join(SOILS)}")
    return soil


def _sensor(key: str, asset: Asset, kind: CatalogueKind, sector: Sector, targets: Mapping[str, Target]) -> Sensor:
    model = model_of(kind, _soil(asset))
    lon, lat = to_lonlat(asset.x, asset.y, sector.crs)
    carrier = sector.catalogue.kinds[asset.kind]
    platform = platform_of(carrier, asset.height) if asset.family == "aerostat" else None
    hold = model.hold if isinstance(model, GroundModel | FenceModel) else 0.0
    return Sensor(
        id=key,
        asset=asset.id,
        kind=kind.key,
        family=kind.family,
        x=asset.x,
        y=asset.y,
        lon=float(lon),
        lat=float(lat),
        ground=float(sector.terrain.sample(asset.x, asset.y)),
        height=asset.height,
        azimuth=asset.azimuth,
        width=asset.width,
        line=asset.line_xy,
        length=asset.length,
        model=model,
        targets=targets,
        period=model.period,
        hold=hold,
        wind_limit=np.inf if kind.wind_limit is None else kind.wind_limit.value,
        availability=kind.availability.value * (carrier.availability.value if carrier is not kind else 1.0),
        platform=platform,
    )
