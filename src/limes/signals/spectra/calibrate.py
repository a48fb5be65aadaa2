"""What a likeness is worth in a library: its own spectra, with their material or specimen held out, are the strangers.

Conformal prediction (Vovk, Gammerman, Shafer 2005): the share of strangers that stand out as much is a p-value that holds
whatever the distribution, as long as what is measured resembles the library's spectra. A row's crowd never counts what
is held out: left in, it would tell the held-out material from the start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from limes.errors import InputError
from limes.signals.spectra.explain import explain_values
from limes.signals.spectra.library import BUNDLED, Library
from limes.signals.spectra.search import CROWD_WEIGHT, SHARPNESS, closeness, distinction, per_material
from limes.signals.spectra.spectrum import Floats

STRANGERS_NAMED = 0.05
"""Share of materials outside the library that may be given a name."""

MISSED = 0.05
"""Share of answers that may leave out the right material although the library holds it."""

FEWEST = 20
"""Held-out spectra needed before any error rate is stated."""

MOST = 300
"""Held-out spectra of a user's library at most, evenly drawn from it."""

MOST_EXPLAINED = 100
"""Held-out spectra that are explained as mixtures at most."""

CROWD = 4
"""Materials that make a row's crowd: the nearest others."""

LEAD_WEIGHT = {"raman": 0.0, "mid-ir": 1.0, "nir": 1.0}
"""How much the lead over the next materials counts in how far a material stands out."""

_NAME = "calibration.json"
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Calibration:
    """What held-out spectra of a library got.

    `strangers`: how far the best material stood out for spectra whose material was held out; `outsiders`: the same with
    their whole family held out; `members`: the same for spectra rightly named with their specimen held out. `doubt`: one
    less the probability of the right material, where the best one passed for a name. All ascending. `crowd` (n,) is the mean
    closeness of the `CROWD` nearest other materials to each row, `sharpness` how fast probability falls with closeness. `left`
    (ascending) is the share that the best mixture left unexplained of spectra with only their specimen held out.
    """

    strangers: Floats
    outsiders: Floats
    members: Floats
    doubt: Floats
    crowd: Floats
    sharpness: float = SHARPNESS
    left: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def threshold(self) -> float:
        """Distinction above which at most `STRANGERS_NAMED` of strangers lie; nan where there were too few to say."""
        return _upper(self.strangers, STRANGERS_NAMED)

    @property
    def family_threshold(self) -> float:
        """Distinction above which at most `STRANGERS_NAMED` of spectra of strange families lie; nan where too few to say."""
        return _upper(self.outsiders, STRANGERS_NAMED)

    @property
    def most_doubt(self) -> float:
        """Highest doubt of a material that still belongs to the answer, so that `MISSED` are missed; nan: unknown."""
        return _upper(self.doubt, MISSED)

    def p_stranger(self, distinction: float) -> float:
        """p-value of the guess "not in the library" for a distinction; nan where there were too few to say.

        >>> none = np.zeros(0)
        >>> round(Calibration(np.linspace(0.0, 0.9, 99), none, none, none, none).p_stranger(0.95), 2)
        0.01
        """
        n = self.strangers.size
        above = n - int(np.searchsorted(self.strangers, distinction, side="left"))
        return (1 + above) / (n + 1) if n >= FEWEST else float("nan")

    def p_complete(self, unexplained: float) -> float:
        """p-value of the guess "nothing here is foreign to the library" for what its best mixture leaves; nan: unknown."""
        n = self.left.size
        more = n - int(np.searchsorted(self.left, unexplained, side="left"))
        return (1 + more) / (n + 1) if n >= FEWEST else float("nan")


def _upper(scores: Floats, share: float) -> float:
    """The conformal quantile: at most `share` of further draws lie above it; nan where there are too few."""
    n = scores.size
    rank = int(np.ceil((n + 1) * (1 - share)))
    return float(scores[rank - 1]) if n >= FEWEST and rank <= n else float("nan")


@dataclass(frozen=True, eq=False)
class Held:
    """All that a library says of its own spectra: the closeness of every row to every drawn one (d, n)."""

    library: Library
    drawn: NDArray[np.int64]
    found: Floats
    specimens: NDArray[np.str_]
    families: NDArray[np.str_]


def held_out(library: Library, most: int = MOST, tick: Callable[[int, int], None] | None = None) -> Held:
    """The closeness of all rows of a library to `most` of its own, evenly drawn.

    `tick(done, all)` is called as it goes on.
    """
    count = len(library.rows)
    drawn = np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64)) if count else np.zeros(0, np.int64)
    found = np.zeros((drawn.size, count))
    for place, k in enumerate(drawn):
        found[place] = closeness(library, library.matrix[:, k], int(library.first[k]), int(library.end[k]))
        if tick:
            tick(place + 1, drawn.size)
    specimens = np.array([row.specimen or f"row {k}" for k, row in enumerate(library.rows)], dtype=np.str_)
    families = np.array([row.family or f"row {k}" for k, row in enumerate(library.rows)], dtype=np.str_)
    return Held(library, drawn, found, specimens, families)


def nearness(held: Held) -> Floats:
    """The closest that a drawn row of every material comes to every row of another (m, n), -inf within a material."""
    index = held.library.index
    nearest = np.full((len(held.library.materials), index.size), -np.inf)
    for material in np.unique(index[held.drawn]):
        nearest[material] = held.found[index[held.drawn] == material].max(axis=0)
        nearest[material, index == material] = -np.inf
    return nearest


def crowd_of(held: Held, nearest: Floats, hidden: Bools | None = None) -> Floats:
    """Mean closeness of the `CROWD` nearest other materials to every row (n,), what is `hidden` (n,) never counted.

    `nearest` comes from `nearness`; 0 where the library has no other materials.
    """
    shown = nearest
    if hidden is not None:
        index, shown = held.library.index, nearest.copy()
        for material in np.unique(index[hidden]):
            rest = (index[held.drawn] == material) & ~hidden[held.drawn]
            shown[material] = held.found[rest].max(axis=0, initial=-np.inf)
            shown[material, index == material] = -np.inf
    few = -np.partition(-shown, min(CROWD, len(shown)) - 1, axis=0)[:CROWD]
    seen = np.isfinite(few)
    return np.asarray(np.where(seen, few, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


def stands_out(library: Library, found: Floats, hidden: Bools, crowd: Floats) -> tuple[int, float, Floats]:
    """Best material without the hidden rows, how far it stands out, and the ranked closeness of every material (m,)."""
    shown = np.where(hidden, -np.inf, found)
    ranked = per_material(library, shown - CROWD_WEIGHT * crowd)
    best = int(np.argmax(ranked))
    return best, distinction(library, shown, best, LEAD_WEIGHT[library.technique]), ranked


def calibrate(library: Library, most: int = MOST, tick: Callable[[int, int], None] | None = None) -> Calibration:
    """Search spectra of the library in the rest of it, with their specimen, their material and their family held out.

    At most `most` spectra are drawn, evenly over the library.
    """
    held = held_out(library, most, tick)
    if len(library.materials) < 2:
        none = np.zeros(0)
        return Calibration(none, none, none, none, np.zeros(len(library.rows)))
    nearest = nearness(held)
    strangers, outsiders = _strangers(held, nearest)
    known = _known(held, nearest)
    sharpness = fit_sharpness([(ranked, right) for right, _, _, ranked in known]) if len(known) >= FEWEST else SHARPNESS
    floor = _upper(strangers, STRANGERS_NAMED)
    doubt = [1.0 - float(probabilities(ranked, sharpness)[right]) for right, _, far, ranked in known if far > floor]
    members = [far for right, best, far, _ in known if right == best]
    kept = _ascending(members), _ascending(doubt), crowd_of(held, nearest)
    return Calibration(strangers, outsiders, *kept, sharpness, _left(held))


def _left(held: Held) -> Floats:
    """What mixtures leave unexplained of drawn rows whose material has another specimen, at most `MOST_EXPLAINED` of them."""
    index, library = held.library.index, held.library
    alike = [held.specimens == held.specimens[k] for k in held.drawn]
    usable = [(k, same) for k, same in zip(held.drawn, alike, strict=True) if (index[~same] == index[k]).any()]
    places = np.unique(np.linspace(0, len(usable) - 1, min(MOST_EXPLAINED, len(usable))).round().astype(np.int64))
    found = []
    for k, same in (usable[place] for place in places):
        first, end = int(library.first[k]), int(library.end[k])
        found.append(explain_values(library, library.additive[k].astype(np.float64), first, end, same).unexplained)
    return _ascending(found)


def _ascending(values: list[float]) -> Floats:
    return np.sort(np.array(values, np.float64))


def _strangers(held: Held, nearest: Floats) -> tuple[Floats, Floats]:
    """How far the best other material stands out for every drawn row, and the best of another family (d,)."""
    index, library = held.library.index, held.library
    crowds = {int(m): crowd_of(held, nearest, index == m) for m in np.unique(index[held.drawn])}
    families = {str(f): crowd_of(held, nearest, held.families == f) for f in np.unique(held.families[held.drawn])}
    strangers, outsiders = [], []
    for place, k in enumerate(held.drawn):
        own = index == index[k]
        strangers.append(stands_out(library, held.found[place], own, crowds[int(index[k])])[1])
        family = own | (held.families == held.families[k])
        if not family.all():
            outsiders.append(stands_out(library, held.found[place], family, families[str(held.families[k])])[1])
    return _ascending(strangers), _ascending(outsiders)


def _known(held: Held, nearest: Floats) -> list[tuple[int, int, float, Floats]]:
    """Right and best material, distinction and ranked closeness for every drawn row whose material has another specimen."""
    index, library = held.library.index, held.library
    crowds: dict[str, Floats] = {}
    found = []
    for place, k in enumerate(held.drawn):
        same = held.specimens == held.specimens[k]
        if (index[~same] == index[k]).any():
            name = str(held.specimens[k])
            crowds[name] = crowds[name] if name in crowds else crowd_of(held, nearest, same)
            best, far, ranked = stands_out(library, held.found[place], same, crowds[name])
            found.append((int(index[k]), best, far, ranked))
    return found


def probabilities(ranked: Floats, sharpness: float) -> Floats:
    """Probability of every material (m,) by its ranked closeness, given that one of them it is."""
    return np.asarray(np.exp(sharpness * ranked - logsumexp(sharpness * ranked)))


def fit_sharpness(known: list[tuple[Floats, int]]) -> float:
    """The sharpness that makes the right ones of ranked materials most probable together (maximum likelihood)."""

    def surprise(sharpness: float) -> float:
        return -sum(float(sharpness * ranked[right] - logsumexp(sharpness * ranked)) for ranked, right in known)

    return float(minimize_scalar(surprise, bounds=(0.5, 40.0), method="bounded").x)


def calibration_of(library: Library, folder: Path = BUNDLED) -> Calibration:
    """The calibration that lies beside a library (see `save_calibration`), else one made now from drawn spectra."""
    path = folder / _NAME
    try:
        saved = json.loads(path.read_text(encoding="utf-8")).get(library.version) if path.is_file() else None
        return calibrate(library) if saved is None else _from_json(saved, len(library.rows))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(path, library.version, "is damaged", "build the library again") from None


def save_calibration(library: Library, calibration: Calibration, folder: Path) -> None:
    """Write a calibration beside its library, so that it need not be made again."""
    path = folder / _NAME
    held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    held[library.version] = {"technique": library.technique, **_to_json(calibration)}
    path.write_text(json.dumps(held, separators=(",", ":")) + "\n", encoding="utf-8")


_ARRAYS = ("strangers", "outsiders", "members", "doubt", "crowd", "left")


def _to_json(calibration: Calibration) -> dict[str, Any]:
    arrays = {name: [float(f"{x:.5g}") for x in getattr(calibration, name)] for name in _ARRAYS}
    return {"sharpness": round(calibration.sharpness, 4), **arrays}


def _from_json(saved: dict[str, Any], rows: int) -> Calibration:
    strangers, outsiders, members, doubt, crowd, left = (np.array(saved[name], np.float64) for name in _ARRAYS)
    if any(one.ndim != 1 for one in (strangers, outsiders, members, doubt, left)) or crowd.shape != (rows,):
        raise ValueError
    return Calibration(strangers, outsiders, members, doubt, crowd, float(saved["sharpness"]), left)
