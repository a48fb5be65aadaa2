"""Making and looking after a library: written once with its calibration, checked, added to, described."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.calibrate import calibrate, calibration_of, save_calibration
from limes.signals.spectra.families import family_of
from limes.signals.spectra.library import Library, Row, build, load_libraries, read_entries, read_pair
from limes.signals.spectra.quality import gate
from limes.signals.spectra.read import read_spectra
from limes.signals.spectra.regulated import eu_precursors, plain_name
from limes.signals.spectra.spectrum import Spectrum
from limes.signals.spectra.views import GRIDS

COLUMNS = ("technique", "material", "family", "specimen", "source", "role")
"""Columns of a library's table, in the order they are written."""

Entry = tuple[Row, Spectrum]
Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Note:
    """Something about a library: `fault` whether it must be mended, where, what, and the cure."""

    fault: bool
    where: str
    problem: str
    cure: str


@dataclass(frozen=True)
class Holding:
    """What a library holds of one technique, and the error rates that it can state."""

    technique: str
    version: str
    spectra: int
    materials: int
    families: int
    several_specimens: int
    listed: tuple[str, ...]
    calibrated: bool
    strangers: int
    members: int


def write_library(folder: Path, entries: Sequence[Entry], tick: Tick | None = None) -> tuple[Library, ...]:
    """Write reference spectra as pairs of .npz and .csv, one per technique, with the calibration of each beside them.

    All spectra are held out in turn, so that `limes identify` need not do it again. InputError where nothing is searched.
    """
    kinds = [kind for kind in GRIDS if any(one.technique == kind for _, one in entries)]
    if not kinds:
        raise InputError(folder, "technique", "holds no spectrum that is searched", f"give {', '.join(GRIDS)} spectra")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind in kinds:
        mine = [(row, one) for row, one in entries if one.technique == kind]
        _write_pair(folder / f"{kind}.npz", mine)
        library = build(kind, read_pair(folder / f"{kind}.npz"))
        save_calibration(library, calibrate(library, len(library.rows), tick), folder)
        made.append(library)
    return tuple(made)


def _write_pair(path: Path, entries: Sequence[Entry]) -> None:
    offsets = np.concatenate([[0], np.cumsum([one.x.size for _, one in entries])])
    x, y = (np.concatenate([getattr(one, axis) for _, one in entries]) for axis in "xy")
    np.savez_compressed(path, x=x, y=y, offsets=offsets)
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row, one in entries:
            table.writerow([one.technique, row.material, row.family, row.specimen, row.source, row.role])


def add_spectra(
    folder: Path, files: Sequence[Path], material: str, specimen: str = "", technique: str = "", tick: Tick | None = None
) -> tuple[Library, ...]:
    """Add files of one material to a library that `write_library` made, and calibrate it again.

    InputError for a spectrum that the gate refuses: what cannot be searched is no reference.
    """
    entries = read_entries(folder)
    for file in files:
        for spectrum in read_spectra(file, technique):
            row = Row(material, family_of(material), specimen or spectrum.sha256[:12], file.name)
            refused = _refused(spectrum)
            if refused:
                raise InputError(file, "quality", refused, "measure the reference again")
            entries.append((row, spectrum))
    return write_library(folder, entries, tick)


def _refused(spectrum: Spectrum) -> str:
    """Why the gate refuses a reference; empty where it does not."""
    if spectrum.technique not in GRIDS:
        return f"is {spectrum.technique}, which is not searched"
    judged = gate(spectrum)
    return "; ".join(filter(None, (*judged.again, judged.too_little)))


def check_library(folder: Path) -> tuple[Note, ...]:
    """Everything about a library that makes its answers or its error rates worse than they could be."""
    entries = read_entries(folder)
    if not entries:
        return (Note(True, str(folder), "holds no reference spectra", "put spectra there, or build one"),)
    return (*_each(entries), *_names(entries), *_specimens(entries), *_calibrations(folder))


def _each(entries: Sequence[Entry]) -> list[Note]:
    notes: list[Note] = []
    seen: dict[tuple[str, bytes, bytes], int] = {}
    for k, (row, one) in enumerate(entries):
        where = f"{one.file} ({row.material})"
        refused = _refused(one)
        if refused:
            notes.append(Note(False, where, f"would be refused as a query: {refused}", "measure it again, or leave it out"))
        content = (one.technique, one.x.tobytes(), one.y.tobytes())
        if content in seen:
            other = entries[seen[content]][0].material
            same = other == row.material
            problem = "is there twice" if same else f"is also there as {other}"
            notes.append(Note(not same, where, problem, "leave one out"))
        seen.setdefault(content, k)
    return notes


def _names(entries: Sequence[Entry]) -> list[Note]:
    spelled: dict[str, set[str]] = defaultdict(set)
    for row, _ in entries:
        spelled[plain_name(row.material)].add(row.material)
    cure = "use one spelling, or they count as two materials"
    return [
        Note(True, " / ".join(sorted(names)), "are spellings of one name", cure) for names in spelled.values() if len(names) > 1
    ]


def _specimens(entries: Sequence[Entry]) -> list[Note]:
    notes = []
    for kind in sorted({one.technique for _, one in entries}):
        mine = [row for row, one in entries if one.technique == kind]
        counted = Counter(material for material, _ in {(row.material, row.specimen) for row in mine})
        several, missing = sum(n > 1 for n in counted.values()), sum(not row.specimen for row in mine)
        if missing:
            problem = f"{missing} spectra name no specimen"
            notes.append(Note(False, kind, problem, "name it, or spectra of one sample make the error rates too good"))
        if several < 20:
            problem = f"only {several} materials have two specimens"
            notes.append(Note(False, kind, problem, "add a second sample of common materials, to know how often answers miss"))
    return notes


def _calibrations(folder: Path) -> list[Note]:
    saved = folder / "calibration.json"
    stale = [
        one.technique for one in load_libraries(folder) if not saved.is_file() or one.version not in saved.read_text("utf-8")
    ]
    return [Note(False, kind, "has no calibration of its own", "limes library build") for kind in stale]


def holdings(folder: Path) -> tuple[Holding, ...]:
    """What a library holds, technique by technique."""
    listed = eu_precursors()
    found = []
    for library in load_libraries(folder):
        known = calibration_of(library, folder)
        counted = Counter(material for material, _ in {(row.material, row.specimen) for row in library.rows})
        concern = tuple(name for name in library.materials if listed.find(name))
        families = len({row.family for row in library.rows} - {""})
        numbers = len(library.rows), len(library.materials), families, sum(n > 1 for n in counted.values())
        calibrated = known.threshold == known.threshold
        kept = known.strangers.size, known.members.size
        found.append(Holding(library.technique, library.version, *numbers, concern, calibrated, *kept))
    return tuple(found)
