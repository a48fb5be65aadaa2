"""What a stretch of border puts in the way: delay of walls, fences and gates, and the fence sensors on them, per 25 m."""

from __future__ import annotations

import numpy as np

from limes.closure.ground import bin_range, bins_of
from limes.closure.movement import Mode
from limes.sector import Asset, Catalogue, CatalogueKind


def delays(assets: tuple[Asset, ...], catalogue: Catalogue, mode: Mode, length: float) -> np.ndarray:
    """Seconds that barriers cost a way of crossing in each 25 m bin of the border: their quickest ways through, added up.

    On foot the quickest of climbing, ladder and tools, as the crosser brings what it needs; a vehicle must be let through with
    tools; a drone is not delayed. A barrier acts where its stretch of border is crossed. At a gate the gate may be forced
    instead.
    """
    found = np.zeros(bins_of(length))
    if mode.flies:
        return found
    for asset in assets:
        if asset.family in ("wall", "fence") and asset.line_from is not None and asset.line_to is not None:
            found[bin_range(asset.line_from, asset.line_to, length)] += way_through(catalogue.kinds[asset.kind], mode)
    return found


def with_gates(found: np.ndarray, gates: tuple[tuple[float, CatalogueKind], ...], mode: Mode, length: float) -> np.ndarray:
    """The delays where gates at chainages (m) may be forced instead of the barrier they stand in."""
    if mode.flies:
        return found
    out = found.copy()
    for chainage, kind in gates:
        half = max(kind.number("width_m") / 2.0, 12.5)
        part = bin_range(chainage - half, chainage + half, length)
        out[part] = np.minimum(out[part], kind.number("delay_s"))
    return out


def way_through(kind: CatalogueKind, mode: Mode) -> float:
    """Seconds of the quickest way through or over a barrier."""
    if mode.target_class == "vehicle":
        return kind.number("delay_tools_s")
    return min(kind.number(name) for name in ("delay_climb_s", "delay_tools_s", "delay_ladder_s"))
