"""What the map is drawn from: the sector and its deployment as JSON, hillshade tiles, coverage pictures."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
from pyproj import Transformer

from limes.geo import to_lonlat
from limes.grid import Grid
from limes.sector import Sector, Weather
from limes.sector.deployment import to_geojson
from limes.sensing import CoverageParts, CrossingTable, available, coverage_parts, crossing_table
from limes.sensing.conditions import conditions
from limes.units import local_hour
from limes.watch.service import Watch
from limes.web.tiles import Pyramid, grey, hillshade, png, probability_colours

_KM_M = 1000.0
_COARSE = 4
_PIXEL_M = 160.0
_KEPT = 6
_PLACE = ("name", "lon", "lat", "country", "population")
_CROSSING = ("id", "name", "lon", "lat", "modes", "open_hours", "source")


@dataclass(frozen=True)
class Question:
    """What coverage is asked for: a class, which sensors count, and an hour and weather other than those of now.

    `state` is "now", or "up" and "down" for every sensor working with every aerostat so; `hour` is local, None for now;
    `weather` names conditions laid over those of the hour (`limes.sensing.conditions`).
    """

    target: str
    state: str = "now"
    hour: float | None = None
    weather: str = ""

    def parameters(self) -> dict[str, str | float]:
        """The same as the parameters of a query."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


class Scene:
    """The unchanging part of the picture, made once when it is first asked for."""

    def __init__(self, watch: Watch) -> None:
        """Remember the watch; nothing is computed yet."""
        self.watch = watch
        self._making = threading.Lock()
        self._shares: dict[tuple[str, float | None, str], tuple[int, CoverageParts]] = {}
        self._tile = lru_cache(maxsize=1024)(self._make_tile)

    @cached_property
    def sector(self) -> dict[str, Any]:
        """The sector as the page needs it."""
        return sector_json(self.watch.sector)

    @cached_property
    def deployment(self) -> dict[str, Any]:
        """The deployment as GeoJSON."""
        return to_geojson(self.watch.deployment, self.watch.sector)

    def hillshade_tile(self, z: int, x: int, y: int) -> bytes | None:
        """A 256 px web-mercator PNG tile of the shaded terrain; None where there is no terrain."""
        return self._tile(z, x, y)

    def _make_tile(self, z: int, x: int, y: int) -> bytes | None:
        with self._making:
            values = self._pyramid.tile(z, x, y)
        return None if values is None else png(grey(values))

    @cached_property
    def _pyramid(self) -> Pyramid:
        terrain = self.watch.sector.terrain
        raised = terrain.height * _exaggeration(terrain.height, terrain.grid.cell)
        return Pyramid(hillshade(raised, terrain.grid.cell), terrain.grid, self.watch.sector.crs)

    def coverage_json(self, asked: Question) -> dict[str, Any]:
        """P(detect before the line) per km, its mean with aerostats up and down, and where the picture lies."""
        time, weather, up = self._moment(asked)
        table = crossing_table(self.watch.pipeline.sensors, self.watch.sector, asked.target, time, weather)
        p = table.detection(up, before_line=True)
        return {
            "target": asked.target,
            "state": asked.state,
            "time": time,
            "weather": {name: round(value, 3) for name, value in asdict(weather).items() if name != "time"},
            "km": p.round(3).tolist(),
            "mean": round(float(table.each(up, before_line=True).mean()), 3),
            "aerostats": self._beside(table, up),
            "weather_stops": sum(not available(sensor, weather) for sensor in self.watch.pipeline.sensors),
            "image": f"/api/coverage.png?{urlencode(asked.parameters() | {'at': round(time)})}",
            "bounds": self._box[0],
        }

    def _beside(self, table: CrossingTable, up: np.ndarray) -> dict[str, float] | None:
        """Mean P(detect before the line) with every aerostat up and with every one down; None where there is none."""
        flying = self._flying
        if not flying.any():
            return None
        states = {"up": up | flying, "down": up & ~flying}
        return {name: round(float(table.each(on, before_line=True).mean()), 3) for name, on in states.items()}

    def coverage_png(self, asked: Question) -> bytes:
        """P(detect within a minute) over the map as a web-mercator picture of `bounds`."""
        time, weather, up = self._moment(asked)
        parts = self._parts(asked, round(time / 300.0), time, weather)
        p = parts.combined(up).p
        values = Pyramid(p, parts.grid, self.watch.sector.crs, levels=0).sample(*self._box[1], _PIXEL_M)
        return png(probability_colours(np.zeros((1, 1)) if values is None else values))

    def _parts(self, asked: Question, slot: int, time: float, weather: Weather) -> CoverageParts:
        """Each sensor's share, computed anew every five minutes of the watch's time; the last few answers are kept."""
        question = asked.target, asked.hour, asked.weather
        with self._making:
            kept = self._shares.pop(question, None)
            if kept is None or kept[0] != slot:
                grid = self.watch.sector.terrain.grid.coarser(_COARSE)
                sensors = self.watch.pipeline.sensors
                kept = slot, coverage_parts(sensors, self.watch.sector, asked.target, time, weather, grid)
            self._shares[question] = kept
            if len(self._shares) > _KEPT:
                del self._shares[next(iter(self._shares))]
        return kept[1]

    def _moment(self, asked: Question) -> tuple[float, Weather, np.ndarray]:
        """Time, weather and which sensors count: those that work now, or all with every aerostat up or down."""
        pipeline = self.watch.pipeline
        with self.watch.lock:
            time, weather, up = pipeline.time or 0.0, pipeline.weather, pipeline.up.copy()
        if asked.hour is not None:
            time = local_hour(time, asked.hour, self.watch.sector.time_zone)
            weather = self.watch.sector.weather.at(time)
        weather = conditions(weather, asked.weather)
        if asked.state != "now":
            up = ~self._flying if asked.state == "down" else np.ones(len(up), bool)
        return time, weather, up

    @cached_property
    def _flying(self) -> np.ndarray:
        return np.array([sensor.platform is not None for sensor in self.watch.pipeline.sensors], bool)

    @cached_property
    def _box(self) -> tuple[list[float], tuple[np.ndarray, np.ndarray]]:
        """The sector's box in degrees, and the web-mercator points of its picture's pixels."""
        west, south, east, north = self.sector["bounds"]
        to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
        x0, y0 = to_mercator.transform(west, south)
        x1, y1 = to_mercator.transform(east, north)
        nx, ny = int((x1 - x0) / _PIXEL_M), int((y1 - y0) / _PIXEL_M)
        x = np.linspace(x0, x1, nx, endpoint=False) + (x1 - x0) / nx / 2
        y = np.linspace(y1, y0, ny, endpoint=False) - (y1 - y0) / ny / 2
        mx, my = np.meshgrid(x, y)
        return [west, south, east, north], (mx, my)


def _exaggeration(height: np.ndarray, cell: float) -> float:
    """How much to raise gentle terrain (never more than fivefold) so that shading shows it: steep slopes become 25 degrees."""
    dy, dx = np.gradient(height[::4, ::4], 4.0 * cell)
    steep = float(np.nanpercentile(np.hypot(dx, dy), 90))
    return float(np.clip(np.tan(np.radians(25.0)) / max(steep, 1e-6), 1.0, 5.0))


def sector_json(sector: Sector) -> dict[str, Any]:
    """A sector's names, border, km marks, places, crossing points, notices and terrain label."""
    border = sector.border
    km = np.arange(0.0, border.length + 1.0, _KM_M)
    lon, lat = to_lonlat(*border.point(km), sector.crs)
    return {
        "name": sector.name,
        "title": sector.title,
        "time_zone": sector.time_zone,
        "home": sector.home,
        "other": sector.other,
        "home_side": border.home_side,
        "length_km": round(border.length / _KM_M, 3),
        "bounds": _bounds(sector.terrain.grid, sector.crs),
        "border": {"type": "LineString", "coordinates": np.column_stack([border.lon, border.lat]).round(6).tolist()},
        "km_marks": [
            {"km": k, "lon": round(float(a), 6), "lat": round(float(b), 6)}
            for k, (a, b) in enumerate(zip(lon, lat, strict=True))
        ],
        "places": [{name: getattr(place, name) for name in _PLACE} for place in sector.places],
        "crossings": [{name: getattr(point, name) for name in _CROSSING} for point in sector.crossings],
        "water": [_line(water.line, sector.crs) for water in sector.water],
        "notices": list(sector.notices),
        "terrain": {"modelled": sector.terrain.modelled, "source": sector.terrain.source},
    }


def _line(points: np.ndarray, crs: str) -> list[list[float]]:
    lon, lat = to_lonlat(points[:, 0], points[:, 1], crs)
    return np.column_stack([lon, lat]).round(6).tolist()


def _bounds(grid: Grid, crs: str) -> list[float]:
    """West, south, east, north in degrees of the box around a grid."""
    west, south, east, north = grid.bounds
    lon, lat = to_lonlat(np.array([west, east, west, east]), np.array([south, south, north, north]), crs)
    return [round(float(v), 6) for v in (lon.min(), lat.min(), lon.max(), lat.max())]
