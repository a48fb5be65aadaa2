"""The picture of a closure study: the worst ways on the map, and P(interdict) per km of every way of crossing below."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from limes.closure.study import Study
from limes.errors import UsageError
from limes.reports.coverage_map import FORMATS
from limes.reports.labels import HALO, Labels
from limes.units import format_time

_INK, _WEAK = "#1b1f24", "#c1121f"
_COLOURS = {"foot": "#20576b", "vehicle": "#b7791f", "drone": "#6b46a8", "tunnel": "#4f6f3a"}
_PIXELS = 1600
_LEFT, _WIDE = 0.05, 0.93


def closure_map(study: Study, path: str | Path, width: float = 14.0) -> None:
    """Write the picture of a study to `path` (.png, .svg or .pdf), `width` inches wide.

    Raises UsageError for another ending or without matplotlib.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a picture ends in {', '.join(FORMATS)}")
    figure = draw_closure(study, width)
    from matplotlib import rc_context

    stamp = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with rc_context({"svg.hashsalt": study.scene.sector.name}):
        figure.savefig(path, dpi=130, metadata=stamp)


def draw_closure(study: Study, width: float = 14.0) -> Any:
    """Draw the picture as a matplotlib Figure."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError('pictures need matplotlib: pip install "limes[reports]"') from None
    grid = study.scene.ground.grid
    tall, strip, head, foot = min(width * _WIDE * grid.ny / grid.nx, 7.0), 1.35, 0.8, 0.6
    whole = head + tall + 2 * (strip + 0.4) + foot
    figure = Figure(figsize=(width, whole), facecolor="white")
    axes = figure.add_axes((_LEFT, (whole - head - tall) / whole, _WIDE, tall / whole))
    _map(axes, study, width * _WIDE)
    for i, (direction, words) in enumerate((("in", f"towards {_home(study)}"), ("out", f"away from {_home(study)}"))):
        bottom = whole - head - tall - (i + 1) * (strip + 0.4)
        _strip(figure.add_axes((_LEFT, (bottom + 0.12) / whole, _WIDE, strip / whole)), study, direction, words)
    _words(figure, study)
    notices = study.scene.sector.notices
    foots = ["   |   ".join(notices[i : i + 3]) for i in range(0, len(notices), 3)]
    figure.text(_LEFT, 0.1 / whole, "\n".join(foots), fontsize=7, color=_INK, va="bottom")
    return figure


def _home(study: Study) -> str:
    return study.scene.sector.home


def _map(axes: Any, study: Study, width: float) -> None:
    from matplotlib.colors import LightSource

    about = study.scene
    grid, line = about.ground.grid, about.sector.border
    west, south, east, north = grid.bounds
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    step = max(1, math.ceil(grid.nx / _PIXELS))
    height = about.ground.height.reshape(grid.shape)[::step, ::step].astype(float)
    shade = LightSource(315, 45).hillshade(
        np.nan_to_num(height, nan=float(np.nanmin(height))), 2.5, step * grid.cell, step * grid.cell
    )
    axes.imshow(0.55 + 0.45 * shade, extent=(west, east, south, north), cmap="gray", vmin=0, vmax=1, zorder=0, aspect="auto")
    axes.plot(line.x, line.y, color=HALO, lw=4, alpha=0.8, zorder=3)
    axes.plot(line.x, line.y, color=_INK, lw=1.4, zorder=4)
    labels = Labels(axes, (east - west) / (width * 72), grid.bounds)
    for number, way in enumerate(study.ways, 1):
        axes.plot(way.x, way.y, color=HALO, lw=3.5, zorder=5)
        axes.plot(way.x, way.y, color=_WEAK, lw=1.8, zorder=6)
        labels.place(float(way.x[way.line]), float(way.y[way.line]), f"{number}: {way.p:.2f}", 9, _WEAK, must=True)
    for asset in about.deployment.assets:
        if asset.family in ("post", "tower", "aerostat") and asset.id not in study.lost:
            mark = {"post": "s", "tower": "^", "aerostat": "o"}[asset.family]
            axes.plot([asset.x], [asset.y], mark, ms=5, mfc=_INK, mec=HALO, zorder=7)
            labels.place(asset.x, asset.y, asset.id, 6.5, _INK)
    for km in np.arange(0.0, line.length / 1000.0, 10.0):
        x, y = (float(v) for v in line.point(km * 1000.0))
        nx, ny = (float(v) for v in line.normal_home(km * 1000.0, span=4000.0))
        axes.plot([x], [y], "o", ms=3.5, mfc=HALO, mec=_INK, zorder=6)
        labels.beside(x, y, f"{km:g}", 7.5, _INK, (-nx, -ny))


def _strip(axes: Any, study: Study, direction: str, words: str) -> None:
    """P(interdict) per km: lines with aerostats up, dashed with them down."""
    for found, style in ((study.outcomes, "-"), (study.grounded, ":")):
        for (mode, towards), outcome in found.items():
            if towards == direction:
                _steps(axes, outcome.p, mode, style)
        tunnels = study.tunnels[0 if style == "-" else 1]
        if direction == "in" and tunnels is not None and found:
            _steps(axes, tunnels, "tunnel", style)
    line = study.scene.sector.border
    ends = (0.0, line.length / 1000.0)
    axes.set(xlim=ends if line.x[-1] >= line.x[0] else ends[::-1], ylim=(0.0, 1.0))
    axes.set_ylabel("P(interdict)", fontsize=8)
    axes.tick_params(labelsize=8)
    dotted = "; dotted: aerostats down" if study.grounded else ""
    axes.set_title(f"Worst way through each km, {words}{dotted}", loc="left", fontsize=9, color=_INK, pad=3)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=7, loc="lower right", framealpha=0.9, ncols=4)


def _steps(axes: Any, p: np.ndarray, mode: str, style: str) -> None:
    label = mode if style == "-" else None
    axes.step(np.arange(len(p)) + 0.5, p, style, where="mid", color=_COLOURS[mode], lw=1.6, label=label)


def _words(figure: Any, study: Study) -> None:
    whole, about = figure.get_figheight(), study.scene
    name = about.deployment.title or about.deployment.name
    going = f"towards {about.sector.home}" if study.direction == "in" else f"away from {about.sector.home}"
    title = f"{about.sector.title}: closure of {name}; worst ways, {study.mode}, {going}"
    figure.text(_LEFT, 1 - 0.3 / whole, title, fontsize=14, fontweight="bold", color=_INK, va="center")
    w, local = about.weather, format_time(about.time, about.sector.time_zone).replace("T", " ")
    figures = f"{local}   visibility {w.visibility / 1000:.1f} km   rain {w.rain:.1f} mm/h   wind {w.wind:.0f} m/s   "
    figures += (
        f"cells of {about.setup.cell:g} m   strip {about.setup.approach:g} m before to {about.setup.depth:g} m behind the line"
    )
    figure.text(_LEFT, 1 - 0.58 / whole, figures, fontsize=9.5, color=_INK, va="center")
    if about.sector.terrain.modelled:
        box = {"boxstyle": "square,pad=0.4", "fc": "#fff3c4", "ec": "#8a6d00"}
        style = {"fontsize": 10, "fontweight": "bold", "ha": "right", "va": "center", "color": "#5c4700"}
        figure.text(_LEFT + _WIDE, 1 - 0.45 / whole, "MODELLED TERRAIN", bbox=box, **style)
