"""Make bundled.geojson, the reference deployment.

Run python sectors/kilis-jarabulus/deployments/make_bundled.py; it takes a quarter of a minute.

What stands at which km is a person's choice, written below: reasonable for the stretch, and with gaps left in it, because real
stretches have them. Where exactly a tower stands near its km is found here: of the highest ground on the home side the place
that sees most of the ground a walker would come over. Terrain of the reference sector is modelled, so the places are too.
No real installation is shown; nothing here was taken from one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from limes.geo import to_lonlat
from limes.sector import Sector, bundled, load, load_deployment, save_deployment
from limes.sensing.sight import minimum_visible_height

HERE = Path(__file__).parent

# id, kind, km, reach in metres against a walker
TOWERS = [
    ("tower-1", "tower-medium", 1.5, 10000),
    ("tower-2", "tower-medium", 7.0, 10000),
    ("tower-3", "tower-medium", 13.5, 10000),
    ("tower-4", "tower-short", 18.5, 4000),
    ("tower-5", "tower-short", 30.0, 3000),
    ("tower-6", "tower-short", 41.0, 4000),
    ("tower-7", "tower-medium", 48.0, 10000),
    ("tower-8", "tower-medium", 55.0, 10000),
    ("tower-9", "tower-medium", 61.5, 10000),
    ("tower-10", "tower-short", 67.5, 4000),
    ("tower-11", "tower-medium", 75.0, 10000),
    ("tower-12", "tower-tall", 84.5, 18000),
    ("tower-13", "tower-medium", 94.0, 10000),
]
AEROSTATS = [("aerostat-1", "aerostat-22m", 30.5), ("aerostat-2", "aerostat-74k", 47.5), ("aerostat-3", "aerostat-74k", 74.0)]
LINES = [
    ("fibre-1", "fibre", 0.0, 49.0),
    ("fibre-2", "fibre", 49.0, 98.0),
    ("wall-1", "wall-concrete", 0.7, 12.0),
    ("wall-2", "wall-concrete", 46.0, 60.3),
    ("wall-3", "wall-concrete", 60.9, 66.0),
    ("wall-4", "wall-concrete", 88.0, 98.0),
    ("fence-1", "fence-mesh", 12.0, 16.0),
    ("fence-2", "fence-mesh", 28.0, 30.5),
    ("fence-3", "fence-mesh", 80.0, 84.0),
    ("fence-4", "fence-razor", 38.0, 42.0),
    ("barrier-1", "barrier-vehicle", 70.0, 78.0),
    ("fence-sensor-1", "fence-sensor", 12.0, 16.0),
    ("fence-sensor-2", "fence-sensor", 28.0, 30.5),
    ("fence-sensor-3", "fence-sensor", 80.0, 84.0),
]
STRINGS = [(23, 8), (29, 12), (34, 8), (71, 8), (87, 8)]  # km and number of ground sensors, 60 m apart
POSTS = [
    ("post-1", "post-command", 2.0, "Karkamış"),
    ("post-2", "post-border", 11.0, ""),
    ("post-3", "post-border", 21.0, ""),
    ("post-4", "post-border", 31.0, ""),
    ("post-5", "post-border", 42.0, ""),
    ("post-6", "post-command", 53.5, "Elbeyli"),
    ("post-7", "post-border", 64.0, ""),
    ("post-8", "post-border", 76.0, "Yavuzlu"),
    ("post-9", "post-border", 87.0, ""),
    ("post-10", "post-command", 95.5, "Kilis"),
]
PATROLS = {2: "patrol-reserve", 12: "patrol-reserve", 20: "patrol-reserve", 10: "patrol-foot", 16: "patrol-foot"}
GATES = [5.0, 50.0, 56.0, 64.0, 92.0]
CROSSINGS = [("crossing-1", "jarabulus"), ("crossing-2", "cobanbey")]
INSTRUMENTS = [
    ("raman", "raman-handheld", "Handheld Raman"),
    ("ftir", "ftir-handheld", "FTIR"),
    ("portal", "portal-n42", "Radiation portal"),
]


def main() -> None:
    """Write the features, then read them back and save them as Limes does."""
    sector = load(bundled("kilis-jarabulus"))
    features = [
        *(_aerostat(sector, *row) for row in AEROSTATS),
        *(_tower(sector, *row) for row in TOWERS),
        *(_line(*row) for row in LINES),
        *(f for km, count in STRINGS for f in _string(sector, km, count)),
        *(_post(sector, *row) for row in POSTS),
        *_units(),
        *(_at(sector, f"gate-{i}", "gate-patrol", km, 5.0, f"Gate {i}") for i, km in enumerate(GATES, 1)),
        *(f for key, point in CROSSINGS for f in _crossing(sector, key, point)),
    ]
    head = {
        "type": "FeatureCollection",
        "title": "Reference deployment",
        "note": "Made for demonstration: plausible for the stretch, with gaps left in it; no real installation is shown.",
    }
    path = HERE / "bundled.geojson"
    path.write_text(json.dumps({**head, "features": features}), "utf-8")
    save_deployment(load_deployment(path, sector), path, sector)


def _aerostat(sector: Sector, key: str, kind: str, km: float) -> dict:
    """The highest ground 5 to 7 km behind the line: walkers come towards it over more of the line than nearer by."""
    x, y = _high_ground(sector, km, 5000.0, 7000.0)[0]
    feature = _feature(sector, key, kind, x, y, key.replace("-", " ").capitalize())
    if key == "aerostat-2":
        feature["properties"]["payload"] = ["radar-gmti-light", "eoir-medium-day", "eoir-medium-thermal"]
        feature["properties"]["remark"] = "a large aerostat for wind, with the payload of a small one"
    return feature


def _tower(sector: Sector, key: str, kind: str, km: float, reach: float) -> dict:
    """Of the highest places within reach/4 of the line, the one that sees most of the ground before it."""
    height = sector.catalogue.kinds[kind].number("height_m")
    places = _high_ground(sector, km, 150.0, min(reach / 4.0, 2000.0))[:24]
    x, y = max(places, key=lambda place: _seen(sector, place, height, min(reach, 8000.0)))
    feature = _feature(sector, key, kind, x, y, key.replace("-", " ").capitalize())
    if key == "tower-5":
        feature["properties"]["payload"] = ["camera-day", "camera-thermal-short"]
        feature["properties"]["remark"] = "cameras only: its radar was never bought"
    return feature


def _high_ground(sector: Sector, km: float, near: float, far: float) -> list[tuple[float, float]]:
    """Posts on the home side within 1.2 km of a km along the line, highest first."""
    x0, y0 = (float(v) for v in sector.border.point(km * 1000.0))
    steps = np.arange(-far - 1500.0, far + 1500.0, 90.0)
    x, y = (v.ravel() for v in np.meshgrid(x0 + steps, y0 + steps))
    chainage, offset = sector.border.locate(x, y)
    good = (np.abs(chainage - km * 1000.0) < 1200.0) & (offset > near) & (offset < far)
    x, y = x[good], y[good]
    order = np.argsort(-sector.terrain.sample(x, y), kind="stable")
    return [(float(x[i]), float(y[i])) for i in order]


def _seen(sector: Sector, place: tuple[float, float], height: float, reach: float) -> float:
    """How much ground from 4 km beyond the line to 500 m behind it shows a walker."""
    grid = sector.terrain.grid
    row, col = (int(v) for v in grid.index(*place))
    view = minimum_visible_height(sector.terrain.height, grid.cell, row, col, height, reach)
    rows, cols = np.nonzero(view.mvh <= 1.7)
    x, y = grid.west + (cols + view.col + 0.5) * grid.cell, grid.north - (rows + view.row + 0.5) * grid.cell
    _, offset = sector.border.locate(x, y)
    return float(((offset < 500.0) & (offset > -4000.0)).sum())


def _line(key: str, kind: str, start: float, end: float) -> dict:
    family, _, number = key.rpartition("-")
    name = f"{family.replace('-', ' ').capitalize()} {number}"
    properties = {"id": key, "kind": kind, "name": name, "from_km": start, "to_km": end}
    if kind == "fibre":
        properties["interrogator_km"] = start if start == 0.0 else end
    return {"type": "Feature", "properties": properties, "geometry": None}


def _string(sector: Sector, km: int, count: int) -> list[dict]:
    places = km + 0.06 * (np.arange(count) - (count - 1) / 2)
    return [
        _at(sector, f"seismic-{km}-{i}", "seismic", float(place), 80.0, f"Ground sensor {km}/{i}")
        for i, place in enumerate(places, 1)
    ]


def _post(sector: Sector, key: str, kind: str, km: float, place: str) -> dict:
    number = key.removeprefix("post-")
    return _at(sector, key, kind, km, 900.0, f"Post {number}, {place}" if place else f"Post {number}")


def _units() -> list[dict]:
    units = [(f"patrol-{i}", PATROLS.get(i, "patrol-vehicle"), f"Patrol {i}", f"post-{(i + 1) // 2}") for i in range(1, 21)]
    units += [("drone-1", "drone-quad", "Drone 1", "post-4"), ("drone-2", "drone-quad", "Drone 2", "post-7")]
    return [
        {"type": "Feature", "properties": {"id": key, "kind": kind, "name": name, "base": base}, "geometry": None}
        for key, kind, name, base in units
    ]


def _crossing(sector: Sector, key: str, point: str) -> list[dict]:
    place = next(c for c in sector.crossings if c.id == point)
    gate = _feature(sector, key, "gate-crossing", place.x, place.y, place.name)
    instruments = [
        _feature(sector, f"{key}-{slot}", kind, place.x, place.y, f"{name}, {place.name}") for slot, kind, name in INSTRUMENTS
    ]
    for feature in (gate, *instruments):
        feature["properties"]["crossing"] = point
    return [gate, *instruments]


def _at(sector: Sector, key: str, kind: str, km: float, offset: float, name: str) -> dict:
    """A place beside the line at a km, `offset` metres towards home."""
    x, y = sector.border.point(km * 1000.0)
    nx, ny = sector.border.normal_home(km * 1000.0, 4.0 * offset)
    return _feature(sector, key, kind, float(x + offset * nx), float(y + offset * ny), name)


def _feature(sector: Sector, key: str, kind: str, x: float, y: float, name: str) -> dict:
    lon, lat = to_lonlat(x, y, sector.crs)
    properties = {"id": key, "kind": kind, "name": name}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [round(float(lon), 6), round(float(lat), 6)]},
    }


if __name__ == "__main__":
    main()
