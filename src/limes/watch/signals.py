"""Signals: what the rules of the assessment say each second while they hold; the alert desk makes cases of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Signal:
    """What a rule says at one second: what, where, which tracks, seconds left (low, high) and the facts behind it.

    `heading` is +1 towards home, -1 towards the other side, 0 where that has no meaning.
    """

    kind: str
    priority: str
    cause: str
    x: float | None = None
    y: float | None = None
    km: float | None = None
    offset: float | None = None
    tracks: tuple[int, ...] = ()
    asset: str | None = None
    time_left: tuple[float, float] | None = None
    heading: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
