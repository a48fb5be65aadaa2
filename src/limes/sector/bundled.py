"""Where the sectors that come with Limes lie: in a checkout or inside the installed package."""

from __future__ import annotations

from pathlib import Path

from limes.errors import InputError


def _homes() -> list[Path]:
    package = Path(__file__).resolve().parents[1]
    return [home for home in (package / "sectors", package.parents[1] / "sectors") if home.is_dir()]


def bundled_names() -> tuple[str, ...]:
    """Names of the sectors that come with Limes."""
    return tuple(sorted({toml.parent.name for home in _homes() for toml in home.glob("*/sector.toml")}))


def bundled(name: str) -> Path:
    """Folder of a sector that comes with Limes; InputError when there is none of that name.

    >>> bundled("kilis-jarabulus").name
    'kilis-jarabulus'
    """
    for home in _homes():
        if name and Path(name).name == name and (home / name / "sector.toml").is_file():
            return home / name
    raise InputError(
        name, "", "is neither a sector's folder nor a bundled sector", f"bundled are: {', '.join(bundled_names())}"
    )


def find(folder: str | Path) -> Path:
    """The folder itself where it exists, else the bundled sector of that name; InputError when it is neither."""
    path = Path(folder)
    return path if path.is_dir() else bundled(str(folder))
