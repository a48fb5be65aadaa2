"""Ground and airborne surveillance radar: from one data-sheet point to the probability of detection of one look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather
from limes.sensing.detection import pd_of_snr, swerling_1_snr
from limes.sensing.propagation import gas_attenuation, rain_attenuation, rain_reflectivity, vapour_density
from limes.sensing.targets import Target


@dataclass(frozen=True)
class RadarModel:
    """A radar's numbers, SI and radians.

    `range` at which `rcs` (m2) is detected with `pd` at `pfa` in one look in clear air; `loss` dB that every target away
    from that test suffers (clutter of farmland, beam edge); `rain_rejection` power ratio by which echoes of rain are
    suppressed; `mdv` radial speed below which movers are lost in clutter; `sigma_*` measurement errors; `range_cell` and
    `beamwidth` its resolution; `elevation` edges of the beam; `false_per_hour` in calm dry weather, multiplied by
    `wind_factor` at 10 m/s and by `rain_factor` at 4 mm/h.
    """

    range: float
    rcs: float
    pd: float
    pfa: float
    loss: float
    rain_rejection: float
    frequency_ghz: float
    min_range: float
    max_range: float
    beamwidth: float
    elevation: tuple[float, float]
    range_cell: float
    sigma_range: float
    sigma_bearing: float
    sigma_range_rate: float
    mdv: float
    period: float
    false_per_hour: float
    wind_factor: float
    rain_factor: float


def radar_model(kind: CatalogueKind) -> RadarModel:
    """Read a radar's numbers from its catalogue kind."""
    n = kind.number
    return RadarModel(
        range=n("range_m"),
        rcs=n("reference_rcs_m2"),
        pd=n("reference_pd"),
        pfa=n("reference_pfa"),
        loss=n("clutter_loss_db") + n("scan_loss_db"),
        rain_rejection=float(10.0 ** (n("rain_rejection_db") / 10.0)),
        frequency_ghz=n("frequency_ghz"),
        min_range=n("min_range_m"),
        max_range=n("instrumented_range_m"),
        beamwidth=float(np.radians(n("beamwidth_deg"))),
        elevation=(float(np.radians(n("elevation_low_deg"))), float(np.radians(n("elevation_high_deg")))),
        range_cell=n("range_resolution_m"),
        sigma_range=n("sigma_range_m"),
        sigma_bearing=float(np.radians(n("sigma_bearing_deg"))),
        sigma_range_rate=n("sigma_range_rate_mps"),
        mdv=n("mdv_mps"),
        period=n("period_s"),
        false_per_hour=n("false_alarms_per_h"),
        wind_factor=n("wind_false_factor"),
        rain_factor=n("rain_false_factor"),
    )


def range_equation(
    distance: np.ndarray, rcs: float, range_0: float, rcs_0: float, snr_0: float, loss_db_per_km: float = 0.0
) -> np.ndarray:
    """SNR (power ratio) at a distance in metres, scaled from one known point of the radar range equation.

    snr_0 (rcs / rcs_0) (range_0 / distance)^4, less `loss_db_per_km` (one way, beyond that of the known point's air) there
    and back.

    >>> float(range_equation(np.array(5000.0), 1.0, 10_000.0, 1.0, 10.0))
    160.0
    """
    spread = np.square(np.square(range_0 / np.maximum(distance, 1.0)))
    return snr_0 * (rcs / rcs_0) * spread * np.exp(-0.0002 * np.log(10.0) * loss_db_per_km * distance)


def doppler_pass(radial_speed: np.ndarray, mdv: float, spread: float) -> np.ndarray:
    """Probability that a mover's measured radial speed lies outside the blind zone -mdv..mdv.

    The measured speed is normal about the true one with standard deviation `spread` (m/s), so detection falls smoothly
    towards the notch.

    >>> doppler_pass(np.array([0.0, 0.5, 2.0]), 0.5, 0.15).round(2).tolist()
    [0.0, 0.5, 1.0]
    """
    if mdv <= 0.0:
        return np.ones_like(radial_speed)
    return 1.0 - ndtr((mdv - radial_speed) / spread) + ndtr((-mdv - radial_speed) / spread)


def path_loss(model: RadarModel, weather: Weather) -> float:
    """One-way loss of the weather, dB/km, over that of the data sheet's air (15 degrees C, 7.5 g/m3, no rain)."""
    vapour = float(vapour_density(weather.temperature, weather.humidity))
    gas = gas_attenuation(model.frequency_ghz, weather.temperature, vapour) - gas_attenuation(model.frequency_ghz)
    return gas + float(rain_attenuation(model.frequency_ghz, weather.rain))


def rain_clutter(model: RadarModel, distance: np.ndarray, height: float, rain: float) -> np.ndarray:
    """Radar cross-section (m2) of the rain in one resolution cell at a distance (m), less what is suppressed.

    Reflectivity times the cell: range cell x width of the beam x the height of the beam above ground, at most 3 km of rain,
    for an antenna `height` m up; 0.72 is the two-way beam's shape (Probert-Jones 1962).
    """
    low = np.maximum(model.elevation[0], -height / np.maximum(distance, 1.0))
    tall = np.minimum(distance * (model.elevation[1] - low), 3000.0)
    volume = 0.72 * model.range_cell * model.beamwidth * distance * tall
    return rain_reflectivity(model.frequency_ghz, rain) * volume / model.rain_rejection


def p_radar(
    model: RadarModel,
    target: Target,
    distance: np.ndarray,
    radial_speed: np.ndarray,
    weather: Weather,
    height: float = 20.0,
    sway: float = 0.0,
) -> np.ndarray:
    """Probability of detection in one look of a target in sight, at a distance (m) and radial speed (m/s, either sign).

    Pd of the target's fading echo in noise from the scaled range equation, times the chance to pass the Doppler notch.
    `sway` (m/s) is the speed of a platform on a tether: it widens both notch and spread. `height` (m) is that of the
    antenna above ground.
    """
    snr_0 = swerling_1_snr(model.pd, model.pfa) * 10.0 ** (-model.loss / 10.0)
    snr = range_equation(distance, target.rcs, model.range, model.rcs, snr_0, path_loss(model, weather))
    if weather.rain > 0.0:
        snr = 1.0 / (1.0 / snr + rain_clutter(model, distance, height, weather.rain) / target.rcs)
    passed = doppler_pass(np.abs(radial_speed), model.mdv + sway, float(np.hypot(model.sigma_range_rate, sway)))
    inside = (distance >= model.min_range) & (distance <= model.max_range)
    return np.where(inside, pd_of_snr(snr, model.pfa, target.swerling) * passed, 0.0)


def resolution_cell(model: RadarModel, distance: np.ndarray | float) -> tuple[float, np.ndarray]:
    """Length and width in metres of the resolution cell at a distance: movers that share one give one detection.

    >>> from limes.sector.catalogue import load_catalogue
    >>> depth, width = resolution_cell(radar_model(load_catalogue().kinds["radar-medium"]), 10_000.0)
    >>> depth, round(float(width))
    (10.0, 314)
    """
    return model.range_cell, model.beamwidth * np.asarray(distance, float)


def false_alarm_rate(model: RadarModel, weather: Weather) -> float:
    """False and nuisance detections per hour: calm dry rate times wind and rain factors, each growing linearly."""
    wind = 1.0 + (model.wind_factor - 1.0) * max(weather.wind - 3.0, 0.0) / 7.0
    rain = 1.0 + (model.rain_factor - 1.0) * weather.rain / 4.0
    return model.false_per_hour * wind * rain
