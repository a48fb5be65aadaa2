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

import numpy as np

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.targets import Target

LOOK = 2.0
"""Seconds of one look of a ground sensor that reports events."""


@dataclass(frozen=True)
class GroundModel:
    """A ground sensor's numbers.

    `ranges` (m) by what it hears, where `p_detect` is halved; `period` s of one look, `hold` s of quiet after a report;
    nuisance reports per hour (`nuisance`: calm and dry, `per_wind` per m/s above 5, `per_rain` per mm/h, `animals`).
    """

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


def ground_model(kind: CatalogueKind) -> GroundModel:
    """Read a seismic sensor's numbers from its catalogue kind."""
    n = kind.number
    return GroundModel(
        ranges={
            "walk": n("range_person_m"),
            "vehicle": n("range_vehicle_m"),
            "animal": n("range_animal_m"),
            "dig": n("range_digging_m"),
        },
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


def noise_factor(weather: Weather) -> float:
    """Share of its calm reach that a ground sensor keeps in wind and rain.

    Noise grows by 0.5 dB per m/s of wind above 5 and by 1 dB per mm/h of rain (assumed; 0.2 to 1 and 0.5 to 2), and
    amplitude falls with distance, so reach falls as 10^(-dB / 20).
    """
    noise = 0.5 * max(weather.wind - 5.0, 0.0) + weather.rain
    return float(10.0 ** (-noise / 20.0))


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
    reach = model.ranges[heard] * noise_factor(weather)
    return p_passing(distance, speed, reach, model.p_detect, model.falloff, model.period, target.members)


def ground_reach(model: GroundModel, target: Target) -> float:
    """Distance in metres beyond which a passage is reported in less than one case of a hundred."""
    heard = heard_as(target)
    return 0.0 if heard is None else model.ranges[heard] * (99.0 * target.members) ** (1.0 / model.falloff)
