"""Who and what stirs the ground: steps, digging, machines, vehicles, animals, wind, rain and pumps, seeded and labelled.

Everything here is simulated. Cadences, speeds and bands follow what is published about them (see docs/theory/fibre.md); every
number is drawn anew for each scene, so that a classifier that learns from scenes learns a range and not a recording.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from limes.signals.fibre.block import Block
from limes.signals.fibre.ground import Array, Ground, heard, ricker

CLASSES = ("steps", "hand digging", "machine digging", "vehicle", "animal", "wind or rain", "pump", "unknown")
"""What a fibre's event can be; "unknown" is whatever is like none of the others."""

_Blows = list[tuple[float, float, float, float]]


@dataclass(frozen=True)
class Scene:
    """Samples with something in them: `values` (rows, channels), who it was, where (m along, m off), from when to when (s)."""

    values: np.ndarray
    label: str
    along: float
    distance: float
    begin: float
    end: float


def white(rng: np.random.Generator, rows: int, array: Array) -> np.ndarray:
    """Noise of a quiet fibre (rows, channels), standard deviation 1: white in time, some of it shared by neighbours."""
    own = rng.standard_normal((rows, array.channels + 1), dtype=np.float32)
    return (own[:, 1:] + 0.5 * own[:, :-1]) / np.float32(np.sqrt(1.25))


def scene(
    rng: np.random.Generator, label: str, array: Array, noise: np.ndarray, snr: float, ground: Ground | None = None
) -> Scene:
    """Put one actor into noise (rows, channels); `snr` is the peak of its median blow, on its best channel, over `usual_level`.

    ValueError for a label that cannot be simulated.
    """
    ground = ground or Ground(rng.uniform(150, 350), rng.uniform(400, 800), rng.uniform(2, 8), rng.uniform(15, 40))
    seconds = len(noise) / array.rate
    along = float(rng.uniform(0.3, 0.7) * array.channels * array.spacing + array.start)
    distance = float(rng.uniform(2.0, 12.0))
    if label == "wind or rain":
        return Scene(
            noise + snr * _weather(rng, array, len(noise)) * usual_level(noise, array.rate),
            label,
            along,
            distance,
            0.0,
            seconds,
        )
    if label == "pump":
        part, signal = _hum(rng, array, ground, along, distance, len(noise))
    elif label in _ACTORS:
        part, signal = _blows(array, ground, len(noise), distance, _ACTORS[label](rng, seconds, along))
    else:
        raise ValueError(f"{label!r} cannot be simulated")
    level = _level(signal, label)
    values = noise.astype(np.float32, copy=True)
    values[:, part] += np.float32(snr * usual_level(noise[:, part], array.rate) / max(level, 1e-12)) * signal.astype(np.float32)
    return Scene(values, label, along, distance, 0.0, seconds)


def usual_level(noise: np.ndarray, rate: float) -> float:
    """Standard deviation of noise (rows, channels) in its median second and channel: loud moments do not count."""
    second = max(2, min(len(noise), round(rate)))
    whole = noise[: len(noise) // second * second].reshape(-1, second, noise.shape[1])
    return float(np.median(whole.std(axis=1)))


def _level(signal: np.ndarray, label: str) -> float:
    """Median height of the peaks on the loudest channel; of what hums, its amplitude."""
    best = signal[:, int(np.argmax(np.square(signal).sum(axis=0)))]
    if label == "pump":
        return float(best.std() * np.sqrt(2.0))
    seconds = np.abs(best[: len(best) // 50 * 50]).reshape(-1, 50).max(axis=1)
    loud = seconds[seconds > 0.2 * seconds.max()]
    return float(np.median(loud)) if len(loud) else np.inf


def _blows(array: Array, ground: Ground, rows: int, distance: float, blows: _Blows) -> tuple[slice, np.ndarray]:
    """Channels and their samples for blows of (time, place, strength, peak frequency)."""
    out = np.zeros((rows, array.channels), np.float32)
    for time, along, strength, frequency in blows:
        first = round(time * array.rate)
        part, piece = heard(array, ground, along, distance, ricker(min(frequency, 0.3 * array.rate), array.rate))
        piece = strength * piece[: max(0, rows - first)]
        out[first : first + len(piece), part] += piece
    return slice(0, array.channels), out


def _steps(rng: np.random.Generator, seconds: float, along: float) -> _Blows:
    """Somebody walks: 1.5 to 2.2 steps a second at 0.9 to 1.7 m/s."""
    cadence, speed, tone = rng.uniform(1.5, 2.2), rng.uniform(0.9, 1.7) * rng.choice([-1, 1]), rng.uniform(10, 30)
    times = np.cumsum(rng.normal(1.0 / cadence, 0.04 / cadence, int(seconds * cadence)))
    times = times[(times > 0) & (times < seconds)]
    return [(t, along + speed * (t - seconds / 2), rng.lognormal(0, 0.2), tone * rng.lognormal(0, 0.1)) for t in times]


def _hand(rng: np.random.Generator, seconds: float, along: float) -> _Blows:
    """Somebody digs by hand: pick or spade, 0.3 to 1.1 blows a second, with rests, at one place."""
    cadence, tone, spade = rng.uniform(0.3, 1.1), rng.uniform(12, 45), rng.random() < 0.5
    blows: _Blows = []
    t = rng.uniform(0.0, 2.0)
    while t < seconds:
        place = along + rng.normal(0, 0.4)
        blows.append((t, place, rng.lognormal(0, 0.35), tone * rng.lognormal(0, 0.15)))
        if spade:
            blows.append((t + rng.uniform(0.5, 0.9), place, 0.5 * rng.lognormal(0, 0.4), 0.7 * tone))
        t += rng.normal(1.0, 0.15) / cadence if rng.random() > 0.05 else rng.uniform(4.0, 9.0)
    return [b for b in blows if 0.0 <= b[0] < seconds]


def _machine(rng: np.random.Generator, seconds: float, along: float) -> _Blows:
    """A hammer drill or breaker: bursts of 5 to 15 s of 10 to 22 blows a second."""
    rate, tone, t = rng.uniform(10, 22), rng.uniform(30, 70), rng.uniform(0.0, 3.0)
    blows: _Blows = []
    while t < seconds:
        stop = min(seconds, t + rng.uniform(5, 15))
        times = np.arange(t, stop, 1.0 / rate)
        blows += [(u, along, rng.lognormal(0, 0.1), tone * rng.lognormal(0, 0.05)) for u in times]
        t = stop + rng.uniform(1.5, 8.0)
    return blows


def _vehicle(rng: np.random.Generator, seconds: float, along: float) -> _Blows:
    """A car or truck passes at 5 to 25 m/s: wheels on rough ground, heavy in the low bands."""
    speed, heavy = rng.uniform(5, 25) * rng.choice([-1, 1]), rng.uniform(3, 8)
    times = np.sort(rng.uniform(0, seconds, int(12 * seconds)))
    tones = np.where(rng.random(len(times)) < 0.5, heavy, rng.uniform(12, 35, len(times)))
    strengths = np.where(tones < 9, 1.5, 0.8) * rng.lognormal(0, 0.3, len(times))
    middle = rng.uniform(0.35, 0.65) * seconds
    return [
        (float(t), along + speed * (t - middle), float(s), float(f)) for t, s, f in zip(times, strengths, tones, strict=True)
    ]


def _animal(rng: np.random.Generator, seconds: float, along: float) -> _Blows:
    """A sheep, dog or boar: short runs of quick light steps, with stops and turns."""
    t, place, tone = rng.uniform(0, 3), along, rng.uniform(15, 40)
    blows: _Blows = []
    while t < seconds:
        cadence, speed = rng.uniform(2.2, 4.5), rng.uniform(0.5, 3.0) * rng.choice([-1, 1])
        for _ in range(int(rng.integers(3, 14))):
            blows.append((t, place, rng.lognormal(0, 0.5), tone * rng.lognormal(0, 0.25)))
            t += max(0.08, rng.normal(1.0, 0.3)) / cadence
            place += speed / cadence
        t += rng.uniform(1.0, 10.0)
    return [b for b in blows if 0.0 <= b[0] < seconds]


_ACTORS = {"steps": _steps, "hand digging": _hand, "machine digging": _machine, "vehicle": _vehicle, "animal": _animal}


def _hum(
    rng: np.random.Generator, array: Array, ground: Ground, along: float, distance: float, rows: int
) -> tuple[slice, np.ndarray]:
    """A pump or generator starts and stays: a tone with a harmonic, at one place."""
    t = np.arange(rows) / array.rate
    tone = rng.uniform(10, 50)
    wave = np.sin(2 * np.pi * tone * t) + rng.uniform(0, 0.6) * np.sin(4 * np.pi * tone * t + 1.0)
    begin = rng.uniform(0.0, 0.5) * rows / array.rate
    wave *= np.clip((t - begin) / 1.5, 0, 1) * (1 + 0.08 * rng.standard_normal())
    part, out = heard(array, ground, along, distance, wave)
    return part, out[:rows].astype(np.float32)


def _weather(rng: np.random.Generator, array: Array, rows: int) -> np.ndarray:
    """Wind in gusts (low, hundreds of metres wide) or rain (high, everywhere), standard deviation about 0.3 where it is on."""
    t, x = np.arange(rows)[:, None] / array.rate, array.places[None]
    wide, period = rng.uniform(100, 400), rng.uniform(6, 25)
    gust = np.clip(np.sin(2 * np.pi * (t / period + x / (6 * wide)) + rng.uniform(0, 6.28)), 0, 1) ** 2
    own = rng.standard_normal((rows, array.channels)).astype(np.float32)
    if rng.random() < 0.5:
        own = lfilter([1.0], [1.0, -0.9], own, axis=0).astype(np.float32)
    return (0.3 * gust * own / max(float(own.std()), 1e-9)).astype(np.float32)


def tiled(rng: np.random.Generator, noise: np.ndarray, rows: int, overlap: int = 25) -> np.ndarray:
    """As many rows as wanted out of a real recording (rows, channels): random stretches of it, cross-faded.

    Each stretch may be turned about in space and in sign, so that no two are alike; levels and bands stay as they are.
    """
    out = np.empty((rows, noise.shape[1]), np.float32)
    at, tail = 0, np.zeros((0, noise.shape[1]), np.float32)
    ramp = np.sin(np.linspace(0, np.pi / 2, overlap, dtype=np.float32))[:, None]
    while at < rows:
        length = int(rng.integers(len(noise) // 4, len(noise) // 2))
        first = int(rng.integers(0, len(noise) - length))
        piece = noise[first : first + length, :: int(rng.choice([-1, 1]))] * np.float32(rng.choice([-1, 1]))
        if len(tail):
            piece[:overlap] = piece[:overlap] * ramp + tail * ramp[::-1]
        keep = min(rows - at, length - overlap)
        out[at : at + keep], tail = piece[:keep], piece[length - overlap :].copy()
        at += keep
    return out


def as_block(one: Scene, array: Array, time: float = 0.0) -> Block:
    """A scene as a block, marked as simulated."""
    values = np.ascontiguousarray(one.values, np.float32)
    return Block(time, array.rate, array.start, array.spacing, values, 1.0, "simulated", array.gauge, "simulated")
