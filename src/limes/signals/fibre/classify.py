"""Which class an activity is: logistic regression on bent features, calibrated, with a way out for what is like nothing.

Each standardised feature enters straight and bent at three quantiles, so that a class may favour a middle range; the model is
still one matrix, reads in a moment from a small file, and its probabilities come out nearly calibrated. What is left is set
right by a temperature fitted on scenes that were held back (Guo et al. 2017). Whatever lies farther from every class than all
but one in two hundred of the examples loses its probability to "unknown".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.features import FEATURES
from limes.signals.fibre.simulate import CLASSES

BUNDLED = Path(__file__).parent / "model.json"
"""The model that comes with Limes: learnt from simulated scenes alone."""

_VERSION = 1


@dataclass(frozen=True)
class Model:
    """A classifier: standardisation (features,), knots (features, 3), weights (1 + 4 features, classes), and calibration.

    `centres` (classes, features) and `spread` (classes, features) say where each class lies, `far` what distance is too far.
    `about` says what it learnt from.
    """

    mean: np.ndarray
    scale: np.ndarray
    knots: np.ndarray
    weights: np.ndarray
    temperature: float
    centres: np.ndarray
    spread: np.ndarray
    far: float
    about: str

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Probability of each class (n, classes) for features (n, features); what is NaN counts as average."""
        z = _standard(rows, self.mean, self.scale)
        p = _softmax(_basis(z, self.knots) @ self.weights / self.temperature)
        stray = np.clip(_distance(z, self.centres, self.spread) / self.far - 1.0, 0.0, 1.0)[:, None]
        unknown = np.eye(len(CLASSES))[CLASSES.index("unknown")]
        return np.asarray((1.0 - stray) * p + stray * unknown)


def fit(rows: np.ndarray, labels: np.ndarray, groups: np.ndarray, about: str, weight: float = 3e-3) -> Model:
    """Learn from features (n, features), classes (n,) as indices of `CLASSES`, and the scene or recording of each (n,).

    A quarter of the groups is held back for the temperature. `weight` is that of the penalty on large weights.
    """
    from scipy.optimize import minimize_scalar

    known = np.maximum(np.isfinite(rows).sum(axis=0), 1)
    mean = np.nansum(rows, axis=0) / known
    scale = np.maximum(np.sqrt(np.nansum(np.square(rows - mean), axis=0) / known), 1e-6)
    z = _standard(rows, mean, scale)
    knots = np.quantile(z, [0.2, 0.5, 0.8], axis=0).T
    names = np.unique(groups)
    back = np.isin(groups, names[np.arange(len(names)) % 4 == 3])
    basis = _basis(z, knots)
    held = _solve(basis[~back], labels[~back], weight)
    scores = basis[back] @ held

    def loss(temperature: float) -> float:
        p = _softmax(scores / temperature)[np.arange(len(scores)), labels[back]]
        return float(-np.log(np.maximum(p, 1e-12)).mean())

    temperature = float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x) if back.any() else 1.0
    there = [z[labels == k] if (labels == k).any() else z for k in range(len(CLASSES))]
    centres = np.stack([one.mean(axis=0) for one in there])
    spread = np.stack([np.maximum(one.std(axis=0), 0.3) for one in there])
    far = float(np.quantile(_distance(z, centres, spread), 0.995))
    return Model(mean, scale, knots, _solve(basis, labels, weight), temperature, centres, spread, far, about)


def _solve(basis: np.ndarray, labels: np.ndarray, weight: float) -> np.ndarray:
    from scipy.optimize import minimize

    n, width, many = len(basis), basis.shape[1], len(CLASSES)
    truth = np.eye(many)[labels]
    share = 1.0 / np.maximum(truth.sum(axis=0), 1.0)
    each = share[labels] * n / max(1, len(np.unique(labels)))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(width, many)
        p = _softmax(basis @ w)
        value = -(each * np.log(np.maximum(p[np.arange(n), labels], 1e-12))).mean() + 0.5 * weight * float(
            np.square(w[1:]).sum()
        )
        slope = basis.T @ (each[:, None] * (p - truth)) / n
        slope[1:] += weight * w[1:]
        return value, slope.ravel()

    found = minimize(loss, np.zeros(width * many), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x.reshape(width, many))


def _standard(rows: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.clip(np.nan_to_num((np.atleast_2d(rows) - mean) / scale, nan=0.0), -8.0, 8.0)


def _basis(z: np.ndarray, knots: np.ndarray) -> np.ndarray:
    bent = np.maximum(z[:, :, None] - knots, 0.0).reshape(len(z), -1)
    return np.concatenate([np.ones((len(z), 1)), z, bent], axis=1)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _distance(z: np.ndarray, centres: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Root mean square distance to the nearest class, in its own standard deviations."""
    return np.asarray(np.sqrt(np.square((z[:, None] - centres) / spread).mean(axis=2)).min(axis=1))


def save_model(model: Model, path: Path) -> None:
    """Write a model as JSON."""
    said = {name: np.round(value, 5).tolist() for name, value in vars(model).items() if isinstance(value, np.ndarray)}
    said |= {"version": _VERSION, "classes": CLASSES, "features": FEATURES, "about": model.about}
    path.write_text(json.dumps(said | {"temperature": model.temperature, "far": model.far}), encoding="utf-8")


def load_model(path: Path = BUNDLED) -> Model:
    """Read a model; InputError when it is none, or one of other classes or features."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(path, "", "is not a model", "learn one with limes fibre learn") from None
    shape = (said.get("version"), said.get("classes"), said.get("features")) if isinstance(said, dict) else ()
    if shape != (_VERSION, list(CLASSES), list(FEATURES)):
        raise InputError(path, "classes", "are not those of this version of Limes", "learn it anew with limes fibre learn")
    arrays = {name: np.array(said[name]) for name in ("mean", "scale", "knots", "weights", "centres", "spread")}
    mean, scale, knots, weights, centres, spread = arrays.values()
    return Model(mean, scale, knots, weights, said["temperature"], centres, spread, said["far"], said["about"])
