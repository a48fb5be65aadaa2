"""What could stand where: purchases from the catalogue on places screened by terrain and by what is seen from there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from limes.planning.request import Request, allowed
from limes.sector import Asset, Deployment, Sector
from limes.sector.costs import cost
from limes.sector.lines import LINE_OFFSET, beside
from limes.sensing.sight import minimum_visible_height

TOWERS = ("tower-short", "tower-medium")
AEROSTATS = ("aerostat-22m", "aerostat-74k")
BARRIERS = ("wall-concrete", "fence-mesh", "fence-razor")
PATROLS_A_POST = 3

_EVERY = {"tower": 3000.0, "post": 3000.0, "aerostat": 14000.0, "line": 2000.0}  # m of border for each place
_STEEP = 0.35  # rise over run on which nothing heavy is built (assumed)
_SCREENED = 6  # highest places for each tower site that are looked from
_TARGET = 1.7  # m: a person


@dataclass(frozen=True)
class Candidate:
    """One purchase.

    `capital` USD, `yearly` USD a year with renewal and people, `crew` people on duty. At most one candidate of a `site` is
    bought; `needs` another that must be there. `barrier` the kind of barrier it is, over `span` (m).
    """

    key: str
    what: str
    kind: str
    assets: tuple[Asset, ...]
    capital: float
    yearly: float
    crew: float
    site: str
    needs: str = ""
    barrier: str = ""
    span: tuple[float, float] = (0.0, 0.0)


def candidates(sector: Sector, request: Request, say: Callable[[str], None] = lambda text: None) -> tuple[Candidate, ...]:
    """Every purchase a plan may make, with ids that nothing kept has."""
    say("Screening places ...")
    makers = (_posts, _towers, _aerostats, _lines)
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = [one for part in pool.map(lambda make: make(sector, request), makers) for one in part]
    return tuple(one for one in found if request.most.get(one.kind, 1.0) > 0.0)


def _tag(request: Request) -> str:
    """What the ids of new assets begin with: nothing that is kept does."""
    used = {asset.id.split("-")[0] for asset in request.kept}
    return next(tag for tag in ("plan", *(f"plan{n}" for n in range(2, 10_000))) if tag not in used)


def purchase(
    sector: Sector, key: str, what: str, assets: tuple[Asset, ...], site: str, needs: str = "", barrier: str = ""
) -> Candidate:
    """A candidate with its bill."""
    bill = cost(Deployment(key, "", "", assets), sector.catalogue)
    first = assets[0]
    span = (first.line_from or 0.0, first.line_to or 0.0)
    return Candidate(
        key, what, first.kind, assets, bill.capital.value, bill.running.value, bill.crew.value, site, needs, barrier, span
    )


def _places(
    sector: Sector, request: Request, every: float, near: float, far: float
) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """For each stretch of border: its middle (m) and the places on the home side where building is possible, highest first."""
    length, found = sector.border.length, []
    count = max(round(length / every), 1)
    for i in range(count):
        middle = (i + 0.5) * length / count
        x0, y0 = (float(v) for v in sector.border.point(middle))
        half = 0.35 * length / count
        steps = np.arange(-far - half, far + half, 120.0)
        x, y = (v.ravel() for v in np.meshgrid(x0 + steps, y0 + steps))
        x, y = x[sector.terrain.grid.inside(x, y)], y[sector.terrain.grid.inside(x, y)]
        chainage, offset = sector.border.locate(x, y)
        good = (np.abs(chainage - middle) <= half) & (offset >= near) & (offset <= far)
        x, y = x[good], y[good]
        height = sector.terrain.sample(x, y)
        good = np.isfinite(height) & (_steepness(sector, x, y) <= _STEEP) & ~_wet(sector, x, y) & allowed(request, x, y)
        order = np.argsort(-height[good], kind="stable")
        if order.size:
            found.append((middle, x[good][order], y[good][order]))
    return found


def _steepness(sector: Sector, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Rise over run about places, NaN beside voids counted as steep."""
    far = sector.terrain.grid.cell
    east = (sector.terrain.sample(x + far, y) - sector.terrain.sample(x - far, y)) / (2.0 * far)
    north = (sector.terrain.sample(x, y + far) - sector.terrain.sample(x, y - far)) / (2.0 * far)
    return np.nan_to_num(np.hypot(east, north), nan=np.inf)


def _wet(sector: Sector, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Places within 150 m of a river's line."""
    import shapely

    near = np.zeros(x.shape, bool)
    for water in sector.water:
        near |= shapely.distance(shapely.LineString(water.line), shapely.points(x, y)) < 150.0
    return near


def point(sector: Sector, key: str, kind_key: str, x: float, y: float, title: str = "", base: str | None = None) -> Asset:
    """An asset of a kind at a place."""
    kind = sector.catalogue.kinds[kind_key]
    height = kind.number({"tower": "height_m", "aerostat": "altitude_m"}.get(kind.family, ""), 0.0)
    return Asset(
        key, kind_key, kind.family, title or key, x, y, height, 0.0, 2.0 * np.pi, None, None, None, base,
        round(kind.crew.value, 3), kind.payload, MappingProxyType({}),
    )  # fmt: skip


def line(sector: Sector, key: str, kind_key: str, start: float, end: float) -> Asset:
    """An asset of a kind along the border."""
    kind = sector.catalogue.kinds[kind_key]
    points = beside(sector.border, start, end, LINE_OFFSET[kind.family])
    x, y = points[len(points) // 2]
    crew = round(kind.crew.value * (end - start) / 1000.0, 3)
    return replace(point(sector, key, kind_key, float(x), float(y)), line_from=start, line_to=end, line_xy=points, crew=crew)


def _posts(sector: Sector, request: Request) -> list[Candidate]:
    """A post with a vehicle patrol near every 3 km of line, and further patrols there and at posts that are kept."""
    found = []
    for i, (middle, x, y) in enumerate(_places(sector, request, _EVERY["post"], 300.0, 1500.0), 1):
        where = sector.border.point(middle)
        best = int(np.argmin(np.hypot(x - where[0], y - where[1])))
        px, py, base, km = float(x[best]), float(y[best]), f"{_tag(request)}-post-{i}", f"km {middle / 1000.0:.1f}"
        post = point(sector, base, "post-border", px, py, f"Post {i}")
        first = point(sector, f"{_tag(request)}-patrol-{i}-1", "patrol-vehicle", px, py, f"Patrol {i}/1", base)
        found.append(purchase(sector, base, f"post with a vehicle patrol at {km}", (post, first), base))
        before = base
        for n in range(2, PATROLS_A_POST + 1):
            unit = point(sector, f"{_tag(request)}-patrol-{i}-{n}", "patrol-vehicle", px, py, f"Patrol {i}/{n}", base)
            found.append(purchase(sector, unit.id, f"vehicle patrol {n} at the post at {km}", (unit,), unit.id, before))
            before = unit.id
    return found + _patrols_at_kept(sector, request)


def _patrols_at_kept(sector: Sector, request: Request) -> list[Candidate]:
    found = []
    for post in (a for a in request.kept if a.family == "post"):
        room = sector.catalogue.kinds[post.kind].number("units")
        based = sum(a.base == post.id and a.family == "patrol" for a in request.kept)
        before = ""
        for n in range(1, min(int(room - based), PATROLS_A_POST) + 1):
            unit = point(
                sector,
                f"{_tag(request)}-patrol-{post.id}-{n}",
                "patrol-vehicle",
                post.x,
                post.y,
                f"Patrol {n}, {post.name}",
                post.id,
            )
            found.append(purchase(sector, unit.id, f"one more vehicle patrol at {post.id}", (unit,), unit.id, before))
            before = unit.id
    return found


def _towers(sector: Sector, request: Request) -> list[Candidate]:
    """Of the highest places for every 3 km the one from which most of the ground before the line is seen."""
    found = []
    for i, (_, x, y) in enumerate(_places(sector, request, _EVERY["tower"], 100.0, 1500.0), 1):
        seen = [_seen(sector, float(a), float(b)) for a, b in zip(x[:_SCREENED], y[:_SCREENED], strict=True)]
        best = int(np.argmax(seen))
        px, py = float(x[best]), float(y[best])
        km = f"km {float(sector.border.locate(px, py)[0]) / 1000.0:.1f}"
        for kind in TOWERS:
            asset = point(sector, f"{_tag(request)}-{kind}-{i}", kind, px, py, f"Tower {i}")
            found.append(purchase(sector, asset.id, f"{kind} at {km}", (asset,), f"tower-{i}"))
    return found


def _seen(sector: Sector, x: float, y: float) -> float:
    """Cells from 3 km before the line to 500 m behind it that show a person to a tower, by the fast engine."""
    grid = sector.terrain.grid
    row, col = (int(v) for v in grid.index(x, y))
    view = minimum_visible_height(sector.terrain.height, grid.cell, row, col, 15.0, 5000.0, engine="screen")
    rows, cols = (v[::7] for v in np.nonzero(view.mvh <= _TARGET))
    px, py = grid.west + (cols + view.col + 0.5) * grid.cell, grid.north - (rows + view.row + 0.5) * grid.cell
    _, offset = sector.border.locate(px, py)
    return float(((offset < 500.0) & (offset > -3000.0)).sum())


def _aerostats(sector: Sector, request: Request) -> list[Candidate]:
    found = []
    for i, (middle, x, y) in enumerate(_places(sector, request, _EVERY["aerostat"], 2500.0, 6000.0), 1):
        for kind in AEROSTATS:
            asset = point(sector, f"{_tag(request)}-{kind}-{i}", kind, float(x[0]), float(y[0]), f"Aerostat {i}")
            found.append(purchase(sector, asset.id, f"{kind} behind km {middle / 1000.0:.1f}", (asset,), f"aerostat-{i}"))
    return found


def _lines(sector: Sector, request: Request) -> list[Candidate]:
    """Fibre and barriers over every 2 km where nothing of the family is kept."""
    length, found = sector.border.length, list[Candidate]()
    count = max(round(length / _EVERY["line"]), 1)
    edges = np.linspace(0.0, length, count + 1)
    for i in range(count):
        start, end = float(edges[i]), float(edges[i + 1])
        x, y = sector.border.point(np.linspace(start, end, 9))
        if not allowed(request, x, y).all():
            continue
        km = f"km {start / 1000.0:.1f} to {end / 1000.0:.1f}"
        if not _has(request.kept, ("fibre",), start, end):
            fibre = line(sector, f"{_tag(request)}-fibre-{i + 1}", "fibre", start, end)
            found.append(purchase(sector, fibre.id, f"fibre over {km}", (fibre,), fibre.id))
        if _has(request.kept, ("wall", "fence"), start, end):
            continue
        for kind in BARRIERS:
            barrier = line(sector, f"{_tag(request)}-{kind}-{i + 1}", kind, start, end)
            found.append(purchase(sector, barrier.id, f"{kind} over {km}", (barrier,), f"barrier-{i + 1}", "", kind))
        fence = line(sector, f"{_tag(request)}-fence-{i + 1}", "fence-mesh", start, end)
        sensor = line(sector, f"{_tag(request)}-fence-sensor-{i + 1}", "fence-sensor", start, end)
        what = f"fence-mesh with fence-sensor over {km}"
        found.append(purchase(sector, fence.id, what, (fence, sensor), f"barrier-{i + 1}", "", "fence-mesh"))
    return found


def _has(kept: tuple[Asset, ...], families: tuple[str, ...], start: float, end: float) -> bool:
    """Whether lines of some families cover half of a stretch already."""
    shared = [
        min(end, a.line_to) - max(start, a.line_from)
        for a in kept
        if a.family in families and a.line_from is not None and a.line_to is not None
    ]
    return sum(max(s, 0.0) for s in shared) >= 0.5 * (end - start)
