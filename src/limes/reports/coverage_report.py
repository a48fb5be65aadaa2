"""The coverage of a deployment as files: a GeoTIFF, a table per km, JSON, with aerostats up and down side by side."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.grid import Grid
from limes.sector import Deployment, Sector, Weather
from limes.sensing import CoverageParts, Gap, Sensor, available, coverage_parts, sensors_of, with_sight
from limes.sensing.gaps import Causes, causes, explain, gaps
from limes.sensing.looks import SHARED_FATE
from limes.units import format_time

INDEPENDENCE = (
    "sensors are independent of each other; looks of one radar or camera within "
    f"{SHARED_FATE:.0f} s count as one; ground, fence and fibre sensors state the chance of a whole passage"
)
"""What the combined figures assume."""


@dataclass(frozen=True)
class CoverageReport:
    """The coverage of a deployment for one class, time and weather, and all that its files say.

    `states` names the sets of sensors compared: "up" and, where there are aerostats, "down" without them; `up` holds the
    sensors at work in each (bool).
    """

    sector: Sector
    deployment: Deployment
    sensors: tuple[Sensor, ...]
    parts: CoverageParts
    known: Causes
    up: dict[str, np.ndarray]

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, the fullest first."""
        return tuple(self.up)

    def gaps(self, state: str) -> tuple[Gap, ...]:
        """The gaps of a state."""
        return gaps(self.known, self.up[state])


def coverage_report(
    sector: Sector,
    deployment: Deployment,
    target_class: str,
    time: float,
    weather: Weather,
    cell: float | None = None,
    down: tuple[str, ...] = (),
) -> CoverageReport:
    """Compute lines of sight, map, crossings and gaps.

    `cell` is the size of the map's cells in metres (default: the terrain's), `down` names assets or sensors out of order.
    """
    sensors = with_sight(sensors_of(deployment, sector), sector.terrain)
    parts = coverage_parts(sensors, sector, target_class, time, weather, _grid(sector.terrain.grid, cell))
    works = np.array([sensor.asset not in down and sensor.id not in down for sensor in sensors], bool)
    aloft = np.array([sensor.platform is not None for sensor in sensors], bool)
    up = {"up": works, "down": works & ~aloft} if aloft.any() else {"up": works}
    return CoverageReport(sector, deployment, sensors, parts, causes(sensors, sector, target_class, time, weather), up)


def _grid(terrain: Grid, cell: float | None) -> Grid:
    """The terrain's grid, or blocks of its cells nearest to the size asked for."""
    factor = 1 if cell is None else max(round(cell / terrain.cell), 1)
    return terrain.coarser(factor) if factor > 1 else terrain


def table(report: CoverageReport) -> list[dict[str, Any]]:
    """One row per km: P(detect) of a crossing in each state (mean, worst, before the line) and the cause of a gap."""
    end = report.sector.border.length / 1000.0
    columns: dict[str, np.ndarray] = {}
    for state, up in report.up.items():
        now = report.known.now
        columns |= {
            f"p_{state}": now.detection(up),
            f"p_worst_{state}": now.worst(up),
            f"p_before_line_{state}": now.detection(up, before_line=True),
            f"p_before_line_worst_{state}": now.worst(up, before_line=True),
        }
    why = {state: explain(report.known, up) for state, up in report.up.items()}
    rows = []
    for km in range(len(next(iter(columns.values())))):
        row: dict[str, Any] = {"from_km": float(km), "to_km": round(min(km + 1.0, end), 3)}
        row |= {name: round(float(values[km]), 4) for name, values in columns.items()}
        for state, reasons in why.items():
            reason = reasons[km]
            row[f"cause_{state}"] = "" if reason is None else reason[0]
            row[f"assets_{state}"] = "" if reason is None else " ".join(reason[1])
        rows.append(row)
    return rows


def summary(report: CoverageReport) -> dict[str, Any]:
    """What the JSON file says besides the table: question, assumptions, gaps in words, figures for the whole border."""
    weather, now = report.parts.weather, report.known.now
    states = {}
    for state, up in report.up.items():
        states[state] = {
            "sensors": int(up.sum()),
            "p_detect": round(float(now.each(up).mean()), 4),
            "p_detect_before_line": round(float(now.each(up, before_line=True).mean()), 4),
            "worst_km": int(now.worst(up, before_line=True).argmin()),
            "area_above_half": round(float((report.parts.combined(up).p >= 0.5).mean()), 4),
            "gaps": [asdict(gap) for gap in report.gaps(state)],
        }
    return {
        "sector": report.sector.name,
        "deployment": report.deployment.name,
        "target": report.parts.target_class,
        "time": format_time(report.parts.time),
        "local_time": format_time(report.parts.time, report.sector.time_zone),
        "weather": {key: value for key, value in asdict(weather).items() if key != "time"},
        "cell_m": report.parts.grid.cell,
        "interval_s": report.parts.interval,
        "independence": INDEPENDENCE,
        "modelled_terrain": report.sector.terrain.modelled,
        "terrain": report.sector.terrain.source,
        "notices": list(report.sector.notices),
        "kept_from_working_by_weather": [s.id for s in report.sensors if not available(s, weather)],
        "states": states,
    }


def write_report(report: CoverageReport, folder: Path) -> dict[str, Path]:
    """Write coverage.tif, coverage.csv and coverage.json to a folder, which is made; returns the files by their ending."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {ending: folder / f"coverage.{ending}" for ending in ("tif", "csv", "json")}
    rows = table(report)
    _write_tif(report, files["tif"])
    with files["csv"].open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    files["json"].write_text(json.dumps({**summary(report), "km": rows}, ensure_ascii=False, indent=1), "utf-8")
    return files


def _write_tif(report: CoverageReport, path: Path) -> None:
    """One float32 band of P per state, in thousandths, tagged with what it answers and whether the terrain is modelled."""
    import rasterio
    from rasterio.transform import from_origin

    grid = report.parts.grid
    profile = {"driver": "GTiff", "width": grid.nx, "height": grid.ny, "count": len(report.up), "dtype": "float32"}
    layout = {
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
        "zlevel": 1,
        "num_threads": "all_cpus",
    }
    frame = {"crs": report.sector.crs, "transform": from_origin(grid.west, grid.north, grid.cell, grid.cell)}
    with rasterio.open(path, "w", **profile, **layout, **frame) as file:
        file.update_tags(
            target=report.parts.target_class,
            time=format_time(report.parts.time),
            meaning=f"P(detect) within {report.parts.interval:.0f} s of a mover about the cell",
            modelled="yes" if report.sector.terrain.modelled else "no",
        )
        for band, (state, up) in enumerate(report.up.items(), start=1):
            file.write(np.rint(report.parts.combined(up).p * 1000.0) / np.float32(1000.0), band)
            file.set_band_description(band, f"aerostats {state}" if len(report.up) > 1 else "all sensors")
