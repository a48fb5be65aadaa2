"""Portal alarms: `python benchmarks/portal.py [BACKGROUND.n42] [--hours H]`; stands alone, seeds of its own.

Made lanes (modelled drift: rain, heat, shielding vehicles) give false alarms an hour; sources of known strength, added
for three seconds in the middle of passages, give P(detect). With an N42 file its measured spectrum and rate take the
place of the made ground. Prints one JSON object per lane.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from limes.seeds import generator
from limes.signals.portal import PortalSettings, alarms, occupancies, read_samples
from limes.signals.portal.made import SOURCES, Lane, inject, made_lane
from limes.signals.portal.samples import Samples
from limes.signals.portal.statistics import spectrum_of

SHARES = (0.05, 0.10, 0.15)
SECONDS = 3.0


def middles(seen: Samples) -> np.ndarray:
    """Middles of the passages that a warm background precedes, s."""
    edge = np.diff(seen.occupied.astype(int), prepend=0, append=0)
    first, last = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    inside = seen.time[first] > 30.0
    return 0.5 * (seen.time[first] + seen.time[np.minimum(last, seen.time.size - 1)])[inside]


def found_share(seen: Samples, at: np.ndarray, settings: PortalSettings) -> tuple[int, int]:
    """Passages with something added that alarm, and how many there are."""
    hits = [one for one in occupancies(seen, settings) if one.vehicle and one.verdict == "alarm"]
    return sum(any(one.start <= middle <= one.end for one in hits) for middle in at), at.size


def run(name: str, lane: Lane, hours: int, measured: np.ndarray | None, settings: PortalSettings) -> dict[str, object]:
    """Figures of one lane."""
    false, kinds, began = 0, {"gross": 0, "shape": 0}, time.perf_counter()
    for hour in range(hours):
        found = occupancies(made_lane(lane, 9000 + hour, measured), settings)
        false += alarms(found)
        kinds["gross"] += sum(one.gross >= settings.k_gross for one in found)
        kinds["shape"] += sum(one.shape >= settings.k_shape for one in found)
    spent = time.perf_counter() - began
    detect: dict[str, dict[str, float]] = {}
    rng = generator(77, "portal", "sources")
    for source, lines in SOURCES.items():
        shares = spectrum_of(lines)
        detect[source] = {}
        for share in SHARES:
            hits = total = 0
            for hour in range(3):
                seen = made_lane(lane, 5000 + hour, measured)
                at = middles(seen)
                more = found_share(inject(seen, at, SECONDS, np.full(at.size, share * lane.rate), shares, rng), at, settings)
                hits, total = hits + more[0], total + more[1]
            detect[source][f"{share:.0%}"] = round(hits / max(total, 1), 3)
    low, high = 0.5 * chi2.ppf(0.025, 2 * false) if false else 0.0, 0.5 * chi2.ppf(0.975, 2 * false + 2)
    return {
        "lane": name, "hours": hours, "rate_per_s": lane.rate, "false_alarms_per_h": round(false / hours, 2),
        "by_kind_per_h": {key: round(value / hours, 2) for key, value in kinds.items()},
        "false_alarms_per_h_95": [round(float(low) / hours, 2), round(float(high) / hours, 2)],
        "p_detect_3s": detect, "seconds_per_hour_of_lane": round(spent / hours, 2),
    }  # fmt: skip


def main() -> None:
    """Run the made lane, and one with a measured background where a file is given."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("background", nargs="?", type=Path)
    arguments.add_argument("--hours", type=int, default=20)
    asked = arguments.parse_args()
    settings = PortalSettings()
    print(json.dumps(run("made", Lane(), asked.hours, None, settings)), flush=True)
    if asked.background is not None:
        seen, _ = read_samples([asked.background])
        counts, live = seen.counts.sum(axis=0), float(seen.live.sum())
        lane = Lane(rate=float(counts.sum()) / live)
        print(json.dumps(run(f"measured: {asked.background.name}", lane, asked.hours, counts, settings)), flush=True)


if __name__ == "__main__":
    main()
