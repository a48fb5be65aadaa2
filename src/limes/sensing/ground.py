"""Ground sensors: a seismic string that hears steps, wheels and spades; the passage model it shares with the buried fibre.

A catalogue states what one passage close by gives (`p_detect`) and the distance at which that is halved. A look lasts one
`period`; the chance of a passage is spread over the metres walked, so that a straight passage right over the sensor gives
exactly `p_detect`, however often it is looked at, somebody who walks along the sensor is heard again and again, and
somebody who stands still is not heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from scipy.special import lambertw

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.targets import Target

SOILS: Mapping[str, float] = MappingProxyType({"rock": 0.002, "clay": 0.010, "loam": 0.020, "sand": 0.050, "ploughed": 0.095})
"""Absorption of footsteps (20 Hz) in 1/m by soil: pi f / (Q c) for assumed wave speeds of 800 to 110 m/s and Q of 40 to 6.

The reaches of the catalogue hold for loam; an asset's `soil` property in the deployment chooses another.
"""

_LOW_PITCH = 0.4  # wheels and machines shake the ground at 8 Hz rather than 20 (assumed; 0.2 to 0.6)

LOOK = 2.0
"""Seconds of one look of a ground sensor that reports events."""


@dataclass(frozen=True)
class GroundModel:
    """A ground sensor's numbers.

    `ranges` (m) in its soil by what it hears, where `p_detect` is halved; `period` s of one look, `hold` s of quiet after a
    report; nuisance reports per hour (`nuisance`: calm and dry, `per_wind` per m/s above 5, `per_rain` per mm/h,
    `animals`).
    """

    soil: str
    ranges: Mapping[str, float]
    falloff: float
    p_detect: float
    p_label: float
    sigma: float
    period: float
    hold: float
    nuisance: float
    per_wind: float
    per_rain: float
    animals: float


def ground_model(kind: CatalogueKind, soil: str = "loam") -> GroundModel:
    """Read a seismic sensor's numbers from its catalogue kind, for a soil of `SOILS`."""
    n = kind.number
    names = {"walk": "person", "vehicle": "vehicle", "animal": "animal", "dig": "digging"}
    return GroundModel(
        soil=soil,
        ranges=reaches({heard: n(f"range_{name}_m") for heard, name in names.items()}, soil),
        falloff=n("falloff"),
        p_detect=n("p_detect"),
        p_label=n("p_label"),
        sigma=n("sigma_m"),
        period=LOOK,
        hold=n("period_s"),
        nuisance=n("nuisance_per_h"),
        per_wind=n("nuisance_wind_per_h"),
        per_rain=n("nuisance_rain_per_h"),
        animals=n("nuisance_animal_per_h"),
    )


def passage_fall(distance: np.ndarray | float, reach: float, p: float, falloff: float) -> np.ndarray:
    """Probability of a passage at a distance: p / (1 + (distance / reach)^falloff).

    >>> passage_fall(np.array([0.0, 30.0, 300.0]), 30.0, 0.9, 4.0).round(2).tolist()
    [0.9, 0.45, 0.0]
    """
    return p / (1.0 + (np.asarray(distance, float) / reach) ** falloff)


@lru_cache(maxsize=256)
def passage_width(p: float, falloff: float) -> float:
    """Metres of a straight path over the sensor, in units of its reach, that count as full exposure.

    The integral of ln(1 - p(s)) / ln(1 - p(0)) along the path, with p(s) from `passage_fall`.

    >>> round(passage_width(0.9, 4.0), 2)
    1.69
    """
    s = np.linspace(0.0, 40.0, 40_001)
    weight = np.log1p(-passage_fall(s, 1.0, p, falloff)) / np.log1p(-p)
    return float(2.0 * np.trapezoid(weight, s))


def p_passing(
    distance: np.ndarray, speed: np.ndarray, reach: float, p: float, falloff: float, period: float, members: float = 1.0
) -> np.ndarray:
    """Probability that one look of `period` s reports a mover at a distance (m) and speed (m/s).

    1 - (1 - p(distance))^share, where the share is the way made in the look over the width of a full passage, at most 1;
    each of several members is a chance of its own.

    >>> float(p_passing(np.array(0.0), np.array(0.0), 30.0, 0.9, 4.0, 2.0))
    0.0
    """
    share = np.minimum(speed * period / (reach * passage_width(p, falloff)), 1.0)
    return -np.expm1(share * members * np.log1p(-passage_fall(distance, reach, p, falloff)))


def bornitz_reach(reach: float, alpha: float, other_alpha: float, loss_db: float = 0.0) -> float:
    """Reach in metres in other soil, or in noise, of what is heard as far as `reach` in soil of absorption `alpha` (1/m).

    A surface wave's amplitude falls as r^-1/2 exp(-alpha r) (Bornitz 1931; alpha = pi f / (Q c)), so the reach r solves
    r exp(2 other_alpha r) = reach exp(2 alpha reach) 10^(-loss_db / 10): Lambert's W.

    >>> round(bornitz_reach(30.0, 0.02, 0.05), 1), round(bornitz_reach(30.0, 0.02, 0.02, 6.0), 1)
    (17.4, 14.2)
    """
    level = np.log(2.0 * other_alpha * reach) + 2.0 * alpha * reach - loss_db * np.log(10.0) / 10.0
    return float(lambertw(np.exp(level)).real / (2.0 * other_alpha))


def absorption(soil: str, heard: str) -> float:
    """Absorption in 1/m of what is heard ("walk", "animal", "dig", "vehicle", "machine") in a soil of `SOILS`."""
    return SOILS[soil] * (_LOW_PITCH if heard in ("vehicle", "machine") else 1.0)


def reaches(ranges: Mapping[str, float], soil: str) -> dict[str, float]:
    """Reaches in a soil of what the catalogue states for loam."""
    return {heard: bornitz_reach(r, absorption("loam", heard), absorption(soil, heard)) for heard, r in ranges.items()}


def reach_in_noise(reach: float, soil: str, heard: str, weather: Weather) -> float:
    """Reach in metres that noise leaves: it grows by 0.5 dB per m/s of wind above 5 and by 1 dB per mm/h of rain.

    Both are assumed (0.2 to 1 and 0.5 to 2 dB).
    """
    noise = 0.5 * max(weather.wind - 5.0, 0.0) + weather.rain
    alpha = absorption(soil, heard)
    return bornitz_reach(reach, alpha, alpha, noise) if noise > 0.0 else reach


def heard_as(target: Target) -> str | None:
    """Which of a ground sensor's ranges goes with a class of mover; None: it does not touch the ground."""
    if target.flies:
        return None
    return target.name if target.name in ("vehicle", "animal") else "walk"


def p_ground(model: GroundModel, target: Target, distance: np.ndarray, speed: np.ndarray, weather: Weather) -> np.ndarray:
    """Probability that one look of a ground sensor reports a mover at a distance (m) and speed (m/s)."""
    heard = heard_as(target)
    if heard is None:
        return np.zeros(np.shape(distance))
    reach = reach_in_noise(model.ranges[heard], model.soil, heard, weather)
    return p_passing(distance, speed, reach, model.p_detect, model.falloff, model.period, target.members)


def ground_reach(model: GroundModel, target: Target) -> float:
    """Distance in metres beyond which a passage is reported in less than one case of a hundred."""
    heard = heard_as(target)
    return 0.0 if heard is None else model.ranges[heard] * (99.0 * target.members) ** (1.0 / model.falloff)
