"""Where the sun stands and how light it is: decides what a camera can use."""

from __future__ import annotations

import numpy as np

_J2000 = 946_728_000.0  # 2000-01-01 12:00 UTC
_CENTURY = 36525.0 * 86400.0
MOONLESS_LUX = 0.002
"""Illuminance of a clear moonless night: airglow and stars (RCA Electro-Optics Handbook, 1974)."""

# log10 lux = a + b x + c x^2 + d x^3 with x = elevation / 90 degrees, from the lower edge of each range on
_LIGHT_EDGES = np.array([-18.0, -12.0, -5.0, -0.8, 5.0, 20.0])
_LIGHT = np.array(
    [
        [13.84, 262.72, 1447.42, 2797.93],
        [2.70, 12.17, -431.69, -1899.83],
        [2.88, 21.81, -258.11, -858.36],
        [2.88, 22.26, -207.64, 1034.30],
        [3.05, 13.28, -45.98, 64.33],
        [3.74, 3.97, -4.07, 1.47],
    ]
)


def sun_position(lon: np.ndarray | float, lat: np.ndarray | float, time: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Geometric elevation of the sun's centre and its true bearing, radians; refraction is left out.

    `lon`, `lat` in degrees, `time` in UTC epoch seconds; all broadcast. Good to 0.02 degrees from 1970 to 2050. The
    equations are those of the NOAA solar calculator (after Meeus, Astronomical Algorithms, 1991).

    >>> elevation, bearing = sun_position(37.5, 36.7, 1768898400.0)
    >>> round(float(np.degrees(elevation)), 1), round(float(np.degrees(bearing)))
    (31.4, 163)
    """
    time = np.asarray(time, float)
    t = (time - _J2000) / _CENTURY
    declination, equation_of_time = _declination(t)
    minutes = (time % 86400.0) / 60.0 + equation_of_time + 4.0 * np.asarray(lon, float)
    hour_angle = np.radians(minutes / 4.0 - 180.0)
    phi = np.radians(np.asarray(lat, float))
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.cos(phi) * np.sin(declination) - np.sin(phi) * np.cos(declination) * np.cos(hour_angle)
    return np.arcsin(np.clip(sine, -1.0, 1.0)), np.arctan2(east, north) % (2 * np.pi)


def _declination(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Declination (radians) and equation of time (minutes) at Julian centuries since J2000."""
    mean = np.radians(280.46646 + t * (36000.76983 + 0.0003032 * t))
    anomaly = np.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre = np.radians(
        (1.914602 - t * (0.004817 + 0.000014 * t)) * np.sin(anomaly)
        + (0.019993 - 0.000101 * t) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * t)
    longitude = mean + centre - np.radians(0.00569 + 0.00478 * np.sin(node))
    obliquity = np.radians(23.0 + (26.0 + (21.448 - t * (46.815 + t * (0.00059 - 0.001813 * t))) / 60.0) / 60.0)
    obliquity = obliquity + np.radians(0.00256) * np.cos(node)
    y = np.tan(obliquity / 2) ** 2
    equation = (
        y * np.sin(2 * mean)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * mean)
        - 0.5 * y**2 * np.sin(4 * mean)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    return np.arcsin(np.sin(obliquity) * np.sin(longitude)), 4.0 * np.degrees(equation)


def sun_elevation(lon: np.ndarray | float, lat: np.ndarray | float, time: np.ndarray | float) -> np.ndarray:
    """Geometric elevation of the sun's centre, radians (see `sun_position`).

    >>> bool(sun_elevation(37.5, 36.7, 1768941600.0) < 0)
    True
    """
    return sun_position(lon, lat, time)[0]


def illuminance(elevation: np.ndarray | float, cloud: np.ndarray | float = 0.0) -> np.ndarray:
    """Light on level ground in lux from the sun's elevation (radians) and cloud (0-1), without a moon.

    Clear sky: Janiczek and DeYoung (USNO Circular 171, 1987), never below `MOONLESS_LUX`. Cloud takes 1 - 0.75 cloud^3.4
    (Kasten and Czeplak 1980).

    >>> round(float(illuminance(np.radians(-6.0))), 1)
    3.4
    """
    degrees = np.clip(np.degrees(np.asarray(elevation, float)), -18.0, 90.0)
    piece = np.clip(np.searchsorted(_LIGHT_EDGES, degrees, side="right") - 1, 0, len(_LIGHT) - 1)
    a, b, c, d = np.moveaxis(_LIGHT[piece], -1, 0)
    x = degrees / 90.0
    clear = np.maximum(10.0 ** (a + x * (b + x * (c + x * d))), MOONLESS_LUX)
    return clear * sunlight_share(cloud)


def sunlight_share(cloud: np.ndarray | float) -> np.ndarray:
    """Share of sunlight that cloud (0-1) lets through: 1 - 0.75 cloud^3.4 (Kasten and Czeplak 1980).

    >>> float(sunlight_share(1.0))
    0.25
    """
    return 1.0 - 0.75 * np.clip(np.asarray(cloud, float), 0.0, 1.0) ** 3.4
