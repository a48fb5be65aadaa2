"""The map of a sector as SVG or PNG: terrain, border with its kilometres, places, crossing points and the notices."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from limes.errors import UsageError
from limes.reports.labels import HALO, Labels
from limes.units import compass

if TYPE_CHECKING:
    from limes.sector import Border, Place, Sector, Terrain

FORMATS = (".svg", ".png", ".pdf")
"""Endings of files that a map can be written to."""

_INK, _LINE, _WATER, _CROSSING = "#1b1f24", "#b3123f", "#1f5f92", "#0b5d3b"
_PIXELS = 2400  # greatest number of terrain columns drawn; finer terrain is thinned
_HEAD, _TALLEST, _LETTER = 0.8, 10.0, 0.066  # inches: above the map, of the map, and of a letter of 8 points


def sector_map(sector: Sector, path: str | Path, width: float = 14.0, every_km: float | None = None) -> None:
    """Write the map of a sector to `path` (.svg, .png or .pdf), `width` inches wide, with a mark every `every_km` of border.

    Modelled terrain and every notice of the sector are named on it. Raises UsageError for another ending or without matplotlib.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a map ends in {', '.join(FORMATS)}")
    figure = draw(sector, width, every_km)
    from matplotlib import rc_context

    stamp = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with rc_context({"svg.hashsalt": sector.name}):
        figure.savefig(path, dpi=150 if path.suffix.lower() == ".png" else 100, metadata=stamp)


def draw(sector: Sector, width: float = 14.0, every_km: float | None = None) -> Any:
    """Draw the map of a sector as a matplotlib Figure."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError('maps need matplotlib: pip install "limes[reports]"') from None
    grid = sector.terrain.grid
    width = min(width, _TALLEST * grid.nx / grid.ny)
    notices = _lines(sector.notices, int(width / _LETTER))
    foot = 0.2 + 0.2 * len(notices)
    map_height, whole = width * grid.ny / grid.nx, width * grid.ny / grid.nx + _HEAD + foot
    figure = Figure(figsize=(width, whole), facecolor="white")
    axes = figure.add_axes((0, foot / whole, 1, map_height / whole))
    west, south, east, north = grid.bounds
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    labels = Labels(axes, (east - west) / (width * 72), grid.bounds)
    _terrain(axes, sector.terrain)
    _symbols(labels, sector)
    _border(labels, sector.border, every_km or _nice(sector.border.length / 10_000))
    _sides(axes, sector)
    _scale(labels)
    _names(labels, sector)
    _water(labels, sector)
    _words(figure, sector, notices, foot / whole)
    return figure


def _terrain(axes: Any, terrain: Terrain) -> None:
    """A light tint by height under a hillshade with the sun in the north-west, as maps have it."""
    from matplotlib.colors import LightSource, LinearSegmentedColormap

    step = max(1, math.ceil(terrain.grid.nx / _PIXELS))
    height = terrain.height[::step, ::step].astype(float)
    low, high = np.nanpercentile(height, [1, 99])
    tints = LinearSegmentedColormap.from_list("ground", ["#dfe8d8", "#f2efdf", "#e9dcc3", "#d9c6ab", "#efe9e2"])
    filled = np.where(np.isnan(height), low, height)
    shade = LightSource(315, 45).hillshade(filled, vert_exag=2.5, dx=step * terrain.grid.cell, dy=step * terrain.grid.cell)
    colour = tints((filled - low) / max(high - low, 1.0))[..., :3] * (0.62 + 0.5 * shade[..., None])
    colour[np.isnan(height)] = 0.8
    west, south, east, north = terrain.grid.bounds
    axes.imshow(np.clip(colour, 0, 1), extent=(west, east, south, north), interpolation="bilinear", zorder=0)


def _border(labels: Labels, line: Border, every_km: float) -> None:
    labels.axes.plot(line.x, line.y, color=HALO, lw=5, alpha=0.8, zorder=3)
    labels.axes.plot(line.x, line.y, color=_LINE, lw=2, zorder=4)
    for x, y in zip(*line.point(np.arange(0.0, line.length, 500.0)), strict=True):
        labels.take(float(x), float(y), 1.5)
    marks = [float(km) for km in np.arange(0.0, line.length / 1000 - every_km / 3, every_km)]
    for km in [*marks, line.length / 1000]:
        x, y = (float(v) for v in line.point(km * 1000))
        nx, ny = (float(v) for v in line.normal_home(km * 1000, span=4000.0))
        labels.axes.plot([x], [y], "o", ms=4.5, mfc=HALO, mec=_LINE, mew=1.4, zorder=5)
        labels.beside(x, y, f"km {km:g}" if km == 0 else f"{km:.4g}", 8.5, _LINE, (nx, ny))


def _sides(axes: Any, sector: Sector) -> None:
    """The names of both sides, large and pale, as far into each as there is room."""
    line, (west, south, east, north) = sector.border, sector.terrain.grid.bounds
    x, y = (float(v) for v in line.point(line.length / 2))
    nx, ny = (float(v) for v in line.normal_home(line.length / 2, span=line.length))
    reach = 0.4 * min(east - west, north - south)
    for name, sign in ((sector.home, reach), (sector.other, -reach)):
        px = float(np.clip(x + sign * nx, west + 0.1 * (east - west), east - 0.1 * (east - west)))
        py = float(np.clip(y + sign * ny, south + 0.06 * (north - south), north - 0.06 * (north - south)))
        axes.text(px, py, name, color=_INK, alpha=0.5, fontsize=18, ha="center", va="center", zorder=2)


def _symbols(labels: Labels, sector: Sector) -> None:
    for point in sector.crossings:
        labels.axes.plot([point.x], [point.y], "D", ms=8, mfc=_CROSSING, mec=HALO, mew=1.2, zorder=7)
        labels.take(point.x, point.y, 5)
    for place in sector.places:
        labels.axes.plot([place.x], [place.y], "o", ms=_dot(place), mfc=_INK, mec=HALO, mew=0.8, zorder=6)
        labels.take(place.x, place.y, 3)


def _names(labels: Labels, sector: Sector) -> None:
    """Names of crossing points, then of settlements by size; one that would cover another is left out."""
    for point in sector.crossings:
        labels.place(point.x, point.y, point.name, 9.5, _CROSSING, gap=8, must=True)
    for place in sorted(sector.places, key=lambda p: (-p.population, p.name)):
        labels.place(place.x, place.y, place.name, 5.5 + _dot(place) / 1.6, _INK, gap=_dot(place) / 2 + 2)


def _dot(place: Place) -> float:
    return 3.0 + 1.2 * math.log10(max(place.population, 300) / 300)


def _water(labels: Labels, sector: Sector) -> None:
    for water in sector.water:
        labels.axes.plot(*water.line.T, color=_WATER, lw=2.0, alpha=0.75, solid_capstyle="round", zorder=2)
    for name, water in {w.name: w for w in reversed(sector.water)}.items():
        for x, y in water.line[1:-1:2]:
            if labels.place(float(x), float(y), name, 8.5, _WATER, gap=6):
                break


def _scale(labels: Labels) -> None:
    """A scale bar in the south-west and an arrow to grid north beside it."""
    west, south, east, north = labels.bounds
    length = _nice((east - west) / 8)
    x, y = west + 0.02 * (east - west), south + 0.045 * (north - south)
    labels.axes.plot([x, x + length / 2, x + length], [y] * 3, color=_INK, lw=3, marker="|", ms=9, mew=1.5, zorder=8)
    labels.write(x + length / 2, y, f"{length / 1000:g} km", 8.5, _INK, (0, 6), "center", "bottom")
    arrow = {"arrowstyle": "-|>", "color": _INK, "lw": 1.5}
    tip, tail = (x + length * 1.25, y + 26 * labels.metres), (x + length * 1.25, y - 3 * labels.metres)
    labels.axes.annotate("", tip, tail, arrowprops=arrow, zorder=8)
    labels.write(tip[0], tip[1], "N", 9, _INK, (0, 1), "center", "bottom")
    labels.taken.append((x, y - 6 * labels.metres, x + length * 1.4, y + 40 * labels.metres))


def _words(figure: Any, sector: Sector, notices: list[str], foot: float) -> None:
    """Title and length above the map, notices below it."""
    line, (wide, whole) = sector.border, figure.get_size_inches()
    start, end = (compass(_bearing(line, part)) for part in (0.0, 1.0))
    size = min(17.0, wide * 72 / (0.65 * len(sector.title)))
    figure.text(0.012, 1 - 0.3 / whole, sector.title, fontsize=size, fontweight="bold", color=_INK, va="center")
    length = f"{line.length / 1000:.1f} km of border by this line, {start} to {end}; {sector.crs}, heights {_heights(sector)}"
    figure.text(0.012, 1 - 0.6 / whole, length, fontsize=min(9.0, wide * 72 / (0.6 * len(length))), color=_INK, va="center")
    if sector.terrain.modelled:
        box = {"boxstyle": "square,pad=0.5", "fc": "#fff3c4", "ec": "#8a6d00"}
        place = (0.988, foot + 0.2 / whole)
        figure.text(*place, "MODELLED TERRAIN", fontsize=10, fontweight="bold", ha="right", color="#5c4700", bbox=box)
    for i, row in enumerate(notices):
        figure.text(0.012, foot - (0.2 + 0.2 * i) / whole, row, fontsize=8, color=_INK, va="center")


def _lines(notices: tuple[str, ...], letters: int) -> list[str]:
    """Notices joined to lines of at most so many letters.

    >>> _lines(("one", "two", "a long notice"), 14)
    ['one   |   two', 'a long notice']
    """
    lines: list[str] = []
    for notice in notices:
        joined = f"{lines[-1]}   |   {notice}" if lines else notice
        if len(joined) <= letters:
            lines[-1:] = [joined]
        else:
            lines += textwrap.wrap(notice, letters)
    return lines


def _bearing(line: Border, part: float) -> float:
    """Grid bearing from the middle of the line's box to one of its ends."""
    x, y = (float(v) for v in line.point(part * line.length))
    return math.atan2(x - (line.x.min() + line.x.max()) / 2, y - (line.y.min() + line.y.max()) / 2) % (2 * math.pi)


def _heights(sector: Sector) -> str:
    return f"{np.nanmin(sector.terrain.height):.0f} to {np.nanmax(sector.terrain.height):.0f} m"


def _nice(value: float) -> float:
    """The greatest of 1, 2, 5 times a power of ten that is not above a value.

    >>> _nice(9.8), _nice(13.7), _nice(1.9)
    (5.0, 10.0, 1.0)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return float(max(step for step in (1.0, 2.0, 5.0) if step * power <= value) * power)
