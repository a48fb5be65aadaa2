"""The waterfall: one row a second, the energy of each stretch of fibre above its own noise, small enough for a page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.signals.fibre.health import health
from limes.signals.fibre.stream import Energies

CELLS = 400
"""Stretches that a fibre is shown in, at most."""


@dataclass(frozen=True)
class Row:
    """One second: its time, and for each cell the dB above its noise, 0 to 60 in quarters (uint8)."""

    time: float
    cells: np.ndarray


class Waterfall:
    """Makes rows out of energies; each cell shows the loudest of its channels between 5 and 100 Hz."""

    def __init__(self) -> None:
        self.start, self.spacing, self.channels = 0.0, 1.0, 0
        self.level = np.zeros(0)
        self._sum: list[np.ndarray] = []

    def feed(self, passed: Energies) -> list[Row]:
        """Rows of the seconds that are complete."""
        shape = (passed.start, passed.spacing, passed.power.shape[2])
        if shape != (self.start, self.spacing, self.channels):
            self.start, self.spacing, self.channels = shape
            self.level, self._sum = np.zeros(0), []
        rows = []
        for k, power in enumerate(passed.power):
            if not passed.settled[k]:
                continue
            self._sum.append(np.nansum(power[1:4], axis=0))
            if len(self._sum) * passed.bin_s >= 1.0 - 1e-9:
                rows.append(self._row(passed.time + (k + 1) * passed.bin_s))
        return rows

    def _row(self, time: float) -> Row:
        db = 10.0 * np.log10(np.maximum(np.mean(self._sum, axis=0), 1e-30))
        self._sum = []
        if not len(self.level):
            self.level = db
        self.level = self.level + np.clip(db - self.level, -0.5, 0.25)
        edges = np.linspace(0, len(db), min(CELLS, len(db)), endpoint=False).astype(int)
        over = np.maximum.reduceat(db - self.level, edges)
        return Row(time, np.clip(over * 4.0, 0, 240).astype(np.uint8))

    def message(self, rows: list[Row], events: list[dict[str, Any]]) -> dict[str, Any]:
        """What the watch is sent for its page: rows, events, and how the fibre is."""
        state = health(self.level, self.start, self.spacing)
        broken = None if np.isnan(state.break_at) else round(state.break_at, 1)
        lists = {"dead": len(state.dead), "noisy": len(state.noisy), "break_m": broken, "channels": self.channels}
        shown = [{"time": row.time, "cells": base64.b64encode(row.cells.tobytes()).decode()} for row in rows]
        where = {"start_m": self.start, "length_m": self.spacing * self.channels}
        return where | {"rows": shown, "events": events, "health": lists}
