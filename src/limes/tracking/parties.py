"""Groups as the public sees them: one number and one row for people who walk together, whatever becomes of its members.

A group keeps its number while most of its members stay; who walks off gets his own back, and what splits off a new one.
"""

from __future__ import annotations

import math

import numpy as np

from limes.columns import CLASSES
from limes.tracking.compiled import inner, sorting_order
from limes.tracking.report import Z90
from limes.tracking.state import GROUP, IDENT, PARTY, Tracks

LEAVE = 120.0
"""A member this far, in metres, from every other has left."""

JOINED, LEFT = 3, 4
"""Codes of what happened, beside those of `limes.columns.Status`."""


@inner
def near(i: int, label: int, count: int, tracks: Tracks, group: int) -> bool:
    """Whether a track is within `LEAVE` of a track that some other group, or nobody, already holds under a label."""
    for k in range(count):
        if k != i and tracks.whole[k, PARTY] == label and tracks.whole[k, GROUP] != group:
            a, b = tracks.mean[i], tracks.mean[k]
            m, n = np.argmax(tracks.weight[i]), np.argmax(tracks.weight[k])
            if math.hypot(a[m, 0] - b[n, 0], a[m, 1] - b[n, 1]) < LEAVE:
                return True
    return False


@inner
def majorities(count: int, groups: int, tracks: Tracks) -> tuple[np.ndarray, np.ndarray]:
    """The label most members of each group bear (the smallest of equals; 0: none bears one), and how many do, (groups + 1,)."""
    label, votes = np.zeros(groups + 1, np.int64), np.zeros(groups + 1, np.int64)
    latest, run, borne = np.zeros(groups + 1, np.int64), np.zeros(groups + 1, np.int64), np.zeros(count)
    for i in range(count):
        borne[i] = tracks.whole[i, PARTY]
    for i in sorting_order(borne):
        g, mine = tracks.whole[i, GROUP], tracks.whole[i, PARTY]
        if g == 0 or mine == 0:
            continue
        run[g] = run[g] + 1 if latest[g] == mine else 1
        latest[g] = mine
        if run[g] > votes[g]:
            label[g], votes[g] = mine, run[g]
    return label, votes


@inner
def label_parties(count: int, groups: int, tracks: Tracks, serial: int, rows: int) -> np.ndarray:
    """Give every group its public number, in the column PARTY; returns who joined or left: own number, code, group (events, 3).

    New numbers are odd, 2 serial + 1 of the look's `rows` rows, so that no track's own (even) number is ever the same.
    """
    label, votes = majorities(count, groups, tracks)
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
    out, size = np.zeros((count, 3), np.int64), 0
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
    alone = rows[party == 0]
    order = np.flatnonzero(party)[np.argsort(party[party > 0], kind="stable")]
    members, labels = rows[order], party[order]
    start = np.flatnonzero(np.diff(labels, prepend=0))
    return np.concatenate([alone, _together(members, labels[start], start)])


def _together(members: np.ndarray, labels: np.ndarray, start: np.ndarray) -> np.ndarray:
    """One row for each run of members that begins at `start`, under its label."""

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, start, axis=0)

    out = members[start]
    r, people = members["existence"], members["count"].astype(float)
    run = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(members))))
    share = r / total(r)[run]
    off = np.empty((len(members), 4))
    for k, name in enumerate(("x", "y", "vx", "vy")):
        out[name] = total(share * members[name])
        off[:, k] = members[name] - out[name][run]
    out["covariance"] = total(share[:, None, None] * (members["covariance"] + off[:, :, None] * off[:, None, :]))
    out["classes"] = total(share[:, None] * members["classes"])
    out["track"], out["hits"] = labels, total(members["hits"])
    for name in ("existence", "status", "last"):
        out[name] = np.maximum.reduceat(members[name], start)
    out["first"] = np.minimum.reduceat(members["first"], start)
    sd = (members["count_high"] - people) / Z90
    count = total(r * people)
    spread = Z90 * np.sqrt(total(r * (1.0 - r) * people**2 + r * sd**2))
    out["count"], out["count_low"], out["count_high"] = count, np.maximum(count - spread, 1.0), count + spread
    return out


def name_by_count(rows: np.ndarray) -> np.ndarray:
    """Move the probability of `person` to `group` as far as the number says that it is more than one."""
    if not (rows["count"] > 1.0).any():
        return rows
    person, group = CLASSES.index("person"), CLASSES.index("group")
    moved = rows["classes"][:, person] * np.clip(rows["count"] - 1.0, 0.0, 1.0)
    rows["classes"][:, person] -= moved
    rows["classes"][:, group] += moved
    return rows
