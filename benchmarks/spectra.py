"""Identification on specimens that the library has not seen: `python benchmarks/spectra.py LIBRARY_FOLDER [QUERY_FOLDER]`.

Folders hold .npz and .csv pairs (arrays x, y, offsets; columns technique, material, specimen). Without a query folder
every spectrum of the library is a query against the library without its own specimen (known) and without its own
material (stranger). With one, the queries are the spectra of that folder. Prints one JSON object per technique.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from limes.seeds import generator
from limes.signals.spectra.library import Library, Row, load_libraries
from limes.signals.spectra.search import WEIGHTS, best_hits, score
from limes.signals.spectra.views import GRIDS


def ranked(library: Library, queries: Library, k: int, hidden: np.ndarray) -> list[tuple[str, float]]:
    """Five best materials with their scores for one query, the hidden rows left out."""
    found = score(library, queries.matrix[:, k], int(queries.first[k]), int(queries.end[k]))
    return [(hit.material, hit.score) for hit in best_hits(library, np.where(hidden, -1.0, found), 5)]


def run(library: Library, queries: Library) -> dict[str, object]:
    """Figures of one technique."""
    names = np.array([row.material for row in library.rows])
    specimens = np.array([row.specimen or f"row {k}" for k, row in enumerate(library.rows)])
    known, strangers, times = [], [], []
    for k, row in enumerate(queries.rows):
        same = (specimens == row.specimen) if row.specimen else np.zeros(len(names), bool)
        if queries is library:
            same = specimens == specimens[k]
        start = time.perf_counter()
        without = ranked(library, queries, k, same | (names == row.material))
        times.append(time.perf_counter() - start)
        strangers.append(without[0][1] if without else -1.0)
        if (~same & (names == row.material)).any():
            known.append((row.material, ranked(library, queries, k, same)))
    return figures(library, known, np.array(strangers), times)


def figures(library: Library, known: list, strangers: np.ndarray, times: list[float]) -> dict[str, object]:
    """Top-1 and top-5 of known specimens, and how well the score tells them from strangers."""
    right = np.array([bool(hits) and hits[0][0] == name for name, hits in known])
    best = np.array([hits[0][1] if hits else -1.0 for _, hits in known])
    limit = float(np.quantile(strangers, 0.95))
    error = 1.96 * float(np.sqrt(right.mean() * (1 - right.mean()) / right.size))
    return {
        "technique": library.technique,
        "spectra": len(library.rows),
        "materials": len(library.materials),
        "weights": WEIGHTS[library.technique],
        "known": len(known),
        "top1": round(float(right.mean()), 3),
        "top1_95": [round(float(right.mean()) - error, 3), round(float(right.mean()) + error, 3)],
        "top5": round(float(np.mean([name in [one for one, _ in hits] for name, hits in known])), 3),
        "auroc_named_right_vs_stranger": round(float((best[right][:, None] > strangers).mean()), 3),
        "named_at_5_percent_strangers": round(float((right & (best > limit)).mean()), 3),
        "search_ms_median_p95": [round(1e3 * float(np.quantile(times, q)), 2) for q in (0.5, 0.95)],
    }


def speed(technique: str, rows: int = 10_000, queries: int = 30) -> dict[str, object]:
    """Milliseconds of one search over a made library of noise, in which every row covers the whole grid."""
    rng, axis = generator(1, "speed"), GRIDS[technique].axis
    matrix = rng.standard_normal((2, rows, axis.size), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=2, keepdims=True)
    sums = np.zeros((2, 2, axis.size + 1, rows), np.float32)
    sums[0, :, 1:] = np.cumsum(matrix, axis=2).swapaxes(1, 2)
    sums[1, :, 1:] = np.cumsum(np.square(matrix), axis=2).swapaxes(1, 2)
    names = tuple(Row(f"made {k}") for k in range(rows))
    library = Library(technique, names, matrix, np.zeros(rows, int), np.full(rows, axis.size), sums, "made", matrix[0])
    times = []
    for k in range(queries):
        start = time.perf_counter()
        score(library, matrix[:, k], 0, axis.size)
        times.append(1e3 * (time.perf_counter() - start))
    return {
        "technique": technique,
        "made_spectra": rows,
        "search_ms_median_p95": np.quantile(times, [0.5, 0.95]).round(1).tolist(),
    }


def main() -> None:
    """Run over the folders of the command line, then measure the speed of a large library."""
    folders = [Path(name) for name in sys.argv[1:3]]
    if not folders:
        sys.exit(__doc__)
    libraries = load_libraries(folders[0])
    asked = {one.technique: one for one in load_libraries(folders[1])} if len(folders) > 1 else {}
    for library in libraries:
        print(json.dumps(run(library, asked.get(library.technique, library))), flush=True)
    for technique in GRIDS:
        print(json.dumps(speed(technique)), flush=True)


if __name__ == "__main__":
    main()
