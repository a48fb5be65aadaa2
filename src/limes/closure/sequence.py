"""The adversary sequence diagram: layers of elements to pass, and the most vulnerable path through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limes.closure.easi import Communication, Sensed, easi
from limes.errors import UsageError

_MOST = 2_000_000  # paths that are enumerated


@dataclass(frozen=True)
class Element:
    """One way to pass a layer: probability of detection, delay in seconds (mean, sd) and when it is sensed."""

    name: str
    p_detect: float
    delay_mean: float
    delay_sd: float = 0.0
    detect_at: Sensed = "begin"


def ranked_paths(
    layers: Sequence[Sequence[Element]],
    response_mean: float,
    response_sd: float,
    p_communication: float = 1.0,
    communication: Communication = "each-detection",
) -> tuple[np.ndarray, np.ndarray]:
    """Every path by rising P(interrupt): element indices (k, layers) and P(interrupt) (k,), by EASI on each of them.

    The worst path is in general neither the one with the least detection nor the quickest, so none is left out. Raises
    UsageError for more than two million paths.

    >>> layers = [[Element("fence", 0.7, 15.0), Element("tunnel", 0.1, 900.0)], [Element("road", 0.4, 300.0)]]
    >>> paths, p = ranked_paths(layers, 200.0, 0.0)
    >>> paths[0].tolist(), p.round(2).tolist()
    ([1, 0], [0.46, 0.82])
    """
    sizes = [len(layer) for layer in layers]
    if np.prod(np.array(sizes, float)) > _MOST:
        raise UsageError(f"{' x '.join(map(str, sizes))} paths are more than {_MOST}; join elements that are alike")
    choice = np.stack([index.ravel() for index in np.meshgrid(*(np.arange(n) for n in sizes), indexing="ij")], axis=-1)
    value = np.zeros(len(choice))
    for senses in sorted({tuple(layer[i].detect_at for layer, i in zip(layers, row, strict=True)) for row in choice}):
        same = _same_senses(layers, choice, senses)
        p, mean, sd = (_table(layers, choice[same], name) for name in ("p_detect", "delay_mean", "delay_sd"))
        value[same] = easi(p, mean, sd, senses, response_mean, response_sd, p_communication, communication)
    order = np.argsort(value, kind="stable")
    return choice[order], value[order]


def most_vulnerable_path(
    layers: Sequence[Sequence[Element]],
    response_mean: float,
    response_sd: float,
    p_communication: float = 1.0,
    communication: Communication = "each-detection",
) -> tuple[tuple[str, ...], float]:
    """Names along the path with the least P(interrupt), and that probability."""
    paths, p = ranked_paths(layers, response_mean, response_sd, p_communication, communication)
    return tuple(layer[i].name for layer, i in zip(layers, paths[0], strict=True)), float(p[0])


def _table(layers: Sequence[Sequence[Element]], choice: np.ndarray, name: str) -> np.ndarray:
    columns = [np.array([getattr(element, name) for element in layer], float) for layer in layers]
    return np.stack([column[choice[:, k]] for k, column in enumerate(columns)], axis=-1)


def _same_senses(layers: Sequence[Sequence[Element]], choice: np.ndarray, senses: tuple[Sensed, ...]) -> np.ndarray:
    same = np.ones(len(choice), bool)
    for k, layer in enumerate(layers):
        same &= np.array([element.detect_at == senses[k] for element in layer])[choice[:, k]]
    return np.flatnonzero(same)
