"""Two instruments on one material, and what single ones raise over harmless and unknown goods, specimens held out."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from limes.seeds import generator
from limes.signals.spectra import Calibration, Library, Prior, Reading, Row, Spectrum, build, eu_precursors, gate, weigh
from limes.signals.spectra.calibrate import Held, calibrate, crowd_of, held_out, nearness, stands_out
from limes.signals.spectra.evidence import reading
from limes.signals.spectra.regulated import plain_name
from limes.signals.spectra.search import closeness
from limes.signals.spectra.views import on_grid, views

Entry = tuple[Row, Spectrum]


class Bench:
    """A library with its calibration, and the readings of queries with their specimen, or also their material, hidden."""

    def __init__(self, entries: list[Entry], own: bool) -> None:
        """Build and calibrate once."""
        self.library: Library = build(entries[0][1].technique, entries)
        self.calibration: Calibration = calibrate(self.library, len(entries))
        self.held: Held = held_out(self.library, len(entries))
        self.nearest = nearness(self.held)
        self.own = own
        self.names = np.array([row.material for row in self.library.rows])

    def reading(self, entry: Entry, stranger: bool) -> Reading | None:
        """The reading of a query; None where the gate refuses it or nothing of its material is left."""
        row, spectrum = entry
        if not gate(spectrum).good:
            return None
        same = (self.held.specimens == row.specimen) if self.own else np.zeros(self.names.size, bool)
        mine = self.names == row.material
        if not stranger and not (mine & ~same).any():
            return None
        hidden = same | mine if stranger else same
        values, first, end = on_grid(spectrum)
        kind = self.library.technique
        found = closeness(self.library, views(values, first, end, kind), first, end)
        crowd = crowd_of(self.held, self.nearest, hidden)
        _, far, ranked = stands_out(self.library, found, hidden, crowd)
        return reading(kind, self.library.materials, ranked, far, self.calibration)


def figures(pure: dict[str, list[Entry]], asked: dict[str, list[Entry]], own: bool) -> list[dict[str, object]]:
    """Lines of every pair of techniques with common materials, and of every technique alone."""
    benches = {kind: Bench(entries, own) for kind, entries in pure.items()}
    lines = [alarms(benches[kind], asked.get(kind, [])) for kind in benches]
    for one, two in combinations(sorted(benches), 2):
        line = together(benches[one], benches[two], asked.get(one, []), asked.get(two, []))
        lines += [line] if line else []
    return lines


def alarms(bench: Bench, queries: list[Entry]) -> dict[str, object]:
    """What single readings raise over goods that are on no list: with their material in the library, and without it."""
    listed = eu_precursors()
    steps: list[tuple[str, str]] = []
    for entry in queries:
        if listed.find(entry[0].material):
            continue
        for stranger in (False, True):
            one = bench.reading(entry, stranger)
            if one is not None:
                found = weigh([one], [listed])
                steps.append((found.step, found.hazard))
    return {
        "technique": bench.library.technique,
        "listed_in_library": sum(1 for name in bench.library.materials if listed.find(name)),
        "benign_or_unknown": len(steps),
        "hazard_supported": sum(hazard.startswith("supported") for _, hazard in steps),
        "hazard_asks_for_second_method": round(float(np.mean([hazard == "possible" for _, hazard in steps])), 4),
    }


def together(one: Bench, two: Bench, first: list[Entry], second: list[Entry]) -> dict[str, object] | None:
    """Top-1 of each technique and of both, and how well the probabilities are kept, over pairs of specimens."""
    rng, cases = generator(8, "fusion"), []
    for entry in first:
        mates = [other for other in second if plain_name(other[0].material) == plain_name(entry[0].material)]
        for k in rng.permutation(len(mates))[:3]:
            a, b = one.reading(entry, False), two.reading(mates[k], False)
            if a is not None and b is not None:
                cases.append(
                    (plain_name(entry[0].material), [weigh(which, prior=Prior(concern=0.0)) for which in ([a], [b], [a, b])])
                )
    if len(cases) < 10:
        return None
    right = np.array([[plain_name(found.table[0].material) == name for found in each] for name, each in cases])
    sure = np.array([[found.table[0].after for found in each] for _, each in cases])
    return {
        "techniques": [one.library.technique, two.library.technique],
        "pairs": len(cases),
        "materials": len({name for name, _ in cases}),
        "top1": dict(zip(("first", "second", "both"), right.mean(axis=0).round(3).tolist(), strict=True)),
        "calibration_error": dict(
            zip(("first", "second", "both"), [round(ece(sure[:, k], right[:, k]), 3) for k in range(3)], strict=True)
        ),
    }


def ece(sure: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: the gap between certainty and success, over bins of equal width, weighted by their size."""
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(sum(abs(sure[place == k].sum() - right[place == k].sum()) for k in range(bins)) / sure.size)
