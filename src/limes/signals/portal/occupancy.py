"""One verdict for each vehicle that stood in the portal, with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from limes.signals.n42 import Floats
from limes.signals.portal.samples import EDGES, Bools, Samples
from limes.signals.portal.scan import PortalSettings, Scan, scan

VERDICTS = ("alarm", "no alarm", "cannot say")
"""What a portal can say of a passage."""

SECONDARY = (
    "Radiation is no evidence of explosive material: this is a secondary channel. One device's alarm is no finding; the next "
    "step is a second, different method."
)
"""What stands under every verdict of a portal."""

_POTASSIUM = (1380.0, 1540.0)
_APART = 5.0
_SHIELDED = 0.85


@dataclass(frozen=True)
class Occupancy:
    """One passage: seconds of its start and end, the verdict, its reason, and the figures behind it.

    `gross`, `shape` greatest standard deviations (nan: not judged); `at`, `span` when and for how long the greater stood out;
    `low`, `high` keV of its pattern; `shielded` greatest share of the background that was missing; `potassium`: an excess
    lies where natural potassium does; `vehicle` False: nothing stood in the portal.
    """

    start: float
    end: float
    verdict: str
    reason: str
    gross: float
    shape: float
    at: float
    span: float
    low: float
    high: float
    shielded: float
    potassium: bool
    vehicle: bool = True


def occupancies(
    seen: Samples, settings: PortalSettings | None = None, start: tuple[Floats, float] | None = None
) -> tuple[Occupancy, ...]:
    """Judge every passage of a series, and whatever stands out while the portal is empty; `start` as `scan` takes it."""
    s = settings or PortalSettings()
    found = scan(seen, s, start)
    told = seen.told and not seen.occupied.all()
    known = told or start is not None
    s = s if known else replace(s, k_gross=s.k_gross + s.unsaid, k_shape=s.k_shape + s.unsaid)
    strict = replace(s, k_gross=s.k_gross + s.empty, k_shape=s.k_shape + s.empty)
    passages = [_passage(seen, found, run, s, told) for run in _runs(seen, seen.occupied & ~seen.background)]
    left = np.maximum.accumulate(np.where(seen.occupied, seen.time + seen.live, -np.inf))
    alone = told & ~seen.occupied & (seen.time - left >= max(s.spans))  # no span reaches back into a passage
    out = alone & ((found.gross >= strict.k_gross) | (found.shape >= strict.k_shape))
    passages += [_passage(seen, found, run, strict, told, False) for run in _runs(seen, out)]
    return tuple(sorted(passages, key=lambda one: one.start))


def alarms(found: tuple[Occupancy, ...]) -> int:
    """How many of the passages and empty stretches alarm."""
    return sum(one.verdict == "alarm" for one in found)


def _runs(seen: Samples, chosen: Bools) -> list[np.ndarray]:
    """Stretches of chosen samples (indices), cut where more than five seconds lie between two."""
    at = np.flatnonzero(chosen)
    if not at.size:
        return []
    cuts = np.flatnonzero(seen.time[at[1:]] - seen.time[at[:-1]] - seen.live[at[:-1]] > _APART) + 1
    return np.split(at, cuts)


def _passage(seen: Samples, found: Scan, run: np.ndarray, s: PortalSettings, told: bool, vehicle: bool = True) -> Occupancy:
    many, other = (_greatest(values[run]) for values in (found.gross, found.shape))
    by_shape = np.nan_to_num(other, nan=-99.0) - s.k_shape >= np.nan_to_num(many, nan=-99.0) - s.k_gross
    values = found.shape[run] if by_shape else found.gross[run]
    k = int(run[np.nanargmax(values)]) if np.isfinite(values).any() else int(run[0])
    least = _greatest(1.0 - found.ratio[run])
    potassium = _potassium(seen, found, run) >= s.gate
    verdict = "cannot say" if np.isnan(many) else "alarm" if many >= s.k_gross or other >= s.k_shape else "no alarm"
    reason = _reason(verdict, many, other, (found.low[k], found.high[k]), s)
    if potassium and verdict == "alarm":
        reason += "; part of the excess lies at 1.46 MeV, where natural potassium does: fertiliser, ceramics, some foods"
    if told and np.isfinite(least) and least >= 1.0 - _SHIELDED:
        reason += f"; up to {least:.0%} of the background was missing: heavy load or shielding"
    start, end = float(seen.time[run[0]]), float(seen.time[run[-1]] + seen.live[run[-1]])
    return Occupancy(
        start, end, verdict, reason, many, other, float(seen.time[k]), float(found.span[k]), float(found.low[k]),
        float(found.high[k]), max(least, 0.0) if np.isfinite(least) else 0.0, bool(potassium), vehicle,
    )  # fmt: skip


def _reason(verdict: str, many: float, other: float, energies: tuple[float, float], s: PortalSettings) -> str:
    if verdict == "cannot say":
        return f"fewer than {s.warm:g} s of background before it; give a background file or a longer recording"
    parts = []
    if other >= s.k_shape:
        low, high = energies
        parts.append(
            f"counts of another pattern than the background, {other:.1f} standard deviations at {low:.0f} to {high:.0f} keV "
            f"(alarm from {s.k_shape:g})"
        )
    if many >= s.k_gross:
        kind = "" if parts else " with the background's own pattern, as of natural activity"
        parts.append(f"total count {many:.1f} standard deviations above the background{kind} (alarm from {s.k_gross:g})")
    if parts:
        return "; ".join(parts)
    unlike = f"pattern {other:.1f} of {s.k_shape:g}" if np.isfinite(other) else "pattern not judged (too few counts)"
    return f"total {many:.1f} of {s.k_gross:g}, {unlike} standard deviations"


def _potassium(seen: Samples, found: Scan, run: np.ndarray) -> float:
    """Excess at 1.46 MeV over what the background's own share of that band allows, in standard deviations."""
    band = (EDGES[1:] > _POTASSIUM[0]) & (EDGES[:-1] < _POTASSIUM[1])
    empty = np.setdiff1d(np.arange(len(seen.time)), run)
    if empty.size == 0:
        return 0.0
    inside = float(seen.counts[run][:, band].sum())
    rate = float(seen.counts[empty][:, band].sum()) / float(seen.live[empty].sum())
    expected = rate * float(seen.live[run].sum())
    return (inside - expected) / max(np.sqrt(expected), 1.0)


def _greatest(values: Floats) -> float:
    return float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")
