"""Reading a deployment at the edge: its features as assets, its ids and bases checked against each other."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limes.errors import Fault
from limes.sector.asset_file import nearest_name, read_asset
from limes.sector.deployment import Asset, Deployment
from limes.sector.geojson import properties

if TYPE_CHECKING:
    from limes.sector.sector import Sector


def read_deployment(path: Path, sector: Sector) -> tuple[Deployment | None, list[Fault]]:
    """Read a deployment file: the deployment when nothing is wrong with it, else None, and every fault."""
    faults: list[Fault] = []
    whole = _collection(path, faults)
    assets: list[Asset] = []
    for i, feature in enumerate(whole.get("features", [])):
        asset = read_asset(feature, f"features[{i}]", path.name, sector, faults)
        if asset is not None:
            assets.append(asset)
    faults += _id_faults(whole, path.name)
    assets = _at_their_base(assets, whole, path.name, faults)
    if faults:
        return None, faults
    return Deployment(path.stem, str(whole.get("title") or path.stem), str(whole.get("note") or ""), tuple(assets)), []


def _collection(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """The FeatureCollection of a file; unlike other files of a sector, a feature may go without a geometry."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(Fault(path.name, "", f"cannot be read ({error.strerror})", "name a deployment: a GeoJSON file"))
        return {}
    except (ValueError, RecursionError) as error:
        faults.append(Fault(path.name, "", f"is not readable JSON ({error})", "export it as GeoJSON in UTF-8"))
        return {}
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(f, dict) for f in features):
        faults.append(Fault(path.name, "features", "is not a list of at least one asset", "save a GeoJSON FeatureCollection"))
        return {}
    return dict(whole)


def _id_faults(whole: dict[str, Any], file: str) -> list[Fault]:
    ids = _ids(whole)
    twice = sorted({key for key in ids if ids.count(key) > 1})
    return [Fault(file, f"{key}.id", f"is used {ids.count(key)} times", "give each asset its own id") for key in twice]


def _ids(whole: dict[str, Any]) -> list[str]:
    found = [properties(feature).get("id") for feature in whole.get("features", [])]
    return [key for key in found if isinstance(key, str)]


def _at_their_base(assets: list[Asset], whole: dict[str, Any], file: str, faults: list[Fault]) -> list[Asset]:
    """Put units without a place of their own at their base; an unknown or moving base is a fault."""
    families = {asset.id: asset for asset in assets}
    named = _ids(whole)
    placed = []
    for asset in assets:
        base = families.get(asset.base or "")
        if asset.base and asset.base not in named:
            cure = f"use {nearest_name(asset.base, [a.id for a in assets if a.family == 'post'])}"
            faults.append(Fault(file, f"{asset.id}.base", f"{asset.base!r} is not in this deployment", cure))
        elif base is not None and base.base:
            faults.append(Fault(file, f"{asset.id}.base", f"{base.id} moves itself", "name a post or a tower"))
        elif base is not None and math.isnan(asset.x):
            asset = replace(asset, x=base.x, y=base.y)
        placed.append(asset)
    return placed
