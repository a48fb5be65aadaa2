"""Buried fibre (DAS) as a sensor of passages: what it hears at which distance from its line.

It shares the passage model of `limes.sensing.ground`. A straight fibre is deaf to waves that arrive square to it: response
falls with cos^2 of the angle to the fibre. For a source at offset d the strongest channel is therefore not the nearest one
but the one 2 d along, 5.4 dB below an unbiased sensor (the maximum of s^2 / (s^2 + d^2)^1.25 for surface waves); the loss
is the same at every offset and so part of the stated reach. It also means that one fibre tells neither the side nor, for a
digger, the depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.ground import heard_as, p_passing, passage_fall, reach_in_noise, reaches
from limes.sensing.targets import Target


@dataclass(frozen=True)
class FibreModel:
    """A fibre's numbers.

    `ranges` (m) in its soil by what it hears, where `p_detect` is halved; errors along and across; nuisance per km and hour
    (calm and dry, `per_wind` per m/s above 8, `per_rain` per mm/h, `traffic`, `animals`).
    """

    soil: str
    ranges: Mapping[str, float]
    falloff: float
    p_detect: float
    p_label: float
    channel: float
    gauge: float
    sigma_along: float
    sigma_offset: float
    period: float
    nuisance: float
    per_wind: float
    per_rain: float
    traffic: float
    animals: float


def fibre_model(kind: CatalogueKind, soil: str = "loam") -> FibreModel:
    """Read a fibre's numbers from its catalogue kind, for a soil of `limes.sensing.ground.SOILS`."""
    n = kind.number
    names = {"walk": "walk", "vehicle": "vehicle", "animal": "animal", "dig": "digging", "machine": "machine"}
    return FibreModel(
        soil=soil,
        ranges=reaches({heard: n(f"range_{name}_m") for heard, name in names.items()}, soil),
        falloff=n("falloff"),
        p_detect=n("p_detect"),
        p_label=n("p_label"),
        channel=n("channel_m"),
        gauge=n("gauge_m"),
        sigma_along=n("sigma_along_m"),
        sigma_offset=n("sigma_offset_m"),
        period=n("period_s"),
        nuisance=n("nuisance_per_km_h"),
        per_wind=n("nuisance_wind_per_km_h"),
        per_rain=n("nuisance_rain_per_km_h"),
        traffic=n("nuisance_traffic_per_km_h"),
        animals=n("nuisance_animal_per_km_h"),
    )


def p_fibre(model: FibreModel, target: Target, distance: np.ndarray, speed: np.ndarray, weather: Weather) -> np.ndarray:
    """Probability that one look of the fibre reports a mover at a distance from its line (m) and a speed (m/s)."""
    heard = heard_as(target)
    if heard is None:
        return np.zeros(np.shape(distance))
    reach = reach_in_noise(model.ranges[heard], model.soil, heard, weather)
    return p_passing(distance, speed, reach, model.p_detect, model.falloff, model.period, target.members)


def p_digging(model: FibreModel, offset: np.ndarray, depth: np.ndarray, weather: Weather, machine: bool = False) -> np.ndarray:
    """Probability that digging, by hand or by machine, is reported within a minute of work at an offset and depth (m).

    Soil between source and fibre is slant distance; diggers stay in place, so what is stated as a passage is taken as a
    minute.
    """
    slant = np.hypot(np.asarray(offset, float), np.asarray(depth, float))
    heard = "machine" if machine else "dig"
    reach = reach_in_noise(model.ranges[heard], model.soil, heard, weather)
    return passage_fall(slant, reach, model.p_detect, model.falloff)


def fibre_reach(model: FibreModel, target: Target) -> float:
    """Distance in metres beyond which a passage is reported in less than one case of a hundred."""
    heard = heard_as(target)
    return 0.0 if heard is None else model.ranges[heard] * (99.0 * target.members) ** (1.0 / model.falloff)
