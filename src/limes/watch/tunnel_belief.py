"""How likely a tunnel is at a place, from evidence over weeks, what is left unseen, and what each next step would tell.

The belief is over: no tunnel; or a tunnel of a depth and size that is being dug, or is finished and quiet. Evidence multiplies
it by how likely each of these would have made that evidence. No evidence counts more than a hundredfold, because the models of
evidence err too; only a borehole that breaks into a void settles the matter. The belief in a tunnel never becomes zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.errors import InputError

DEPTHS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
SIZES = (0.8, 1.2, 1.5, 2.0)
PHASES = ("being dug", "finished")

PRIOR = 0.02
"""P(a tunnel) at a place for which somebody opens a case, before any evidence (assumed; 0.002 to 0.2)."""

CAP = math.log(100.0)
"""Largest change of the log odds by one piece of evidence (assumed)."""

DUG_SHARE = 0.5
"""Share of tunnels that are still being dug when a case is opened (assumed; 0.2 to 0.8)."""

QUIET_NIGHT = 0.05
"""P(digging is reported on a night without any) on 50 m of a fibre (assumed where the evidence says none; 0.01 to 0.3)."""

REPORTS: Mapping[str, tuple[float, float]] = {
    "spoil": (0.15, 0.01),
    "subsidence": (0.10, 0.01),
    "sound": (0.20, 0.03),
    "tip": (0.30, 0.03),
    "building": (0.30, 0.10),
    "nothing": (0.60, 0.90),
}
"""Patrol reports: P(such a report | tunnel) and P(it | none) (assumed, each within a factor of three)."""

KINDS = ("fibre", "survey", "patrol", "surface", "borehole")

_BIRTHS = 0.3  # people a night that come up or go under at a finished tunnel (assumed; 0.05 to 2)


@dataclass(frozen=True)
class Evidence:
    """One finding: `kind` of `KINDS`, `time` UTC seconds, who found it, and its figures (see `check_evidence`)."""

    kind: str
    time: float
    by: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Belief:
    """P of each hypothesis: `none`, and `tunnel` (2, d, s) by phase, depth and size; they sum to 1."""

    none: float
    tunnel: np.ndarray

    @property
    def p(self) -> float:
        """P(a tunnel is there)."""
        return 1.0 - self.none

    def given(self, likelihood: np.ndarray, none: float) -> Belief:
        """The belief after evidence of these likelihoods (2, d, s) and, without a tunnel, `none`."""
        tunnel, empty = self.tunnel * likelihood, self.none * none
        return Belief(float(empty / (tunnel.sum() + empty)), tunnel / (tunnel.sum() + empty))


def start(prior: float = PRIOR) -> Belief:
    """The belief before any evidence: every depth and size alike.

    >>> round(start(0.02).p, 6)
    0.02
    """
    shape = np.ones((2, len(DEPTHS), len(SIZES))) / (len(DEPTHS) * len(SIZES))
    return Belief(1.0 - prior, prior * shape * np.array([DUG_SHARE, 1.0 - DUG_SHARE])[:, None, None])


def follow(evidence: Sequence[Evidence], prior: float = PRIOR) -> list[Belief]:
    """The belief at the start and after each piece of evidence, in the order of time."""
    beliefs = [start(prior)]
    for one in sorted(evidence, key=lambda found: found.time):
        beliefs.append(beliefs[-1].given(*likelihood(one)))
    return beliefs


def likelihood(one: Evidence) -> tuple[np.ndarray, float]:
    """P(this evidence | tunnel) (2, d, s), and P(it | none), capped against each other; InputError for wrong figures."""
    check_evidence(one.kind, one.figures)
    p, none = _MODELS[one.kind](one.figures)
    if one.kind == "borehole" and one.figures["hit"]:
        return p, none
    floor, ceiling = none * math.exp(-CAP), none * math.exp(CAP)
    return np.clip(np.broadcast_to(p, (2, len(DEPTHS), len(SIZES))), floor, ceiling), none


def check_evidence(kind: str, figures: Mapping[str, Any]) -> None:
    """Raise InputError unless a kind's figures are whole.

    fibre: `nights`, `heard`, perhaps `p_quiet`; survey: `found` and `power` rows of depth_m, size_m, p_found, `false_per_km`
    and `length_m`; patrol: `report`; surface: `nights`, `births`, `usual` a night; borehole: `holes`, `width_m`, `depth_m`,
    `hit`.
    """
    if kind not in KINDS:
        raise InputError("evidence", "kind", f"{kind!r} is unknown", f"use one of {', '.join(KINDS)}")
    for name, (low, high) in _FIGURES[kind].items():
        value = figures.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InputError(
                "evidence", name, f"{value!r} is not a number from {low:g} to {high:g}", f"{kind} evidence needs it"
            )
    if kind == "patrol" and figures.get("report") not in REPORTS:
        raise InputError("evidence", "report", f"{figures.get('report')!r} is unknown", f"use one of {', '.join(REPORTS)}")
    flag = {"survey": "found", "borehole": "hit"}.get(kind)
    if flag and not isinstance(figures.get(flag), bool):
        raise InputError("evidence", flag, "is not said", "say true or false")
    if kind == "fibre" and not 0.0 < _number(figures.get("p_quiet", QUIET_NIGHT)) < 0.9:
        raise InputError("evidence", "p_quiet", "is not between 0 and 0.9", "leave it out, or give a share of nights")
    if kind == "fibre" and figures["heard"] > figures["nights"]:
        raise InputError("evidence", "heard", "is more than the nights listened", "count nights, not events")
    if kind == "survey":
        _check_power(figures.get("power"))


def _number(value: Any) -> float:
    """The value where it is a number, else nan."""
    return math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _check_power(rows: Any) -> None:
    names = ("depth_m", "size_m", "p_found")
    whole = isinstance(rows, list) and 0 < len(rows) <= 500 and all(isinstance(row, Mapping) for row in rows)
    if not whole or not all(math.isfinite(_number(row.get(n))) and _number(row.get(n)) >= 0 for row in rows for n in names):
        raise InputError("evidence", "power", "is not the table of a survey", "take it from survey.json of limes survey")


_FIGURES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "fibre": {"nights": (1, 1000), "heard": (0, 1000)},
    "survey": {"false_per_km": (0, 1000), "length_m": (1, 10_000)},
    "patrol": {},
    "surface": {"nights": (1, 1000), "births": (0, 10_000), "usual": (0.001, 1000)},
    "borehole": {"holes": (1, 1000), "width_m": (0.5, 1000), "depth_m": (0.5, 50)},
}


def p_heard(depth: np.ndarray) -> np.ndarray:
    """P(a night of digging at `depth`, m, is reported by a fibre over it) (assumed: 0.8 to 4 m, falling e-fold in 6 m)."""
    return np.asarray(0.8 * np.exp(-np.maximum(depth - 4.0, 0.0) / 6.0))


def p_found(power: Sequence[Mapping[str, float]]) -> np.ndarray:
    """P(found) (d, s) by depth and size from the table of a survey: that of the nearest depth and size that it holds."""
    known = np.array([[row["depth_m"], row["size_m"], row["p_found"]] for row in power], float)
    known = np.maximum(known, [1e-3, 1e-3, 0.0])
    depth, size = np.meshgrid(DEPTHS, SIZES, indexing="ij")
    far = np.abs(np.log(depth[..., None] / known[:, 0])) + np.abs(np.log(size[..., None] / known[:, 1]))
    found = np.clip(known[:, 2], 0.0, 1.0)[far.argmin(axis=-1)]
    return np.where(depth > known[:, 0].max(), 0.0, found)


def _fibre(figures: Mapping[str, Any]) -> tuple[np.ndarray, float]:
    """Binomial: nights with digging reported among nights listened; a finished tunnel is as quiet as none."""
    n, k, quiet = figures["nights"], figures["heard"], float(figures.get("p_quiet", QUIET_NIGHT))
    loud = np.clip(p_heard(np.array(DEPTHS)) + quiet, 1e-6, 0.99)[:, None] * np.ones(len(SIZES))
    none = quiet**k * (1.0 - quiet) ** (n - k)
    dug = np.exp(k * np.log(loud) + (n - k) * np.log1p(-loud))
    return np.array([dug, np.full(dug.shape, none)]) / none, 1.0


def _survey(figures: Mapping[str, Any]) -> tuple[np.ndarray, float]:
    """Found or not at the survey's threshold; by chance as often as its false candidates per km say."""
    chance = min(max(1.0 - math.exp(-figures["false_per_km"] * figures["length_m"] / 1000.0), 1e-4), 0.999)
    found = p_found(figures["power"])
    either = 1.0 - (1.0 - found) * (1.0 - chance)
    p, none = (either, chance) if figures["found"] else (1.0 - either, 1.0 - chance)
    return np.array([p, p]), none


def _patrol(figures: Mapping[str, Any]) -> tuple[np.ndarray, float]:
    p, none = REPORTS[figures["report"]]
    return np.full((2, len(DEPTHS), len(SIZES)), p), none


def _surface(figures: Mapping[str, Any]) -> tuple[np.ndarray, float]:
    """Poisson: tracks that begin or end at the place, against the usual number a night; a tunnel being dug makes none."""
    n, k, usual = figures["nights"], figures["births"], float(figures["usual"])
    ratio = math.exp(min(k * math.log((usual + _BIRTHS) / usual) - n * _BIRTHS, 50.0))
    shape = np.ones((len(DEPTHS), len(SIZES)))
    return np.array([shape, ratio * shape]), 1.0


def _borehole(figures: Mapping[str, Any]) -> tuple[np.ndarray, float]:
    """Holes spread over the width where the tunnel may be hit it by its own width, if they reach its roof."""
    across = np.minimum(figures["holes"] * np.array(SIZES) / figures["width_m"], 0.98)
    deep = (np.array(DEPTHS)[:, None] - np.array(SIZES)[None, :] / 2.0) < figures["depth_m"]
    p = np.where(deep, across[None, :], 0.0)
    hit = bool(figures["hit"])
    return np.array([p, p]) if hit else 1.0 - np.array([p, p]), 1e-6 if hit else 1.0


_MODELS = {"fibre": _fibre, "survey": _survey, "patrol": _patrol, "surface": _surface, "borehole": _borehole}
