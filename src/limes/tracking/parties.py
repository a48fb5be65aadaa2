"""Groups as the public sees them: one number and one row for people who walk together, whatever becomes of its members.

A group keeps its number while most of its members stay; who walks off gets his own back, and what splits off a new one.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.columns import CLASSES, TRACK, empty
from limes.tracking.state import GROUP, IDENT, PARTY, Tracks

LEAVE = 120.0
"""A member this far, in metres, from every other has left."""

JOINED, LEFT = 3, 4
"""Codes of what happened, beside those of `limes.columns.Status`."""


@njit(cache=True, nogil=True)
def near(i: int, label: int, count: int, tracks: Tracks, group: int) -> bool:
    """Whether a track is within `LEAVE` of a track that some other group, or nobody, already holds under a label."""
    for k in range(count):
        if k != i and tracks.whole[k, PARTY] == label and tracks.whole[k, GROUP] != group:
            a, b = tracks.mean[i], tracks.mean[k]
            m, n = np.argmax(tracks.weight[i]), np.argmax(tracks.weight[k])
            if math.hypot(a[m, 0] - b[n, 0], a[m, 1] - b[n, 1]) < LEAVE:
                return True
    return False


@njit(cache=True, nogil=True)
def majority(group: int, count: int, tracks: Tracks) -> tuple[int, int]:
    """The label most members of a group bear (the smallest of equals; 0: none bears one), and how many do."""
    label, votes = 0, 0
    for i in range(count):
        mine = tracks.whole[i, PARTY]
        if tracks.whole[i, GROUP] != group or mine == 0:
            continue
        same = 0
        for k in range(count):
            same += tracks.whole[k, GROUP] == group and tracks.whole[k, PARTY] == mine
        if same > votes or (same == votes and mine < label):
            label, votes = mine, same
    return label, votes


@njit(cache=True, nogil=True)
def label_parties(count: int, groups: int, tracks: Tracks, serial: int, rows: int) -> np.ndarray:
    """Give every group its public number, in the column PARTY; returns who joined or left: own number, code, group (events, 3).

    New numbers are odd, 2 serial + 1 of the look's `rows` rows, so that no track's own (even) number is ever the same.
    """
    label, votes = np.zeros(groups + 1, np.int64), np.zeros(groups + 1, np.int64)
    for g in range(1, groups + 1):
        label[g], votes[g] = majority(g, count, tracks)
    fresh = 0
    for g in range(1, groups + 1):
        beaten = False
        for other in range(1, groups + 1):
            rival = other != g and label[other] == label[g] and label[g] > 0
            beaten |= rival and (votes[other] > votes[g] or (votes[other] == votes[g] and other < g))
        if beaten or label[g] == 0:
            keep = False
            for i in range(count):
                if beaten and tracks.whole[i, GROUP] == g and near(i, label[g], count, tracks, g):
                    keep = True
            if not keep:
                label[g] = 2 * (serial + fresh) + 1 if fresh < rows else 0
                fresh += 1
    out, size = np.empty((count, 3), np.int64), 0
    for i in range(count):
        whole = tracks.whole[i]
        old = whole[PARTY]
        new = label[whole[GROUP]]
        if whole[GROUP] == 0:
            new = old if old > 0 and near(i, old, count, tracks, -1) else 0
        if new != old:
            out[size, 0], out[size, 1], out[size, 2] = (
                whole[IDENT],
                JOINED if new > 0 else LEFT,
                max(new, old) if new == 0 else new,
            )
            size += 1
            whole[PARTY] = new
    return out[:size].copy()


def party_rows(rows: np.ndarray, party: np.ndarray) -> np.ndarray:
    """Rows of `TRACK` with the members of each group as one: centre, ellipse over all, number with a 90 % interval.

    `party` (n,) is each row's group, 0 for those alone.
    """
    if not party.any():
        return rows
    labels = np.unique(party[party > 0])
    together = empty(TRACK, len(labels))
    for k, number in enumerate(labels):
        together[k] = _one_row(rows[party == number], int(number))
    return np.concatenate([rows[party == 0], together])


def _one_row(members: np.ndarray, number: int) -> np.void:
    out = members[np.argmax(members["existence"])].copy()
    share = members["existence"] / members["existence"].sum()
    for name in ("x", "y", "vx", "vy"):
        out[name] = share @ members[name]
    off = np.stack([members[name] - out[name] for name in ("x", "y", "vx", "vy")], axis=1)
    out["covariance"] = np.einsum("n,nij->ij", share, members["covariance"] + off[:, :, None] * off[:, None, :])
    out["track"], out["status"] = number, members["status"].max()
    out["first"], out["last"], out["hits"] = members["first"].min(), members["last"].max(), members["hits"].sum()
    r, people = members["existence"], members["count"]
    sd = (members["count_high"] - people) / 1.645
    spread = 1.645 * np.sqrt(np.sum(r * (1.0 - r) * people**2 + r * sd**2))
    total = float(np.sum(r * people))
    out["count"], out["count_low"], out["count_high"] = total, max(total - spread, 1.0), total + spread
    out["classes"] = share @ members["classes"]
    return out


def name_by_count(rows: np.ndarray) -> np.ndarray:
    """Move the probability of `person` to `group` as far as the number says that it is more than one."""
    person, group = CLASSES.index("person"), CLASSES.index("group")
    moved = rows["classes"][:, person] * np.clip(rows["count"] - 1.0, 0.0, 1.0)
    rows["classes"][:, person] -= moved
    rows["classes"][:, group] += moved
    return rows
