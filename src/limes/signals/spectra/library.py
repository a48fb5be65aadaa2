"""Reference spectra as one normalised float32 matrix per technique: the bundled ones and any folder of the user's own."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limes.errors import InputError
from limes.signals.spectra.families import family_of
from limes.signals.spectra.read import read_spectra
from limes.signals.spectra.scales import band_area
from limes.signals.spectra.spectrum import TECHNIQUES, Floats, Raw, Spectrum, normalise
from limes.signals.spectra.views import GRIDS, VIEWS, Float32s, on_grid, views

LARGEST_ARCHIVE = 1 << 30
"""An .npz that unpacks to more bytes is refused."""

BUNDLED = Path(__file__).parent / "library"
"""Folder of the reference spectra that come with Limes; its NOTICE names their sources and licences."""

_TECHNIQUES = {"ftir-atr": "mid-ir", "ftir": "mid-ir", "ir": "mid-ir", "nir-reflectance": "nir"}

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """What is known of one reference spectrum; `role` is empty, or "library", for what is searched."""

    material: str
    family: str = ""
    specimen: str = ""
    source: str = ""
    role: str = ""


@dataclass(frozen=True, eq=False)
class Library:
    """Reference spectra of one technique.

    `matrix` (v, n, p) holds every view of every row, `coarse` (n, p / 2) one of them at half the resolution for a first
    look; `first` and `end` (n,) are the cells each row covers. `materials` are the names, sorted, and `index` (n,) which of
    them each row shows. `additive` (n, p) holds one unit of each row as it was measured.
    `version` is a hash of names and spectra.
    """

    technique: str
    rows: tuple[Row, ...]
    matrix: Float32s
    coarse: Float32s
    first: Ints
    end: Ints
    materials: tuple[str, ...]
    index: Ints
    additive: Float32s
    version: str


def build(technique: str, entries: Sequence[tuple[Row, Spectrum]]) -> Library:
    """A library from reference spectra of one technique; rows without any band are left out.

    >>> x = np.arange(300.0, 1800.0, 2.0)
    >>> band = normalise(Raw(x, np.exp(-((x - 900) ** 2) / 300), "Raman shift"), "a")
    >>> build("raman", [(Row("made"), band)]).matrix.shape
    (4, 1, 1726)
    """
    rows, matrix, spans, units = [], [], [], []
    for row, spectrum in entries:
        values, first, end = on_grid(spectrum)
        seen = views(values, first, end, technique)
        if seen.any():
            rows.append(row)
            matrix.append(seen)
            spans.append((first, end))
            units.append(_unit(values, first, end, technique))
    size = GRIDS[technique].axis.size
    whole = np.stack(matrix, axis=1) if matrix else np.zeros((len(VIEWS[technique]), 0, size), np.float32)
    one = np.stack(units) if units else np.zeros((0, size), np.float32)
    return assemble(technique, rows, whole, np.array(spans, np.int64).reshape(-1, 2), one, _version(entries))


def assemble(technique: str, rows: Sequence[Row], matrix: Float32s, spans: Ints, additive: Float32s, version: str) -> Library:
    """A library from views (v, n, p), covered cells (n, 2) and additive rows (n, p) that are there already."""
    names = tuple(sorted({row.material for row in rows}))
    place = {name: k for k, name in enumerate(names)}
    index = np.array([place[row.material] for row in rows], np.int64)
    first, end = spans[:, 0].copy(), spans[:, 1].copy()
    return Library(technique, tuple(rows), matrix, halved(matrix[1]), first, end, names, index, additive, version)


def halved(view: Float32s) -> Float32s:
    """A view at half its resolution (n, p / 2), rows of length 1: neighbouring cells added."""
    even = view[:, : view.shape[1] // 2 * 2]
    half = even[:, ::2] + even[:, 1::2]
    return np.asarray(half / np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-12), np.float32)


def _unit(values: Floats, first: int, end: int, technique: str) -> Float32s:
    """One unit of a material (p,), 0 where it was not measured."""
    unit = np.zeros(values.size, np.float32)
    unit[first:end] = values[first:end] / band_area(values[first:end], technique)
    return unit


def _version(entries: Sequence[tuple[Row, Spectrum]]) -> str:
    """Hash of what a library was built from: names, specimens and the spectra themselves."""
    digest = hashlib.sha256()
    for row, spectrum in entries:
        digest.update(
            f"{row.material};{row.specimen};{spectrum.x.size}\n".encode() + spectrum.x.tobytes() + spectrum.y.tobytes()
        )
    return digest.hexdigest()[:12]


def load_libraries(folder: Path, technique: str = "", only: Collection[str] = ()) -> tuple[Library, ...]:
    """Libraries of a folder, one per technique: pairs of .npz and .csv, and files of single spectra named by material.

    `only` these techniques, or all of them. `technique` is that of files that do not say theirs; given, only libraries of
    it are built. InputError on any fault.
    """
    found = read_entries(folder, technique)
    if not found and not technique:
        raise InputError(folder, "", "holds no reference spectra", "put spectra there, or .npz with .csv")
    kinds = sorted({spectrum.technique for _, spectrum in found} & set(only or GRIDS) & set(GRIDS))
    return tuple(build(kind, [pair for pair in found if pair[1].technique == kind]) for kind in kinds)


def read_entries(folder: Path, technique: str = "") -> list[tuple[Row, Spectrum]]:
    """Reference spectra of a folder with what is known of each; InputError on any fault."""
    if not folder.is_dir():
        raise InputError(folder, "", "is no folder", "give a folder of reference spectra")
    found: list[tuple[Row, Spectrum]] = []
    for path in sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith(".")):
        if path.suffix == ".npz":
            found += [(row, one) for row, one in read_pair(path, technique) if row.role in ("", "library")]
        elif _is_spectrum(path):
            for spectrum in read_spectra(path, technique):
                name = spectrum.title or path.stem
                found.append((Row(name, family_of(name), spectrum.sha256[:12], path.name), spectrum))
    return found


def _is_spectrum(path: Path) -> bool:
    """Whether a file of a library holds single spectra: no table of an archive, no header, no note."""
    beside = path.with_suffix(".npz").exists() or path.suffix in (".hdr", ".json")
    return not beside and path.stem.upper() not in ("README", "NOTICE")


def read_pair(path: Path, technique: str = "") -> list[tuple[Row, Spectrum]]:
    """Rows and spectra of an archive: arrays x, y, offsets beside a table with the columns technique and material.

    Only those of one `technique` if it is given; InputError on any fault.
    """
    x, y, offsets = _arrays(path)
    table = path.with_suffix(".csv")
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError(table, "", "cannot be read", "put the table of the rows beside the .npz") from None
    if len(rows) != offsets.size - 1:
        problem = f"names {len(rows)} spectra, the archive holds {offsets.size - 1}"
        raise InputError(table, "rows", problem, "give the .csv that belongs to the .npz")
    found = []
    for k, row in enumerate(rows):
        kind = _technique(row.get("technique") or "", table, k)
        if technique and kind != technique:
            continue
        part = slice(offsets[k], offsets[k + 1])
        raw = Raw(x[part], y[part], TECHNIQUES[kind][0], TECHNIQUES[kind][1] if kind != "raman" else "", kind)
        found.append((_row(row, table, k), normalise(raw, f"{path.name} row {k}")))
    return found


def _arrays(path: Path) -> tuple[Floats, Floats, Ints]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST_ARCHIVE:
            raise InputError(path, "", f"unpacks to {size / 2**20:.0f} MB", "split the library")
        with np.load(path, allow_pickle=False) as held:
            x, y, offsets = (np.asarray(held[name]) for name in ("x", "y", "offsets"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError):
        raise InputError(path, "x, y, offsets", "cannot be read", "write it with numpy.savez, without objects") from None
    whole = offsets.ndim == 1 and offsets.size > 1 and np.issubdtype(offsets.dtype, np.integer)
    if not whole or x.shape != y.shape or offsets[0] != 0 or offsets[-1] != x.size or (np.diff(offsets) < 0).any():
        raise InputError(path, "offsets", "do not divide x and y into spectra", "write offsets 0, ..., len(x)")
    return x.astype(np.float64), y.astype(np.float64), offsets.astype(np.int64)


def _technique(text: str, table: Path, k: int) -> str:
    kind = _TECHNIQUES.get(text.strip().lower(), text.strip().lower())
    if kind not in GRIDS:
        raise InputError(table, f"row {k}, technique", f"{text!r} is not searched", f"use one of {', '.join(GRIDS)}")
    return kind


def _row(row: dict[str, str | None], table: Path, k: int) -> Row:
    name = (row.get("material") or "").strip()
    if not name:
        raise InputError(table, f"row {k}, material", "is empty", "name the material")
    family = (row.get("family") or "").strip() or family_of(name)
    specimen, source, role = ((row.get(column) or "").strip() for column in ("specimen", "source", "role"))
    return Row(name, family, specimen, source, role)
