"""What the air does to light, heat and radar waves: extinction and attenuation.

Light and heat fall as exp(-beta d) with beta in 1/m; radar attenuation is in dB/km one way.
"""

from __future__ import annotations

import numpy as np

FIVE_PER_CENT = -float(np.log(0.05))
"""Optical thickness at the meteorological optical range (WMO No. 8: transmission 5 %), 2.996."""

TWO_PER_CENT = -float(np.log(0.02))
"""Optical thickness at Koschmieder's visual range (contrast 2 %), 3.912."""

_GREEN_UM = 0.55


def koschmieder(visibility: np.ndarray | float, thickness: float = FIVE_PER_CENT) -> np.ndarray:
    """Extinction of green light, 1/m, from visibility in metres (Koschmieder 1924): thickness / visibility.

    Aviation and synoptic visibility is the meteorological optical range, so its 5 % is the default.

    >>> round(float(koschmieder(10_000.0, TWO_PER_CENT)) * 1000, 4)
    0.3912
    """
    return thickness / np.maximum(np.asarray(visibility, float), 1.0)


def haze_exponent(visibility: np.ndarray | float) -> np.ndarray:
    """Exponent q of extinction ~ wavelength^-q in haze and fog (Kruse 1962; below 6 km Kim, McArthur and Korevaar 2001).

    1.6 above 50 km, 1.3 above 6 km, 0.16 V + 0.34 above 1 km, V - 0.5 above 0.5 km, 0 in thicker fog (V in km).

    >>> haze_exponent(np.array([60e3, 20e3, 3e3, 800.0, 200.0])).round(2).tolist()
    [1.6, 1.3, 0.82, 0.3, 0.0]
    """
    v = np.asarray(visibility, float) / 1000.0
    return np.select(
        [v > 50, v > 6, v > 1, v > 0.5], [np.full_like(v, 1.6), np.full_like(v, 1.3), 0.16 * v + 0.34, v - 0.5], 0.0
    )


def aerosol_extinction(visibility: np.ndarray | float, wavelength_um: float) -> np.ndarray:
    """Extinction by haze and fog at a wavelength, 1/m: Koschmieder times (wavelength / 0.55 um)^-q.

    Beyond 2 um it is an extrapolation: right in fog (q = 0), small beside the gases in clear air.

    >>> round(float(aerosol_extinction(10_000.0, 0.55)) * 1000, 3)
    0.3
    """
    return koschmieder(visibility) * (wavelength_um / _GREEN_UM) ** -haze_exponent(visibility)


def rain_extinction(rain: np.ndarray | float) -> np.ndarray:
    """Extinction of light and heat by rain in mm/h, 1/m: 1.076 R^0.67 dB/km at every wavelength (Carbonneau and Wisely 1998).

    >>> round(float(rain_extinction(25.0) * 1000 * 10 / np.log(10)), 1)
    9.3
    """
    return 1.076 * np.maximum(np.asarray(rain, float), 0.0) ** 0.67 * np.log(10.0) / 10.0 / 1000.0


def vapour_density(temperature: np.ndarray | float, humidity: np.ndarray | float) -> np.ndarray:
    """Water vapour in g/m3 from degrees C and relative humidity (0-1); saturation by Magnus (Alduchov and Eskridge 1996).

    >>> round(float(vapour_density(20.0, 1.0)), 1)
    17.2
    """
    t = np.asarray(temperature, float)
    saturation = 610.94 * np.exp(17.625 * t / (t + 243.04))
    return 1000.0 * np.asarray(humidity, float) * saturation / (461.5 * (t + 273.15))


def vapour_extinction(clear: float, vapour: np.ndarray | float) -> np.ndarray:
    """Extinction of heat by clear air, 1/m, from that at 7.5 g/m3 (`clear`, 1/m) and the vapour in g/m3.

    One part in six does not depend on vapour, one half grows with it (lines) and one third with its square (the
    self-broadened continuum): the shares are assumed and give the usual 0.1 per km in dry to 0.5 per km in tropical air in
    the long-wave band.

    >>> round(float(vapour_extinction(0.12e-3, 7.5)) * 1000, 3)
    0.12
    """
    w = np.asarray(vapour, float) / 7.5
    return clear * (1.0 / 6.0 + w / 2.0 + w**2 / 3.0)


# ITU-R P.838-3 (2005), tables 1 to 4: a, b, c of each term, then m and c of the line
_K_H = ((-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400), (-0.23789, 0.86036, 0.15354), (-0.94158, 0.64552, 0.16817))
_K_V = ((-3.80595, 0.56934, 0.81061), (-3.44965, -0.22911, 0.51059), (-0.39902, 0.73042, 0.11899), (0.50167, 1.07319, 0.27195))
_ALPHA_H = (
    (-0.14318, 1.82442, -0.55187),
    (0.29591, 0.77564, 0.19822),
    (0.32177, 0.63773, 0.13164),
    (-5.37610, -0.96230, 1.47828),
    (16.1721, -3.29980, 3.43990),
)
_ALPHA_V = (
    (-0.07771, 2.33840, -0.76284),
    (0.56727, 0.95545, 0.54039),
    (-0.20238, 1.14520, 0.26809),
    (-48.2991, 0.791669, 0.116226),
    (48.5833, 0.791459, 0.116479),
)
_RAIN = {
    True: (_K_H, -0.18961, 0.71147, _ALPHA_H, 0.67849, -1.95537),
    False: (_K_V, -0.16398, 0.63297, _ALPHA_V, -0.053739, 0.83433),
}


def rain_coefficients(frequency_ghz: float, horizontal: bool = True) -> tuple[float, float]:
    """Return k and alpha of the rain attenuation k R^alpha in dB/km, 1 to 1000 GHz (ITU-R P.838-3, level path).

    >>> k, alpha = rain_coefficients(10.0)
    >>> round(k, 5), round(alpha, 4)
    (0.01217, 1.2571)
    """
    k_terms, k_slope, k_constant, a_terms, a_slope, a_constant = _RAIN[horizontal]
    decade = float(np.log10(frequency_ghz))
    k = 10.0 ** (_bells(k_terms, decade) + k_slope * decade + k_constant)
    return k, _bells(a_terms, decade) + a_slope * decade + a_constant


def _bells(terms: tuple[tuple[float, float, float], ...], decade: float) -> float:
    return float(sum(a * np.exp(-(((decade - b) / c) ** 2)) for a, b, c in terms))


def rain_attenuation(frequency_ghz: float, rain: np.ndarray | float, horizontal: bool = True) -> np.ndarray:
    """One-way attenuation by rain in mm/h, dB/km (ITU-R P.838-3).

    >>> round(float(rain_attenuation(10.0, 25.0)), 2)
    0.7
    """
    k, alpha = rain_coefficients(frequency_ghz, horizontal)
    return k * np.maximum(np.asarray(rain, float), 0.0) ** alpha


def rain_reflectivity(frequency_ghz: float, rain: float) -> float:
    """Radar cross-section of rain in m2 per m3 of air: pi^5 |K|^2 Z / wavelength^4, |K|^2 = 0.93, Z = 200 R^1.6 mm6/m3.

    Rayleigh scattering with the drops of Marshall and Palmer (1948); right up to about 20 GHz.

    >>> f"{rain_reflectivity(10.0, 4.0):.1e}"
    '6.5e-07'
    """
    wavelength = 0.299792458 / frequency_ghz
    return float(np.pi**5 * 0.93 * 200.0 * max(rain, 0.0) ** 1.6 * 1e-18 / wavelength**4)


def gas_attenuation(frequency_ghz: float, temperature: float = 15.0, vapour: float = 7.5) -> float:
    """One-way attenuation by oxygen and water vapour near the ground, dB/km, 1 to 50 GHz at 1013 hPa.

    Degrees C and g/m3. ITU-R P.676-3 (1997) annex 2 with its temperature rules (-1 % and -0.6 % a degree); within 8 % of
    the line-by-line sum of P.676-12 from 9 to 35 GHz, 14 % at 5.5.

    >>> round(gas_attenuation(9.4), 4)
    0.0127
    """
    f, w, warm = frequency_ghz, vapour, temperature - 15.0
    oxygen = (7.19e-3 + 6.09 / (f**2 + 0.227) + 4.81 / ((f - 57.0) ** 2 + 1.50)) * f**2 * 1e-3
    lines = 3.6 / ((f - 22.2) ** 2 + 8.5) + 10.6 / ((f - 183.3) ** 2 + 9.0) + 8.9 / ((f - 325.4) ** 2 + 26.3)
    water = (0.050 + 0.0021 * w + lines) * f**2 * w * 1e-4
    return float(oxygen * (1.0 - 0.01 * warm) + water * (1.0 - 0.006 * warm))
