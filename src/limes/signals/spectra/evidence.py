"""What the readings of one or several instruments say together: likelihood ratios, a prior, and advice by its cost.

Every hypothesis "the goods are material m" stands against "they are something that no library holds". One reading gives
it a likelihood ratio: that of a member of the library against a stranger, bounded by what the calibration can bear, times
the material's part among the members. Readings of different techniques multiply; those of one technique are averaged, for
they err alike; and all share one cause of error, the sample: with probability `SHARED_CAUSE` it is not what the goods are
but any material, so that however many readings agree, a bound remains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from limes.signals.spectra.calibrate import FEWEST, Calibration, probabilities
from limes.signals.spectra.regulated import RegulatedList, plain_name
from limes.signals.spectra.spectrum import Floats

SHARED_CAUSE = 0.01
"""Probability that a sample is not what the goods are: a residue, a wrong spot, a swapped vial."""

LEAST_SHARE = 0.05
"""Probability that the right material of a library is none of those that its reading puts first, spread over all."""

STEPS = ("release", "second method", "laboratory", "measure again")
"""What an officer can do next."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What one instrument says: log10 likelihood ratio of every material (m,) of its library against something else."""

    technique: str
    materials: tuple[str, ...]
    log10_ratio: Floats


@dataclass(frozen=True)
class Prior:
    """What is expected before any reading: probabilities that the goods are as declared, of concern, or in no library.

    `concern` is the share of loads with a substance of a list, from what a crossing sees; the rest is spread over the
    libraries' materials.
    """

    declared: float = 0.9
    concern: float = 1e-4
    unknown: float = 0.05


@dataclass(frozen=True)
class Costs:
    """What each outcome costs, in units of one test with a second instrument (about five minutes of two officers).

    Missing a substance of a list weighs so that the alarm of a device that is right nine times in ten and false once in a
    hundred, about 0.9 % sure where one load in 10 000 is of concern, is just worth a second test.
    """

    second_method: float = 1.0
    laboratory: float = 50.0
    missed_concern: float = 120.0
    missed_by_second: float = 0.1


@dataclass(frozen=True)
class Weighed:
    """One material with its probability before and after the readings, and the log10 likelihood ratio between them."""

    material: str
    before: float
    after: float
    log10_ratio: float
    concern: bool


@dataclass(frozen=True)
class Evidence:
    """What all readings say together.

    `table` holds the most probable materials, and after them those of concern whose probability rose; `unknown` the
    probability of something that no library holds, before and after. `consistent` is the probability of the declared
    goods after, nan where none are declared or no library holds them. `step` is one of `STEPS`, `reason` a sentence; `hazard`
    says "none", "possible" (ask for a second method) or "supported by two methods"; one reading never supports a hazard.
    """

    table: tuple[Weighed, ...]
    unknown: tuple[float, float]
    concern: tuple[float, float]
    consistent: float
    step: str
    reason: str
    hazard: str
    techniques: tuple[str, ...]


def reading(technique: str, materials: tuple[str, ...], ranked: Floats, far: float, calibration: Calibration) -> Reading:
    """The likelihood ratios of one reading from the ranked closeness of its materials (m,) and how far the best stands out.

    The ratio of material m is that of a member of the library against a stranger, at most the number of held-out strangers,
    times its probability among the members, times their number.
    """
    count = len(materials)
    share = (1.0 - LEAST_SHARE) * probabilities(ranked, calibration.sharpness) + LEAST_SHARE / count
    bound = float(np.log10(max(calibration.strangers.size, 1) + 1.0))
    member = float(np.clip(member_ratio(calibration, far), -bound, bound))
    return Reading(technique, materials, member + np.log10(share * count))


def member_ratio(calibration: Calibration, far: float) -> float:
    """Log10 likelihood ratio of "a material of the library" against "a stranger" for how far the best one stands out.

    Logistic regression of the held-out spectra, each side weighing the same. Too few members: the bound 1 / (-e p ln p)
    for a p-value p (Sellke, Bayarri and Berger 2001); too few strangers: 0.
    """
    if calibration.strangers.size < FEWEST:
        return 0.0
    if calibration.members.size < FEWEST:
        p = calibration.p_stranger(far)
        return float(-np.log10(-np.e * p * np.log(p))) if p < 1 / np.e else 0.0
    x = np.concatenate([calibration.members, calibration.strangers])
    member = np.arange(x.size) < calibration.members.size
    weight = np.where(member, 0.5 / member.mean(), 0.5 / (1.0 - member.mean()))
    centre, scale = float(x.mean()), float(x.std()) or 1.0
    z = (x - centre) / scale

    def cost(b: Floats) -> tuple[float, Floats]:
        line = b[0] + b[1] * z
        slope = weight * (expit(line) - member)
        loss = weight @ (np.logaddexp(0.0, line) - member * line)
        return float(loss + 0.1 * b[1] ** 2), np.array([slope.sum(), slope @ z + 0.2 * b[1]])

    fitted = minimize(cost, np.zeros(2), jac=True, method="L-BFGS-B").x
    return float((fitted[0] + fitted[1] * (far - centre) / scale) / np.log(10.0))


def weigh(
    readings: Sequence[Reading],
    lists: Sequence[RegulatedList] = (),
    declared: str = "",
    prior: Prior | None = None,
    costs: Costs | None = None,
) -> Evidence:
    """Combine the readings of one load with a prior, and say what to do next at the least expected cost.

    >>> one = Reading("raman", ("talc", "sucrose", "potassium nitrate"), np.array([2.0, -1.0, -2.0]))
    >>> found = weigh([one], declared="talc")
    >>> found.table[0].material, found.table[0].after > 0.99, found.step
    ('talc', True, 'release')
    """
    names = _names(readings)
    concern = np.array([any(one.find(name) for one in lists) for name in names], bool)
    expected = _prior(names, concern, declared, prior or Prior())
    ratio = combined(readings, names)
    log_after = np.log(np.maximum(expected, 1e-300)) + np.log(10.0) * np.append(ratio, 0.0)
    after = np.exp(log_after - logsumexp(log_after))
    mine = np.array([plain_name(name) == plain_name(declared) for name in names], bool)
    consistent = float(after[:-1][mine].sum()) if mine.any() and declared else float("nan")
    techniques = tuple(sorted({one.technique for one in readings}))
    before_c, after_c = float(expected[:-1][concern].sum()), float(after[:-1][concern].sum())
    step, reason, hazard = _advice(after_c, before_c, consistent, float(after[-1]), len(techniques), costs or Costs())
    table = _table(names, expected, after, ratio, concern)
    return Evidence(
        table, (float(expected[-1]), float(after[-1])), (before_c, after_c), consistent, step, reason, hazard, techniques
    )


def combined(readings: Sequence[Reading], names: Sequence[str]) -> Floats:
    """Log10 likelihood ratio of every name (m,) from all readings; a library without a name says nothing of it."""
    by_technique: dict[str, list[Floats]] = {}
    for one in readings:
        known = {plain_name(name): value for name, value in zip(one.materials, one.log10_ratio, strict=True)}
        values = np.array([known.get(plain_name(name), 0.0) for name in names])
        by_technique.setdefault(one.technique, []).append(values)
    total = np.zeros(len(names))
    for repeats in by_technique.values():
        total = total + np.mean(repeats, axis=0)
    likelihood = 10.0 ** np.append(total, 0.0)
    wrong_sample = likelihood[:-1].mean() if len(names) else 1.0
    shared = (1.0 - SHARED_CAUSE) * likelihood + SHARED_CAUSE * wrong_sample
    return np.asarray(np.log10(shared[:-1] / shared[-1]))


def _names(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Names of all libraries, spellings of one name once."""
    found: dict[str, str] = {}
    for one in readings:
        for name in one.materials:
            found.setdefault(plain_name(name), name)
    return tuple(found.values())


def _prior(names: Sequence[str], concern: np.ndarray, declared: str, prior: Prior) -> Floats:
    """Probability of every name and, last, of something else (m + 1,)."""
    mine = np.array([bool(declared) and plain_name(name) == plain_name(declared) for name in names], bool)
    expected = np.zeros(len(names) + 1)
    expected[-1] = prior.unknown
    worry = concern & ~mine
    expected[:-1][worry] = prior.concern / max(int(worry.sum()), 1)
    rest = ~worry & ~mine
    room = 1.0 - expected.sum()
    if mine.any():
        expected[:-1][mine] = prior.declared * room / mine.sum()
        room -= prior.declared * room
    expected[:-1][rest] = room / max(int(rest.sum()), 1)
    return expected / expected.sum()


def _advice(
    concern: float, before: float, consistent: float, unknown: float, techniques: int, costs: Costs
) -> tuple[str, str, str]:
    """Step, reason and hazard at the least expected cost; with one technique a hazard can only ask for another."""
    release, second = concern * costs.missed_concern, costs.second_method
    second += concern * costs.missed_by_second * costs.missed_concern
    raised = f"a substance of a list is {concern:.2%} probable, {before:.3%} before"
    if min(release, second, costs.laboratory) < release and concern > before:
        if techniques > 1 and concern >= 0.5:
            return "laboratory", f"{raised}, by two different methods", "supported by two methods"
        if techniques > 1 and costs.laboratory < second:
            return "laboratory", raised, "possible"
        return "second method", f"{raised}; one method is no finding", "possible"
    if unknown > 0.5:
        what = "no library holds it" if techniques > 1 else "this library does not hold it"
        return ("laboratory" if techniques > 1 else "second method"), f"{what}, most probably", "none"
    if consistent == consistent and consistent < 0.5:
        step = "laboratory" if techniques > 1 else "second method"
        return step, f"the declared goods are only {consistent:.1%} probable", "none"
    return "release", "nothing speaks for a substance of a list" + _as_declared(consistent), "none"


def _as_declared(consistent: float) -> str:
    return f", and the declared goods are {consistent:.1%} probable" if consistent == consistent else ""


def _table(
    names: Sequence[str], expected: Floats, after: Floats, ratio: Floats, concern: np.ndarray, most: int = 5
) -> tuple[Weighed, ...]:
    order = np.argsort(-after[:-1], kind="stable")
    raised = [k for k in order[most:] if concern[k] and after[k] > expected[k]]
    chosen = [*order[:most], *raised[:most]]
    return tuple(Weighed(names[k], float(expected[k]), float(after[k]), float(ratio[k]), bool(concern[k])) for k in chosen)
