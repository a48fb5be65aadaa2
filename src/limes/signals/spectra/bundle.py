"""The record of one analysis: a zip with the raw files, the settings, the versions and the verdict, to be run again.

A bundle holds `manifest.json`, what was measured under `raw/`, further lists under `lists/` and, for people, `report.html`.
Nothing is ever unpacked to disk; names, sizes and hashes are checked before a byte is believed.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limes import __version__
from limes.errors import InputError
from limes.signals.spectra.read import LARGEST_FILE

SCHEMA = "limes spectrum bundle 1"
"""Kind and version of a bundle."""

_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 16 << 20
_MOST_MEMBERS = 64
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Settings:
    """What an analysis was asked: the declared goods, and what overrules the files."""

    declared: str = ""
    technique: str = ""
    laser_nm: float = math.nan


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read and checked: raw files and lists by name, settings, and what was found then (`facts`)."""

    settings: Settings
    raw: dict[str, bytes]
    lists: dict[str, bytes]
    facts: dict[str, Any]
    limes: str


def write_bundle(
    path: Path, files: Sequence[Path], lists: Sequence[Path], settings: Settings, facts: dict[str, Any], report: str = ""
) -> None:
    """Write a bundle of the files as they are on disk; the same analysis gives the same bytes.

    InputError where two files have one name or a file has gone.
    """
    members = {f"raw/{one.name}": _read(one) for one in _with_partners(files)}
    members |= {f"lists/{one.name}": _read(one) for one in lists}
    if len(members) != len(_with_partners(files)) + len(lists):
        raise InputError(path, "files", "two of them have the same name", "rename one, or write two bundles")
    told = {"declared": settings.declared, "technique": settings.technique, "laser_nm": _or_none(settings.laser_nm)}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = {"schema": SCHEMA, "limes": __version__, "settings": told, "sha256": hashes, "facts": facts}
    members = {_MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(), **members}
    if report:
        members["report.html"] = report.encode()
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED)
    except OSError as fault:
        raise InputError(path, "", f"cannot be written ({fault.strerror})", "choose another place") from None


def read_bundle(path: Path) -> Bundle:
    """A bundle, every member's size and hash checked. InputError for whatever is damaged, changed or hostile."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = _sizes(archive, path)
            manifest = json.loads(_member(archive, _MANIFEST, _LARGEST_MANIFEST, path))
            told, hashes, facts = manifest["settings"], dict(manifest["sha256"]), dict(manifest["facts"])
            if manifest["schema"] != SCHEMA:
                raise InputError(path, "schema", f"is {manifest['schema']!r}", f"this version reads {SCHEMA!r}")
            wanted = {name for name in sizes if name.startswith(("raw/", "lists/"))}
            if wanted != set(hashes):
                raise InputError(path, "sha256", "does not name the files of the bundle", "ask for the original bundle")
            members = {name: _member(archive, name, LARGEST_FILE, path) for name in sorted(wanted)}
            settings = Settings(str(told["declared"]), str(told["technique"]), float(told["laser_nm"] or math.nan))
            made_by = str(manifest["limes"])
    except InputError:
        raise
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror or fault})", "check the name and its rights") from None
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError, EOFError, RecursionError):
        raise InputError(path, "", "is no bundle, or a damaged one", "ask for the original bundle") from None
    changed = [name for name, data in members.items() if hashlib.sha256(data).hexdigest() != hashes[name]]
    if changed:
        raise InputError(path, changed[0], "is not what was analysed: its hash differs", "ask for the original bundle")
    raw, lists = ({n.split("/", 1)[1]: d for n, d in members.items() if n.startswith(kind)} for kind in ("raw/", "lists/"))
    return Bundle(settings, raw, lists, facts, made_by)


def differences(then: dict[str, Any], now: dict[str, Any]) -> tuple[str, ...]:
    """What differs between the facts of an analysis then and now, in words; versions of Limes alone do not count.

    >>> differences({"spectra": [{"verdict": "material"}]}, {"spectra": [{"verdict": "unknown"}]})
    ('spectra 1, verdict: material then, unknown now',)
    """
    return tuple(_differ(then, now, ()))


def _differ(then: Any, now: Any, place: tuple[str, ...]) -> list[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        names = [name for name in {**then, **now} if name != "limes"]
        return [line for name in names for line in _differ(then.get(name), now.get(name), (*place, str(name)))]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        numbered = [(*place[:-1], f"{place[-1]} {k}") if place else (str(k),) for k in range(1, len(then) + 1)]
        return [line for one, two, where in zip(then, now, numbered, strict=True) for line in _differ(one, two, where)]
    if isinstance(then, float) and isinstance(now, (int, float)) and math.isclose(then, now, rel_tol=1e-3, abs_tol=1e-6):
        return []
    return [] if then == now else [f"{', '.join(place)}: {then} then, {now} now"]


def _with_partners(files: Sequence[Path]) -> list[Path]:
    """The files, with the other half of ENVI libraries."""
    found = dict.fromkeys(files)
    for one in files:
        others = (".hdr",) if one.suffix.lower() == ".sli" else (".sli",) if one.suffix.lower() == ".hdr" else ()
        found |= dict.fromkeys(one.with_suffix(suffix) for suffix in others if one.with_suffix(suffix).is_file())
    return list(found)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "check the name and its rights") from None


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _sizes(archive: zipfile.ZipFile, path: Path) -> dict[str, int]:
    """Members with their sizes; refuses doubled or strange names, too many of them, and what unpacks to too much."""
    members = archive.infolist()
    names = [one.filename for one in members]
    allowed = all(n in (_MANIFEST, "report.html") or _plain(n) for n in names)
    if len(members) > _MOST_MEMBERS or len(set(names)) != len(names) or not allowed:
        raise InputError(path, "members", "are not those of a bundle", "ask for the original bundle")
    total = sum(one.file_size for one in members)
    if total > LARGEST_FILE + _LARGEST_MANIFEST:
        raise InputError(path, "", f"unpacks to {total / 2**20:.0f} MB", "write bundles of single analyses")
    return {one.filename: one.file_size for one in members}


def _plain(name: str) -> bool:
    folder, _, rest = name.partition("/")
    return folder in ("raw", "lists") and bool(rest) and not set(rest) & set("/\\\0") and rest not in (".", "..")


def _member(archive: zipfile.ZipFile, name: str, most: int, path: Path) -> bytes:
    """The bytes of a member, never more than `most` whatever its header says."""
    with archive.open(name) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise InputError(path, name, "unpacks to more than it says", "ask for the original bundle")
    return data
