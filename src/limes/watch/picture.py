"""The picture at one second: every confirmed track against the line, as arrays.

Where along the line, how far from it, which way, and when it would be there: the interval comes from the track's own covariance
and a stated spread of pace.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.columns import CLASSES, Status
from limes.sector import Border

PERSON, GROUP, VEHICLE, ANIMAL, DRONE, CLUTTER = range(len(CLASSES))

DIRECTIONS = ("still", "along", "toward_home", "toward_other")
"""What a track does with regard to the line; the `direction` of a picture is an index into it."""

STILL, ALONG, TOWARD_HOME, TOWARD_OTHER = range(4)

_Z90 = 1.645
_STEPS = 24


@dataclass(frozen=True)
class PictureSettings:
    """Thresholds of the geometry.

    `still_mps`: slower is standing. `square`: share of the speed that must be square to the line to head for it (0.5: within
    60 degrees of the normal). `normal_span_m`: over which the line's bends are smoothed. `horizon_s`, `corridor_m`: how far
    ahead a track's course is followed, for those on foot and for vehicles; `slant`: nor farther than this many times its
    distance from the line. `pace_spread`: relative standard deviation of the mean pace over the way that is left (rests,
    detours; assumed).
    """

    still_mps: float = 0.3
    square: float = 0.5
    normal_span_m: float = 2000.0
    horizon_s: tuple[float, float] = (2700.0, 1200.0)
    corridor_m: tuple[float, float] = (4000.0, 12_000.0)
    slant: float = 2.5
    pace_spread: float = 0.15


@dataclass(frozen=True)
class Picture:
    """Confirmed tracks at `time`, n rows of the `TRACK` schema, with their places and motion against the line.

    `chainage`, `offset` metres (+ offset on the home side), `sigma` m (mean position standard deviation), `speed` and
    `inward` (towards home) m/s, `direction` an index into `DIRECTIONS`, `heading` +1 towards home, -1 towards the other side,
    0 neither. `eta` (n, 2) seconds until the line, low and high, NaN where the course does not meet it; `meets` the chainage
    where it does.
    """

    time: float
    rows: np.ndarray
    chainage: np.ndarray
    offset: np.ndarray
    sigma: np.ndarray
    speed: np.ndarray
    inward: np.ndarray
    direction: np.ndarray
    heading: np.ndarray
    eta: np.ndarray
    meets: np.ndarray

    @property
    def people(self) -> np.ndarray:
        """Probability that a track is a person or a group."""
        return self.rows["classes"][:, PERSON] + self.rows["classes"][:, GROUP]

    @property
    def vehicle(self) -> np.ndarray:
        """Probability that a track is a vehicle."""
        return self.rows["classes"][:, VEHICLE]

    @property
    def told_people(self) -> np.ndarray:
        """Share of people in what a track can be: two thirds where no sensor told a walker from an animal."""
        return self.people / np.maximum(1.0 - self.rows["classes"][:, CLUTTER], 1e-6)

    @property
    def told_apart(self) -> np.ndarray:
        """Share of people and vehicles in what a track can be."""
        return (self.people + self.vehicle) / np.maximum(1.0 - self.rows["classes"][:, CLUTTER], 1e-6)

    @property
    def other(self) -> np.ndarray:
        """Probability that a track is an animal or clutter: nothing to act on."""
        return self.rows["classes"][:, ANIMAL] + self.rows["classes"][:, CLUTTER]


def picture(rows: np.ndarray, time: float, border: Border, settings: PictureSettings) -> Picture:
    """Set confirmed tracks among `TRACK` rows against the border line."""
    rows = rows[rows["status"] == Status.CONFIRMED]
    x, y = rows["x"], rows["y"]
    chainage, offset = border.locate(x, y)
    nx, ny = border.normal_home(chainage, settings.normal_span_m)
    speed = np.hypot(rows["vx"], rows["vy"])
    inward = rows["vx"] * nx + rows["vy"] * ny
    direction = _direction(speed, inward, settings)
    heading = np.where(direction == TOWARD_HOME, 1, np.where(direction == TOWARD_OTHER, -1, 0))
    sigma = np.sqrt((rows["covariance"][:, 0, 0] + rows["covariance"][:, 1, 1]) / 2.0)
    eta, meets = _arrival(rows, speed, offset, heading, border, settings)
    return Picture(time, rows, chainage, offset, sigma, speed, inward, direction, heading, eta, meets)


def _direction(speed: np.ndarray, inward: np.ndarray, settings: PictureSettings) -> np.ndarray:
    square = np.abs(inward) >= settings.square * speed
    towards = np.where(inward > 0.0, TOWARD_HOME, TOWARD_OTHER)
    return np.where(speed < settings.still_mps, STILL, np.where(square, towards, ALONG))


def _arrival(
    rows: np.ndarray, speed: np.ndarray, offset: np.ndarray, heading: np.ndarray, border: Border, settings: PictureSettings
) -> tuple[np.ndarray, np.ndarray]:
    """When (low, high) and where each course meets the line: NaN for those that go along it, stand or have it behind them."""
    eta, meets = np.full((len(rows), 2), np.nan), np.full(len(rows), np.nan)
    fast = rows["classes"][:, VEHICLE] > 0.5
    horizon = np.where(fast, settings.horizon_s[1], settings.horizon_s[0])
    reach = np.minimum(horizon * speed, np.where(fast, settings.corridor_m[1], settings.corridor_m[0]))
    reach = np.minimum(reach, settings.slant * np.abs(offset) + 100.0)
    ahead = np.flatnonzero((heading * offset < 0.0) & (np.abs(offset) <= reach))
    if not len(ahead):
        return eta, meets
    way, chainage = _follow(rows[ahead], speed[ahead], offset[ahead], reach[ahead], border)
    eta[ahead] = _interval(rows[ahead], speed[ahead], way, settings)
    meets[ahead] = chainage
    return eta, meets


def _follow(
    rows: np.ndarray, speed: np.ndarray, offset: np.ndarray, reach: np.ndarray, border: Border
) -> tuple[np.ndarray, np.ndarray]:
    """Metres until each straight course first meets the line within its reach, and the chainage there, or NaN."""
    steps = np.linspace(0.0, 1.0, _STEPS + 1)[1:]
    ahead = reach[:, None] * steps
    ux, uy = rows["vx"] / speed, rows["vy"] / speed
    chainage, side = border.locate(rows["x"][:, None] + ux[:, None] * ahead, rows["y"][:, None] + uy[:, None] * ahead)
    beyond = side * np.sign(offset)[:, None] <= 0.0
    first = beyond.argmax(axis=1)
    each = np.arange(len(rows))
    before = np.where(first > 0, side[each, first - 1], offset)
    part = before / np.where(before == side[each, first], 1.0, before - side[each, first])
    way = (first + np.clip(part, 0.0, 1.0)) * reach / _STEPS
    met = beyond.any(axis=1)
    return np.where(met, way, np.nan), np.where(met, chainage[each, first], np.nan)


def _interval(rows: np.ndarray, speed: np.ndarray, way: np.ndarray, settings: PictureSettings) -> np.ndarray:
    """90 % interval of the time to go a way at a speed, both uncertain: (n, 2) seconds."""
    ux, uy = rows["vx"] / speed, rows["vy"] / speed
    cov = rows["covariance"]
    along = np.stack([ux, uy], axis=1)
    place = np.sqrt(np.einsum("ni,nij,nj->n", along, cov[:, :2, :2], along))
    pace = np.sqrt(np.einsum("ni,nij,nj->n", along, cov[:, 2:, 2:], along)) / speed
    spread = _Z90 * np.hypot(pace, settings.pace_spread)
    low = np.maximum(way - _Z90 * place, 0.0) / (speed * (1.0 + spread))
    high = (way + _Z90 * place) / (speed * np.maximum(1.0 - spread, 0.4))
    return np.stack([low, high], axis=1)
