"""Other people's siting problems: OR-Library p-median files, and points as columns x, y, demand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from limes.errors import InputError
from limes.planning.siting.cover import Cover, cover

MOST_LEVELS = 60_000_000
"""Non-zeros of a p-median problem as a cover beyond which it is refused: 0.7 GB."""


def read_pmedian(path: Path) -> tuple[np.ndarray, int]:
    """Shortest distances (n, n) and the number of medians of an OR-Library p-median file (Beasley 1985).

    Its first line holds nodes, edges and medians, each other one an edge and its length; of an edge that comes twice the last
    counts.
    """
    numbers = _numbers(path)
    if numbers.size < 3 or (numbers.size - 3) % 3 or (numbers.size - 3) // 3 < numbers[1]:
        raise InputError(path, "", "is no OR-Library p-median file", "give nodes, edges, medians, then an edge a line")
    n, edges, count = (int(v) for v in numbers[:3])
    tail, head, length = numbers[3 : 3 + 3 * edges].reshape(-1, 3).T
    if edges and not (min(tail.min(), head.min()) >= 1 and max(tail.max(), head.max()) <= n):
        raise InputError(path, "edges", f"name a node outside 1 to {n}", "correct the file")
    dense = np.full((n, n), np.inf)
    for i, j, metres in zip(tail.astype(int) - 1, head.astype(int) - 1, length, strict=True):
        dense[i, j] = dense[j, i] = metres
    np.fill_diagonal(dense, np.inf)
    distance = shortest_path(np.where(np.isfinite(dense), dense, 0.0), directed=False)
    return distance, count


def read_points(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2) and their demand (n,) of a text file with columns x, y and demand (1 where there are two columns).

    Columns are parted by blanks, commas, semicolons or tabs. Lines without numbers, such as a header, and a first line that
    only counts the points are passed over; a leading column that numbers the points is left out.
    """
    rows = [row for row in (_row(line) for line in path.read_text("utf-8-sig").splitlines()) if row]
    if rows and len(rows[0]) == 1:
        rows = rows[1:]
    wide = {len(row) for row in rows}
    if len(wide) != 1 or not wide <= {2, 3, 4}:
        raise InputError(path, "", "has no columns x, y, demand", "give one point a line, with the same columns on each")
    table = np.array(rows)
    table = table[:, 1:] if table.shape[1] == 4 else table
    demand = table[:, 2] if table.shape[1] == 3 else np.ones(len(table))
    if (demand < 0).any():
        raise InputError(path, "demand", "is negative somewhere", "correct the file")
    return table[:, :2], demand


def by_distance(distance: np.ndarray, weight: np.ndarray, radius: float) -> Cover:
    """The cover of nodes that see each other up to a radius."""
    return cover([np.flatnonzero(row <= radius) for row in distance], weight)


def medians(distance: np.ndarray, weight: np.ndarray) -> tuple[Cover, float]:
    """A p-median problem as a cover, and the sum from which its covered weight must be taken to get its cost.

    A demand point at distances d1 < d2 < ... has a column for each step d(k+1) - d(k), seen by the sites within d(k): what is
    covered of a point is its farthest distance less that to its nearest site (Garcia, Labbe & Marin 2011). Nothing is lost.

    >>> line = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0)))
    >>> about, farthest = medians(line, np.ones(3))
    >>> farthest - float(about.weight[(about.sees.toarray()[[1]].sum(axis=0) > 0)].sum())
    2.0
    """
    n, m = distance.shape
    if not np.isfinite(distance).all():
        raise InputError("instance", "edges", "do not connect all nodes", "add the edges that are missing")
    counts = (np.unique(distance[:, j], return_counts=True)[1] for j in range(m))
    if sum(int(np.cumsum(count)[:-1].sum()) for count in counts) > MOST_LEVELS:
        raise InputError(
            "instance", "nodes", f"are {n} by {m}, too many for a p-median here", "give a radius: then it is covered"
        )
    rows, columns, weights, used = [], [], [], 0
    for j in range(m):
        steps, level = np.unique(distance[:, j], return_inverse=True)
        order = np.argsort(level, kind="stable")
        reach = np.bincount(level, minlength=steps.size).cumsum()[:-1]
        rows.append(np.concatenate([order[:k] for k in reach]) if reach.size else np.zeros(0, np.int64))
        columns.append(np.repeat(used + np.arange(reach.size), reach))
        weights.append(weight[j] * np.diff(steps))
        used += reach.size
    row, column = np.concatenate(rows), np.concatenate(columns)
    sees = csr_array((np.ones(row.size), (row, column)), shape=(n, used))
    return Cover(sees, np.concatenate(weights)), float(weight @ distance.max(axis=0))


def _numbers(path: Path) -> np.ndarray:
    try:
        return np.array(path.read_text("utf-8").split(), float)
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be read ({error})", "give a text file of numbers") from error


def _row(line: str) -> list[float]:
    parts = line.replace(",", " ").replace(";", " ").split()
    try:
        return [float(part) for part in parts]
    except ValueError:
        return []
