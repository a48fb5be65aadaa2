"""The place: border and chainage, terrain, weather, places, catalogue and deployment of one sector."""

from limes.sector.border import Border, border
from limes.sector.bundled import bundled, bundled_names, find
from limes.sector.check import check
from limes.sector.places import CrossingPoint, Place, Water
from limes.sector.sector import Sector, climate, load
from limes.sector.terrain import Terrain, read_terrain, write_terrain
from limes.sector.weather import Climate, Weather, WeatherSeries

__all__ = [
    "Border",
    "Climate",
    "CrossingPoint",
    "Place",
    "Sector",
    "Terrain",
    "Water",
    "Weather",
    "WeatherSeries",
    "border",
    "bundled",
    "bundled_names",
    "check",
    "climate",
    "find",
    "load",
    "read_terrain",
    "write_terrain",
]
