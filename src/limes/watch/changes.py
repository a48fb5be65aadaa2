"""What a record changed, as sets of names, so that whoever looks on is told no more than that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Changes:
    """Names of tracks, cases, sensors and units that changed or are gone, whether strip, weather or load did; log lines.

    `refused` says why an act, by its id, was not carried out after all; `sent` holds (unit, case) of those carried out;
    `readings` the case of each reading, None where it needs none; `fates` what became of tracks, rows of the tracker's `EVENT`.

    >>> one, two = Changes(tracks={1}), Changes(tracks={2}, tracks_gone={1})
    >>> one.merge(two)
    >>> one.tracks, one.tracks_gone
    ({2}, {1})
    """

    tracks: set[int] = field(default_factory=set)
    tracks_gone: set[int] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    cases_gone: set[str] = field(default_factory=set)
    sensors: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    strip: bool = False
    weather: bool = False
    load: bool = False
    log: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    readings: dict[str, str | None] = field(default_factory=dict)
    fates: list[np.ndarray] = field(default_factory=list)

    def merge(self, later: Changes) -> None:
        """Add what changed later; what is gone is no longer changed, what came back is no longer gone."""
        self.tracks = (self.tracks | later.tracks) - later.tracks_gone
        self.tracks_gone = (self.tracks_gone | later.tracks_gone) - later.tracks
        self.cases = (self.cases | later.cases) - later.cases_gone
        self.cases_gone = (self.cases_gone | later.cases_gone) - later.cases
        self.sensors |= later.sensors
        self.units |= later.units
        self.strip |= later.strip
        self.weather |= later.weather
        self.load |= later.load
        self.log += later.log
        self.refused |= later.refused
        self.sent += later.sent
        self.readings |= later.readings
        self.fates += later.fates

    def __bool__(self) -> bool:
        """Whether anything changed."""
        named = self.tracks or self.tracks_gone or self.cases or self.cases_gone or self.sensors or self.units
        return bool(named or self.strip or self.weather or self.load or self.log)
