"""The picture of a searched survey line: readings, the likelihood of a void along the line and by depth, and the image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import UsageError
from limes.signals.survey.formats.radar import RadarLine
from limes.signals.survey.hyperbola import Pick, cleaned
from limes.signals.survey.search import Survey

FORMATS = (".png", ".svg", ".pdf")
"""Endings of files that a picture can be written to."""

_INK, _MARK, _PALE = "#1b1f24", "#c1121f", "#8a94a0"


def survey_map(survey: Survey, path: Path, image: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None) -> None:
    """Write the picture to `path`; `image` adds a section of resistivity: middles across and down (m), ohm m (c, d).

    Raises UsageError for another ending or without matplotlib.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a picture ends in {', '.join(FORMATS)}")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError('pictures need matplotlib: pip install "limes[reports]"') from None
    drawers = [_profile, _depths]
    drawers = [_readings, *drawers] if survey.ert is not None else drawers
    drawers = [*drawers, _stations] if survey.gravity is not None else drawers
    rows = len(drawers) + (image is not None)
    figure = Figure(figsize=(11.0, 2.3 * rows + 0.9), facecolor="white", layout="constrained")
    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for axis, draw in zip(axes, drawers, strict=False):
        draw(axis, survey)
    if image is not None:
        _image(axes[-1], survey, image)
    axes[-1].set_xlabel("m along the line")
    figure.suptitle("Not proof that there is no tunnel; modelled ground and noise", fontsize=9, color=_INK)
    stamp = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with rc_context({"svg.hashsalt": "survey"}):
        figure.savefig(path, dpi=130, metadata=stamp)


def radar_map(line: RadarLine, picks: tuple[Pick, ...], path: Path) -> None:
    """Write the picture of a radar line with its hyperbolas; UsageError for another ending or without matplotlib."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a picture ends in {', '.join(FORMATS)}")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError('pictures need matplotlib: pip install "limes[reports]"') from None
    figure = Figure(figsize=(11.0, 5.0), facecolor="white", layout="constrained")
    axis = figure.subplots()
    end = line.start_ns + line.step_ns * line.traces.shape[1]
    box = (float(line.x[0]), float(line.x[-1]), end, line.start_ns)
    axis.imshow(cleaned(line).T, extent=box, aspect="auto", cmap="gray", vmin=-3.0, vmax=3.0, interpolation="nearest")
    for pick in picks:
        x = pick.x + np.linspace(-1.5, 1.5, 61)
        axis.plot(x, np.sqrt(pick.time_ns**2 + 4.0 * (x - pick.x) ** 2 / pick.velocity**2), color=_MARK, lw=0.9)
    axis.set(xlim=box[:2], ylim=(end, line.start_ns), xlabel="m along the line", ylabel="ns, there and back")
    stamp = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with rc_context({"svg.hashsalt": "radar"}):
        figure.savefig(path, dpi=130, metadata=stamp)


def _readings(axis: Any, survey: Survey) -> None:
    """Apparent resistivity at the middle of each reading, lower the wider it is."""
    line = survey.ert
    assert line is not None, "drawn for resistivity lines only"
    places = np.where(line.abmn < 0, np.nan, line.electrodes[line.abmn])
    middle, width = np.nanmean(places, axis=1), np.nanmax(places, axis=1) - np.nanmin(places, axis=1)
    low, high = np.percentile(line.rho_a[line.rho_a > 0], [2, 98])
    dots = axis.scatter(middle, width, c=np.clip(line.rho_a, low, high), s=9, cmap="viridis", linewidths=0, rasterized=True)
    axis.invert_yaxis()
    axis.set_ylabel("width of reading, m")
    axis.figure.colorbar(dots, ax=axis, label="apparent, ohm m", pad=0.01)


def _profile(axis: Any, survey: Survey) -> None:
    axis.plot(survey.places, survey.profile, color=_INK, lw=1.2)
    axis.axhline(survey.threshold, color=_MARK, lw=0.9, ls="--")
    axis.annotate(
        f"{survey.wanted:g} false per km", (survey.places[0], survey.threshold), xytext=(2, 3), textcoords="offset points",
        fontsize=7, color=_MARK,
    )  # fmt: skip
    for number, one in enumerate(survey.found, 1):
        axis.axvline(one.x, color=_MARK, lw=0.7)
        axis.annotate(f"{number}", (one.x, one.log_ratio), xytext=(3, -2), textcoords="offset points", fontsize=9, color=_MARK)
    axis.set_ylabel("log likelihood ratio")


def _depths(axis: Any, survey: Survey) -> None:
    """The best size at each place and depth."""
    depths = np.unique(survey.shapes[:, 0])
    best = np.array([survey.evidence[survey.shapes[:, 0] == depth].max(axis=0) for depth in depths])
    edge = np.concatenate([[depths[0] - 0.25], (depths[1:] + depths[:-1]) / 2.0, [depths[-1] + 0.5]])
    step = float(np.median(np.diff(survey.places)))
    across = np.concatenate([survey.places - step / 2.0, [survey.places[-1] + step / 2.0]])
    top = max(float(best.max()), survey.threshold, 1.0)
    mesh = axis.pcolormesh(across, edge, np.clip(best, 0.0, None), cmap="magma_r", vmin=0.0, vmax=top, rasterized=True)
    axis.invert_yaxis()
    _marks(axis, survey)
    axis.set_ylabel("depth of a void, m")
    axis.figure.colorbar(mesh, ax=axis, label="log likelihood ratio", pad=0.01)


def _stations(axis: Any, survey: Survey) -> None:
    line = survey.gravity
    assert line is not None, "drawn for gravity lines only"
    axis.errorbar(line.x, line.anomaly, line.error, fmt=".", color=_INK, ecolor=_PALE, lw=0.8)
    axis.set_ylabel("gravity, microgal")


def _image(axis: Any, survey: Survey, image: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    x, z, values = image
    mesh = axis.pcolormesh(x, z, np.log10(values).T, cmap="viridis", shading="nearest", rasterized=True)
    axis.invert_yaxis()
    _marks(axis, survey)
    axis.set_ylabel("depth, m (smooth image)")
    axis.figure.colorbar(mesh, ax=axis, label="log10 ohm m", pad=0.01)


def _marks(axis: Any, survey: Survey) -> None:
    from matplotlib.patches import Rectangle

    for one in survey.found:
        corner = (one.x - one.size / 2.0, one.depth - one.size / 2.0)
        axis.add_patch(Rectangle(corner, one.size, one.size, fill=False, edgecolor=_MARK, lw=1.2))
