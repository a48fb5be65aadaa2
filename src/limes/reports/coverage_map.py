"""The picture of a coverage: maps with aerostats up and down above each other, P(detect) per km and the gaps under each."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import UsageError
from limes.reports.coverage_report import CoverageReport
from limes.reports.labels import HALO, Labels
from limes.sector import Sector
from limes.units import format_time

FORMATS = (".png", ".svg", ".pdf")
"""Endings of files that a picture can be written to."""

_INK, _GAP = "#1b1f24", "#c1121f"
_PIXELS = 1600  # greatest number of columns drawn; finer grids are thinned
_BAND = 1.1  # inches of the band per km under each map
_HEAD = 0.75  # inches above the first map
_LEFT, _WIDE = 0.05, 0.885  # of the width: margin, and map
_SYMBOLS = {"radar": "^", "camera": "s", "seismic": ".", "aerostat": "o"}


def coverage_map(report: CoverageReport, path: str | Path, width: float = 14.0) -> None:
    """Write the picture of a coverage to `path` (.png, .svg or .pdf), `width` inches wide.

    Raises UsageError for another ending or without matplotlib.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a picture ends in {', '.join(FORMATS)}")
    figure = draw(report, width)
    from matplotlib import rc_context

    stamp = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    quick = {"pil_kwargs": {"compress_level": 2}} if path.suffix.lower() == ".png" else {}
    with rc_context({"svg.hashsalt": report.sector.name}):
        figure.savefig(path, dpi=130, metadata=stamp, **quick)


def draw(report: CoverageReport, width: float = 14.0) -> Any:
    """Draw the picture as a matplotlib Figure: for each state a map and, under it, P(detect) per km."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError('pictures need matplotlib: pip install "limes[reports]"') from None
    grid, notices = report.parts.grid, _lines(report.sector.notices)
    tall = min(width * _WIDE * grid.ny / grid.nx, 9.0)
    block = tall + _BAND + 1.15
    foot = 0.15 + 0.18 * len(notices)
    whole = _HEAD + foot + block * len(report.states)
    figure = Figure(figsize=(width, whole), facecolor="white")
    for index, state in enumerate(report.states):
        top = whole - _HEAD - index * block - 0.3
        axes = figure.add_axes((_LEFT, (top - tall) / whole, _WIDE, tall / whole))
        scale = figure.add_axes((_LEFT + _WIDE + 0.012, (top - tall) / whole, 0.012, tall / whole))
        _map(axes, scale, report, state, width * _WIDE)
        _band(figure.add_axes((_LEFT, (top - tall - _BAND - 0.12) / whole, _WIDE, _BAND / whole)), report, state)
    _words(figure, report)
    for i, line in enumerate(notices):
        figure.text(_LEFT, (foot - 0.12 - 0.18 * i) / whole, line, fontsize=7, color=_INK, va="center")
    return figure


def _lines(notices: tuple[str, ...]) -> list[str]:
    return ["   |   ".join(notices[i : i + 3]) for i in range(0, len(notices), 3)]


def _map(axes: Any, scale: Any, report: CoverageReport, state: str, width: float) -> None:
    from matplotlib.colors import Normalize

    grid = report.parts.grid
    west, south, east, north = grid.bounds
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    _ground(axes, report.sector)
    step = max(1, math.ceil(grid.nx / _PIXELS))
    p = np.ma.masked_less(report.parts.combined(report.up[state]).p[::step, ::step], 0.02)
    look = {"cmap": "viridis", "norm": Normalize(0, 1), "alpha": 0.62, "interpolation": "nearest"}
    drawn = axes.imshow(p, extent=(west, east, south, north), zorder=1, **look)
    axes.set(aspect="auto")
    labels = Labels(axes, (east - west) / (width * 72), grid.bounds)
    _line(labels, report, state)
    _assets(labels, report, state)
    axes.set_title(_title(report, state), loc="left", fontsize=11, color=_INK)
    axes.figure.colorbar(drawn, cax=scale)
    scale.set_ylabel(f"P(detect) within {report.parts.interval:.0f} s", fontsize=8)
    scale.tick_params(labelsize=8)


def _ground(axes: Any, sector: Sector) -> None:
    """Terrain as a pale hillshade with the sun in the north-west."""
    from matplotlib.colors import LightSource

    grid = sector.terrain.grid
    step = max(1, math.ceil(grid.nx / _PIXELS))
    height = np.nan_to_num(sector.terrain.height[::step, ::step].astype(float), nan=float(np.nanmin(sector.terrain.height)))
    shade = LightSource(315, 45).hillshade(height, vert_exag=2.5, dx=step * grid.cell, dy=step * grid.cell)
    west, south, east, north = grid.bounds
    axes.imshow(0.55 + 0.45 * shade, extent=(west, east, south, north), cmap="gray", vmin=0, vmax=1, zorder=0)


def _line(labels: Labels, report: CoverageReport, state: str) -> None:
    """The border with its gaps and a mark every ten km."""
    line, axes = report.sector.border, labels.axes
    axes.plot(line.x, line.y, color=HALO, lw=4, alpha=0.8, zorder=3)
    axes.plot(line.x, line.y, color=_INK, lw=1.4, zorder=4)
    for gap in report.gaps(state):
        x, y = line.between(gap.from_km * 1000.0, gap.to_km * 1000.0).T
        axes.plot(x, y, color=_GAP, lw=4.5, zorder=5, solid_capstyle="butt")
    for km in np.arange(0.0, line.length / 1000.0, 10.0):
        x, y = (float(v) for v in line.point(km * 1000.0))
        nx, ny = (float(v) for v in line.normal_home(km * 1000.0, span=4000.0))
        axes.plot([x], [y], "o", ms=3.5, mfc=HALO, mec=_INK, zorder=6)
        labels.beside(x, y, f"{km:g}", 7.5, _INK, (-nx, -ny))


def _assets(labels: Labels, report: CoverageReport, state: str) -> None:
    """Every asset that senses from a place: filled when at work, hollow and crossed when not."""
    seen: dict[str, bool] = {}
    for sensor, works in zip(report.sensors, report.up[state], strict=True):
        if sensor.line is None:
            seen[sensor.asset] = seen.get(sensor.asset, False) or bool(works)
    places = {sensor.asset: sensor for sensor in report.sensors}
    for asset, works in seen.items():
        sensor = places[asset]
        symbol = _SYMBOLS["aerostat" if sensor.platform is not None else sensor.family]
        size = 8 if sensor.platform is not None else 3 if sensor.family == "seismic" else 5.5
        face = _INK if works else "none"
        labels.axes.plot([sensor.x], [sensor.y], symbol, ms=size, mfc=face, mec=_INK, zorder=7)
        if not works:
            labels.axes.plot([sensor.x], [sensor.y], "x", ms=size + 4, color=_GAP, mew=1.5, zorder=8)
        if sensor.family != "seismic":
            labels.place(sensor.x, sensor.y, asset, 7, _INK)


def _band(axes: Any, report: CoverageReport, state: str) -> None:
    """Bars of P(detect before the line) per km, mean pale and worst crossing dark, gaps shaded with their cause."""
    now, up = report.known.now, report.up[state]
    km = np.arange(int(now.ways.km[-1]) + 1)
    axes.bar(km + 0.5, now.detection(up, before_line=True), 0.92, color="#9fc3c9", label="mean crossing of the km")
    axes.bar(km + 0.5, now.worst(up, before_line=True), 0.92, color="#20576b", label="worst crossing")
    for gap in report.gaps(state):
        axes.axvspan(gap.from_km, gap.to_km, color=_GAP, alpha=0.16, lw=0)
        middle = (gap.from_km + gap.to_km) / 2.0
        axes.text(
            middle,
            0.97,
            gap.cause,
            fontsize=7,
            ha="center",
            va="top",
            color=_GAP,
            rotation=0 if gap.to_km - gap.from_km > 6 else 90,
        )
    line = report.sector.border
    ends = (0.0, line.length / 1000.0)
    axes.set(xlim=ends if line.x[-1] >= line.x[0] else ends[::-1], ylim=(0, 1.0))  # as the map above runs
    axes.set_ylabel("P(detect)\nbefore the line", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.set_xlabel("km along the border", fontsize=8, labelpad=1)
    axes.legend(fontsize=7, loc="lower right", framealpha=0.9)


def _title(report: CoverageReport, state: str) -> str:
    lost = sum(gap.to_km - gap.from_km for gap in report.gaps(state))
    heading = "All sensors that are in order" if len(report.states) == 1 else f"Aerostats {state}"
    return f"{heading}: {lost:.0f} km of gaps" if lost else f"{heading}: no gap"


def _words(figure: Any, report: CoverageReport) -> None:
    """Title, conditions and the label of modelled terrain."""
    whole, w = figure.get_figheight(), report.parts.weather
    name = (
        f"{report.sector.title}: coverage of {report.deployment.title or report.deployment.name}, {report.parts.target_class}"
    )
    figure.text(_LEFT, 1 - 0.3 / whole, name, fontsize=14, fontweight="bold", color=_INK, va="center")
    local = format_time(report.parts.time, report.sector.time_zone).replace("T", " ")
    conditions = (
        f"{local}   visibility {w.visibility / 1000:.1f} km   rain {w.rain:.1f} mm/h   wind {w.wind:.0f} m/s, "
        f"{w.wind_aloft:.0f} m/s at 600 m   {w.temperature:.0f} C   cloud {w.cloud:.0%}"
    )
    figure.text(_LEFT, 1 - 0.58 / whole, conditions, fontsize=9.5, color=_INK, va="center")
    if report.sector.terrain.modelled:
        box = {"boxstyle": "square,pad=0.4", "fc": "#fff3c4", "ec": "#8a6d00"}
        style = {"fontsize": 10, "fontweight": "bold", "ha": "right", "va": "center", "color": "#5c4700"}
        figure.text(_LEFT + _WIDE, 1 - 0.45 / whole, "MODELLED TERRAIN", bbox=box, **style)
