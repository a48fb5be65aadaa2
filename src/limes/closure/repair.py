"""The cheapest repair of a weak place: single purchases from the catalogue, each tried against a crosser who answers it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from limes.closure.scene import Scene, closure, with_assets
from limes.closure.ways import Way
from limes.sector import Asset
from limes.sector.costs import cost
from limes.sector.lines import LINE_OFFSET, beside

ENOUGH = 0.1
"""Gain in P(interdict) of a km from which on a purchase counts as a repair."""

_MARGIN = 250.0  # m by which a line reaches beyond its km


@dataclass(frozen=True)
class Repair:
    """One purchase: what, its price (USD), yearly cost (USD/year, renewal and people included), P of the km before and after.

    `moved_to` is the least P(interdict) in the sector afterwards: where the crosser who knows goes then.
    """

    what: str
    capital: float
    yearly: float
    before: float
    after: float
    moved_to: float


def repairs(about: Scene, weak: Way) -> tuple[Repair, ...]:
    """Try every candidate at a weak place; those that gain, the cheapest by the year first."""
    narrow = _only(about, weak.mode)
    km = int(weak.chainage // 1000.0)
    before = closure(narrow, weak.mode, weak.direction).p[km]
    tried = [_try(narrow, weak, what, assets, float(before)) for what, assets in candidates(about, weak)]
    return tuple(sorted((r for r in tried if r.after - r.before >= 0.005), key=lambda r: (r.yearly, r.what)))


def cheapest(found: tuple[Repair, ...], enough: float = ENOUGH) -> Repair | None:
    """The cheapest that gains enough; else the one that gains most; None where none gains."""
    good = [repair for repair in found if repair.after - repair.before >= enough]
    return good[0] if good else max(found, key=lambda repair: repair.after - repair.before, default=None)


def _only(about: Scene, mode: str) -> Scene:
    return replace(
        about,
        modes=MappingProxyType({mode: about.modes[mode]}),
        tasks=MappingProxyType({mode: about.tasks[mode]}),
        hazards=MappingProxyType({mode: about.hazards[mode]}),
    )


def _try(about: Scene, weak: Way, what: str, assets: tuple[Asset, ...], before: float) -> Repair:
    after = closure(with_assets(about, assets), weak.mode, weak.direction)
    bill = cost(replace(about.deployment, assets=assets), about.sector.catalogue)
    here = float(after.p[int(weak.chainage // 1000.0)])
    return Repair(what, bill.capital.value, bill.running.value, before, here if np.isfinite(here) else 1.0, after.worst)


def candidates(about: Scene, weak: Way) -> list[tuple[str, tuple[Asset, ...]]]:
    """Purchases worth a try at a weak place: a patrol at the nearest post, a post with one, a tower, and lines over its km."""
    start = max(1000.0 * (weak.chainage // 1000.0) - _MARGIN, 0.0)
    end = min(start + 1000.0 + 2.0 * _MARGIN, about.sector.border.length)
    span = f"km {start / 1000.0:.1f} to {end / 1000.0:.1f}"
    found: list[tuple[str, tuple[Asset, ...]]] = []
    posts = about.deployment.family("post")
    if posts:
        x, y = (float(v) for v in about.sector.border.point(weak.chainage))
        post = min(posts, key=lambda p: (np.hypot(p.x - x, p.y - y), p.id))
        found.append((f"one more vehicle patrol at {post.id}", (_unit(about, "patrol-vehicle", post.x, post.y, post.id),)))
    x, y = _behind(about, weak.chainage, 400.0)
    base = _point(about, "post-border", x, y)
    found.append(
        (f"a post with a vehicle patrol at {span[: span.index(' to')]}", (base, _unit(about, "patrol-vehicle", x, y, base.id)))
    )
    for kind in ("tower-short", "tower-medium"):
        found.append(
            (f"a {kind} at {span[: span.index(' to')]}", (_point(about, kind, *_behind(about, weak.chainage, 120.0)),))
        )
    lines = [("fibre",), ("fence-mesh", "fence-sensor"), ("wall-concrete", "fibre")]
    lines += [("barrier-vehicle",)] if weak.mode == "vehicle" else []
    for kinds in lines if weak.mode != "drone" else []:
        found.append((f"{' with '.join(kinds)} over {span}", tuple(_line(about, kind, start, end) for kind in kinds)))
    return found


def _behind(about: Scene, chainage: float, metres: float) -> tuple[float, float]:
    x, y = about.sector.border.point(chainage)
    east, north = about.sector.border.normal_home(chainage, 2000.0)
    return float(x + metres * east), float(y + metres * north)


def _point(about: Scene, key: str, x: float, y: float) -> Asset:
    kind = about.sector.catalogue.kinds[key]
    height = kind.number("height_m", 0.0) if kind.family == "tower" else 0.0
    return Asset(
        f"new-{key}", key, kind.family, kind.title, x, y, height, 0.0, 2.0 * np.pi, None, None, None, None, kind.crew.value,
        kind.payload, MappingProxyType({}),
    )  # fmt: skip


def _unit(about: Scene, key: str, x: float, y: float, base: str) -> Asset:
    return replace(_point(about, key, x, y), base=base)


def _line(about: Scene, key: str, start: float, end: float) -> Asset:
    kind = about.sector.catalogue.kinds[key]
    line = beside(about.sector.border, start, end, LINE_OFFSET[kind.family])
    x, y = line[len(line) // 2]
    crew = kind.crew.value * (end - start) / 1000.0
    return replace(_point(about, key, float(x), float(y)), line_from=start, line_to=end, line_xy=line, crew=crew)
