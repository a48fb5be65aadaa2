"""Probability of detection from signal-to-noise ratio: steady and fluctuating targets in noise, one look.

`snr` is a power ratio, `pfa` the probability of false alarm per resolution cell.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfc


def swerling_1(snr: np.ndarray | float, pfa: float) -> np.ndarray:
    """Pd of a target whose echo fades exponentially from look to look: pfa^(1 / (1 + snr)) (Swerling 1954, case 1).

    >>> round(float(swerling_1(10 ** 2.11, 1e-6)), 2)
    0.9
    """
    return np.exp(np.log(pfa) / (1.0 + np.asarray(snr, float)))


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
    """SNR per pulse in dB that a steady target needs (Albersheim 1981; Tufts and Cann 1983).

    Linear detector, up to 8096 pulses: what a data sheet that states integrated pulses implies for one. For one pulse it is
    good to 0.1 dB from pd 0.5 to 0.9 and to 0.3 dB from 0.3 on; below that it asks too little.

    >>> round(float(albersheim_snr_db(0.9, 1e-6)), 2)
    13.11
    """
    a = np.log(0.62 / pfa)
    b = np.log(np.asarray(pd, float) / (1.0 - np.asarray(pd, float)))
    return -5.0 * np.log10(pulses) + (6.2 + 4.54 / np.sqrt(pulses + 0.44)) * np.log10(a + 0.12 * a * b + 1.7 * b)


def steady(snr: np.ndarray | float, pfa: float) -> np.ndarray:
    """Pd of a steady target in one look: erfc(sqrt(-ln pfa) - sqrt(snr + 1/2)) / 2 (North 1963).

    Within 0.005 of Marcum's Q for pfa from 1e-8 to 1e-4.

    >>> round(float(steady(10 ** 1.318, 1e-6)), 2)
    0.9
    """
    return 0.5 * erfc(np.sqrt(-np.log(pfa)) - np.sqrt(np.asarray(snr, float) + 0.5))


def pd_of_snr(snr: np.ndarray | float, pfa: float, swerling: int = 1) -> np.ndarray:
    """Pd of one look for a target that is steady (case 0) or fades as Swerling 1 or 3.

    >>> [round(float(pd_of_snr(20.0, 1e-6, case)), 2) for case in (0, 1, 3)]
    [0.87, 0.52, 0.61]
    """
    return {0: steady, 1: swerling_1, 3: swerling_3}[swerling](snr, pfa)
