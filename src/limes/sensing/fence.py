"""Fence sensors: they act at the line and nowhere else, on whoever climbs, cuts or drives through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.targets import Target

LOOK = 1.0
"""Seconds of one look of a fence sensor."""

TOUCH = 0.75
"""Distance in metres from the fence within which somebody is at it (assumed; 0.5 to 1)."""

CLIMB = 15.0
"""Seconds for which one way through keeps the fence shaking when somebody stands at it (assumed; 5 to 60)."""


@dataclass(frozen=True)
class FenceModel:
    """A fence sensor's numbers.

    `p_*` probability of reporting a way through; nuisance per km and hour (calm and dry, `per_wind` per m/s above 8,
    `per_rain` per mm/h, `animals`); `wind_limit` m/s above which the cable is masked; `hold` s of quiet after a report.
    """

    p_climb: float
    p_cut: float
    p_ladder: float
    zone: float
    sigma_along: float
    period: float
    hold: float
    wind_limit: float
    nuisance: float
    per_wind: float
    per_rain: float
    animals: float


def fence_model(kind: CatalogueKind) -> FenceModel:
    """Read a fence sensor's numbers from its catalogue kind."""
    n = kind.number
    return FenceModel(
        p_climb=n("p_climb"),
        p_cut=n("p_cut"),
        p_ladder=n("p_ladder"),
        zone=n("zone_m"),
        sigma_along=n("sigma_along_m"),
        period=LOOK,
        hold=n("period_s"),
        wind_limit=np.inf if kind.wind_limit is None else kind.wind_limit.value,
        nuisance=n("nuisance_per_km_h"),
        per_wind=n("nuisance_wind_per_km_h"),
        per_rain=n("nuisance_rain_per_km_h"),
        animals=n("nuisance_animal_per_km_h"),
    )


def p_through(model: FenceModel, target: Target) -> float:
    """Probability of reporting one way through: climbing on foot (each of a group), cutting by a vehicle, an animal's slip."""
    if target.flies:
        return 0.0
    single = {"vehicle": model.p_cut, "animal": model.p_ladder}.get(target.name, model.p_climb)
    return float(1.0 - (1.0 - single) ** target.members)


def masking(wind: float, limit: float) -> float:
    """Share of its signal that wind leaves a fence sensor: whole up to 0.8 of the limit, none from the limit on.

    >>> masking(10.0, 20.0), round(masking(18.0, 20.0), 3), masking(25.0, 20.0)
    (1.0, 0.5, 0.0)
    """
    return 1.0 if not np.isfinite(limit) else float(np.clip((1.0 - wind / limit) / 0.2, 0.0, 1.0))


def p_fence(model: FenceModel, target: Target, distance: np.ndarray, across: np.ndarray, weather: Weather) -> np.ndarray:
    """Probability that one look reports somebody at a distance from the fence (m) who moves `across` it (m/s, either sign).

    Somebody who walks through is inside the zone for one look on average, whatever the speed, and reported with `p_through`
    in sum; somebody who stands at the fence spends `CLIMB` seconds on the same chance; along it or away from it nobody is
    noticed.
    """
    way = np.abs(across) * model.period
    zone = np.maximum(way / 2.0, TOUCH)
    share = np.clip(way / (2.0 * zone), model.period / CLIMB, 1.0)
    p = p_through(model, target) * masking(weather.wind, model.wind_limit)
    return np.where(distance <= zone, 1.0 - (1.0 - p) ** share, 0.0)
