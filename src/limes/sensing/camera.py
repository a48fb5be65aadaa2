"""Day and thermal cameras: resolvable line pairs on a target against Johnson's criteria, through air, light and the hours.

The picture's threshold contrast grows exponentially with spatial frequency, from the smallest contrast seen at all to full
contrast (visible) or `SATURATION` times the noise-equivalent temperature (thermal) at the Nyquist frequency of the pixels:
two numbers of a data sheet give the curve (the usual two-point form of MRC and MRT; Holst, Electro-Optical Imaging System
Performance, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.propagation import aerosol_extinction, koschmieder, rain_extinction, vapour_density, vapour_extinction
from limes.sensing.sun import illuminance, sun_elevation, sunlight_share
from limes.sensing.targets import Target

Level = Literal["detect", "recognise", "identify"]

SATURATION = 30.0
"""Threshold temperature contrast at the Nyquist frequency over that at low frequency (assumed; 10 to 100)."""

_HEATING = 9.0  # K by which open ground at noon gains on a mover against the night before (assumed; 4 to 15)
_LAG = 3600.0  # s by which the ground follows the sun (assumed; 1800 to 5400)
_UNEVEN = 0.2  # share of the night contrast that a mover's own warm and cool parts keep at crossover (assumed; 0.1 to 0.4)
_NOISE_CONTRAST = 0.3  # contrast just lost at the light that the data sheet calls its least


@dataclass(frozen=True)
class CameraModel:
    """A camera's numbers, SI and radians.

    `band` visible or swir (reflected light), mwir or lwir (heat); `threshold` smallest contrast, or NETD in K, seen at low
    frequency; `extinction` of clear air at 7.5 g/m3 vapour in 1/m (thermal); `light_min` lux; `n50` line pairs for 50 % at
    each level; `narrow` and `wide` horizontal fields of view; `dwell` s one field is looked at; `period` s of one sweep of
    its sector.
    """

    band: str
    wavelength_um: float
    pixels: tuple[float, float]
    narrow: float
    wide: float
    n50: dict[str, float]
    threshold: float
    extinction: float
    light_min: float
    min_range: float
    max_range: float
    sigma_bearing: float
    sigma_range_fraction: float
    slew: float
    dwell: float
    period: float
    false_per_hour: float
    attention: float

    @property
    def thermal(self) -> bool:
        """Whether it sees heat rather than light."""
        return self.band in ("mwir", "lwir")


def camera_model(kind: CatalogueKind) -> CameraModel:
    """Read a camera's numbers from its catalogue kind."""
    n = kind.number
    thermal = kind.traits["band"] in ("mwir", "lwir")
    return CameraModel(
        band=kind.traits["band"],
        wavelength_um=n("wavelength_um"),
        pixels=(n("pixels_h"), n("pixels_v")),
        narrow=float(np.radians(n("fov_narrow_deg"))),
        wide=float(np.radians(n("fov_wide_deg"))),
        n50={level: n(f"n50_{level}") for level in ("detect", "recognise", "identify")},
        threshold=n("netd_k") if thermal else n("contrast_min"),
        extinction=n("extinction_per_km") / 1000.0 if thermal else 0.0,
        light_min=0.0 if thermal else n("light_min_lux"),
        min_range=n("min_range_m"),
        max_range=n("range_max_m"),
        sigma_bearing=float(np.radians(n("sigma_bearing_deg"))),
        sigma_range_fraction=n("sigma_range_fraction"),
        slew=float(np.radians(n("slew_deg_per_s"))),
        dwell=n("dwell_s"),
        period=n("period_s"),
        false_per_hour=n("false_alarms_per_h"),
        attention=n("p_attention"),
    )


def johnson(cycles: np.ndarray | float, n50: float) -> np.ndarray:
    """Probability of a task with `cycles` line pairs on the critical dimension when half the observers need `n50`.

    (N/N50)^E / (1 + (N/N50)^E), E = 2.7 + 0.7 N/N50: the target transfer probability function of Johnson's criteria
    (Johnson 1958; ACQUIRE, US Army NVESD 1990).

    >>> johnson(np.array([0.5, 1.0, 2.0]), 1.0).round(2).tolist()
    [0.11, 0.5, 0.94]
    """
    ratio = np.minimum(np.asarray(cycles, float) / n50, 20.0)
    odds = ratio ** (2.7 + 0.7 * ratio)
    return odds / (1.0 + odds)


def resolved_share(signal: np.ndarray, threshold: float | np.ndarray, saturation: float | np.ndarray) -> np.ndarray:
    """Highest resolved frequency as a share of Nyquist: ln(signal / threshold) / ln(saturation / threshold).

    `threshold` is the least signal seen at low frequency, `saturation` the one needed at Nyquist, on an exponential curve
    between them.

    >>> resolved_share(np.array([0.01, 0.02, 0.2, 2.0]), 0.02, 2.0).round(2).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    signal = np.maximum(np.asarray(signal, float), 1e-12)
    return np.clip(np.log(signal / threshold) / np.maximum(np.log(saturation / threshold), 1e-9), 0.0, 1.0)


def line_pairs(size: float, distance: np.ndarray, field: float, pixels: float, share: np.ndarray) -> np.ndarray:
    """Line pairs resolved over a size (m) at a distance (m): two pixels to a pair, times the share of Nyquist.

    >>> float(line_pairs(0.75, np.array(1000.0), 0.048, 640.0, np.array(1.0)))
    5.0
    """
    return share * size * pixels / (2.0 * field * np.maximum(distance, 1.0))


def thermal_contrast(target: Target, sun: float, cloud: float, temperature: float) -> float:
    """Contrast of temperature with open ground, K, always positive.

    The night contrast of the target (for the warm-blooded scaled by (33 - T) / 27 with air at T degrees C, so that it ends
    at skin temperature) less the ground's gain in the sun, joined in quadrature with the unevenness of the target itself:
    the crossover near morning and evening comes out of the difference. `sun` is the elevation (radians) one lag earlier.
    Coefficients assumed.
    """
    night = target.contrast_k * (float(np.clip((33.0 - temperature) / 27.0, -0.3, 1.5)) if target.warm else 1.0)
    gain = _HEATING * max(float(np.sin(sun)), 0.0) * float(sunlight_share(cloud))
    return float(np.hypot(night - gain, _UNEVEN * target.contrast_k))


def extinction(model: CameraModel, weather: Weather) -> float:
    """Extinction in the camera's band, 1/m: haze or fog by visibility, vapour for heat, rain beyond visibility."""
    haze = float(aerosol_extinction(weather.visibility, model.wavelength_um))
    rain = float(rain_extinction(weather.rain))
    if not model.thermal:
        return max(haze, min(rain, float(koschmieder(weather.visibility))))
    vapour = float(vapour_density(weather.temperature, weather.humidity))
    return float(vapour_extinction(model.extinction, vapour)) + max(haze, rain)


def _signal(
    model: CameraModel, target: Target, weather: Weather, lon: float, lat: float, time: float
) -> tuple[float, float, float]:
    """Contrast at the target, least contrast seen, and contrast needed at Nyquist."""
    if model.thermal:
        sun = float(sun_elevation(lon, lat, time - _LAG))
        contrast = thermal_contrast(target, sun, weather.cloud, weather.temperature)
        return contrast, model.threshold, SATURATION * model.threshold
    light = float(illuminance(sun_elevation(lon, lat, time), weather.cloud))
    noise = _NOISE_CONTRAST * np.sqrt(model.light_min / light)
    return target.contrast, float(np.hypot(model.threshold, noise)), 1.0


def p_resolve(
    model: CameraModel,
    target: Target,
    distance: np.ndarray,
    weather: Weather,
    lon: float,
    lat: float,
    time: float,
    level: Level = "detect",
    cued: bool = True,
) -> np.ndarray:
    """Probability that a picture of the place shows the target well enough for a task.

    `cued`: at the narrow field of view, else at the wide one; `lon`, `lat` (degrees) and `time` set the sun.
    """
    contrast, threshold, saturation = _signal(model, target, weather, lon, lat, time)
    apparent = contrast * np.exp(-extinction(model, weather) * distance)
    share = resolved_share(apparent, min(threshold, 0.99 * saturation), saturation)
    cycles = line_pairs(target.size, distance, model.narrow if cued else model.wide, model.pixels[0], share)
    inside = (distance >= model.min_range) & (distance <= model.max_range)
    return np.where(inside, johnson(cycles, model.n50[level]), 0.0)


def found_in_dwell(p: np.ndarray, dwell: float) -> np.ndarray:
    """Probability that a person finds within `dwell` s what the picture resolves with probability p.

    p (1 - exp(-dwell p / 3.4)): the search time constant 3.4 / p of NVESD (Howe 1993; Lawson et al. 1979).

    >>> found_in_dwell(np.array([1.0, 0.5]), 3.4).round(3).tolist()
    [0.632, 0.197]
    """
    return p * (1.0 - np.exp(-dwell * p / 3.4))


def swept_share(model: CameraModel, width: float) -> float:
    """Share of a sector (radians) that one sweep period reaches: a camera looks at one field of view at a time."""
    fields = max(width / model.wide, 1.0)
    return min(1.0, model.period / (fields * (model.dwell + min(width, model.wide) / model.slew)))
