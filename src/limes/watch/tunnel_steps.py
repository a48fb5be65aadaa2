"""What to do next about a place where a tunnel may be, what each step would tell, and what is left unseen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.watch.tunnel_belief import DEPTHS, PHASES, QUIET_NIGHT, REPORTS, SIZES, Belief, Evidence, likelihood, p_heard

UNIFORM = {0.8: (4.0, 5.0), 1.2: (6.0, 7.0), 1.5: (7.0, 9.0), 2.0: (9.0, 10.5)}
"""Depths, m, down to which 48 electrodes at 1 m find a void of a size in uniform ground: surely, and half the time."""

COSTS = {"survey": 3.0, "gravity": 4.0, "second fibre": 20.0, "borehole": 12.0, "patrol": 1.0}
"""Person-days of each step (assumed; within a factor of three)."""


@dataclass(frozen=True)
class Step:
    """One thing that can be done: bits it is expected to tell of whether a tunnel is there; P(tunnel) after each answer."""

    name: str
    bits: float
    p_yes: float
    if_yes: float
    if_no: float
    cost_days: float


def steps(belief: Belief, rough: bool = True) -> tuple[Step, ...]:
    """The steps by expected bits for each person-day; `rough` ground (most is) halves the depth a line reaches."""
    found = [_step(belief, name, *_yes(name, rough)) for name in COSTS]
    return tuple(sorted(found, key=lambda step: -step.bits / step.cost_days))


def _yes(name: str, rough: bool) -> tuple[np.ndarray, float]:
    """P(a step says yes | tunnel) (2, d, s), and P(it does | none)."""
    if name == "patrol":
        return np.full((2, len(DEPTHS), len(SIZES)), 1.0 - REPORTS["nothing"][0]), 1.0 - REPORTS["nothing"][1]
    if name == "second fibre":
        loud = _often(np.clip(p_heard(np.array(DEPTHS)) + QUIET_NIGHT, 0.0, 0.99))[:, None] * np.ones(len(SIZES))
        none = float(_often(np.array([QUIET_NIGHT]))[0])
        return np.array([loud, np.full(loud.shape, none)]), none
    figures = {
        "survey": {**_line(rough), "found": True},
        "gravity": {**_gravity(), "found": True},
        "borehole": {"holes": 8, "width_m": 10.0, "depth_m": 10.0, "hit": True},
    }[name]
    return likelihood(Evidence("borehole" if name == "borehole" else "survey", 0.0, "", figures))


def _often(p: np.ndarray) -> np.ndarray:
    """P(at least 4 of 14 nights) for nights of probability p each."""
    return np.asarray(1.0 - sum(math.comb(14, k) * p**k * (1.0 - p) ** (14 - k) for k in range(4)))


def _step(belief: Belief, name: str, tunnel: np.ndarray, none: float) -> Step:
    chance = float((belief.tunnel * tunnel).sum() + belief.none * none)
    after_yes, after_no = belief.given(tunnel, none), belief.given(1.0 - tunnel, 1.0 - none)
    bits = entropy(belief.p) - chance * entropy(after_yes.p) - (1.0 - chance) * entropy(after_no.p)
    return Step(name, max(bits, 0.0), chance, after_yes.p, after_no.p, COSTS[name])


def entropy(p: float) -> float:
    """Bits of doubt whether a thing of probability `p` is so.

    >>> entropy(0.5)
    1.0
    """
    return sum(-q * math.log2(q) for q in (p, 1.0 - p) if q > 0.0)


def _line(rough: bool) -> dict[str, Any]:
    """A resistivity line of 48 electrodes at 1 m."""
    reach = 0.5 if rough else 1.0

    def found(depth: float, size: float) -> float:
        sure, half = UNIFORM[size]
        return 0.95 if depth <= reach * sure else 0.5 if depth <= reach * half else 0.05

    return _table(found)


def _gravity() -> dict[str, Any]:
    """Stations at 1 m and 5 microgal: found where the void's strength is above 3 (line mass, 1900 kg/m3)."""

    def found(depth: float, size: float) -> float:
        strength = 4.0 * (size / 1.5) ** 2 * (5.0 / depth) ** 0.9
        return 0.5 * (1.0 + math.erf((strength - 3.0) / math.sqrt(2.0)))

    return _table(found)


def _table(found: Callable[[float, float], float]) -> dict[str, Any]:
    rows = [{"depth_m": d, "size_m": s, "p_found": found(d, s)} for d in DEPTHS for s in SIZES]
    return {"false_per_km": 1.0, "length_m": 47.0, "power": rows}


def residual(belief: Belief, evidence: Sequence[Evidence]) -> dict[str, Any]:
    """What could be there all the same: P(tunnel), split by phase, depth and size, and the sentence that says so."""
    by_phase = {phase: float(belief.tunnel[i].sum()) for i, phase in enumerate(PHASES)}
    depth, size = belief.tunnel.sum(axis=(0, 2)), belief.tunnel.sum(axis=(0, 1))
    parts = {
        "deeper_than_6_m": float(depth[np.array(DEPTHS) > 6.0].sum()),
        "under_1.2_m": float(size[np.array(SIZES) < 1.2].sum()),
    }
    return {"p": belief.p, "phase": by_phase, **parts, "sentence": _sentence(belief, parts, by_phase, evidence)}


def _sentence(belief: Belief, parts: dict[str, float], phase: dict[str, float], evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return "nothing has been looked at yet: this is the assumed chance before any evidence"
    shares = [
        f"{100.0 * parts['deeper_than_6_m'] / belief.p:.0f} % of it is deeper than 6 m",
        f"{100.0 * parts['under_1.2_m'] / belief.p:.0f} % under 1.2 m wide",
        f"{100.0 * phase['finished'] / belief.p:.0f} % finished and quiet",
    ]
    return f"nothing here shows that there is no tunnel: {100.0 * belief.p:.2g} % is left, and {', '.join(shares)}"


def seen(evidence: Sequence[Evidence], depth: float = 6.0, size: float = 1.5) -> float:
    """P(a finished tunnel of this depth and size would have been found) by the surveys and boreholes that found none."""
    i, j = int(np.abs(np.array(DEPTHS) - depth).argmin()), int(np.abs(np.array(SIZES) - size).argmin())
    missed = 1.0
    for one in evidence:
        if one.kind in ("survey", "borehole") and not one.figures.get("found", one.figures.get("hit")):
            p, none = likelihood(one)
            missed *= min(float(p[1, i, j]) / none, 1.0)
    return 1.0 - missed
