"""Learn a classifier: from simulated scenes in the user's own noise, and from labelled recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.seeds import generator
from limes.signals.fibre.block import Block
from limes.signals.fibre.classify import Model, fit
from limes.signals.fibre.features import FEATURES
from limes.signals.fibre.formats import open_recordings
from limes.signals.fibre.ground import Array
from limes.signals.fibre.listen import Listener, ListenSettings
from limes.signals.fibre.simulate import CLASSES, scene, tiled, white


@dataclass(frozen=True)
class Examples:
    """Features (n, features), classes (n,) as indices of `CLASSES`, and the scene or recording of each (n,)."""

    rows: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    def __add__(self, other: Examples) -> Examples:
        groups = np.concatenate([self.groups, other.groups + (self.groups.max() + 1 if len(self.groups) else 0)])
        return Examples(np.concatenate([self.rows, other.rows]), np.concatenate([self.labels, other.labels]), groups)


def _nothing_known() -> Model:
    """A model that calls everything unknown: for gathering features before there is one."""
    n, k = len(FEATURES), len(CLASSES)
    zero = np.zeros(n)
    return Model(zero, zero + 1, np.zeros((n, 3)), np.zeros((1 + 4 * n, k)), 1.0, np.zeros((k, n)), np.ones((k, n)), 1e9, "")


def measured(block: Block, near: float | None = None, settle_s: float = 8.0) -> list[np.ndarray]:
    """Features of every event of a block of samples; with `near` only of those within 60 m of that place."""
    rows = []
    step = round(block.rate)
    with Listener("", _nothing_known(), ListenSettings(threads=1)) as listener:
        events = []
        for first in range(0, len(block.values), step):
            piece = block.values[first : first + step]
            part = Block(block.time + first / block.rate, block.rate, block.start, block.spacing, piece, block.scale)
            events += list(zip(listener.feed(part), listener.measured, strict=True))
        events += list(zip(listener.end(), listener.measured, strict=True))
    for event, row in events:
        if event.time - block.time > settle_s and (near is None or event.low - 60 <= near <= event.high + 60):
            rows.append(row)
    return rows


def simulated(scenes: int, seed: int, noise: Block | None = None, seconds: float = 60.0) -> Examples:
    """Examples of every class from some scenes of each, in white noise or, given `noise`, in that.

    White noise comes at 100, 250 and 500 Hz and 2 to 5 m spacing by turns, so that the model does not hang on one.
    """
    rows: list[np.ndarray] = []
    labels: list[int] = []
    groups: list[int] = []
    for number, label in enumerate(_order(scenes)):
        rng = generator(seed, "fibre", number)
        found = _measured_scene(rng, label, noise, seconds)
        rows += found
        labels += [CLASSES.index(label)] * len(found)
        groups += [number] * len(found)
    return Examples(np.array(rows).reshape(-1, len(FEATURES)), np.array(labels, int), np.array(groups, int))


def _order(scenes: int) -> Iterator[str]:
    for _ in range(scenes):
        yield from CLASSES


def _measured_scene(rng: np.random.Generator, label: str, noise: Block | None, seconds: float) -> list[np.ndarray]:
    if noise is None:
        array = Array(60, float(rng.choice([2.0, 5.0])), float(rng.choice([100.0, 250.0, 500.0])))
        ground = white(rng, round((seconds + 10) * array.rate), array)
    else:
        array = Array(noise.values.shape[1], noise.spacing, noise.rate, start=noise.start)
        ground = tiled(rng, noise.values.astype(np.float32), round((seconds + 10) * array.rate))
    quiet = round(10 * array.rate)
    snr = float(np.exp(rng.uniform(np.log(3.0), np.log(25.0))))
    if label == "unknown":
        values = ground.copy()
        for _ in range(int(rng.integers(5, 14))):
            actor = str(rng.choice(["steps", "hand digging", "animal"]))
            first = quiet + int(rng.integers(0, len(ground) - quiet - 3 * round(array.rate)))
            piece = slice(first, first + round(rng.uniform(0.5, 3.0) * array.rate))
            values[piece] = scene(rng, actor, array, ground[piece], snr).values if piece.stop < len(ground) else ground[piece]
        return measured(_block(values, array))
    one = scene(rng, label, array, ground[quiet:], snr)
    values = np.concatenate([ground[:quiet], one.values])
    return measured(_block(values, array), None if label in ("vehicle", "wind or rain") else one.along)


def _block(values: np.ndarray, array: Array) -> Block:
    return Block(0.0, array.rate, array.start, array.spacing, np.ascontiguousarray(values, np.float32))


def learnt(examples: Examples, about: str) -> Model:
    """A model of examples; ValueError when fewer than two classes are there."""
    if len(np.unique(examples.labels)) < 2:
        raise ValueError("examples of at least two classes are needed")
    return fit(examples.rows, examples.labels, examples.groups, about)


def confusion(model: Model, examples: Examples) -> np.ndarray:
    """How many examples of each class (rows) were called what (columns)."""
    called = model.probabilities(examples.rows).argmax(axis=1)
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (examples.labels, called), 1)
    return table


def expected_error(model: Model, examples: Examples, bins: int = 10) -> float:
    """Expected calibration error: mean gap between how sure the model is and how often it is right (Naeini et al. 2015)."""
    p = model.probabilities(examples.rows)
    sure, right = p.max(axis=1), p.argmax(axis=1) == examples.labels
    slot = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[slot == k].mean() - right[slot == k].mean()) * np.mean(slot == k) for k in range(bins) if (slot == k).any()
    ]
    return float(sum(gaps))


def labelled(folder: Path) -> Examples:
    """Examples of recordings in one folder for each class: named as in `CLASSES`; one group for each file.

    InputError for a folder without such folders, or with nothing to be heard in them.
    """
    rows: list[np.ndarray] = []
    labels: list[int] = []
    groups: list[int] = []
    parts = [part for part in sorted(folder.iterdir()) if part.is_dir()]
    files = [(one, kind) for part in parts if (kind := _class_of(part)) for one in sorted(part.iterdir())]
    for number, (file, kind) in enumerate(files):
        for recording in open_recordings(file):
            found = measured(recording.block(), settle_s=0.0)
            rows += found
            labels += [CLASSES.index(kind)] * len(found)
            groups += [number] * len(found)
    if not rows:
        raise InputError(folder, "", "holds no events in folders named for classes", f"name them {', '.join(CLASSES)}")
    return Examples(np.array(rows), np.array(labels, int), np.array(groups, int))


def _class_of(part: Path) -> str:
    name = part.name.lower().replace("_", " ").replace("-", " ")
    return name if name in CLASSES else ""


def split_scores(examples: Examples) -> tuple[float, float]:
    """Share of events called rightly when a quarter of the events is held back, and when a quarter of the recordings is.

    The first one flatters: it is asked about another moment of a recording that it has learnt from. NaN where the parts that
    are left hold fewer than two classes.
    """
    names = np.unique(examples.groups)
    by_event = np.arange(len(examples.rows)) % 4 == 3
    by_recording = np.isin(examples.groups, names[np.arange(len(names)) % 4 == 3])
    return _held_back(examples, by_event), _held_back(examples, by_recording)


def _held_back(examples: Examples, back: np.ndarray) -> float:
    if not back.any() or len(np.unique(examples.labels[~back])) < 2:
        return float("nan")
    model = fit(examples.rows[~back], examples.labels[~back], examples.groups[~back], "")
    return float((model.probabilities(examples.rows[back]).argmax(axis=1) == examples.labels[back]).mean())
