"""What a score is worth in a library: its own spectra, with their material or specimen held out, are the strangers.

Conformal prediction (Vovk, Gammerman, Shafer 2005): the share of strangers that score as high is a p-value that holds
whatever the scores' distribution, as long as what is measured resembles the library's spectra.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limes.signals.spectra.library import BUNDLED, Library
from limes.signals.spectra.search import score
from limes.signals.spectra.spectrum import Floats

STRANGERS_NAMED = 0.05
"""Share of materials outside the library that may be given a name."""

MISSED = 0.05
"""Share of answers that may leave out the right material although the library holds it."""

FEWEST = 20
"""Held-out spectra needed before any error rate is stated."""

MOST = 300
"""Held-out spectra of a user's library at most, evenly drawn from it."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What held-out spectra scored, each array ascending.

    `strangers`: best scores of spectra whose material was held out; `outsiders`: the same with their whole family held
    out. `behind`: how far the right material stood behind the best hit when only the specimen was held out and the best
    score passed for a name.
    """

    strangers: Floats
    outsiders: Floats
    behind: Floats

    @property
    def threshold(self) -> float:
        """Score above which at most `STRANGERS_NAMED` of strangers lie; nan where there were too few to say."""
        return _upper(self.strangers, STRANGERS_NAMED)

    @property
    def family_threshold(self) -> float:
        """Score above which at most `STRANGERS_NAMED` of spectra of strange families lie; nan where too few to say."""
        return _upper(self.outsiders, STRANGERS_NAMED)

    @property
    def margin(self) -> float:
        """How far behind the best a material still belongs to the answer, so that `MISSED` are missed; nan: unknown."""
        return _upper(self.behind, MISSED)

    def p_stranger(self, score: float) -> float:
        """p-value of the guess "not in the library" for a best score; nan where there were too few to say.

        >>> round(Calibration(np.linspace(0.0, 0.9, 99), np.zeros(0), np.zeros(0)).p_stranger(0.95), 2)
        0.01
        """
        n = self.strangers.size
        above = n - int(np.searchsorted(self.strangers, score, side="left"))
        return (1 + above) / (n + 1) if n >= FEWEST else float("nan")


def _upper(scores: Floats, share: float) -> float:
    """The conformal quantile: at most `share` of further draws lie above it; nan where there are too few."""
    n = scores.size
    rank = int(np.ceil((n + 1) * (1 - share)))
    return float(scores[rank - 1]) if n >= FEWEST and rank <= n else float("nan")


def calibrate(library: Library, most: int = MOST) -> Calibration:
    """Hold out up to `most` spectra of a library, evenly drawn, and see what they score against the rest."""
    names = np.array([row.material for row in library.rows])
    families = np.array([row.family or f"only {row.material}" for row in library.rows])
    # rows without a specimen named are taken for different specimens
    specimens = np.array([row.specimen or f"row {k}" for k, row in enumerate(library.rows)])
    drawn = np.unique(np.linspace(0, len(names) - 1, min(len(names), most)).astype(np.int64))
    strangers, outsiders, pairs = [], [], []
    for k in drawn:
        found = score(library, library.matrix[:, k], int(library.first[k]), int(library.end[k]))
        strangers.append(_best(found, names != names[k]))
        outsiders.append(_best(found, (names != names[k]) & (families != families[k])))
        pairs.append((strangers[-1], _best(found, (names == names[k]) & (specimens != specimens[k]))))
    ranked = np.sort(strangers)
    floor = _upper(ranked, STRANGERS_NAMED)
    behind = [max(other - own, 0.0) for other, own in pairs if own > -1.0 and max(other, own) > floor]
    return Calibration(ranked, np.sort(outsiders), np.sort(np.array(behind, np.float64)))


def _best(scores: Floats, allowed: NDArray[np.bool_]) -> float:
    return float(scores[allowed].max(initial=-1.0))


def calibration_of(library: Library) -> Calibration:
    """The calibration that comes with a bundled library (all its spectra held out in turn), else one made now."""
    held = json.loads((BUNDLED.parent / "lists/calibration.json").read_text(encoding="utf-8")).get(library.version)
    if held is None:
        return calibrate(library)
    return Calibration(*(np.array(held[name], np.float64) for name in ("strangers", "outsiders", "behind")))
