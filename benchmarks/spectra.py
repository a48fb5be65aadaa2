"""Identification on specimens that the library has not seen: `python benchmarks/spectra.py LIBRARY_FOLDER [QUERY_FOLDER]`.

Folders hold .npz and .csv pairs (arrays x, y, offsets; columns technique, material, specimen, and role where there are
mixtures). Without a query folder every spectrum of the library is a query against the library without its own specimen
(known) and without its own material (stranger). With one, the queries are the spectra of that folder: strangers are those
whose material the library has not, and the others with their material hidden. Prints one JSON object per line.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import spectra_fusion
import spectra_mixtures
from limes.errors import InputError
from limes.seeds import generator
from limes.signals.spectra import Library, Row, Spectrum, build, eu_precursors, gate, identify
from limes.signals.spectra.calibrate import (
    Calibration,
    crowd_of,
    fit_sharpness,
    held_out,
    nearness,
    probabilities,
    stands_out,
)
from limes.signals.spectra.explain import explain
from limes.signals.spectra.library import assemble, read_pair
from limes.signals.spectra.search import closeness
from limes.signals.spectra.views import GRIDS, VIEWS, on_grid, views


@dataclass(frozen=True)
class Result:
    """What one query came to: the right material, the best one, how far it stood out, and the ranks of all materials."""

    right: str
    best: str
    far: float
    ranked: np.ndarray
    good: bool


def load(folder: Path) -> tuple[dict[str, list], list]:
    """Entries by technique and the mixtures of a folder; tables without a technique are left out."""
    pure: dict[str, list] = {}
    mixtures: list = []
    for path in sorted(folder.glob("*.npz")):
        try:
            entries = read_pair(path)
        except InputError as fault:
            print(f"left out: {fault}", file=sys.stderr)
            continue
        if "mixture" in path.stem:
            mixtures += entries
        else:
            for row, spectrum in entries:
                pure.setdefault(spectrum.technique, []).append((row, spectrum))
    return pure, mixtures


def results(library: Library, queries: list[tuple[Row, Spectrum]], own: bool) -> tuple[list[Result], list[Result], list[float]]:
    """Known and stranger results of every query, and the milliseconds of the searches."""
    held = held_out(library, len(library.rows))
    nearest, everyone = nearness(held), crowd_of(held, nearness(held))
    names = np.array([row.material for row in library.rows])
    known, strangers, times = [], [], []
    for row, spectrum in queries:
        values, first, end = on_grid(spectrum)
        query = views(values, first, end, library.technique)
        if not query.any():
            continue
        start = time.perf_counter()
        found = closeness(library, query, first, end)
        times.append(1e3 * (time.perf_counter() - start))
        same = (held.specimens == row.specimen) if own and row.specimen else np.zeros(names.size, bool)
        good, mine = gate(spectrum).good, names == row.material
        for hidden, into in ((same | mine, strangers), (same, known)):
            if into is strangers or (mine & ~same).any():
                crowd = crowd_of(held, nearest, hidden) if hidden.any() else everyone
                best, far, ranked = stands_out(library, found, hidden, crowd)
                into.append(Result(row.material, library.materials[best], far, ranked, good))
    return known, strangers, times


def run(library: Library, queries: list[tuple[Row, Spectrum]], own: bool) -> dict[str, object]:
    """Figures of one technique."""
    known, strangers, times = results(library, queries, own)
    if len(known) < 2 or len(strangers) < 2:
        return {"technique": library.technique, "spectra": len(library.rows), "known": len(known), "strangers": len(strangers)}
    right = np.array([one.right == one.best for one in known])
    far = np.array([one.far for one in known])
    place = {name: k for k, name in enumerate(library.materials)}
    rank = np.array([int((one.ranked > one.ranked[place[one.right]]).sum()) for one in known])
    passed = np.array([one.good for one in known])
    other = np.array([one.far for one in strangers if one.good])
    limit = float(np.quantile(other, 0.95))
    error = 1.96 * float(np.sqrt(right.mean() * (1 - right.mean()) / right.size))
    return {
        "technique": library.technique,
        "spectra": len(library.rows),
        "materials": len(library.materials),
        "views": len(VIEWS[library.technique]),
        "known": len(known),
        "refused_by_the_gate": int((~passed).sum()),
        "top1": round(float(right.mean()), 3),
        "top1_95": [round(float(right.mean()) - error, 3), round(float(right.mean()) + error, 3)],
        "top1_of_those_searched": round(float(right[passed].mean()), 3),
        "top3": round(float((rank < 3).mean()), 3),
        "top5": round(float((rank < 5).mean()), 3),
        "strangers": len(other),
        "auroc_named_right_vs_stranger": round(float((far[right & passed][:, None] > other).mean()), 3),
        "named_at_5_percent_strangers": round(float((right & passed & (far > limit)).sum() / passed.sum()), 3),
        "search_ms_median_p95": [round(float(np.quantile(times, q)), 2) for q in (0.5, 0.95)],
        **sets(library, known, strangers),
    }


def sets(library: Library, known: list[Result], strangers: list[Result], halves: int = 40) -> dict[str, object]:
    """Rates when thresholds, sharpness and doubt come from half of the materials and the other half are tested."""
    rng, place = generator(2, "halves"), {name: k for k, name in enumerate(library.materials)}
    known, strangers = [one for one in known if one.good], [one for one in strangers if one.good]
    names = sorted({one.right for one in strangers})
    rates: list[tuple[float, ...]] = []
    for _ in range(halves):
        first = set(rng.permutation(names)[: len(names) // 2].tolist())
        limit = _upper([one.far for one in strangers if one.right in first])
        inner = [one for one in known if one.right in first]
        sharp = fit_sharpness([(one.ranked, place[one.right]) for one in inner])
        doubts = [1 - probabilities(one.ranked, sharp)[place[one.right]] for one in inner if one.far > limit]
        most, everyone = _upper(doubts), _upper([1 - probabilities(i.ranked, sharp)[place[i.right]] for i in inner])
        outer = [one for one in known if one.right not in first]
        rates.append(
            (
                np.mean([one.far > limit for one in strangers if one.right not in first]),
                *_covered([one for one in outer if one.far > limit], place, sharp, most),
                *_covered(outer, place, sharp, everyone),
            )
        )
    kept = np.array(rates)
    mean = [round(float(one[~np.isnan(one)].mean()), 3) if (~np.isnan(one)).any() else None for one in kept.T]
    words = ("strangers_named", "named_covered", "named_set_size", "all_covered", "all_set_size")
    return dict(zip(words, mean, strict=True))


def _covered(tested: list[Result], place: dict[str, int], sharp: float, most: float) -> tuple[float, float]:
    chosen = [(1 - probabilities(one.ranked, sharp) <= most, place[one.right]) for one in tested]
    if not chosen or np.isnan(most):
        return float("nan"), float("nan")
    return float(np.mean([one[k] for one, k in chosen])), float(np.mean([max(one.sum(), 1) for one, _ in chosen]))


def _upper(scores: list[float]) -> float:
    rank = int(np.ceil((len(scores) + 1) * 0.95))
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else float("nan")


def speed(technique: str, rows: int = 10_000, queries: int = 30) -> dict[str, object]:
    """Milliseconds of one query over a made library of bands, in which every row covers the whole grid."""
    rng, axis = generator(1, "speed"), GRIDS[technique].axis
    few = build(technique, [(Row(f"made {k}"), _made(technique, axis, rng)) for k in range(200)])
    repeat = -(-rows // 200)
    matrix = np.tile(few.matrix, (1, repeat, 1))[:, :rows] + rng.normal(0, 0.002, (1, rows, axis.size)).astype(np.float32)
    names = [Row(f"made {k}") for k in range(rows)]
    spans = np.tile([0, axis.size], (rows, 1))
    library = assemble(technique, names, matrix, spans, np.tile(few.additive, (repeat, 1))[:rows], "made")
    none = np.zeros(0)
    calibration = Calibration(np.linspace(0, 3, 100), none, none, none, np.zeros(rows))
    searched, total, explained = [], [], []
    for _ in range(queries):
        spectrum = _made(technique, axis, rng)
        start = time.perf_counter()
        values, first, end = on_grid(spectrum)
        closeness(library, views(values, first, end, technique), first, end)
        searched.append(1e3 * (time.perf_counter() - start))
        start = time.perf_counter()
        explain(library, spectrum)
        explained.append(1e3 * (time.perf_counter() - start))
        start = time.perf_counter()
        identify(spectrum, library, calibration, [eu_precursors()])
        total.append(1e3 * (time.perf_counter() - start))
    quantiles = {
        name: np.quantile(t, [0.5, 0.95]).round(1).tolist()
        for name, t in (("search", searched), ("explain", explained), ("total", total))
    }
    return {"technique": technique, "made_spectra": rows, "ms_median_p95": quantiles}


def _made(technique: str, axis: np.ndarray, rng: np.random.Generator) -> Spectrum:
    """A made spectrum of twelve bands with a little noise."""
    from limes.signals.spectra import Raw, normalise
    from limes.signals.spectra.spectrum import TECHNIQUES

    places, heights = rng.uniform(axis[0], axis[-1], 12), 0.2 + rng.random(12)
    width = 6 * GRIDS[technique].step
    bands = (heights[:, None] * np.exp(-(((axis - places[:, None]) / width) ** 2))).sum(axis=0)
    y = 1 + bands if technique == "raman" else 0.05 + bands if technique == "mid-ir" else 0.8 - 0.3 * bands
    raw = Raw(axis, y + rng.normal(0, 0.002, axis.size), *TECHNIQUES[technique], technique)
    return normalise(raw, "made")


def main() -> None:
    """Run over the folders of the command line, then measure the speed of a large library."""
    folders = [Path(name) for name in sys.argv[1:3] if not name.startswith("-")]
    only = {name.removeprefix("--only=") for name in sys.argv if name.startswith("--only=")}
    if not folders:
        sys.exit(__doc__)
    pure, mixtures = load(folders[0])
    asked, more = load(folders[1]) if len(folders) > 1 else (pure, [])
    own = len(folders) == 1
    for technique, entries in pure.items():
        library = build(technique, entries)
        queries = asked.get(technique, [])
        if not only or "search" in only:
            print(json.dumps(run(library, queries, own)), flush=True)
        if not only or "mixtures" in only:
            for line in spectra_mixtures.figures(entries, queries, mixtures + more, own):
                print(json.dumps(line), flush=True)
    if not only or "fusion" in only:
        for line in spectra_fusion.figures(pure, asked, own):
            print(json.dumps(line), flush=True)
    if not only or "speed" in only:
        for technique in GRIDS:
            print(json.dumps(speed(technique)), flush=True)


if __name__ == "__main__":
    main()
