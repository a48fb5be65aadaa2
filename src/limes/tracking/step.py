"""One look of one sensor from the prediction of the tracks to what became of them, in one compiled call."""

from __future__ import annotations

import math

import numpy as np

from limes.tracking.association import choose, pair_up
from limes.tracking.compiled import entry, inner, light
from limes.tracking.filter import Model, answer, bear, believe, scene_mix, settle
from limes.tracking.groups import cluster
from limes.tracking.looks import Look
from limes.tracking.motion import count_switches, drift, learned, move, transition
from limes.tracking.parties import label_parties
from limes.tracking.registration import age_biases
from limes.tracking.state import HITS, PARTY, Bias, Tracks
from limes.tracking.update import locate

KNOWN = 4
"""A track teaches how things move only after so many detections: before, its velocity is a guess."""

SCENE_MEMORY = 3600.0
"""Seconds over which what the scene taught is forgotten: nights differ from days."""


@light
def teach(
    count: int, dt: float, before: np.ndarray, switch: np.ndarray, tracks: Tracks, model: Model, scene: np.ndarray
) -> None:
    """Let the tracks tell `scene` how often things switch from one way of moving to another.

    Those missed tell it too: what stops under a Doppler radar is never seen to stop.
    """
    fade = math.exp(-dt / SCENE_MEMORY)
    for a in range(len(scene)):
        for b in range(len(scene)):
            scene[a, b] *= fade
    for i in range(count):
        if tracks.existence[i] > 0.5 and tracks.whole[i, HITS] > KNOWN:
            count_switches(dt, before[i], switch, tracks.weight[i], model.rates, scene)


@light
def in_parties(count: int, tracks: Tracks) -> bool:
    """Whether any track bears the number of a group."""
    number = 0
    for i in range(count):
        number += tracks.whole[i, PARTY] > 0
    return number > 0


@inner
def group_up(count: int, tracks: Tracks, model: Model, serial: int, rows: int) -> np.ndarray:
    """Find who walks together, number the groups; returns who joined or left, see `label_parties`."""
    groups = cluster(count, tracks, model.table)
    if groups > 0 or in_parties(count, tracks):
        return label_parties(count, groups, tracks, serial, rows)
    return np.zeros((0, 3), np.int64)


@entry
def filter_look(
    count: int, dt: float, tracks: Tracks, bias: Bias, scene: np.ndarray, look: Look, given: np.ndarray, model: Model,
    serial: int, rows: int,
) -> tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Predict the first `count` tracks by `dt` and update them with a look; births included, capacity assumed.

    `scene` learns, see `teach`; `given` (n,) or (0,) are probabilities of detection told from outside; the look is of the
    `rows` rows from number `serial` on. Returns the live count, the number of the track that took or was born of each
    detection, the events of `settle`, and those of `label_parties`.
    """
    before, switch, size = tracks.weight[:count].copy(), np.eye(len(scene)), len(look.real)
    if dt > 0.0:
        switch = transition(learned(model.rates, scene, model.trust), dt)
        move(count, tracks, switch, drift(model.table, dt), math.exp(-dt / model.life))
        if len(bias.mean):
            age_biases(dt, bias, model.bias_prior, model.bias_memory)
    pairs = pair_up(count, tracks, bias, look, locate(look, bias), given)
    belief = believe(count, tracks, look, pairs)
    taken = choose(size, pairs, belief)
    owner = answer(count, tracks, bias, look, model, pairs, belief, taken)
    if dt > 0.0:
        teach(count, dt, before, switch, tracks, model, scene)
    mix = scene_mix(count if size else 0, tracks, model.table)
    born = bear(count, tracks, bias, look, model, mix, belief.claim, owner)
    numbers, facts = np.zeros((born, 3), np.int64), np.zeros((born, 3))
    kept, happened = settle(born, tracks, model, numbers, facts)
    joined = np.zeros((0, 3), np.int64)
    if model.sharing and size:
        joined = group_up(kept, tracks, model, serial, rows)
    return kept, owner, numbers[:happened], facts[:happened], joined
