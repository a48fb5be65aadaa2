"""Probability of detection from signal-to-noise ratio: steady and fluctuating targets in noise, one look.

`snr` is a power ratio, `pfa` the probability of false alarm per resolution cell.
"""

from __future__ import annotations

import numpy as np


def swerling_1(snr: np.ndarray | float, pfa: float) -> np.ndarray:
    """Pd of a target whose echo fades exponentially from look to look: pfa^(1 / (1 + snr)) (Swerling 1954, case 1).

    >>> round(float(swerling_1(10 ** 2.11, 1e-6)), 2)
    0.9
    """
    return pfa ** (1.0 / (1.0 + np.asarray(snr, float)))


def swerling_1_snr(pd: float, pfa: float) -> float:
    """Mean SNR (power ratio) that gives Pd under Swerling 1: ln(pfa) / ln(pd) - 1.

    >>> round(float(10 * np.log10(swerling_1_snr(0.9, 1e-6))), 1)
    21.1
    """
    return float(np.log(pfa) / np.log(pd) - 1.0)


def swerling_3(snr: np.ndarray | float, pfa: float) -> np.ndarray:
    """Pd of a target with one strong reflector among weak ones, one look (Swerling 1954, case 3).

    (1 + 2 T s / (2 + s)^2) exp(-2 T / (2 + s)) with T = -ln pfa.

    >>> round(float(swerling_3(10 ** 1.72, 1e-6)), 2)
    0.9
    """
    s, threshold = np.asarray(snr, float), -np.log(pfa)
    return (1.0 + 2.0 * threshold * s / (2.0 + s) ** 2) * np.exp(-2.0 * threshold / (2.0 + s))


def albersheim_snr_db(pd: np.ndarray | float, pfa: float, pulses: int = 1) -> np.ndarray:
    """SNR per pulse in dB that a steady target needs (Albersheim 1981; Tufts and Cann 1983), linear detector.

    Good to 0.2 dB for 1e-7 <= pfa <= 1e-3, 0.1 <= pd <= 0.9, up to 8096 pulses.

    >>> round(float(albersheim_snr_db(0.9, 1e-6)), 2)
    13.11
    """
    a = np.log(0.62 / pfa)
    b = np.log(np.asarray(pd, float) / (1.0 - np.asarray(pd, float)))
    return -5.0 * np.log10(pulses) + _albersheim_slope(pulses) * np.log10(a + 0.12 * a * b + 1.7 * b)


def albersheim(snr: np.ndarray | float, pfa: float, pulses: int = 1) -> np.ndarray:
    """Pd of a steady target from its SNR per pulse: `albersheim_snr_db` solved for pd.

    >>> round(float(albersheim(10 ** 1.311, 1e-6)), 2)
    0.9
    """
    a = np.log(0.62 / pfa)
    decibels = 10.0 * np.log10(np.maximum(np.asarray(snr, float), 1e-30)) + 5.0 * np.log10(pulses)
    z = 10.0 ** (decibels / _albersheim_slope(pulses))
    return 1.0 / (1.0 + np.exp(-np.clip((z - a) / (1.7 + 0.12 * a), -700.0, 700.0)))


def _albersheim_slope(pulses: int) -> float:
    return 6.2 + 4.54 / float(np.sqrt(pulses + 0.44))


def pd_of_snr(snr: np.ndarray | float, pfa: float, swerling: int = 1) -> np.ndarray:
    """Pd of one look for a steady target (0) or one that fades as Swerling 1 or 3.

    >>> [round(float(pd_of_snr(20.0, 1e-6, case)), 2) for case in (0, 1, 3)]
    [0.89, 0.52, 0.61]
    """
    return {0: albersheim, 1: swerling_1, 3: swerling_3}[swerling](snr, pfa)
