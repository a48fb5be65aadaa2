"""Measures of a closed border from counts: the effectiveness rate, repeated trials and capture-recapture.

The effectiveness rate divides by what was seen. What nobody saw is not in it, so it rises when sensing falls. Limes shows it
only beside the share of all crossings.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from limes.errors import UsageError

RATE_CAVEAT = "counts only crossings that somebody saw; it rises when sensing falls"
"""Why the effectiveness rate never stands alone."""


def effectiveness_rate(apprehensions: float, turn_backs: float, got_aways: float) -> float:
    """(Apprehensions + turn-backs) / (those + known got-aways), as US Customs and Border Protection defines it.

    >>> round(effectiveness_rate(408_870, 100_000, 106_000), 4)
    0.8276
    """
    answered = apprehensions + turn_backs
    return answered / (answered + got_aways)


def true_interdiction(rate: float, undetected: float) -> float:
    """Interdicted share of all crossings when a share `undetected` of all was never seen.

    >>> round(true_interdiction(0.8, 0.3), 2)
    0.56
    """
    return rate * (1.0 - undetected)


@dataclass(frozen=True)
class RateBeside:
    """The effectiveness rate as it must be shown: beside P(interdict) over all crossings, with the reason they differ."""

    p_interdict: float
    rate: float
    why: str


def rate_beside(p_interdict: float, p_detect: float) -> RateBeside:
    """The rate that counting would show for a closure: interdicted over detected crossings.

    >>> rate_beside(0.4, 0.5).rate
    0.8
    """
    rate = p_interdict / p_detect if p_detect > 0.0 else float("nan")
    return RateBeside(p_interdict, rate, RATE_CAVEAT)


def repeated_trials(reapprehension_share: float, deterrence: float = 0.0) -> tuple[float, float]:
    """P(apprehension) of one try, and apprehensions per person, from the share of apprehensions that are followed by another.

    share = p (1 - d) for a share d that gives up after being caught (Espenshade 1990); per person p / (1 - p (1 - d)).

    >>> p, each = repeated_trials(0.27, 0.1)
    >>> round(p, 4), round(each, 4)
    (0.3, 0.411)
    """
    p = reapprehension_share / (1.0 - deterrence)
    return p, p / (1.0 - reapprehension_share)


@dataclass(frozen=True)
class Recapture:
    """All crossings estimated from what two independent sensors saw: Lincoln-Petersen, Chapman with its sd, each one's P."""

    lincoln_petersen: float
    chapman: float
    chapman_sd: float
    p_detect_a: float
    p_detect_b: float


def two_sensor_recapture(seen_by_a: int, seen_by_b: int, seen_by_both: int) -> Recapture:
    """Estimate all crossings from two independent sensors (Petersen 1896, Lincoln 1930, Chapman 1951; sd Seber 1970).

    Sensors that miss the same crossings (one fog, one blind valley) make it too low: it is a floor unless they are
    independent. Raises UsageError when nothing was seen by both.

    >>> found = two_sensor_recapture(120, 80, 16)
    >>> found.lincoln_petersen, round(found.chapman, 3), round(found.chapman_sd, 3)
    (600.0, 575.529, 111.984)
    """
    a, b, m = seen_by_a, seen_by_b, seen_by_both
    if m <= 0:
        raise UsageError("nothing was seen by both sensors; wait for more crossings")
    chapman = (a + 1) * (b + 1) / (m + 1) - 1
    variance = (a + 1) * (b + 1) * (a - m) * (b - m) / ((m + 1) ** 2 * (m + 2))
    return Recapture(a * b / m, chapman, sqrt(variance), m / b, m / a)
