"""What is odd about a deployment that can be used: a planner should look at it, nothing stops because of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from limes.errors import Fault
from limes.sector.deployment import Asset, Deployment
from limes.sector.families import FAMILIES

if TYPE_CHECKING:
    from limes.sector.sector import Sector

_BARRIERS = ("wall", "fence")
_OTHER_SIDE = 50.0  # m beyond the line before anything is said: surveys differ by as much


def advise(deployment: Deployment, sector: Sector) -> list[Fault]:
    """Everything worth a second look, in the order of the deployment's assets: each with asset, what is odd and what to do."""
    file = f"{deployment.name}.geojson"
    checks = (_side, _reach, _mast, _fibre, _payload, _altitude, _crossing)
    found = [item for asset in deployment.assets for check in checks for item in check(asset, sector)]
    found += [*_posts(deployment, sector), *_overlaps(deployment), *_bare_fence_sensors(deployment)]
    order = {asset.id: i for i, asset in enumerate(deployment.assets)}
    found.sort(key=lambda item: order[item[0]])
    return [Fault(file, key, problem, cure) for key, problem, cure in found]


_Odd = Iterator[tuple[str, str, str]]


def _side(asset: Asset, sector: Sector) -> _Odd:
    offset = float(sector.border.locate(asset.x, asset.y)[1])
    if offset < -_OTHER_SIDE:
        yield asset.id, f"stands {-offset:.0f} m inside {sector.other}", "move it home, or agree it with the partner"


def _reach(asset: Asset, sector: Sector) -> _Odd:
    ranges = [
        kind.number("instrumented_range_m", kind.number("range_max_m", 0.0))
        for kind in (sector.catalogue.kinds[key] for key in (asset.kind, *asset.payload))
        if kind.family in ("radar", "camera")
    ]
    distance = abs(float(sector.border.locate(asset.x, asset.y)[1]))
    if ranges and distance > max(ranges):
        problem = f"stands {distance / 1000:.1f} km from the line and reaches {max(ranges) / 1000:.1f} km"
        yield asset.id, problem, "move it nearer or give it a longer reach"


def _mast(asset: Asset, sector: Sector) -> _Odd:
    if asset.family in ("radar", "camera") and asset.height < 1.0:
        yield asset.id, f"looks from {asset.height:g} m above ground", "give the height of its mast as height_m"


def _fibre(asset: Asset, sector: Sector) -> _Odd:
    if asset.family == "fibre" and asset.line_xy is not None:
        reach = sector.catalogue.kinds[asset.kind].number("reach_m")
        length = float(np.hypot(*np.diff(asset.line_xy, axis=0).T).sum())
        if length > reach:
            problem = f"is {length / 1000:.1f} km long, one interrogator serves {reach / 1000:.0f} km"
            yield asset.id, problem, "cut it in two units back to back"


def _payload(asset: Asset, sector: Sector) -> _Odd:
    if FAMILIES[asset.family].carries and not asset.payload:
        yield asset.id, "carries no sensor", "give it a payload, or leave it out"


def _altitude(asset: Asset, sector: Sector) -> _Odd:
    if asset.family == "aerostat":
        limit = sector.catalogue.kinds[asset.kind].number("altitude_max_m")
        if asset.height > limit:
            yield asset.id, f"is to fly at {asset.height:.0f} m, its kind reaches {limit:.0f} m", "lower its height_m"


def _crossing(asset: Asset, sector: Sector) -> _Odd:
    key = asset.properties.get("crossing")
    known = [point.id for point in sector.crossings]
    if key is not None and key not in known:
        cure = f"use one of {', '.join(known)}" if known else "add it to the sector's crossings.geojson"
        yield asset.id, f"serves the crossing {key!r}, which the sector does not have", cure


def _posts(deployment: Deployment, sector: Sector) -> _Odd:
    for post in deployment.family("post"):
        room = sector.catalogue.kinds[post.kind].number("units")
        units = [asset.id for asset in deployment.family("patrol") if asset.base == post.id]
        if len(units) > room:
            yield post.id, f"has {len(units)} patrols and room for {room:.0f}", "base some of them elsewhere"


def _overlaps(deployment: Deployment) -> _Odd:
    for first, second in combinations([asset for asset in deployment.assets if asset.line_from is not None], 2):
        if first.family == second.family and _shared(first, second) > 1.0:
            problem = f"lies on {_shared(first, second) / 1000:.1f} km of {first.id} again"
            yield second.id, problem, "shorten one of them, or keep both if two rows are meant"


def _bare_fence_sensors(deployment: Deployment) -> _Odd:
    barriers = [asset for asset in deployment.assets if asset.family in _BARRIERS]
    for sensor in deployment.family("fence_sensor"):
        bare = sensor.length - sum(_shared(sensor, barrier) for barrier in barriers)
        if bare > 50.0:
            yield sensor.id, f"has {bare / 1000:.1f} km without a fence to hang on", "add the fence or shorten the sensor"


def _shared(first: Asset, second: Asset) -> float:
    """Metres of border that two lines both cover."""
    if first.line_from is None or first.line_to is None or second.line_from is None or second.line_to is None:
        return 0.0
    return max(0.0, min(first.line_to, second.line_to) - max(first.line_from, second.line_from))
