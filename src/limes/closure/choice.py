"""How a crosser who is not perfectly rational chooses among places: quantal response and SUQR."""

from __future__ import annotations

import numpy as np

SUQR_WEIGHTS = (-9.85, 0.37, 0.15)
"""Weights of coverage, reward and penalty that SUQR is often used with (Nguyen et al. 2013; not checked against the print)."""


def expected_utility(coverage: np.ndarray, reward: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Utility of each place (...): reward when not covered, penalty when covered.

    >>> expected_utility(np.array([0.6, 0.3]), np.array([8.0, 5.0]), np.array([-4.0, -3.0])).round(3).tolist()
    [0.8, 2.6]
    """
    c = np.asarray(coverage, float)
    return (1.0 - c) * np.asarray(reward, float) + c * np.asarray(penalty, float)


def quantal_response(utility: np.ndarray, lam: float) -> np.ndarray:
    """Probability of each place (..., n): proportional to exp(lam x utility) (McKelvey & Palfrey 1995).

    `lam` 0 is blind chance, growing lam the best reply; 0.76 was fitted to people by Yang et al. 2011.

    >>> quantal_response(np.array([0.8, 2.6, 2.5]), 0.76).round(4).tolist()
    [0.1167, 0.4584, 0.4249]
    """
    score = lam * np.asarray(utility, float)
    weight = np.exp(score - score.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def suqr(
    coverage: np.ndarray, reward: np.ndarray, penalty: np.ndarray, weights: tuple[float, float, float] = SUQR_WEIGHTS
) -> np.ndarray:
    """Probability of each place by subjective utility quantal response: exp(w1 c + w2 R + w3 P) (Nguyen et al. 2013).

    >>> suqr(np.array([0.5, 0.5]), np.array([1.0, 1.0]), np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    w1, w2, w3 = weights
    parts = (w1 * np.asarray(coverage, float), w2 * np.asarray(reward, float), w3 * np.asarray(penalty, float))
    return quantal_response(sum(parts, np.zeros(())), 1.0)
