"""Who sees what: sites by columns of weighted demand, and the lossless merging of columns that the same sites see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from limes.errors import UsageError


@dataclass(frozen=True)
class Cover:
    """Demand that sites see: `sees` (sites, columns) sparse with ones, `weight` (columns,) of each column of demand, >= 0."""

    sees: csr_array
    weight: np.ndarray

    @property
    def sites(self) -> int:
        """Number of sites."""
        return int(self.sees.shape[0])


def cover(seen: Sequence[np.ndarray], weight: np.ndarray) -> Cover:
    """A cover from the columns that each site sees (indices, no order needed) and the weight of each column.

    >>> cover([np.array([0, 1]), np.array([1, 2])], np.array([1.0, 2.0, 4.0])).sees.toarray().tolist()
    [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    """
    weight = np.asarray(weight, float)
    if (weight < 0.0).any() or not np.isfinite(weight).all():
        raise UsageError("weights of demand must be finite and not negative; drop or correct those columns")
    columns = [np.unique(np.asarray(row, np.int64)) for row in seen]
    start = np.concatenate([[0], np.cumsum([row.size for row in columns])])
    index = np.concatenate(columns) if columns else np.zeros(0, np.int64)
    return Cover(csr_array((np.ones(index.size), index, start), shape=(len(columns), weight.size)), weight)


def within(sites: np.ndarray, demand: np.ndarray, weight: np.ndarray, radius: float) -> Cover:
    """The cover of sites (n, 2) that see demand points (m, 2) up to a radius, all in one unit of length.

    >>> line = np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0]])
    >>> within(line, line, np.ones(3), 2.0).sees.sum(axis=1).tolist()
    [1.0, 2.0, 2.0]
    """
    reach = radius * (1.0 + 1e-12)
    found = cKDTree(demand).query_ball_point(np.asarray(sites, float), reach)
    return cover([np.array(row, np.int64) for row in found], weight)


def covered(about: Cover, chosen: Sequence[int] | np.ndarray) -> float:
    """Weight of the demand that at least one chosen site sees."""
    return float(about.weight[counts(about, chosen) > 0].sum())


def counts(about: Cover, chosen: Sequence[int] | np.ndarray) -> np.ndarray:
    """How many of the chosen sites see each column, (columns,) int."""
    rows = np.asarray(chosen, np.int64)
    parts = [columns_of(about, int(row)) for row in rows]
    return np.bincount(np.concatenate(parts) if parts else np.zeros(0, np.int64), minlength=about.weight.size)


def columns_of(about: Cover, site: int) -> np.ndarray:
    """Columns that one site sees."""
    return about.sees.indices[about.sees.indptr[site] : about.sees.indptr[site + 1]]


def merged(about: Cover) -> tuple[Cover, np.ndarray]:
    """The same with columns of equal sites made one, and the new column of each old one, -1 where nobody sees it.

    Nothing is lost: every choice of sites covers the same weight, but for columns that no site sees or that weigh nothing.

    >>> small, where = merged(cover([np.array([0, 1]), np.array([1, 2])], np.array([1.0, 2.0, 4.0])))
    >>> small.weight.tolist(), where.tolist()
    ([1.0, 2.0, 4.0], [0, 1, 2])
    >>> merged(cover([np.array([0, 1]), np.array([2])], np.array([1.0, 2.0, 4.0, 8.0])))[1].tolist()
    [0, 0, 1, -1]
    """
    by_column = about.sees.tocsc()
    by_column.sort_indices()
    start, index = by_column.indptr, np.ascontiguousarray(by_column.indices, np.int32)
    where, first, keys = np.full(about.weight.size, -1, np.int64), list[int](), dict[bytes, int]()
    raw, size = index.tobytes(), index.itemsize
    for column in np.flatnonzero((np.diff(start) > 0) & (about.weight > 0.0)).tolist():
        key = raw[start[column] * size : start[column + 1] * size]
        group = keys.setdefault(key, len(keys))
        if group == len(first):
            first.append(column)
        where[column] = group
    weight = np.bincount(where[where >= 0], about.weight[where >= 0], minlength=len(first))
    return Cover(csr_array(by_column[:, first].tocsr()) if first else csr_array((about.sites, 0)), weight), where
