"""Making a new sector's folder from a border line and, where there are any, elevation tiles."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import numpy as np

from limes.errors import Fault, InputError
from limes.sector import border_file, settings
from limes.sector.border import Side
from limes.sector.geojson import coordinates, properties, read_features
from limes.sector.swap import swap_terrain
from limes.sector.tiles import Track


@dataclass(frozen=True)
class Outline:
    """What a new sector is told about itself; an empty `crs` stands for the UTM zone of the line's middle."""

    name: str
    title: str
    time_zone: str = "UTC"
    crs: str = ""
    home: str = "home"
    other: str = "other"
    home_side: Side = "left"
    source: str = ""
    licence: str = ""


def new_sector(
    folder: Path, line: Path, outline: Outline, tiles: Sequence[Path] = (), terrain_source: str = "", track: Track = iter
) -> None:
    """Make the folder of a new sector: sector.toml, border.geojson and, from tiles, terrain.tif.

    The border's source and licence come from the outline or, where it has none, from the line's own properties. The climate
    is a placeholder labelled as such. Raises InputError, leaving no folder behind, when the folder already exists or the
    input is at fault.
    """
    if folder.exists():
        raise InputError(folder, "", "already exists", "name a folder that does not")
    feature = _line(line, outline)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-sector-") as work:
        draft = Path(work) / "sector"
        draft.mkdir()
        text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        (draft / border_file.NAME).write_text(f'{{"type":"FeatureCollection","features":[\n{text}\n]}}\n', "utf-8")
        (draft / settings.NAME).write_text(_settings_text(outline, feature), "utf-8")
        _require_sound(draft)
        if tiles:
            swap_terrain(draft, tiles, terrain_source, track=track)
            for backup in draft.glob("*.old-*"):
                backup.unlink()
        draft.rename(folder)


def utm_zone(lon: float, lat: float) -> str:
    """The WGS84 UTM zone of a point, without the exceptions of Norway and Svalbard.

    >>> utm_zone(37.5, 36.7), utm_zone(-70.0, -33.0)
    ('EPSG:32637', 'EPSG:32719')
    """
    return f"EPSG:{(32700 if lat < 0 else 32600) + min(int((lon + 180) // 6) + 1, 60)}"


def _line(path: Path, outline: Outline) -> dict[str, object]:
    """The one line of a file as a feature with its source and licence, coordinates rounded to 0.1 m."""
    faults: list[Fault] = []
    features = read_features(path, faults)
    lonlat = coordinates(features[0], 2) if len(features) == 1 else None
    if faults or lonlat is None or len(lonlat) < 2:
        problem = faults[0].problem if faults else "does not hold exactly one LineString in degrees"
        raise InputError(path, "geometry", problem, "give one LineString in WGS84 longitude, latitude, in walking order")
    kept = lonlat.round(6)
    kept = kept[np.concatenate([[True], (np.diff(kept, axis=0) != 0).any(axis=1)])]
    known = properties(features[0])
    known |= {k: v for k, v in {"source": outline.source, "licence": outline.licence}.items() if v}
    return {"type": "Feature", "properties": known, "geometry": {"type": "LineString", "coordinates": kept.tolist()}}


def _settings_text(outline: Outline, feature: dict[str, object]) -> str:
    lonlat = coordinates(feature, 2)
    assert lonlat is not None
    lon, lat = (float(v) for v in lonlat.mean(axis=0).round(3))
    values = {key: getattr(outline, key) for key in ("name", "title", "time_zone", "home", "other", "home_side")}
    values["crs"] = outline.crs or utm_zone(lon, lat)
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    cold, warm = ("january", "july") if lat >= 0 else ("july", "january")
    template = Template(Path(__file__).with_name("template.toml").read_text("utf-8"))
    return template.substitute(quoted, longitude=repr(lon), cold_month=cold, warm_month=warm)


def _require_sound(draft: Path) -> None:
    faults: list[Fault] = []
    known = settings.read_settings(draft / settings.NAME, faults)
    if known is not None:
        border_file.read_border(draft / border_file.NAME, known.crs, known.home_side, faults)
    if faults:
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(faults[0].file, faults[0].field, faults[0].problem, faults[0].cure + more)
