"""What tells one activity from another: bands, cadence, regularity, movement, and how much else stirs at the same time."""

from __future__ import annotations

import numpy as np

from limes.signals.fibre.activity import Activity
from limes.signals.fibre.bands import BINS_PER_S
from limes.signals.fibre.detect import FRAME_S

FEATURES = (
    "speed",
    "moved",
    "wobble",
    "rate",
    "duty",
    "interval",
    "irregular",
    "runs",
    "band2",
    "band3",
    "band4",
    "band5",
    "height",
    "variation",
    "width",
    "cadence",
    "rhythm",
    "peaky",
    "steady",
    "elsewhere",
)
"""Names of the features, in the order of the vector."""


def features(one: Activity, envelope: np.ndarray, elsewhere: float) -> np.ndarray:
    """The features (20,) of an activity's last minute.

    `envelope` (bins,) is the energy of its place in bins of 40 ms over the last half minute, dB above its median;
    `elsewhere` how many other activities stir within half a kilometre.
    """
    t = np.array([p.time for p in one.picks])
    x = np.array([p.along for p in one.picks])
    bands = np.array([p.bands for p in one.picks])
    heights = np.array([p.db for p in one.picks])
    span = max(float(t[-1] - t[0]) + FRAME_S, 1.0)
    slope = float(np.polyfit(t - t[0], x, 1)[0]) if len(t) > 2 and t[-1] > t[0] else 0.0
    wobble = float(np.std(x - x.mean() - slope * (t - t.mean())))
    gaps = np.diff(t)
    quiet = gaps[gaps > 1.5 * FRAME_S]
    runs = float(np.mean(gaps <= 1.5 * FRAME_S)) if len(gaps) else 0.0
    interval = float(np.median(quiet)) if len(quiet) else FRAME_S
    irregular = float(np.std(quiet) / np.mean(quiet)) if len(quiet) > 2 else 0.0
    mean = bands[:, 1:].mean(axis=0) - np.nanmax(bands[:, 1:], axis=1).mean()
    widths = float(np.median([p.width for p in one.picks]))
    movement = [min(abs(slope), 40.0) ** 0.5, np.log1p(abs(slope) * span), np.log1p(wobble)]
    timing = [len(t) / span, min(1.0, len(t) * FRAME_S / span), np.log(interval), irregular, runs]
    size = [float(np.median(heights)), float(np.std(heights)), np.log(widths)]
    return np.array([*movement, *timing, *np.maximum(mean, -40.0), *size, *_rhythm(envelope), np.log1p(elsewhere)], float)


def _rhythm(envelope: np.ndarray) -> list[float]:
    """Strongest cadence (log Hz) and its strength, kurtosis of the blows, and share of bins near the top."""
    if len(envelope) < 4 * BINS_PER_S:
        return [0.0, 0.0, 0.0, 0.0]
    e = np.clip(envelope - np.median(envelope), 0.0, 30.0)
    e = e - e.mean()
    power = float(np.square(e).mean())
    if power < 1e-9:
        return [0.0, 0.0, 0.0, 0.0]
    spectrum = np.abs(np.fft.rfft(e, 2 * len(e))) ** 2
    same = np.fft.irfft(spectrum)[: len(e) // 2]
    same /= same[0] * (1.0 - np.arange(len(same)) / len(e))
    low, high = 3, min(len(same), 4 * BINS_PER_S)
    inner = same[low:high]
    tops = np.flatnonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:])) + 1
    best = int(tops[np.argmax(inner[tops])]) if len(tops) else 0
    kurtosis = float(np.mean(e**4) / power**2)
    steady = float(np.mean(envelope > 0.5 * np.quantile(envelope, 0.95)))
    return [float(np.log(BINS_PER_S / (best + low))), float(inner[best]), float(np.log(kurtosis)), steady]
