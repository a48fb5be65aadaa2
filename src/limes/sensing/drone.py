"""Drones: whether one can fly, what its camera shows of a place it was sent to, and the chance to find who has moved on.

A drone is sent, not watched through: it looks where something else has noticed somebody. On station its camera is a `Sensor`
like any other, so that `p_cued` speaks for it.
"""

from __future__ import annotations

import math

import numpy as np

from limes.geo import to_lonlat
from limes.sector.catalogue import CatalogueKind
from limes.sector.deployment import Asset
from limes.sector.sector import Sector
from limes.sector.weather import Weather
from limes.sensing.camera import CameraModel, camera_model, found_in_dwell, p_resolve
from limes.sensing.sensor import FULL_CIRCLE, Sensor
from limes.sensing.sight import sight_from
from limes.sensing.targets import targets_of

_ASPECT = 0.75  # height of a camera's picture over its width (assumed; 0.56 to 0.8)


def grounded(kind: CatalogueKind, weather: Weather) -> str | None:
    """Why weather keeps a drone on the ground: "rain", "fog" or "wind"; None when it can fly."""
    if weather.rain > kind.number("rain_limit_mm_h"):
        return "rain"
    if weather.visibility < kind.number("visibility_limit_m"):
        return "fog"
    return "wind" if kind.wind_limit is not None and weather.gust > kind.wind_limit.value else None


def on_station(drone: Asset, sector: Sector, x: float, y: float) -> tuple[Sensor, ...]:
    """The cameras of a drone over a place, in its catalogue's height above ground, with their line of sight.

    The drone stands off by its height on the side of its base, and looks down at 45 degrees. InputError where that is not
    over the terrain.

    >>> from limes.sector import bundled, load, load_deployment
    >>> sector = load(bundled("kilis-jarabulus"))
    >>> drone = load_deployment(sector.deployments["bundled"], sector).family("drone")[0]
    >>> [camera.id for camera in on_station(drone, sector, drone.x + 2000.0, drone.y)]
    ['drone-1/thermal']
    """
    kind = sector.catalogue.kinds[drone.kind]
    height = kind.number("height_m")
    away = math.atan2(drone.x - x, drone.y - y)
    px, py = x + height * math.sin(away), y + height * math.cos(away)
    lon, lat = to_lonlat(px, py, sector.crs)
    cameras = []
    for payload in (sector.catalogue.kinds[key] for key in drone.payload):
        model = camera_model(payload)
        limits = [one.wind_limit.value for one in (kind, payload) if one.wind_limit is not None]
        cameras.append(
            Sensor(
                id=f"{drone.id}/{payload.traits['slot']}",
                asset=drone.id,
                kind=payload.key,
                family=payload.family,
                x=px,
                y=py,
                lon=float(lon),
                lat=float(lat),
                ground=float(sector.terrain.sample(px, py)),
                height=height,
                azimuth=0.0,
                width=FULL_CIRCLE,
                line=None,
                length=0.0,
                model=model,
                targets=targets_of(sector.catalogue),
                period=model.period,
                hold=0.0,
                wind_limit=min(limits, default=np.inf),
                availability=kind.availability.value * payload.availability.value,
                platform=None,
                sight=sight_from(sector.terrain.grid, sector.terrain.height, px, py, height, model.max_range),
            )
        )
    return tuple(cameras)


def sweep_width(model: CameraModel, height: float, p: float) -> float:
    """Width in metres of the strip that a camera looking straight down searches, times the chance p to find in it.

    >>> from limes.sector.catalogue import load_catalogue
    >>> round(sweep_width(camera_model(load_catalogue().kinds["camera-drone-thermal"]), 80.0, 0.5), 1)
    29.1
    """
    return p * 2.0 * height * math.tan(model.wide / 2.0)


def random_search(width: float, speed: float, seconds: float, spread: float) -> float:
    """Chance to find somebody whose place is normal about a point, `spread` m each way, by search where it is worth most.

    1 - (1 + sqrt H) exp(-sqrt H) with H = width speed seconds / (pi spread^2): the best share of a random search's effort
    over a circular normal (Koopman 1957).

    >>> round(random_search(30.0, 10.0, 600.0, 200.0), 2)
    0.34
    """
    root = math.sqrt(max(width * speed * seconds, 0.0) / (math.pi * max(spread, 1.0) ** 2))
    return 1.0 - (1.0 + root) * math.exp(-root)


def p_search(
    camera: Sensor, target_class: str, spread: float, seconds: float, speed: float, time: float, weather: Weather
) -> float:
    """Chance that a drone on station finds a mover within some seconds, whose place is known to `spread` metres.

    It flies at `speed` m/s over the ground and looks down at the wide field of view. Terrain is not asked: from above it
    hides little.
    """
    model = camera.model
    if not isinstance(model, CameraModel) or target_class not in camera.targets:
        return 0.0
    place = (weather, camera.lon, camera.lat, time)
    seen = p_resolve(model, camera.targets[target_class], np.array(camera.height), *place, cued=False)
    deep = 2.0 * camera.height * math.tan(model.wide * _ASPECT / 2.0)
    p = float(found_in_dwell(seen, deep / max(speed, 0.1))) * model.attention
    return random_search(sweep_width(model, camera.height, p), speed, seconds, spread)
