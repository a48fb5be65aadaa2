"""The place: border and chainage, terrain, weather, places, catalogue and deployment of one sector."""

from limes.sector.border import Border, border
from limes.sector.bundled import bundled, bundled_names, find
from limes.sector.catalogue import Catalogue, CatalogueKind, Value, check_catalogue, load_catalogue
from limes.sector.check import check
from limes.sector.deployment import Asset, Deployment, check_deployment, load_deployment, save_deployment, to_geojson
from limes.sector.new import Outline, new_sector
from limes.sector.places import CrossingPoint, Place, Water
from limes.sector.sector import Sector, climate, load
from limes.sector.swap import Swap, swap_terrain
from limes.sector.terrain import Terrain, read_terrain, write_terrain
from limes.sector.weather import Climate, Weather, WeatherSeries
from limes.sector.weather_draw import draw_weather
from limes.sector.weather_import import import_weather

__all__ = [
    "Asset",
    "Border",
    "Catalogue",
    "CatalogueKind",
    "Climate",
    "CrossingPoint",
    "Deployment",
    "Outline",
    "Place",
    "Sector",
    "Swap",
    "Terrain",
    "Value",
    "Water",
    "Weather",
    "WeatherSeries",
    "border",
    "bundled",
    "bundled_names",
    "check",
    "check_catalogue",
    "check_deployment",
    "climate",
    "draw_weather",
    "find",
    "import_weather",
    "load",
    "load_catalogue",
    "load_deployment",
    "new_sector",
    "read_terrain",
    "save_deployment",
    "swap_terrain",
    "to_geojson",
    "write_terrain",
]
