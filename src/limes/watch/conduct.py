"""What each track has done so far: how far it went, where it stopped, which side it was on, how steadily it makes for one.

Conduct is kept as long as a track lives and a quarter of an hour longer, so that a track that is lost and found again can go
on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from limes.watch.picture import Picture

CONDUCT = np.dtype(
    [
        ("track", "i8"),
        ("seen", "f8"),  # first and last second in the picture
        ("heard", "f8"),
        ("x", "f8"),  # as last seen
        ("y", "f8"),
        ("vx", "f8"),
        ("vy", "f8"),
        ("xm", "f8"),  # its place, smoothed
        ("ym", "f8"),
        ("x0", "f8"),  # where it was first
        ("y0", "f8"),
        ("sampled", "f8"),  # last sample of its path
        ("xs", "f8"),
        ("ys", "f8"),
        ("os", "f8"),
        ("path", "f8"),  # metres along the samples
        ("way", "f8"),  # the same and metres gained towards home, of late: fading with `fade_s`
        ("gain", "f8"),
        ("anchored", "f8"),  # since when it has not left the surroundings of xa, ya
        ("xa", "f8"),
        ("ya", "f8"),
        ("detected", "f8"),  # when a sensor last saw it, and its existence and speed then
        ("believed", "f8"),
        ("pace", "f8"),
        ("side", "i1"),  # +1 home, -1 other, 0 not sure yet
        ("crossed", "f8"),  # when it last changed sides; NaN: it did not
        ("crossed_at", "f8"),  # chainage there
    ]
)
"""One row of conduct."""


@dataclass(frozen=True)
class ConductSettings:
    """How conduct is read from positions with errors.

    `fresh_s`: a track without a detection for longer is only predicted, so its position says nothing. `smooth_s`: time
    constant of its smoothed place; `fade_s`: that of its way and gain of late. `stay_m` and `stay_sigmas`: it has stayed
    while it is within this of its anchor. `sample_s`, `step_sigmas`: the path grows by steps this far apart in time and
    longer than their error. `side_m`, `side_sigmas`: it is surely on a side beyond this. `keep_s`: how long a lost track is
    remembered. `gap_s`, `gap_m`, `gap_factor`, `gap_mps`: a new track continues a lost one when it appears within this time, at
    about its speed, within gap_m of where that was, or within gap_m and gap_factor of its way of where that would be by now.
    """

    fresh_s: float = 15.0
    smooth_s: float = 15.0
    fade_s: float = 300.0
    stay_m: float = 30.0
    stay_sigmas: float = 2.0
    sample_s: float = 10.0
    step_sigmas: float = 2.0
    side_m: float = 25.0
    side_sigmas: float = 2.0
    keep_s: float = 900.0
    gap_s: float = 600.0
    gap_m: float = 150.0
    gap_factor: float = 0.4
    gap_mps: float = 1.0


@dataclass
class Conduct:
    """Rows of `CONDUCT` by track, sorted."""

    settings: ConductSettings
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, CONDUCT))

    def follow(self, scene: Picture) -> np.ndarray:
        """Take in one second; returns the rows' indices of the scene's tracks and forgets tracks lost long ago."""
        self.rows = self.rows[scene.time - self.rows["heard"] <= self.settings.keep_s]
        new = ~np.isin(scene.rows["track"], self.rows["track"])
        if new.any():
            self.rows = np.concatenate([self.rows, _begun(scene, new)])
            self.rows = self.rows[np.argsort(self.rows["track"], kind="stable")]
        at = np.searchsorted(self.rows["track"], scene.rows["track"])
        rows = self.rows[at]
        _move(rows, scene, self.settings)
        _take_sides(rows, scene, self.settings)
        self.rows[at] = rows
        return at

    def lost_before(self, scene: Picture) -> list[tuple[int, int]]:
        """Pairs (new track, lost track) of tracks that appeared this second near where a lost one would be by now."""
        s, rows = self.settings, self.rows
        gap = scene.time - rows["heard"]
        lost = rows[(gap > 0.0) & (gap <= s.gap_s)]
        pairs = []
        for fresh in rows[rows["seen"] == scene.time] if len(lost) else rows[:0]:
            waited = scene.time - lost["heard"]
            away = np.hypot(fresh["x"] - lost["x"] - lost["vx"] * waited, fresh["y"] - lost["y"] - lost["vy"] * waited)
            here = np.hypot(fresh["x"] - lost["x"], fresh["y"] - lost["y"])
            speed = np.hypot(lost["vx"], lost["vy"])
            beyond = np.minimum(away - s.gap_factor * speed * waited, here) - s.gap_m
            beyond[np.abs(speed - np.hypot(fresh["vx"], fresh["vy"])) > s.gap_mps + 0.5 * speed] = np.inf
            best = int(np.argmin(beyond))
            if beyond[best] <= 0.0:
                pairs.append((int(fresh["track"]), int(lost["track"][best])))
        return pairs

    def inherit(self, track: int, earlier: int) -> None:
        """Let a new track go on with the conduct of the lost one that it continues."""
        new, old = np.searchsorted(self.rows["track"], [track, earlier])
        kept = ("seen", "x0", "y0", "path", "way", "gain", "side", "crossed", "crossed_at")
        for name in kept:
            self.rows[name][new] = self.rows[name][old]


def steadiness(rows: np.ndarray) -> np.ndarray:
    """Which share of its way of late each row (n,) made towards home (positive) or the other side (negative), -1 to 1.

    0 for those that have not gone 100 m yet: nothing can be said of them.
    """
    known = rows["way"] >= 100.0
    return np.where(known, np.clip(rows["gain"] / np.maximum(rows["way"], 1.0), -1.0, 1.0), 0.0)


def pace(rows: np.ndarray) -> np.ndarray:
    """Mean speed (m/s) of each row (n,) over its path until it last came to stay; 0 before anything can be said."""
    spent = rows["anchored"] - rows["seen"]
    return np.where(spent >= 30.0, rows["path"] / np.maximum(spent, 1.0), 0.0)


def _begun(scene: Picture, new: np.ndarray) -> np.ndarray:
    """Rows for tracks that are in the picture for the first time."""
    rows = np.zeros(int(new.sum()), CONDUCT)
    source = scene.rows[new]
    rows["track"] = source["track"]
    rows["seen"] = rows["heard"] = rows["sampled"] = rows["anchored"] = scene.time
    for name in ("x0", "xm", "xs", "xa"):
        rows[name] = source["x"]
    for name in ("y0", "ym", "ys", "ya"):
        rows[name] = source["y"]
    rows["os"] = scene.offset[new]
    rows["detected"] = -np.inf
    rows["crossed"] = rows["crossed_at"] = np.nan
    return rows


def _move(rows: np.ndarray, scene: Picture, settings: ConductSettings) -> None:
    """Where it is, how far it went and since when it stays; predicted positions change nothing."""
    fresh = scene.time - scene.rows["last"] <= settings.fresh_s
    passed = scene.time - rows["heard"]
    share = np.where(fresh, 1.0 - np.exp(-passed / settings.smooth_s), 0.0)
    for name in ("way", "gain"):
        rows[name] *= np.exp(-passed / settings.fade_s)
    rows["heard"] = scene.time
    for name in ("x", "y", "vx", "vy"):
        rows[name] = scene.rows[name]
    seen = scene.rows["last"] > rows["detected"]
    rows["detected"][seen] = scene.rows["last"][seen]
    rows["believed"][seen] = scene.rows["existence"][seen]
    rows["pace"][seen] = scene.speed[seen]
    rows["xm"] += share * (rows["x"] - rows["xm"])
    rows["ym"] += share * (rows["y"] - rows["ym"])
    due = fresh & (scene.time - rows["sampled"] >= settings.sample_s)
    step = np.hypot(rows["xm"] - rows["xs"], rows["ym"] - rows["ys"])
    real = due & (step > settings.step_sigmas * scene.sigma)
    rows["sampled"][due] = scene.time
    rows["path"][real] += step[real]
    rows["way"][real] += step[real]
    rows["gain"][real] += (scene.offset - rows["os"])[real]
    rows["os"][real] = scene.offset[real]
    away = np.hypot(rows["xm"] - rows["xa"], rows["ym"] - rows["ya"])
    left = fresh & (away > np.maximum(settings.stay_m, settings.stay_sigmas * scene.sigma))
    rows["anchored"][left] = scene.time
    for name in ("x", "y"):
        rows[f"{name}s"][real] = rows[f"{name}m"][real]
        rows[f"{name}a"][left] = rows[f"{name}m"][left]


def _take_sides(rows: np.ndarray, scene: Picture, settings: ConductSettings) -> None:
    """Which side it is surely on, and when and where it changed."""
    fresh = scene.time - scene.rows["last"] <= settings.fresh_s
    sure = fresh & (np.abs(scene.offset) > np.maximum(settings.side_m, settings.side_sigmas * scene.sigma))
    side = np.where(sure, np.sign(scene.offset), rows["side"]).astype(np.int8)
    crossed = (rows["side"] != 0) & (side != rows["side"])
    rows["crossed"][crossed] = scene.time
    rows["crossed_at"][crossed] = scene.chainage[crossed]
    rows["side"] = side
